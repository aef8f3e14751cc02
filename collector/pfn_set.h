/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set of page numbers, for pages that come in any order and are wanted as
 * ranges. It takes a bit a page, and that only where there are pages: 4 KiB for
 * each 128 MiB that have one, and 8 bytes for each 128 MiB below the highest.
 */
#ifndef HVDUMP_PFN_SET_H
#define HVDUMP_PFN_SET_H

#include <stddef.h>
#include <stdint.h>

/* A page beyond that is nonsense: 52 bits are all that x86-64 can address. */
#define PFN_SET_MAX	(UINT64_C(1) << 40)

struct pfn_set {
	uint64_t **blocks;	/* NULL: none of its pages */
	size_t nr_blocks;
	uint64_t count;		/* pages in the set */
};

/** pfn_set_add() - one page; -1: no memory, or no such page can be */
int pfn_set_add(struct pfn_set *s, uint64_t pfn);

/**
 * pfn_set_next() - the first range from page @from on
 * Returns its length in pages and its beginning in @first; 0: there is none.
 */
uint64_t pfn_set_next(const struct pfn_set *s, uint64_t from, uint64_t *first);

/** pfn_set_free() - release it; it is empty then */
void pfn_set_free(struct pfn_set *s);

#endif /* HVDUMP_PFN_SET_H */
