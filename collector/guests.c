// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Guests' memory: see guests.h.
 *
 * Behind its fields a struct mshv_mem_region has an array of pointers, one for
 * each page of the guest, to the struct page of the host's page; NULL where
 * there is none yet (drivers/hv/mshv_root.h; "pages" up to 6.18, "mreg_pages"
 * since). So eight bytes are read for each page, 2 MiB for each GiB. Of regions
 * that are not pinned it only has the pages that the hypervisor was given; what
 * the program that runs the guest has put there before is in its page tables,
 * which the region's mmu notifier leads to.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "guests.h"
#include "kernel/mshv.h"
#include "user_pages.h"

#define REGION		"struct mshv_mem_region"
#define MMIO		"MSHV_REGION_TYPE_MMIO"
/* More pages than any guest may have: damage, not a region. */
#define MAX_PAGES	(UINT64_C(1) << 36)

/** What pages are found by, and where they go. */
struct page_map {
	struct hvd_kernel *kernel;
	struct hvd_mshv_map map;
	struct pfn_set *set;
};

/* The pages that a program has there; none if the region names no program. */
static int read_user_pages(struct page_map *map, const struct hvd_mshv_region *r,
			   struct hvd_error *err)
{
	const struct hvd_object_source from = {
		.kmem = map->map.kmem,
		.types = map->map.types,
	};
	struct hvd_object o;
	uint64_t mm, end;

	if (hvd_object_read(&o, &from, REGION, r->address, err) !=
	    HVD_READ_DATA)
		return -1;
	mm = hvd_object_value(&o, "mreg_mni.mm");
	hvd_object_free(&o);
	end = r->start_uaddr + (r->pages << 12);
	if (!mm || mm == HVD_UNKNOWN || end < r->start_uaddr)
		return 0;
	return user_pages_add(map->kernel, mm, r->start_uaddr, end, map->set,
			      err);
}

static int read_region(struct page_map *map, const struct hvd_mshv_region *r,
		       struct hvd_error *err)
{
	uint64_t pfns[HVD_MSHV_MAP_PAGES];
	uint64_t i, n, k;

	if (r->pages > MAX_PAGES)
		return hvd_error_set(err, "expected a number of pages, found"
				     " 0x%016" PRIx64, r->pages);
	for (i = 0; i < r->pages; i += n) {
		n = r->pages - i < HVD_MSHV_MAP_PAGES ? r->pages - i :
							HVD_MSHV_MAP_PAGES;
		if (hvd_mshv_map_read(&map->map, r, i, n, pfns, err) !=
		    HVD_READ_DATA)
			return -1;
		for (k = 0; k < n; k++)
			if (pfns[k] != HVD_UNKNOWN &&
			    pfn_set_add(map->set, pfns[k]))
				return hvd_error_set(err, "no memory for page"
						     " numbers");
	}
	return read_user_pages(map, r, err);
}

static int read_partition(struct page_map *map, struct guests *g,
			  const struct hvd_mshv_partition *p,
			  struct hvd_error *err)
{
	size_t i;

	for (i = 0; i < p->nr_regions; i++) {
		const struct hvd_mshv_region *r = &p->regions[i];

		/* Devices' memory belongs to no guest, and is not in dumps. */
		if (r->type_name && !strcmp(r->type_name, MMIO))
			continue;
		g->regions++;
		if (read_region(map, r, err))
			return hvd_error_prefix(err, "partition 0x%" PRIx64
						", pages from GFN 0x%" PRIx64,
						p->id, r->start_gfn);
	}
	return 0;
}

static int read_partitions(struct page_map *map, struct guests *g,
			   const struct hvd_mshv *mshv, struct hvd_error *err)
{
	size_t i;

	for (i = 0; i < mshv->nr_partitions; i++) {
		const struct hvd_mshv_partition *p = &mshv->partitions[i];

		if (p->why.text[0]) {
			*err = p->why;
			return hvd_error_prefix(err, "partition 0x%" PRIx64,
						p->id);
		}
		if (read_partition(map, g, p, err))
			return -1;
		g->partitions++;
	}
	return 0;
}

int guests_find(struct hvd_kernel *k, struct guests *g, struct pfn_set *set,
		struct hvd_error *err)
{
	struct page_map map = { .kernel = k, .set = set };
	struct hvd_mshv mshv;
	int ret = 0;

	memset(g, 0, sizeof(*g));
	if (hvd_mshv_read(k, &mshv, err))
		return -1;
	g->driver = mshv.loaded;
	if (mshv.why.text[0]) {
		*err = mshv.why;
		ret = -1;
	} else if (mshv.nr_partitions) {
		ret = hvd_mshv_map_open(&map.map, k, err);
		if (!ret)
			ret = read_partitions(&map, g, &mshv, err);
	}
	hvd_mshv_free(&mshv);
	return ret;
}
