// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: VPs that are known, and of which there are no registers. */
#include "config.h"

#include "rules.h"

static bool is_captured(const struct hvd_dump_vp *vp)
{
	size_t i;

	for (i = 0; i < vp->nr_vtls; i++)
		if (vp->vtls[i].nr_regs)
			return true;
	return false;
}

void find_not_captured(struct finder *f)
{
	const struct hvd_dump *d = f->dump;
	bool crashed = hvd_dump_death(d) == HVD_DEATH_HYPERVISOR;
	struct finding *finding = NULL;
	uint64_t count = 0;
	size_t i, k;

	for (i = 0; i < d->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &d->partitions[i];

		for (k = 0; k < p->nr_vps; k++) {
			if (is_captured(&p->vps[k]))
				continue;
			if (!count++)
				finding = finding_add(
					f, "vp-not-captured",
					crashed ? SEVERITY_INFO
						: SEVERITY_WARNING, " ");
			rests_on(f, finding, "vps",
				 "no registers of partition 0x%" PRIx64
				 ", VP %" PRIu32,
				 (uint64_t)p->rec.partition_id,
				 p->vps[k].rec.vp_index);
		}
	}
	if (finding)
		finding_text(finding, "%" PRIu64 " %s not captured.", count,
			     plural(count, "VP was", "VPs were"));
}
