/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics pages: whose counters a dump has, and their names. */
#ifndef HVDUMP_STATISTICS_H
#define HVDUMP_STATISTICS_H

#include "abi.h"
#include "capture.h"

#define STATISTICS_BYTES    4096
#define STATISTICS_COUNTERS (STATISTICS_BYTES / 8)

/* HV_STATS_OBJECT_TYPE of a page's detail; what of it a page shows. */
#define STATISTICS_OBJECT(detail) ((detail)&0xffffff)
#define STATISTICS_AREA(detail)	  ((detail) >> 24)
#define STATISTICS_OF_LP	  2

/**
 * statistics_pages() - all such pages, the hypervisor's first, then of logical
 * processors, partitions, VPs; free() the list
 * Returns NULL when there is no memory.
 */
const struct hvd_page **statistics_pages(const struct hvd_dump *dump,
					 size_t *nr);

/** statistics_compare() - by that order: less than, equal to, or above 0 */
int statistics_compare(const struct hvd_page *a, const struct hvd_page *b);

/** statistics_row() - a counter's row of the ABI; NULL: it has no name */
const struct hvd_abi_row *statistics_row(const struct hvd_dump *dump,
					 const struct hvd_page *page,
					 uint32_t index);

#endif /* HVDUMP_STATISTICS_H */
