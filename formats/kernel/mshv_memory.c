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
#include <string.h>

#include "mshv_parts.h"

#define REGION	   "struct mshv_mem_region"
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

static int find_array(struct hvd_kernel *k, uint64_t *offset,
		      struct hvd_error *err)
{
	static const char *const names[] = {"mreg_pages", "pages"};
	struct hvd_symbols *symbols = hvd_kernel_symbols(k, err);
	struct hvd_types *types;
	struct hvd_member m;
	size_t i;

	if (!symbols)
		return -1;
	types = hvd_symbols_find_module(symbols, "mshv_root")
			? hvd_kernel_module_types(k, "mshv_root", err)
			: hvd_kernel_types(k, err);
	if (!types)
		return -1;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (hvd_types_member(types, REGION, names[i], &m)) {
			*offset = m.offset;
			return 0;
		}
	return hvd_error_set(err, REGION ": expected an array of pages, found "
			     "none");
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
static int page_number(uint64_t page, uint64_t start, uint64_t size,
		       uint64_t *pfn, struct hvd_error *err)
{
	if (page < start || (page - start) % size ||
	    (page - start) / size >> (52 - PAGE_SHIFT))
		return hvd_error_set(err, "expected the address of a page "
				     "structure, found 0x%" PRIx64, page);
	*pfn = (page - start) / size;
	return 0;
}

enum hvd_read hvd_mshv_page(struct hvd_kernel *k,
			    const struct hvd_mshv_region *region, uint64_t gfn,
			    uint64_t *pfn, struct hvd_error *err)
{
	uint64_t offset = 0, start = 0, size = 1, at, page;
	enum hvd_read got;

	if (find_array(k, &offset, err) || find_pages(k, &start, &size, err))
		return HVD_READ_DAMAGED;
	at = region->address + offset + (gfn - region->start_gfn) * 8;
	got = hvd_kmem_word(hvd_kernel_kmem(k, err), at, 8, &page, err);
	if (got != HVD_READ_DATA) {
		hvd_error_prefix(err, "the driver's list of the guest's pages");
		return got;
	}
	if (!page) {
		hvd_error_set(err, "the driver has given the guest no page "
			      "0x%" PRIx64 ", or took it back", gfn);
		return HVD_READ_ABSENT;
	}
	return page_number(page, start, size, pfn, err) ? HVD_READ_DAMAGED
							: HVD_READ_DATA;
}
