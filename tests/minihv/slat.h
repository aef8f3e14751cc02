/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Second-level address translation: a created partition's own tables, from
 * its guest page numbers to system page numbers, in its deposited pages. No
 * processor walks them; a VP's fetch is looked up by minihv (intercept.c).
 */
#ifndef MINIHV_SLAT_H
#define MINIHV_SLAT_H

#include "partition.h"

#define SLAT_READABLE	0x1u
#define SLAT_WRITABLE	0x2u
#define SLAT_EXECUTABLE	0xcu	/* in kernel and in user mode */
#define SLAT_NO_ACCESS	0x10u	/* known, but not to be touched */
#define SLAT_GFN_BITS	36

/** @return false, nothing changed, when the pool has no page for a table */
bool slat_map(struct partition *p, u64 gfn, u64 pfn, u32 access);

/** Nothing happens to a page that is not mapped. */
void slat_unmap(struct partition *p, u64 gfn);

/** @return whether it is mapped, and if so how */
bool slat_lookup(const struct partition *p, u64 gfn, u32 *access);

#endif
