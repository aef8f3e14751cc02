/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of physical memory that were read, a bounded number of them. One is
 * found by its number in no more than four steps.
 */
#ifndef HVDUMP_PAGE_CACHE_H
#define HVDUMP_PAGE_CACHE_H

#include <stdint.h>

#define HVD_CACHE_PAGE 4096

/* 256 sets of 4: 4 MiB, allocated as they fill. */
#define HVD_CACHE_SETS 256
#define HVD_CACHE_WAYS 4

struct hvd_cached_page {
	uint64_t number; /* + 1; 0: empty */
	uint8_t *data;
};

/** All zeros: empty. */
struct hvd_page_cache {
	struct hvd_cached_page pages[HVD_CACHE_SETS][HVD_CACHE_WAYS];
	uint8_t next[HVD_CACHE_SETS]; /* to be replaced */
};

/** hvd_page_cache_find() - the page's bytes, or NULL */
const uint8_t *hvd_page_cache_find(const struct hvd_page_cache *c,
				   uint64_t number);

/**
 * hvd_page_cache_place() - room to read page @number into; NULL: no memory
 * It is not found until hvd_page_cache_keep() says that the read went well.
 */
struct hvd_cached_page *hvd_page_cache_place(struct hvd_page_cache *c,
					     uint64_t number);
static inline void hvd_page_cache_keep(struct hvd_cached_page *p,
				       uint64_t number)
{
	p->number = number + 1;
}

/** hvd_page_cache_free() - release all pages: it is empty again */
void hvd_page_cache_free(struct hvd_page_cache *c);

#endif /* HVDUMP_PAGE_CACHE_H */
