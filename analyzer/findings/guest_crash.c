// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: guests that reported crashes of their own, in the crash registers P0 to
 * P4 and CTL. Who wrote them in which form: guest_report.c.
 */
#include "config.h"

#include "guest_report.h"
#include "rules.h"

struct found {
	struct finding *finding;
	const struct hvd_dump_partition *partition; /* the last one */
	uint64_t partitions;
	char first[GUEST_REPORT_TEXT];
};

static void look_at(struct finder *f, const struct hvd_dump_partition *p,
		    const struct hvd_dump_vp *vp,
		    const struct hvd_dump_vtl *vtl, void *arg)
{
	struct found *found = arg;
	char text[GUEST_REPORT_TEXT];
	struct guest_report r;

	/* This Linux's own words are the reason of the capture. */
	if (finder_is_self(f, p) || !guest_report_get(p, vtl, &r))
		return;
	guest_report_text(text, &r);
	if (!found->finding) {
		found->finding = finding_add(f, "guest-crashed",
					     SEVERITY_ERROR, " ");
		found->finding->in_answer = true;
		snprintf(found->first, sizeof(found->first), "%s", text);
	}
	found->partitions += found->partition != p;
	found->partition = p;
	rests_on_vp(f, found->finding, "regs --all", p->rec.partition_id,
		    vp->rec.vp_index, "CRASH_P0 to P4 of partition 0x%" PRIx64
		    ", VP %" PRIu32 ": %s", (uint64_t)p->rec.partition_id,
		    vp->rec.vp_index, text);
}

void find_guest_crash(struct finder *f)
{
	struct found found = {0};

	for_each_vtl(f, look_at, &found);
	if (!found.finding)
		return;
	if (found.partitions == 1)
		finding_text(found.finding, "The guest in partition 0x%" PRIx64
			     " reported that it crashed: %s.",
			     (uint64_t)found.partition->rec.partition_id,
			     found.first);
	else
		finding_text(found.finding, "%" PRIu64 " guests reported that "
			     "they crashed.", found.partitions);
}
