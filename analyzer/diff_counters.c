// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counters that differ, of statistics pages that both captures have the bytes
 * of; and what memory the hypervisor had: see diff.h.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "diff.h"
#include "names.h"
#include "statistics.h"

#define NOBODY		UINT64_MAX
#define NO_ONE		UINT32_MAX

void diff_balance(struct diff *d, const struct difference *where)
{
	const struct hvd_balance *a =
		hvd_dump_find_balance(d->a->dump, where->partition);
	const struct hvd_balance *b =
		hvd_dump_find_balance(d->b->dump, where->partition);
	char x[DIFF_VALUE] = "", y[DIFF_VALUE] = "";

	if (a)
		snprintf(x, sizeof(x), "%" PRIu64 ", %" PRIu64 " pages",
			 (uint64_t)a->first, (uint64_t)a->second);
	if (b)
		snprintf(y, sizeof(y), "%" PRIu64 ", %" PRIu64 " pages",
			 (uint64_t)b->first, (uint64_t)b->second);
	if (strcmp(x, y))
		diff_say(d, where, "balance", "memory balance", x, y);
}

static void compare_counter(struct diff *d, const struct difference *where,
			    const struct hvd_page *page, uint32_t index,
			    uint64_t a, uint64_t b)
{
	const struct hvd_abi_row *row =
		statistics_row(d->a->dump, page, index);
	const char *name =
		name_of_object(STATISTICS_OBJECT(page->detail));
	char text[DIFF_NAME], x[DIFF_VALUE], y[DIFF_VALUE];

	if (row)
		snprintf(text, sizeof(text), "%s", row->name);
	else
		snprintf(text, sizeof(text), "%s counter %" PRIu32,
			 name ? name : "unknown", index);
	snprintf(x, sizeof(x), "%" PRIu64, a);
	snprintf(y, sizeof(y), "%" PRIu64, b);
	diff_say(d, where, "counter", text, x, y);
}

static void compare_pages(struct diff *d, const struct hvd_page *a,
			  const struct hvd_page *b)
{
	struct difference at = {
		.has_partition = a->partition_id != NOBODY,
		.partition = a->partition_id,
		.has_vp = a->vp_index != NO_ONE,
		.vp = a->vp_index,
	};
	uint8_t x[STATISTICS_BYTES], y[STATISTICS_BYTES];
	uint32_t i;

	if ((d->a->sel.partition &&
	     d->a->sel.partition->rec.partition_id != a->partition_id) ||
	    (d->a->sel.has_vp && d->a->sel.vp != a->vp_index) ||
	    memory_read(d->a, &d->memory_a, a->pfn, x, sizeof(x)) ||
	    memory_read(d->b, &d->memory_b, b->pfn, y, sizeof(y)))
		return;
	/* The host's own ran on, and so did its processors. */
	at.is_volatile = !at.has_partition ||
			 diff_is_moving(d, a->partition_id);
	for (i = 0; i < STATISTICS_COUNTERS; i++)
		if (hvd_le64(x + 8 * i) != hvd_le64(y + 8 * i))
			compare_counter(d, &at, a, i,
					hvd_le64(x + 8 * i),
					hvd_le64(y + 8 * i));
}

void diff_counters(struct diff *d)
{
	const struct hvd_page **a, **b;
	size_t i = 0, k = 0, nr_a, nr_b;
	int order;

	a = statistics_pages(d->a->dump, &nr_a);
	b = statistics_pages(d->b->dump, &nr_b);
	while (a && b && i < nr_a && k < nr_b) {
		order = statistics_compare(a[i], b[k]);
		if (!order)
			compare_pages(d, a[i], b[k]);
		i += order <= 0;
		k += order >= 0;
	}
	free(a);
	free(b);
}
