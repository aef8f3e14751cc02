// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding out what to say: see findings.h. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "abi_codes.h"
#include "failures.h"
#include "findings.h"
#include "json.h"
#include "memory.h"
#include "names.h"
#include "vpstate.h"

static struct finding *add(struct findings *f, const char *id,
			   enum severity severity, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static struct finding *add(struct findings *f, const char *id,
			   enum severity severity, const char *format, ...)
{
	struct finding *finding =
		&f->at[f->nr < MAX_FINDINGS ? f->nr++ : MAX_FINDINGS - 1];
	va_list args;

	memset(finding, 0, sizeof(*finding));
	finding->id = id;
	finding->severity = severity;
	va_start(args, format);
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
	return finding;
}

/* What it rests on; the path is left to the reader's shell. */
static void rests_on(const struct session *s, struct finding *finding,
		     const char *command, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void rests_on(const struct session *s, struct finding *finding,
		     const char *command, const char *format, ...)
{
	struct evidence *e = &finding->evidence[finding->nr_evidence];
	const char *name = strrchr(s->input->path, '/');
	char clean[96];
	va_list args;

	if (finding->nr_evidence == MAX_EVIDENCE) {
		finding->more++;
		return;
	}
	finding->nr_evidence++;
	name = name ? name + 1 : s->input->path;
	clean_string(clean, sizeof(clean), name);
	snprintf(e->command, sizeof(e->command), "hvdump %s %s", command,
		 clean);
	va_start(args, format);
	vsnprintf(e->what, sizeof(e->what), format, args);
	va_end(args);
}

static void find_reason(const struct session *s, struct findings *f)
{
	const struct hvd_capture *c = &s->dump->capture;
	struct finding *finding;

	if (!s->dump->has_capture)
		return;
	switch (c->reason) {
	case HVD_REASON_LINUX_PANIC:
		finding = add(f, "linux-panic", SEVERITY_FATAL,
			      "Linux panicked on CPU %" PRIu32 ".", c->cpu);
		break;
	case HVD_REASON_HV_CRASH:
		finding = add(
			f, "hypervisor-crash", SEVERITY_FATAL,
			"The hypervisor crashed; Linux was told on CPU %" PRIu32
			".",
			c->cpu);
		break;
	case HVD_REASON_LIVE:
		finding = add(f, "live-capture", SEVERITY_INFO,
			      "Nothing died: this capture was asked for.");
		break;
	default:
		finding = add(f, "unknown-reason", SEVERITY_WARNING,
			      "The capture's reason, %" PRIu32 ", is not known "
			      "to this version.",
			      c->reason);
	}
	rests_on(s, finding, "info", "the capture record");
}

static void find_armed_only(const struct session *s, struct findings *f)
{
	struct finding *finding;

	if (s->dump->has_capture || !s->dump->has_header ||
	    hvd_dump_has_state(s->dump))
		return;
	finding = add(f, "hook-never-ran", SEVERITY_ERROR,
		      "hvdump.ko was armed, and its hook never ran: there is "
		      "no hypervisor state.");
	rests_on(s, finding, "notes", "a header record and no capture record");
}

static void find_missing(const struct session *s, struct findings *f)
{
	const struct hvd_dump *d = s->dump;
	char text[DROPPED_SIZE];
	struct finding *finding;
	size_t i;

	if (d->has_capture && !d->has_end) {
		finding = add(f, "capture-cut-off", SEVERITY_ERROR,
			      "The capture was cut off: what came later is "
			      "missing.");
		rests_on(s, finding, "notes", "no end record");
	}
	if (d->nr_dropped) {
		finding = add(f, "capture-incomplete", SEVERITY_ERROR,
			      "The capture is incomplete.");
		for (i = 0; i < d->nr_dropped; i++)
			rests_on(s, finding, "info", "%s",
				 dropped_text(text, &d->dropped[i]));
	}
}

static void find_damage(const struct session *s, struct findings *f)
{
	const struct hvd_dump *d = s->dump;
	struct finding *finding;
	uint64_t i;

	if (!d->nr_damages && !s->input->damage)
		return;
	finding =
		add(f, "damaged", SEVERITY_ERROR,
		    "The file is damaged: something may be missing or wrong.");
	if (s->input->damage)
		rests_on(s, finding, "info", "%s", s->input->damage);
	for (i = 0; i < d->nr_damages && i < HVD_DUMP_DAMAGES; i++)
		rests_on(s, finding, "notes", "note offset %" PRIu64 ": %s",
			 d->damages[i].offset, d->damages[i].what);
}

/* A property that a hypervisor does not have says nothing about the crash. */
static bool only_properties(const struct hvd_dump *d)
{
	size_t i;

	for (i = 0; i < d->nr_failures; i++)
		if (d->failures[i].call != HVD_CALL_GET_PARTITION_PROPERTY)
			return false;
	return true;
}

static void find_failures(const struct session *s, struct findings *f)
{
	const struct hvd_dump *d = s->dump;
	struct failure_group groups[FAILURE_GROUPS];
	char call[NAME_SIZE], status[NAME_SIZE];
	struct finding *finding;
	uint64_t left;
	size_t i, nr = failures_group(d, groups, &left);

	if (!nr)
		return;
	finding = add(f, "failed-calls",
		      only_properties(d) ? SEVERITY_INFO : SEVERITY_WARNING,
		      "%zu %s failed: what they asked for is missing.",
		      d->nr_failures,
		      d->nr_failures == 1 ? "hypercall" : "hypercalls");
	for (i = 0; i < nr; i++)
		rests_on(s, finding, "notes", "%" PRIu64 " %s: %s",
			 groups[i].count,
			 name_of_call(call, groups[i].first->call),
			 failure_status(status, groups[i].first->status));
}

static bool is_on_intercept(const struct session *s,
			    const struct hvd_dump_vp *vp)
{
	struct hvd_vp_state state;
	size_t i;

	for (i = 0; i < vp->nr_vtls; i++) {
		hvd_vp_state_get(s->dump, &vp->vtls[i], &state);
		if (state.activity == HVD_VP_INTERCEPT)
			return true;
	}
	return false;
}

static void find_intercepts(const struct session *s, struct findings *f)
{
	struct finding *finding = NULL;
	uint64_t count = 0;
	char command[64];
	size_t i, k;

	for (i = 0; i < s->dump->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &s->dump->partitions[i];

		for (k = 0; k < p->nr_vps; k++) {
			if (!is_on_intercept(s, &p->vps[k]))
				continue;
			if (!count++)
				finding = add(f, "vp-on-intercept",
					      SEVERITY_WARNING, " ");
			snprintf(command, sizeof(command),
				 "regs -p 0x%" PRIx64 " --vp %" PRIu32,
				 (uint64_t)p->rec.partition_id,
				 p->vps[k].rec.vp_index);
			rests_on(s, finding, command,
				 "INTERCEPT_SUSPEND of "
				 "partition 0x%" PRIx64 ", VP %" PRIu32,
				 (uint64_t)p->rec.partition_id,
				 p->vps[k].rec.vp_index);
		}
	}
	if (count)
		snprintf(finding->text, sizeof(finding->text),
			 "%" PRIu64
			 " %s stopped on an intercept, waiting for the parent.",
			 count, count == 1 ? "VP was" : "VPs were");
}

static bool is_captured(const struct hvd_dump_vp *vp)
{
	size_t i;

	for (i = 0; i < vp->nr_vtls; i++)
		if (vp->vtls[i].nr_regs)
			return true;
	return false;
}

static void find_not_captured(const struct session *s, struct findings *f)
{
	struct finding *finding = NULL;
	uint64_t count = 0;
	size_t i, k;

	for (i = 0; i < s->dump->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &s->dump->partitions[i];

		for (k = 0; k < p->nr_vps; k++) {
			if (is_captured(&p->vps[k]))
				continue;
			if (!count++)
				finding = add(f, "vp-not-captured",
					      SEVERITY_WARNING, " ");
			rests_on(s, finding, "vps",
				 "no registers of partition "
				 "0x%" PRIx64 ", VP %" PRIu32,
				 (uint64_t)p->rec.partition_id,
				 p->vps[k].rec.vp_index);
		}
	}
	if (count)
		snprintf(finding->text, sizeof(finding->text),
			 "%" PRIu64 " %s not captured.", count,
			 count == 1 ? "VP was" : "VPs were");
}

/* Linux had panicked, and the hypervisor crashed while it was asked, or later. */
static void find_later_crash(const struct session *s, struct findings *f)
{
	const struct hvd_stage *g = hvd_dump_later_crash(s->dump);
	struct finding *finding;
	char text[STAGE_SIZE];

	if (!g)
		return;
	finding = add(f, "hypervisor-crashed-later", SEVERITY_FATAL,
		      "The hypervisor crashed %s.",
		      g->first == HVD_FIRST_ENDED ? "after the capture"
		      : g->first		  ? "during the capture"
					   : "during or after the capture");
	rests_on(s, finding, "info",
		 "stage record of call %" PRIu32 ", CPU %" PRIu32, g->call,
		 g->cpu);
	if (g->first)
		rests_on(s, finding, "info", "%s", stage_text(text, g));
}

static void find_devirtualised(const struct session *s, struct findings *f)
{
	enum hvd_devirtualised gone = hvd_dump_devirtualised(s->dump);
	const struct hvd_dump *d = s->dump;
	struct finding *finding;
	size_t i;

	if (gone == HVD_DEVIRTUALISED_UNKNOWN)
		return;
	if (gone == HVD_DEVIRTUALISED_YES)
		finding = add(f, "devirtualised", SEVERITY_INFO,
			      "The hypervisor was taken away before the crash "
			      "kernel started.");
	else
		finding = add(f, "not-devirtualised", SEVERITY_INFO,
			      "The hypervisor was still there when the crash "
			      "kernel started: its memory stays guarded.");
	for (i = 0; i < d->nr_stages; i++)
		rests_on(s, finding, "info",
			 "stage record of call %" PRIu32 ", CPU %" PRIu32,
			 d->stages[i].call, d->stages[i].cpu);
	if (!d->nr_stages)
		rests_on(s, finding, "info", "the capture record");
}

/* Of what can be compared at all: both were looked at, and as a whole. */
static bool two_views(const struct hvd_dump *d)
{
	return d->has_capture && d->capture.flags & HVD_CAPTURE_TRACKED &&
	       !(d->capture.flags & HVD_CAPTURE_PARTLY) &&
	       d->capture.hypervisor != HVD_HV_GONE &&
	       d->capture.hypervisor != HVD_HV_CRASHED;
}

/* Children that only one of the two has told of. */
static void find_partition_views(const struct session *s, struct findings *f)
{
	const uint32_t driver = HVD_SEEN_BY(HVD_SOURCE_DRIVER);
	const uint32_t hypervisor = HVD_SEEN_BY(HVD_SOURCE_ENUMERATION);
	struct finding *finding = NULL;
	uint32_t seen;
	size_t i;

	for (i = 0; two_views(s->dump) && i < s->dump->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &s->dump->partitions[i];

		seen = p->rec.seen & (driver | hypervisor);
		if (seen != driver && seen != hypervisor)
			continue;
		if (!finding)
			finding = add(f, "partitions-differ", SEVERITY_WARNING,
				      "The mshv driver and the hypervisor do "
				      "not tell of the same partitions.");
		rests_on(s, finding, "partitions",
			 "partition 0x%" PRIx64 ": told of by the %s alone",
			 (uint64_t)p->rec.partition_id,
			 seen == driver ? "driver" : "hypervisor");
	}
}

/* VPs that the driver made and the hypervisor does not know, or vice versa. */
static void find_vp_views(const struct session *s, struct findings *f)
{
	const uint32_t driver = HVD_SEEN_BY(HVD_SOURCE_DRIVER);
	struct finding *finding = NULL;
	size_t i, k;

	for (i = 0; two_views(s->dump) && i < s->dump->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &s->dump->partitions[i];

		for (k = 0; p->rec.seen & driver && k < p->nr_vps; k++) {
			const struct hvd_vp *vp = &p->vps[k].rec;
			bool lost = vp->flags & HVD_VP_NOT_FOUND;

			if (!p->vps[k].recorded ||
			    (!lost && vp->flags & HVD_VP_CREATED))
				continue;
			if (!finding)
				finding = add(f, "vps-differ", SEVERITY_WARNING,
					      "The mshv driver and the "
					      "hypervisor do not tell of the "
					      "same VPs.");
			rests_on(s, finding, "vps",
				 "partition 0x%" PRIx64 ", VP %" PRIu32
				 ": told of by the %s alone",
				 (uint64_t)p->rec.partition_id, vp->vp_index,
				 lost ? "driver" : "hypervisor");
		}
	}
}

/* What a collector lacks: as expected where the hypervisor guards it. */
static void find_unread(const struct session *s, struct findings *f)
{
	const struct hvd_dump *d = s->dump;
	struct finding *finding;
	char why[REASON_SIZE];
	bool guarded = true;
	uint64_t pages = 0;
	size_t i;

	for (i = 0; i < d->nr_gaps; i++) {
		guarded &= !d->gaps[i].error;
		pages += d->gaps[i].pages;
	}
	if (!d->nr_gaps)
		return;
	finding = add(f, "pages-not-read",
		      guarded ? SEVERITY_INFO : SEVERITY_WARNING,
		      "%" PRIu64 " %s of memory %s not collected.", pages,
		      pages == 1 ? "page" : "pages",
		      pages == 1 ? "was" : "were");
	for (i = 0; i < d->nr_gaps; i++)
		rests_on(s, finding, "pages", "page 0x%" PRIx64 "%s: %s",
			 (uint64_t)d->gaps[i].pfn,
			 d->gaps[i].pages > 1 ? " and on" : "",
			 page_reason(why, d->gaps[i].error));
}

static int by_severity(const struct finding *a, const struct finding *b)
{
	return (int)a->severity - (int)b->severity;
}

/* Few enough for this; and those of one weight keep their order. */
static void sort_findings(struct findings *f)
{
	struct finding moved;
	size_t i, k;

	for (i = 1; i < f->nr; i++) {
		moved = f->at[i];
		for (k = i; k && by_severity(&f->at[k - 1], &moved) > 0; k--)
			f->at[k] = f->at[k - 1];
		f->at[k] = moved;
	}
}

void findings_get(const struct session *s, struct findings *f)
{
	f->nr = 0;
	find_reason(s, f);
	find_later_crash(s, f);
	find_devirtualised(s, f);
	find_armed_only(s, f);
	find_damage(s, f);
	find_missing(s, f);
	find_failures(s, f);
	find_not_captured(s, f);
	find_intercepts(s, f);
	find_partition_views(s, f);
	find_vp_views(s, f);
	find_unread(s, f);
	sort_findings(f);
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_FATAL] = "fatal",
		[SEVERITY_ERROR] = "error",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_INFO] = "info",
	};

	return names[severity];
}

static json_t *evidence_json(const struct finding *finding)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < finding->nr_evidence; i++) {
		json_t *o = json_object();

		json_set(o, "what", json_string(finding->evidence[i].what));
		json_set(o, "command",
			 json_string(finding->evidence[i].command));
		json_append(list, o);
	}
	return list;
}

json_t *findings_json(const struct findings *f)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < f->nr; i++) {
		json_t *o = json_object();

		json_set(o, "id", json_string(f->at[i].id));
		json_set(o, "severity",
			 json_string(severity_name(f->at[i].severity)));
		json_set(o, "text", json_string(f->at[i].text));
		json_set(o, "evidence", evidence_json(&f->at[i]));
		json_set(o, "more_evidence",
			 json_integer((json_int_t)f->at[i].more));
		json_append(list, o);
	}
	return list;
}
