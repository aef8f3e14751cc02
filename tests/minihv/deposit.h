/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that the root deposits for partitions (TLFS, memory pools). A page
 * is free in its partition's pool, or in use for something of that
 * partition's; either way the root cannot reach it, but for those that are
 * lent to it. All functions want the partition lock.
 */
#ifndef MINIHV_DEPOSIT_H
#define MINIHV_DEPOSIT_H

#include "x86.h"

struct partition;

struct pool {
	u32 free, used;			/* pages */
	u32 first_free, first_used;	/* records in deposit.c, 0 = none */
};

/* What a page is used for; a VP's own pages have its index plus one. */
#define DEPOSIT_TAG_PARTITION	0u
#define DEPOSIT_TAG_VP(vp)	((vp) + 1u)
#define DEPOSIT_TAG_STATS	0xffffu

/** @return false when the root cannot deposit that page, or there are too many */
bool deposit_add(struct partition *p, u64 pfn);

/** Give a free page back to the root, cleared. @return false when there is none */
bool deposit_withdraw(struct partition *p, u64 *pfn);

/** Use a free page; it is cleared. @return NULL when there is none */
void *deposit_use(struct partition *p, u32 tag);

/** Use @p count pages for @p tag, or none. @return the last of them, or NULL */
void *deposit_use_many(struct partition *p, u32 tag, u32 count);

/** Make a page that is in use, all such with @p tag, or all such, free again. */
void deposit_release(struct partition *p, const void *page);
void deposit_release_tag(struct partition *p, u32 tag);
void deposit_release_all(struct partition *p);

/** Let the root reach a page that is in use, until it is released. */
void deposit_lend(struct partition *p, const void *page);

/** Before the hypercall returns: make all of that true on every processor. */
void deposit_settle(void);

#endif
