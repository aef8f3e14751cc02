// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: VPs that the driver made and the hypervisor lacks, or the reverse. */
#include "config.h"

#include "rules.h"
#include "views.h"

static void look_at(struct finder *f, struct finding **finding,
		    const struct hvd_dump_partition *p,
		    const struct hvd_dump_vp *vp)
{
	bool lost = vp->rec.flags & HVD_VP_NOT_FOUND;

	if (!vp->recorded || (!lost && vp->rec.flags & HVD_VP_CREATED))
		return;
	if (!*finding)
		*finding = finding_add(f, "vps-differ", SEVERITY_WARNING,
				       "The mshv driver and the hypervisor do "
				       "not tell of the same VPs.");
	rests_on(f, *finding, "vps", "partition 0x%" PRIx64 ", VP %" PRIu32
		 ": told of by the %s alone", (uint64_t)p->rec.partition_id,
		 vp->rec.vp_index, lost ? "driver" : "hypervisor");
}

void find_vps_differ(struct finder *f)
{
	const uint32_t driver = HVD_SEEN_BY(HVD_SOURCE_DRIVER);
	const struct hvd_dump *d = f->dump;
	struct finding *finding = NULL;
	size_t i, k;

	for (i = 0; has_two_views(d) && i < d->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &d->partitions[i];

		for (k = 0; p->rec.seen & driver && k < p->nr_vps; k++)
			look_at(f, &finding, p, &p->vps[k]);
	}
}
