// SPDX-License-Identifier: GPL-2.0-or-later
/* Statistics pages: see statistics.h. */
#include "config.h"

#include <elf.h>
#include <stdlib.h>

#include "statistics.h"

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int statistics_compare(const struct hvd_page *a, const struct hvd_page *b)
{
	int order = compare(STATISTICS_OBJECT(a->detail),
			    STATISTICS_OBJECT(b->detail));

	if (!order)
		order = compare(a->partition_id, b->partition_id);
	if (!order)
		order = compare(a->vp_index, b->vp_index);
	return order ? order : compare(a->detail, b->detail);
}

static int by_use(const void *x, const void *y)
{
	return statistics_compare(*(const struct hvd_page *const *)x,
				  *(const struct hvd_page *const *)y);
}

const struct hvd_page **statistics_pages(const struct hvd_dump *dump,
					 size_t *nr)
{
	const struct hvd_page **pages =
		calloc(dump->nr_pages + 1, sizeof(*pages));
	size_t i;

	*nr = 0;
	for (i = 0; pages && i < dump->nr_pages; i++)
		if (dump->pages[i].kind == HVD_PAGE_STATISTICS)
			pages[(*nr)++] = &dump->pages[i];
	if (pages)
		qsort(pages, *nr, sizeof(*pages), by_use);
	return pages;
}

const struct hvd_abi_row *statistics_row(const struct hvd_dump *dump,
					 const struct hvd_page *page,
					 uint32_t index)
{
	enum hvd_abi_arch arch = dump->machine == EM_AARCH64 ? HVD_ABI_ARM64
							     : HVD_ABI_X86_64;

	return hvd_abi_find(
		HVD_ABI_COUNTERS, arch,
		HVD_ABI_COUNTER(STATISTICS_OBJECT(page->detail), index));
}
