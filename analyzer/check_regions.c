// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks: do the partitions' memory regions make sense, and could they be there? */
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

/* Pages that the hypervisor lends of what was deposited for the partition. */
static uint64_t pages_lent(const struct hvd_mshv_partition *p)
{
	uint64_t lent = 0;
	size_t i;

	for (i = 0; i < p->nr_vps; i++)
		lent += (p->vps[i].register_pfn != HVD_UNKNOWN) +
			(p->vps[i].intercept_pfn != HVD_UNKNOWN) +
			(p->vps[i].ghcb_pfn != HVD_UNKNOWN);
	return lent;
}

/*
 * Guest memory is Linux's own and in no balance, but mapping it takes tables:
 * one at least, however large the pages are that map it. Sources differ on which
 * word of the balance is which (abi-sources.md): their sum is all that was
 * deposited. 1: there was a balance to compare with.
 */
static size_t compare_balance(struct checks *c,
			      const struct hvd_mshv_partition *p)
{
	const struct hvd_balance *b = hvd_dump_find_balance(c->note, p->id);
	uint64_t lent = pages_lent(p), needed, deposited;

	if (!b)
		return 0;
	needed = lent + !!p->nr_regions;
	deposited = b->first + b->second;
	if (deposited < b->first)
		deposited = UINT64_MAX;
	if (deposited < needed)
		check_differs(c, "partition 0x%" PRIx64 ": what the driver has "
			      "(regions: %zu, pages of VPs: %" PRIu64 ") takes "
			      "%" PRIu64 " deposited pages at least, the "
			      "balance has %" PRIu64, p->id, p->nr_regions,
			      lent, needed, deposited);
	return 1;
}

static void check_balance(struct checks *c)
{
	const struct hvd_mshv *m = &c->driver.mshv;
	size_t i, nr = 0;

	if (!check_both(c, "balance"))
		return;
	for (i = 0; i < m->nr_partitions; i++)
		nr += compare_balance(c, &m->partitions[i]);
	if (nr)
		check_end(c, "Memory balances that could hold what the driver "
			  "has: %zu.", nr);
	else
		check_unknown(c, "the note has no memory balance of the "
			      "driver's partitions");
}

/* The driver's regions by themselves. */
static void check_own(struct checks *c)
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

void check_regions(struct checks *c)
{
	check_own(c);
	check_balance(c);
}
