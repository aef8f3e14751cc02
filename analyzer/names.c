// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers as words: see names.h. */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "abi.h"
#include "names.h"

static const char *name_or_number(char *buf, const char *name, int digits,
				  uint32_t number)
{
	if (name)
		return name;
	snprintf(buf, NAME_SIZE, "0x%0*" PRIx32, digits, number);
	return buf;
}

static const char *abi_name(enum hvd_abi_kind kind, enum hvd_abi_arch arch,
			    uint32_t code)
{
	const struct hvd_abi_row *row = hvd_abi_find(kind, arch, code);

	return row ? row->name : NULL;
}

const char *name_of_type(char *buf, uint32_t type)
{
	/* In a list of what was dropped: of more types than had room there. */
	if (type == 0)
		return "other";
	return name_or_number(buf, hvd_type_name(type), 8, type);
}

const char *name_of_status(char *buf, uint16_t status)
{
	return name_or_number(
		buf, abi_name(HVD_ABI_STATUS, HVD_ABI_ANY, status), 4, status);
}

const char *name_of_call(char *buf, uint16_t call)
{
	return name_or_number(
		buf, abi_name(HVD_ABI_HYPERCALLS, HVD_ABI_ANY, call), 4, call);
}

const char *name_of_property(char *buf, uint32_t code)
{
	return name_or_number(
		buf, abi_name(HVD_ABI_PROPERTIES, HVD_ABI_ANY, code), 8, code);
}

const char *name_of_register(char *buf, uint16_t machine, uint32_t code)
{
	const char *name = NULL;

	if (machine == EM_X86_64)
		name = abi_name(HVD_ABI_REGISTERS, HVD_ABI_X86_64, code);
	else if (machine == EM_AARCH64)
		name = abi_name(HVD_ABI_REGISTERS, HVD_ABI_ARM64, code);
	return name_or_number(buf, name, 8, code);
}

static const char *explain_why(uint32_t why)
{
	switch (why) {
	case HVD_WHY_SPACE:
		return "the room for notes was full";
	case HVD_WHY_TIME:
		return "the time for the capture was up";
	case HVD_WHY_TABLE:
		return "a table of hvdump.ko was full";
	case HVD_WHY_HYPERVISOR:
		return "the hypervisor could not be asked";
	default:
		return "nobody knows why";
	}
}

const char *dropped_text(char *buf, const struct hvd_dropped *d)
{
	char type[NAME_SIZE];

	snprintf(buf, DROPPED_SIZE, "%" PRIu64 " %s %s missing: %s",
		 (uint64_t)d->amount, name_of_type(type, d->type),
		 d->amount == 1 ? "record is" : "records are",
		 explain_why(d->why));
	return buf;
}

const char *name_of_kind(uint32_t kind)
{
	switch (kind) {
	case HVD_KIND_ROOT:
		return "root";
	case HVD_KIND_L1VH:
		return "l1vh";
	case HVD_KIND_CHILD:
		return "child";
	case HVD_KIND_GUEST:
		return "guest";
	default:
		return NULL;
	}
}

const char *name_of_source(uint32_t source)
{
	switch (source) {
	case HVD_SOURCE_SELF:
		return "self";
	case HVD_SOURCE_ENUMERATION:
		return "enumeration";
	case HVD_SOURCE_DRIVER:
		return "driver";
	default:
		return NULL;
	}
}

const char *name_of_stage(uint32_t hypervisor)
{
	switch (hypervisor) {
	case HVD_HV_ALIVE:
		return "alive";
	case HVD_HV_GONE:
		return "gone";
	case HVD_HV_CRASHED:
		return "crashed";
	default:
		return NULL;
	}
}

const char *name_of_machine(uint16_t machine)
{
	switch (machine) {
	case EM_X86_64:
		return "x86-64";
	case EM_AARCH64:
		return "arm64";
	default:
		return NULL;
	}
}

const char *name_of_first(uint32_t first)
{
	switch (first) {
	case HVD_FIRST_ENDED:
		return "ended";
	case HVD_FIRST_NESTED:
		return "interrupted";
	case HVD_FIRST_ELSEWHERE:
		return "unfinished";
	default:
		return NULL;
	}
}

const char *name_of_page_kind(uint32_t kind)
{
	static const char *const names[] = {
		[HVD_PAGE_HYPERCALL] = "hypercall-page",
		[HVD_PAGE_VP_ASSIST] = "vp-assist",
		[HVD_PAGE_SIM] = "sim",
		[HVD_PAGE_SIEF] = "sief",
		[HVD_PAGE_SIRB] = "sirb",
		[HVD_PAGE_REFERENCE_TSC] = "reference-tsc",
		[HVD_PAGE_CRASH_AREA] = "crash-area",
		[HVD_PAGE_INPUT] = "hypercall-input",
		[HVD_PAGE_OUTPUT] = "hypercall-output",
		[HVD_PAGE_STATISTICS] = "statistics",
		[HVD_PAGE_REGISTERS] = "register-page",
		[HVD_PAGE_INTERCEPT] = "intercept-page",
		[HVD_PAGE_GHCB] = "ghcb",
	};

	return kind < sizeof(names) / sizeof(names[0]) ? names[kind] : NULL;
}

