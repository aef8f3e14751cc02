// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counters that differ, of statistics pages that both captures have the bytes
 * of; and what memory the hypervisor had: see diff.h.
 */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "bytes.h"
#include "diff.h"
#include "names.h"

#define PAGE		4096
#define NR_COUNTERS	(PAGE / 8)
#define OBJECT(detail)	((detail) & 0xffffff)
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

static int by_use(const void *x, const void *y)
{
	const struct hvd_page *a = *(const struct hvd_page *const *)x;
	const struct hvd_page *b = *(const struct hvd_page *const *)y;

	if (a->partition_id != b->partition_id)
		return a->partition_id < b->partition_id ? -1 : 1;
	if (a->vp_index != b->vp_index)
		return a->vp_index < b->vp_index ? -1 : 1;
	return (a->detail > b->detail) - (a->detail < b->detail);
}

/* A capture's statistics pages, in the order of whose they are. */
static const struct hvd_page **sorted(const struct hvd_dump *d, size_t *nr)
{
	const struct hvd_page **pages = calloc(d->nr_pages + 1, sizeof(*pages));
	size_t i;

	*nr = 0;
	for (i = 0; pages && i < d->nr_pages; i++)
		if (d->pages[i].kind == HVD_PAGE_STATISTICS)
			pages[(*nr)++] = &d->pages[i];
	if (pages)
		qsort(pages, *nr, sizeof(*pages), by_use);
	return pages;
}

static void compare_counter(struct diff *d, const struct difference *where,
			    uint32_t object, uint32_t index, uint64_t a,
			    uint64_t b)
{
	enum hvd_abi_arch arch = d->a->dump->machine == EM_AARCH64
					 ? HVD_ABI_ARM64
					 : HVD_ABI_X86_64;
	const struct hvd_abi_row *row = hvd_abi_find(
		HVD_ABI_COUNTERS, arch, HVD_ABI_COUNTER(object, index));
	const char *name = name_of_object(object);
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
	uint8_t x[PAGE], y[PAGE];
	uint32_t i;

	if ((d->a->sel.partition &&
	     d->a->sel.partition->rec.partition_id != a->partition_id) ||
	    (d->a->sel.has_vp && d->a->sel.vp != a->vp_index) ||
	    memory_read(d->a, &d->memory_a, a->pfn, x, PAGE) ||
	    memory_read(d->b, &d->memory_b, b->pfn, y, PAGE))
		return;
	/* The host's own ran on, and so did its processors. */
	at.is_volatile = !at.has_partition ||
			 diff_is_moving(d, a->partition_id);
	for (i = 0; i < NR_COUNTERS; i++)
		if (hvd_le64(x + 8 * i) != hvd_le64(y + 8 * i))
			compare_counter(d, &at, OBJECT(a->detail), i,
					hvd_le64(x + 8 * i),
					hvd_le64(y + 8 * i));
}

void diff_counters(struct diff *d)
{
	const struct hvd_page **a, **b;
	size_t i = 0, k = 0, nr_a, nr_b;
	int order;

	a = sorted(d->a->dump, &nr_a);
	b = sorted(d->b->dump, &nr_b);
	while (a && b && i < nr_a && k < nr_b) {
		order = by_use(&a[i], &b[k]);
		if (!order)
			compare_pages(d, a[i], b[k]);
		i += order <= 0;
		k += order >= 0;
	}
	free(a);
	free(b);
}
