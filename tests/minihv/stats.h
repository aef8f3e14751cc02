/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics pages (TLFS, HvCallMapStatsPage): 512 counters of an object, in
 * a page that the root deposited and that is lent back to it.
 */
#ifndef MINIHV_STATS_H
#define MINIHV_STATS_H

#include "x86.h"

enum stats_type {
	STATS_HYPERVISOR = 1,
	STATS_LP = 2,
	STATS_PARTITION = 0x10001,
	STATS_VP = 0x10002,
};

struct stats_object {
	u32 type;		/* enum stats_type */
	u32 area;		/* 0 self, 1 parent */
	u64 partition;		/* 0 when it has none */
	u32 index;		/* of the VP or the LP, or STATS_NO_INDEX */
};

#define STATS_NO_INDEX	0xffffffffu
#define STATS_AREAS	2u

/** @return its page, or NULL when the root's pool has none left for it */
void *stats_map(const struct stats_object *o);

/** @return false when it is not mapped */
bool stats_unmap(const struct stats_object *o);

/** Unmap all of a partition that is no more. */
void stats_drop(u64 partition);

#endif
