// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks: are the VPs' state pages where the note says they are? */
#include "config.h"

#include <inttypes.h>

#include "check.h"
#include "names.h"

/* The page of a kind that the note has of a VP; NULL: none. VTL 0's. */
static const struct hvd_page *noted_page(const struct hvd_dump *d, uint64_t id,
					 uint64_t vp, uint32_t kind)
{
	size_t i;

	for (i = 0; i < d->nr_pages; i++)
		if (d->pages[i].kind == kind && d->pages[i].vp_index == vp &&
		    d->pages[i].partition_id == id && !d->pages[i].detail)
			return &d->pages[i];
	return NULL;
}

/* 1: the note has such a page, too. */
static size_t compare(struct checks *c, uint64_t id, uint64_t vp, uint32_t kind,
		      uint64_t pfn)
{
	const struct hvd_page *p = noted_page(c->note, id, vp, kind);
	char text[NAME_SIZE];

	if (!p || pfn == HVD_UNKNOWN)
		return 0;
	if (p->pfn != pfn)
		check_differs(c, "partition 0x%" PRIx64 ", VP %" PRIu64
			      ": the %s page is 0x%" PRIx64 " in the driver, "
			      "0x%" PRIx64 " in the note", id, vp,
			      page_kind(text, p), pfn, (uint64_t)p->pfn);
	return 1;
}

static size_t compare_partition(struct checks *c,
				const struct hvd_mshv_partition *p)
{
	size_t i, nr = 0;

	for (i = 0; i < p->nr_vps; i++) {
		const struct hvd_mshv_vp *vp = &p->vps[i];

		nr += compare(c, p->id, vp->slot, HVD_PAGE_REGISTERS,
			      vp->register_pfn);
		nr += compare(c, p->id, vp->slot, HVD_PAGE_INTERCEPT,
			      vp->intercept_pfn);
		nr += compare(c, p->id, vp->slot, HVD_PAGE_GHCB, vp->ghcb_pfn);
	}
	return nr;
}

void check_state_pages(struct checks *c)
{
	const struct hvd_mshv *m = &c->driver.mshv;
	size_t i, nr = 0;

	if (!check_both(c, "state-pages"))
		return;
	for (i = 0; i < m->nr_partitions; i++)
		nr += compare_partition(c, &m->partitions[i]);
	if (nr)
		check_end(c, "State pages that both know: %zu.", nr);
	else
		check_unknown(c, "no state page is known to both");
}