/* HV_STATS_OBJECT_..., as in Linux' hvhdk.h. */
const char *name_of_object(uint32_t object)
{
	switch (object) {
	case 1:
		return "hypervisor";
	case 2:
		return "lp";
	case 0x10001:
		return "partition";
	case 0x10002:
		return "vp";
	default:
		return NULL;
	}
}

/* HV_STATS_AREA_... */
const char *name_of_area(uint32_t area)
{
	static const char *const names[] = {"self", "parent", "internal"};

	return area < sizeof(names) / sizeof(names[0]) ? names[area] : NULL;
}

const char *name_of_vp_state(uint32_t type)
{
	switch (type) {
	case HVD_STATE_LOCAL_APIC:
		return "local APIC";
	case HVD_STATE_TIMERS:
		return "synthetic timers";
	case HVD_STATE_XSAVE:
		return "XSAVE area";
	case HVD_STATE_SIM:
		return "SynIC messages";
	case HVD_STATE_SIEF:
		return "SynIC event flags";
	default:
		return NULL;
	}
}

const char *died_text(const struct hvd_dump *dump)
{
	switch (hvd_dump_death(dump)) {
	case HVD_DEATH_LINUX:
		return hvd_dump_later_crash(dump)
			       ? "Linux; then the hypervisor crashed, too"
			       : "Linux";
	case HVD_DEATH_HYPERVISOR:
		return "the hypervisor";
	case HVD_DEATH_NOBODY:
		return "nobody: a live capture";
	default:
		return "unknown";
	}
}

const char *devirtualised_text(const struct hvd_dump *dump)
{
	switch (hvd_dump_devirtualised(dump)) {
	case HVD_DEVIRTUALISED_YES:
		return "yes: the hypervisor was taken out of the way";
	case HVD_DEVIRTUALISED_NO:
		return "no: the hypervisor was there to the end";
	default:
		return "not known: no later call of the hook";
	}
}

const char *stage_text(char *buf, const struct hvd_stage *g)
{
	char call[NAME_SIZE], where[48] = "", inside[64] = "";

	switch (g->first) {
	case HVD_FIRST_ENDED:
		return "the capture had come to its end";
	case HVD_FIRST_NESTED:
	case HVD_FIRST_ELSEWHERE:
		break;
	default:
		return "where the capture was is not known";
	}
	if (g->vp_index != UINT32_MAX)
		snprintf(where, sizeof(where), ", VP %" PRIu32, g->vp_index);
	if (g->hypercall)
		snprintf(inside, sizeof(inside), ", in hypercall %s",
			 name_of_call(call, (uint16_t)g->hypercall));
	if (g->partition_id == UINT64_MAX)
		snprintf(buf, STAGE_SIZE,
			 "the capture was %s after %" PRIu32 " records%s",
			 g->first == HVD_FIRST_NESTED ? "interrupted"
						      : "still running",
			 g->records, inside);
	else
		snprintf(buf, STAGE_SIZE,
			 "the capture was %s after %" PRIu32
			 " records, at partition 0x%" PRIx64 "%s%s",
			 g->first == HVD_FIRST_NESTED ? "interrupted"
						      : "still running",
			 g->records, (uint64_t)g->partition_id, where, inside);
	return buf;
}

const struct flag_name capture_flag_names[] = {
	{HVD_CAPTURE_IN_NMI, "in-nmi"},
	{HVD_CAPTURE_NOTIFIERS, "post-notifiers"},
	{HVD_CAPTURE_PROTECTED, "protected-calls"},
	{HVD_CAPTURE_STOPPED, "cpus-stopped"},
	{HVD_CAPTURE_SYNIC_OFF, "synic-off"},
	{HVD_CAPTURE_DRIVER, "mshv-driver"},
	{HVD_CAPTURE_TRACKED, "driver-followed"},
	{HVD_CAPTURE_PARTLY, "in-part"},
	{HVD_CAPTURE_CRASHED, "hypervisor-crashed"},
	{0, NULL}};

const struct flag_name vp_flag_names[] = {{HVD_VP_CAPTURING, "capturing"},
					  {HVD_VP_VTLS_ASSUMED, "vtls-assumed"},
					  {HVD_VP_CREATED, "driver"},
					  {HVD_VP_NOT_FOUND, "not-found"},
					  {0, NULL}};

