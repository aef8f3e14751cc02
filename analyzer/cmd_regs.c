// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump regs: the registers of VPs, group by group, decoded. */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "abi.h"
#include "abi_codes.h"
#include "code.h"
#include "json.h"
#include "names.h"
#include "register_text.h"
#include "show.h"
#include "text.h"

/* Short ones stand three in a line of 80 columns. */
#define SHORT_NAME     6
#define SHORT_VALUE    18
#define SHORT_PER_LINE 3

/* What is read first stands first; then the rest as the ABI orders it. */
static const uint8_t first_groups[] = {
	HVD_ABI_GROUP_GENERAL, HVD_ABI_GROUP_CONTROL, HVD_ABI_GROUP_SEGMENT,
	HVD_ABI_GROUP_TABLE,   HVD_ABI_GROUP_SYSTEM,  HVD_ABI_GROUP_SUSPEND,
	HVD_ABI_GROUP_EVENT,
};

/** One VTL's registers while they are printed. */
struct printer {
	const struct session *s;
	const struct hvd_dump_vtl *vtl;
	unsigned int on_line; /* short ones on the current line */
	int padding;	      /* before the next of them */
};

static unsigned int group_of(const struct printer *p, size_t i)
{
	const struct hvd_abi_row *row =
		register_row(p->s->dump, p->vtl->regs[i].code);

	return row ? row->group : HVD_ABI_GROUP_NONE;
}

static void end_line(struct printer *p)
{
	if (p->on_line)
		fputc('\n', p->s->out);
	p->on_line = 0;
	p->padding = 0;
}

/* The value in hex, or why there is none. */
static const char *value_text(const struct printer *p, char *buf, size_t size,
			      const struct hvd_dump_register *reg)
{
	char name[NAME_SIZE];

	/* The status first: it may be what another VP answered. */
	if (reg->flags & HVD_VALUE_REDACTED)
		snprintf(buf, size, "redacted");
	else if (reg->status)
		snprintf(buf, size, "%s", name_of_status(name, reg->status));
	else if (reg->flags & HVD_VALUE_NOT_ASKED)
		snprintf(buf, size, "not asked");
	else if (register_digits(p->s->dump, reg) > 16)
		snprintf(buf, size, "0x%016" PRIx64 "%016" PRIx64, reg->high,
			 reg->low);
	else
		snprintf(buf, size, "0x%016" PRIx64, reg->low);
	return buf;
}

static void segment_text(char *buf, size_t size,
			 const struct hvd_dump_register *reg)
{
	struct hvd_segment g = hvd_segment_get(reg);
	uint16_t a = g.attributes;
	/* Code and data segments: Intel SDM volume 3, 3.4.5.1 and 7.2.2. */
	const char *what = !(a & HVD_SEGMENT_PRESENT) ? "not present"
			   : !(a & 0x10)	      ? "system"
			   : !(a & 8)		      ? "data"
			   : a & HVD_SEGMENT_LONG     ? "64-bit code"
			   : a & HVD_SEGMENT_DEFAULT  ? "32-bit code"
						      : "16-bit code";

	snprintf(buf, size,
		 "%04x base 0x%016" PRIx64 " limit 0x%08" PRIx32
		 " %04x %s ring %d",
		 g.selector, g.base, g.limit, a, what, HVD_SEGMENT_DPL(a));
}

/* GDTR, IDTR: three unused words, the limit, the base. */
static void table_text(char *buf, size_t size,
		       const struct hvd_dump_register *reg)
{
	snprintf(buf, size, "base 0x%016" PRIx64 " limit 0x%04x", reg->high,
		 (unsigned int)(reg->low >> 48));
}

/* A good value in words; "" where there is nothing to say about it. */
static const char *decoded(const struct printer *p, unsigned int group,
			   char *buf, const struct hvd_dump_register *reg)
{
	bool x64 = p->s->dump->machine == EM_X86_64;

	if (!hvd_register_good(reg))
		return "";
	if (x64 && group == HVD_ABI_GROUP_SEGMENT)
		segment_text(buf, REGISTER_WORDS, reg);
	else if (x64 && group == HVD_ABI_GROUP_TABLE)
		table_text(buf, REGISTER_WORDS, reg);
	else
		register_words(buf, p->s->dump, reg);
	return buf;
}

/* A segment's parts say it all; other values stand beside their words. */
static void print_long(struct printer *p, unsigned int group, const char *name,
		       const char *value, const char *words)
{
	FILE *out = p->s->out;

	end_line(p);
	if (*words &&
	    (group == HVD_ABI_GROUP_SEGMENT || group == HVD_ABI_GROUP_TABLE))
		fprintf(out, "  %-6s %s\n", name, words);
	else if (strlen(name) <= SHORT_NAME)
		fprintf(out, "  %-6s %s%s%s\n", name, value, *words ? "  " : "",
			words);
	else
		fprintf(out, "  %-28s %s%s%s\n", name, value,
			*words ? "  " : "", words);
}

