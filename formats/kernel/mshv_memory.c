// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a guest's memory is in the memory of the root: see mshv.h.
 *
 * A region keeps a pointer to the struct page of each page that the guest was
 * given, in an array at its own end; 0 where it was given none. Pages of a
 * movable region may have been taken back at any time, which the driver notes
 * by that 0; regions of devices have no pages.
 * Source: drivers/hv/mshv_root.h, struct mshv_mem_region (6.15: pages; since
 * 6.19 mreg_pages).
 */
#include "config.h"

#include <inttypes.h>

#include "bytes.h"
#include "mshv_parts.h"

#define REGION	   "struct mshv_mem_region"
#define MODULE	   "mshv_root"
#define PAGE_SHIFT 12

/* The page structures as an array; where it starts is KASLR's to choose. */
static int find_pages(struct hvd_kernel *k, uint64_t *start, uint64_t *size,
		      struct hvd_error *err)
{
	struct hvd_vmcoreinfo *v = hvd_kernel_vmcoreinfo(k);
	struct hvd_kmem *kmem = hvd_kernel_kmem(k, err);
	struct hvd_symbols *symbols = kmem ? hvd_kernel_symbols(k, err) : NULL;
	uint64_t address;

	if (!symbols)
		return -1;
	if (!hvd_vmcoreinfo_size(v, "page", size) || !*size)
		return hvd_error_set(err, "VMCOREINFO: expected SIZE(page), "
				     "found none");
	/* x86-64, with CONFIG_RANDOMIZE_MEMORY or without. */
	if (hvd_symbols_find(symbols, NULL, "vmemmap_base", 0, &address))
		return hvd_kmem_word(kmem, address, 8, start, err) ==
				       HVD_READ_DATA
			       ? 0
			       : hvd_error_prefix(err, "vmemmap_base");
	if (hvd_vmcoreinfo_symbol(v, "vmemmap", start))
		return 0;
	return hvd_error_set(err, "expected a symbol vmemmap_base, found none: "
			     "where this kernel keeps its page structures is "
			     "not known");
}

static int find_array(const struct hvd_types *types, uint64_t *offset,
		      struct hvd_error *err)
{
	static const char *const names[] = {"mreg_pages", "pages"};
	struct hvd_member m;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (hvd_types_member(types, REGION, names[i], &m)) {
			*offset = m.offset;
			return 0;
		}
	return hvd_error_set(err, REGION ": expected an array of pages, found "
			     "none: types of another kernel?");
}

int hvd_mshv_map_open(struct hvd_mshv_map *map, struct hvd_kernel *k,
		      struct hvd_error *err)
{
	struct hvd_symbols *symbols = hvd_kernel_symbols(k, err);

	if (!symbols)
		return -1;
	map->kmem = hvd_kernel_kmem(k, err);
	map->types = hvd_symbols_find_module(symbols, MODULE)
			     ? hvd_kernel_module_types(k, MODULE, err)
			     : hvd_kernel_types(k, err);
	if (!map->kmem || !map->types)
		return -1;
	if (find_array(map->types, &map->array, err))
		return -1;
	return find_pages(k, &map->start, &map->size, err);
}

const struct hvd_mshv_region *
hvd_mshv_find_region(const struct hvd_mshv_partition *p, uint64_t gfn)
{
	size_t i;

	for (i = 0; i < p->nr_regions; i++)
		if (gfn >= p->regions[i].start_gfn &&
		    gfn - p->regions[i].start_gfn < p->regions[i].pages)
			return &p->regions[i];
	return NULL;
}

/* A page's number out of the address of its structure. */
static int page_number(const struct hvd_mshv_map *map, uint64_t page,
		       uint64_t *pfn, struct hvd_error *err)
{
	uint64_t offset = page - map->start;

	if (page < map->start || offset % map->size ||
	    offset / map->size >> (52 - PAGE_SHIFT))
		return hvd_error_set(err, "expected the address of a page "
				     "structure, found 0x%" PRIx64, page);
	*pfn = offset / map->size;
	return 0;
}

enum hvd_read hvd_mshv_map_read(const struct hvd_mshv_map *map,
				const struct hvd_mshv_region *region,
				uint64_t from, size_t nr, uint64_t *pfns,
				struct hvd_error *err)
{
	uint64_t page, at = region->address + map->array + from * 8;
	uint8_t list[8 * HVD_MSHV_MAP_PAGES];
	enum hvd_read got;
	size_t i;

	if (nr > HVD_MSHV_MAP_PAGES)
		nr = HVD_MSHV_MAP_PAGES;
	got = hvd_kmem_read(map->kmem, at, list, 8 * nr, err);
	if (got != HVD_READ_DATA) {
		hvd_error_prefix(err, "the driver's list of the guest's pages");
		return got;
	}
	for (i = 0; i < nr; i++) {
		page = hvd_le64(list + 8 * i);
		pfns[i] = HVD_UNKNOWN;
		if (page && page_number(map, page, &pfns[i], err))
			return HVD_READ_DAMAGED;
	}
	return HVD_READ_DATA;
}

enum hvd_read hvd_mshv_page(struct hvd_kernel *k,
			    const struct hvd_mshv_region *region, uint64_t gfn,
			    uint64_t *pfn, struct hvd_error *err)
{
	struct hvd_mshv_map map;
	enum hvd_read got;

	if (hvd_mshv_map_open(&map, k, err))
		return HVD_READ_DAMAGED;
	got = hvd_mshv_map_read(&map, region, gfn - region->start_gfn, 1, pfn,
				err);
	if (got != HVD_READ_DATA || *pfn != HVD_UNKNOWN)
		return got;
	hvd_error_set(err, "the driver has given the guest no page 0x%" PRIx64
		      ", or took it back", gfn);
	return HVD_READ_ABSENT;
}