const struct flag_name page_flag_names[] = {
	{HVD_PAGE_GUARDED, "guarded"},
	{HVD_PAGE_OVERWRITTEN, "overwritten"},
	{HVD_PAGE_COPIED, "copied"},
	{HVD_PAGE_UNREADABLE, "unreadable"},
	{0, NULL}};

const struct flag_name seen_names[] = {
	{HVD_SEEN_BY(HVD_SOURCE_SELF), "self"},
	{HVD_SEEN_BY(HVD_SOURCE_ENUMERATION), "enumeration"},
	{HVD_SEEN_BY(HVD_SOURCE_DRIVER), "driver"},
	{0, NULL}};

const char *join_flags(char *buf, size_t size, const struct flag_name *names,
		       uint64_t value)
{
	size_t used = 0;

	buf[0] = '\0';
	for (; names->name; names++) {
		if (!(value & names->bit))
			continue;
		value &= ~names->bit;
		if (used < size)
			used += (size_t)snprintf(buf + used, size - used,
						 "%s%s", used ? " " : "",
						 names->name);
	}
	if (value && used < size)
		snprintf(buf + used, size - used, "%s0x%" PRIx64,
			 used ? " " : "", value);
	return buf;
}

const char *clean_text(char *buf, size_t size, const uint8_t *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len && i + 1 < size && bytes[i]; i++)
		buf[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i]
							     : '?';
	buf[i] = '\0';
	return buf;
}

const char *clean_string(char *buf, size_t size, const char *text)
{
	return clean_text(buf, size, (const uint8_t *)text, strlen(text));
}

/* On arm64 the same facts are registers: TLFS, feature discovery. */
static const struct hvd_leaf *find_leaf(const struct hvd_dump *dump,
					uint32_t leaf, uint32_t reg)
{
	size_t i;

	for (i = 0; i < dump->nr_leaves; i++)
		if (dump->leaves[i].code == leaf || dump->leaves[i].code == reg)
			return &dump->leaves[i];
	return NULL;
}

static void put_le32(uint8_t *p, uint32_t v)
{
	p[0] = v & 0xff;
	p[1] = (v >> 8) & 0xff;
	p[2] = (v >> 16) & 0xff;
	p[3] = v >> 24;
}

static void get_vendor(const struct hvd_dump *dump, char *vendor, size_t size)
{
	const struct hvd_leaf *leaf = find_leaf(dump, 0x40000000, 0x40000000);
	uint8_t raw[12];

	if (leaf) {
		put_le32(raw, leaf->ebx);
		put_le32(raw + 4, leaf->ecx);
		put_le32(raw + 8, leaf->edx);
		clean_text(vendor, size, raw, sizeof(raw));
	} else if (dump->has_header) {
		clean_text(vendor, size, dump->header.vendor,
			   sizeof(dump->header.vendor));
	}
}

/* In the order in which Linux prints it at boot. */
static void get_version(const struct hvd_leaf *leaf, char *buf, size_t size)
{
	snprintf(buf, size,
		 "%" PRIu32 ".%" PRIu32 ".%" PRIu32 ".%" PRIu32 "-%" PRIu32
		 "-%" PRIu32,
		 leaf->ebx >> 16, leaf->ebx & 0xffff, leaf->eax, leaf->ecx,
		 leaf->edx >> 24, leaf->edx & 0xffffff);
}

void hypervisor_facts_get(const struct hvd_dump *dump,
			  struct hypervisor_facts *facts)
{
	const struct hvd_leaf *leaf;

	memset(facts, 0, sizeof(*facts));
	get_vendor(dump, facts->vendor, sizeof(facts->vendor));
	leaf = find_leaf(dump, 0x40000002, 0x00000100);
	if (leaf)
		get_version(leaf, facts->version, sizeof(facts->version));
	leaf = find_leaf(dump, 0x40000003, 0x00000200);
	if (leaf) {
		facts->has_privileges = 1;
		facts->privileges = leaf->eax | (uint64_t)leaf->ebx << 32;
	}
}

const char *time_text(char *buf, uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;
	size_t used;

	gmtime_r(&seconds, &tm);
	used = strftime(buf, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + used, TIME_SIZE - used, ".%09" PRIu64 "Z",
		 ns % 1000000000);
	return buf;
}

const char *duration_text(char *buf, size_t size, uint64_t ns)
{
	if (ns < 1000000)
		snprintf(buf, size, "%.1f us", (double)ns / 1e3);
	else if (ns < 1000000000)
		snprintf(buf, size, "%.1f ms", (double)ns / 1e6);
	else
		snprintf(buf, size, "%.2f s", (double)ns / 1e9);
	return buf;
}
