// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: VPs that stopped on an intercept and wait for their parent; and what the
 * parent, the mshv driver, had done about it. In a live capture that is what a
 * healthy VP does now and then.
 */
#include "config.h"

#include "rules.h"
#include "../stops.h"

struct found {
	struct finding *finding;
	uint64_t count;
};

/* What the driver's struct mshv_vp says; "": it is not to be had. */
static const char *driver_text(char *buf, size_t size,
			       const struct hvd_mshv_vp *vp)
{
	buf[0] = '\0';
	if (!vp)
		return buf;
	snprintf(buf, size, "; the driver: %s%s%s",
		 vp->dispatched == 1 ? "dispatched it, "
		 : vp->blocked == 1  ? "blocks it, "
				     : "",
		 vp->intercept_suspend == 1 ? "knows that it is suspended, "
					    : "",
		 vp->kicked == 1 ? "was signalled and has not looked yet"
				 : "has nothing left to look at");
	return buf;
}

static void look_at(struct finder *f, const struct hvd_dump_partition *p,
		    const struct hvd_dump_vp *vp,
		    const struct hvd_dump_vtl *vtl, void *arg)
{
	struct found *found = arg;
	char text[STOPPED_TEXT], driver[128];
	struct stopped st;

	if (!is_stopped(vtl))
		return;
	if (!stopped_get(f->s, vp, &st))
		f->out->no_memory = true;
	if (gave_up(&st))
		return; /* a rule of its own: vp_gave_up.c */
	if (!found->count++)
		found->finding = finding_add(f, "vp-on-intercept",
					     finder_is_live(f)
						     ? SEVERITY_INFO
						     : SEVERITY_WARNING, " ");
	if (found->count > FINDING_EVIDENCE) {
		found->finding->more++;
		return;
	}
	rests_on_vp(f, found->finding, "regs", p->rec.partition_id,
		    vp->rec.vp_index,
		    "INTERCEPT_SUSPEND of partition 0x%" PRIx64 ", VP %" PRIu32,
		    (uint64_t)p->rec.partition_id, vp->rec.vp_index);
	driver_text(driver, sizeof(driver),
		    host_vp(f->host, p->rec.partition_id, vp->rec.vp_index));
	if (st.has_message || driver[0])
		rests_on_vp(f, found->finding, "messages",
			    p->rec.partition_id, vp->rec.vp_index, "%s%s",
			    stopped_text(text, &st), driver);
}

void find_intercepts(struct finder *f)
{
	struct found found = {0};

	for_each_vtl(f, look_at, &found);
	if (!found.finding)
		return;
	finding_text(found.finding,
		     "%" PRIu64 " %s stopped on an intercept, waiting for the "
		     "parent.", found.count,
		     plural(found.count, "VP was", "VPs were"));
	found.finding->in_answer = !finder_is_live(f);
}
