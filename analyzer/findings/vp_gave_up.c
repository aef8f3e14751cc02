// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: VPs that cannot go on: a triple fault, a register value that no
 * processor takes, a feature that the hypervisor does not have.
 */
#include "config.h"

#include "rules.h"
#include "../stops.h"

struct found {
	struct finding *finding;
	uint64_t count, triple;
	uint64_t partition;
	uint32_t vp;
};

static void look_at(struct finder *f, const struct hvd_dump_partition *p,
		    const struct hvd_dump_vp *vp,
		    const struct hvd_dump_vtl *vtl, void *arg)
{
	struct found *found = arg;
	char text[STOPPED_TEXT];
	struct stopped st;

	if (!is_stopped(vtl))
		return;
	if (!stopped_get(f->s, vp, &st))
		f->out->no_memory = true;
	if (!gave_up(&st))
		return;
	if (!found->count++) {
		found->finding = finding_add(f, "vp-gave-up", SEVERITY_ERROR,
					     " ");
		found->partition = p->rec.partition_id;
		found->vp = vp->rec.vp_index;
	}
	found->triple += !strcmp(st.message.row->name,
				 "UNRECOVERABLE_EXCEPTION");
	rests_on_vp(f, found->finding, "messages", p->rec.partition_id,
		    vp->rec.vp_index, "partition 0x%" PRIx64 ", VP %" PRIu32
		    ": %s, intercept message page 0x%" PRIx64,
		    (uint64_t)p->rec.partition_id, vp->rec.vp_index,
		    stopped_text(text, &st), st.pfn);
}

void find_vp_gave_up(struct finder *f)
{
	struct found found = {0};
	const char *what;

	for_each_vtl(f, look_at, &found);
	if (!found.finding)
		return;
	what = found.triple == found.count ? "a triple fault"
					   : "what it cannot go on from";
	if (found.count == 1)
		finding_text(found.finding, "VP %" PRIu32 " of partition "
			     "0x%" PRIx64 " was stopped by %s.", found.vp,
			     found.partition, what);
	else
		finding_text(found.finding, "%" PRIu64 " VPs were stopped by "
			     "%s.", found.count,
			     found.triple == found.count
				     ? "triple faults"
				     : "what they cannot go on from");
	found.finding->in_answer = true;
}
