// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks: have the partitions the same VPs in both views? */
#include "config.h"

#include <inttypes.h>

#include "check.h"

/* The driver's own numbers among themselves. */
static void check_object(struct checks *c, const struct hvd_mshv_partition *p)
{
	size_t i;

	if (p->vp_count != HVD_UNKNOWN && p->vp_count != p->nr_vps)
		check_differs(c, "partition 0x%" PRIx64 ": pt_vp_count is "
			      "%" PRIu64 ", pt_vp_array has %zu VPs", p->id,
			      p->vp_count, p->nr_vps);
	for (i = 0; i < p->nr_vps; i++) {
		const struct hvd_mshv_vp *vp = &p->vps[i];

		if (vp->index != HVD_UNKNOWN && vp->index != vp->slot)
			check_differs(c, "partition 0x%" PRIx64 ": the VP in "
				      "slot %" PRIu64 " says it is %" PRIu64,
				      p->id, vp->slot, vp->index);
		if (vp->partition != HVD_UNKNOWN && vp->partition != p->address)
			check_differs(c, "partition 0x%" PRIx64 ", VP %" PRIu64
				      ": it says it belongs to the object at "
				      "0x%016" PRIx64, p->id, vp->slot,
				      vp->partition);
	}
}

static bool driver_has(const struct hvd_mshv_partition *p, uint64_t index)
{
	size_t i;

	for (i = 0; i < p->nr_vps; i++)
		if (p->vps[i].slot == index)
			return true;
	return false;
}

static void check_noted(struct checks *c, const struct hvd_mshv_partition *p,
			const struct hvd_dump_partition *noted)
{
	const struct hvd_dump_vp *vp;
	size_t i;

	for (i = 0; i < p->nr_vps; i++) {
		vp = hvd_dump_find_vp(noted, (uint32_t)p->vps[i].slot);
		if (!vp)
			check_differs(c, "partition 0x%" PRIx64 ": the driver "
				      "has VP %" PRIu64 ", the note does not",
				      p->id, p->vps[i].slot);
		else if (vp->rec.flags & HVD_VP_NOT_FOUND)
			check_differs(c, "partition 0x%" PRIx64 ": the driver "
				      "has VP %" PRIu64 ", the hypervisor "
				      "knows of none", p->id, p->vps[i].slot);
	}
	for (i = 0; i < noted->nr_vps; i++)
		if (!driver_has(p, noted->vps[i].rec.vp_index))
			check_differs(c, "partition 0x%" PRIx64 ": the note "
				      "has VP %" PRIu32 ", the driver does "
				      "not", p->id,
				      noted->vps[i].rec.vp_index);
}

static bool may_lack_vps(const struct hvd_dump *d)
{
	size_t i;

	for (i = 0; i < d->nr_dropped; i++)
		if (d->dropped[i].type == HVD_TYPE_VP)
			return true;
	return !d->has_end || d->nr_damages;
}

static void compare(struct checks *c)
{
	const struct hvd_mshv *m = &c->driver.mshv;
	const struct hvd_dump_partition *noted;
	size_t i, vps = 0;

	if (may_lack_vps(c->note)) {
		check_unknown(c, "the note is not whole: VPs may be missing");
		return;
	}
	for (i = 0; i < m->nr_partitions; i++) {
		noted = hvd_dump_find_partition(c->note, m->partitions[i].id);
		if (!noted)
			continue;
		check_noted(c, &m->partitions[i], noted);
		vps += m->partitions[i].nr_vps;
	}
	check_end(c, "VPs of the driver and of the note: %zu.", vps);
}

void check_vps(struct checks *c)
{
	const struct hvd_mshv *m = &c->driver.mshv;
	size_t i;

	check_begin(c, "vp-objects");
	if (c->has_driver) {
		for (i = 0; i < m->nr_partitions; i++)
			check_object(c, &m->partitions[i]);
		check_end(c, "VPs of the driver: counts, indices, owners.");
	} else {
		check_unknown(c, "no view of Linux's: %s", c->no_driver.text);
	}
	if (check_both(c, "vps"))
		compare(c);
}