static void print_register(struct printer *p, unsigned int group,
			   const struct hvd_dump_register *reg)
{
	char name_buf[NAME_SIZE], value_buf[64];
	char words_buf[REGISTER_WORDS];
	const char *name =
		name_of_register(name_buf, p->s->dump->machine, reg->code);
	const char *value = value_text(p, value_buf, sizeof(value_buf), reg);
	const char *words = decoded(p, group, words_buf, reg);

	if (*words || strlen(name) > SHORT_NAME ||
	    strlen(value) > SHORT_VALUE) {
		print_long(p, group, name, value, words);
		return;
	}
	fprintf(p->s->out, "%*s%-6s %s", 2 + p->padding, "", name, value);
	p->padding = SHORT_VALUE - (int)strlen(value);
	if (++p->on_line == SHORT_PER_LINE)
		end_line(p);
}

static void print_group(struct printer *p, unsigned int group)
{
	bool any = false;
	size_t i;

	for (i = 0; i < p->vtl->nr_regs; i++) {
		if (group_of(p, i) != group ||
		    !shows_register(p->s, &p->vtl->regs[i]))
			continue;
		if (!any)
			fprintf(p->s->out, " %s\n",
				group == HVD_ABI_GROUP_NONE
					? "other"
					: hvd_abi_group_name(group));
		any = true;
		print_register(p, group, &p->vtl->regs[i]);
	}
	end_line(p);
}

static bool is_first_group(unsigned int group)
{
	return memchr(first_groups, (int)group, sizeof(first_groups));
}

static void print_title(const struct session *s,
			const struct hvd_dump_partition *p,
			const struct hvd_dump_vp *vp,
			const struct hvd_dump_vtl *vtl)
{
	struct hvd_vp_state state;
	char level[16];

	hvd_vp_state_get(s->dump, vtl, &state);
	fprintf(s->out,
		"Partition 0x%016" PRIx64 " (%s), VP %" PRIu32 ", VTL %u%s: %s",
		(uint64_t)p->rec.partition_id, text_kind(p), vp->rec.vp_index,
		vtl->vtl, vtl->active ? " (active)" : "",
		hvd_vp_activity_name(state.activity));
	if (state.mode != HVD_MODE_UNKNOWN)
		fprintf(s->out, ", %s %s", hvd_vp_mode_name(state.mode),
			text_level(level, sizeof(level), &state));
	fputc('\n', s->out);
}

static void print_code(struct session *s, const struct hvd_dump_vp *vp,
		       const struct hvd_dump_vtl *vtl)
{
	struct vp_code code;

	code_read(s, vp, vtl, &code);
	code_print(s->out, &code);
}

static void print_vtl(struct session *s,
		      const struct hvd_dump_partition *p,
		      const struct hvd_dump_vp *vp,
		      const struct hvd_dump_vtl *vtl)
{
	struct printer printer = {.s = s, .vtl = vtl};
	unsigned int group;
	size_t i;

	print_title(s, p, vp, vtl);
	for (i = 0; i < sizeof(first_groups); i++)
		print_group(&printer, first_groups[i]);
	for (group = HVD_ABI_GROUP_NONE + 1; group < HVD_ABI_GROUPS; group++)
		if (!is_first_group(group))
			print_group(&printer, group);
	print_group(&printer, HVD_ABI_GROUP_NONE);
	if (s->opt.code)
		print_code(s, vp, vtl);
	fputc('\n', s->out);
}

static void print_vp(struct session *s,
		     const struct hvd_dump_partition *p,
		     const struct hvd_dump_vp *vp)
{
	size_t i;

	for (i = 0; i < vp->nr_vtls; i++)
		if (shows_vtl(s, &vp->vtls[i]))
			print_vtl(s, p, vp, &vp->vtls[i]);
	if (!vp->nr_vtls)
		fprintf(s->out,
			"Partition 0x%016" PRIx64 " (%s), VP %" PRIu32
			": not-captured\n\n",
			(uint64_t)p->rec.partition_id, text_kind(p),
			vp->rec.vp_index);
}

int cmd_regs(struct session *s)
{
	const struct hvd_dump *d = s->dump;
	size_t i, k;

	if (s->opt.json)
		return json_finish_partitions(s, json_begin(s),
					      JSON_VPS | JSON_REGISTERS);
	for (i = 0; i < d->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &d->partitions[i];

		if (!shows_partition(s, p))
			continue;
		for (k = 0; k < p->nr_vps; k++)
			if (shows_vp(s, &p->vps[k]))
				print_vp(s, p, &p->vps[k]);
	}
	return STATUS_DONE;
}
