// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks: do the partitions' memory regions make sense? */
#include "config.h"

#include <inttypes.h>

#include "check.h"

/* Guest page numbers: of addresses of up to 52 bits. */
#define GFNS (UINT64_C(1) << 40)

static void check_region(struct checks *c, const struct hvd_mshv_partition *p,
			 size_t i)
{
	const struct hvd_mshv_region *m = &p->regions[i];
	const struct hvd_mshv_region *before = i ? m - 1 : NULL;

	if (!m->pages || m->start_gfn >= GFNS || m->pages > GFNS - m->start_gfn)
		check_differs(c, "partition 0x%" PRIx64 ": %" PRIu64 " pages "
			      "at GFN 0x%" PRIx64 " are no guest memory", p->id,
			      m->pages, m->start_gfn);
	else if (before && before->start_gfn < GFNS &&
		 before->pages > m->start_gfn - before->start_gfn)
		check_differs(c, "partition 0x%" PRIx64 ": the regions at GFN "
			      "0x%" PRIx64 " and 0x%" PRIx64 " overlap", p->id,
			      before->start_gfn, m->start_gfn);
}

void check_regions(struct checks *c)
{
	const struct hvd_mshv *m = &c->driver.mshv;
	size_t i, k, nr = 0;

	check_begin(c, "regions");
	if (!c->has_driver) {
		check_unknown(c, "no view of Linux's: %s", c->no_driver.text);
		return;
	}
	for (i = 0; i < m->nr_partitions; i++)
		for (k = 0; k < m->partitions[i].nr_regions; k++, nr++)
			check_region(c, &m->partitions[i], k);
	check_end(c, "Memory regions of the driver: %zu.", nr);
}
