// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that a segment tells of: pages that are referenced, copies that it
 * holds, pages that a collector lacks; each sorted by page number.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "capture_build.h"

/* The same page for the same use. */
static int compare_use(const struct hvd_page *a, const struct hvd_page *b)
{
	if (a->pfn != b->pfn)
		return hvd_order(a->pfn, b->pfn);
	if (a->kind != b->kind)
		return hvd_order(a->kind, b->kind);
	if (a->partition_id != b->partition_id)
		return hvd_order(a->partition_id, b->partition_id);
	if (a->vp_index != b->vp_index)
		return hvd_order(a->vp_index, b->vp_index);
	return hvd_order(a->detail, b->detail);
}

static int compare_pages(const void *x, const void *y)
{
	const struct hvd_page *a = x, *b = y;
	int diff = compare_use(a, b);

	return diff ? diff : hvd_order(a->flags, b->flags);
}

/* What one mention knows, such as that it is guarded, is true of all. */
static void build_pages(struct hvd_dump *dump, struct hvd_vec *pages)
{
	struct hvd_page *at = pages->data;
	size_t i, kept = 0;

	if (pages->nr)
		qsort(at, pages->nr, sizeof(*at), compare_pages);
	for (i = 0; i < pages->nr; i++) {
		if (kept && !compare_use(&at[i], &at[kept - 1])) {
			at[kept - 1].flags |= at[i].flags;
			dump->duplicates++;
		} else {
			at[kept++] = at[i];
		}
	}
	dump->pages = at;
	dump->nr_pages = kept;
	pages->data = NULL;
}

static int compare_gaps(const void *x, const void *y)
{
	const struct hvd_gap *a = x, *b = y;

	if (a->pfn != b->pfn)
		return hvd_order(a->pfn, b->pfn);
	return a->pages != b->pages ? hvd_order(a->pages, b->pages)
				    : hvd_order(a->error, b->error);
}

/* A collector's gaps do not overlap; others are made not to. */
static void build_gaps(struct hvd_dump *dump, struct hvd_vec *gaps)
{
	struct hvd_gap *at = gaps->data;
	uint64_t overlap, end = 0;
	size_t i, kept = 0;

	if (gaps->nr)
		qsort(at, gaps->nr, sizeof(*at), compare_gaps);
	for (i = 0; i < gaps->nr; i++) {
		struct hvd_gap gap = at[i];

		overlap = end > gap.pfn ? end - gap.pfn : 0;
		dump->duplicates += overlap > 0;
		if (overlap >= gap.pages)
			continue;
		gap.pfn += overlap;
		gap.pages -= overlap;
		end = gap.pfn + gap.pages;
		at[kept++] = gap;
	}
	dump->gaps = at;
	dump->nr_gaps = kept;
	gaps->data = NULL;
}

/** A copy and where in the segment it stood. */
struct place {
	const struct hvd_memory_item *item;
	size_t seq;
};

static int compare_places(const void *x, const void *y)
{
	const struct place *a = x, *b = y;
	int diff = hvd_order(a->item->rec.pfn, b->item->rec.pfn);

	return diff ? diff : hvd_order(a->seq, b->seq);
}

/* A word is eight bytes of memory, of which the first is the lowest. */
uint32_t hvd_copy_words(uint8_t *to, const struct hvd_elements *els,
			uint32_t size)
{
	struct hvd_word word;
	uint32_t i, k;

	for (i = 0; i < els->count; i++) {
		hvd_get_word(els, i, &word);
		for (k = 0; k < 8; k++)
			to[8 * i + k] = (uint8_t)(word.value >> 8 * k);
	}
	return 8 * i < size ? 8 * i : size;
}

static int build_copies(struct hvd_dump *dump, const struct hvd_vec *memory)
{
	struct hvd_dump_memory *mem = dump->priv;
	const struct hvd_memory_item *items = memory->data;
	struct place *places = calloc(memory->nr + 1, sizeof(*places));
	size_t i, used = 0, words = 1;

	for (i = 0; i < memory->nr; i++)
		words += items[i].els.count;
	mem->bytes = calloc(words, 8);
	dump->copies = calloc(memory->nr + 1, sizeof(*dump->copies));
	if (!places || !mem->bytes || !dump->copies) {
		free(places);
		return -1;
	}
	for (i = 0; i < memory->nr; i++)
		places[i] = (struct place){&items[i], i};
	qsort(places, memory->nr, sizeof(*places), compare_places);
	for (i = 0; i < memory->nr; i++) {
		struct hvd_dump_copy *copy = &dump->copies[i];

		copy->rec = places[i].item->rec;
		copy->bytes = mem->bytes + used;
		copy->nr_bytes = hvd_copy_words(mem->bytes + used,
						&places[i].item->els,
						copy->rec.size);
		used += (size_t)places[i].item->els.count * 8;
	}
	dump->nr_copies = memory->nr;
	free(places);
	return 0;
}

int hvd_dump_build_memory(struct hvd_dump *dump, struct hvd_collected *all)
{
	build_pages(dump, &all->pages);
	build_gaps(dump, &all->gaps);
	return build_copies(dump, &all->memory);
}

/*
 * The first element of @nr that is not below @pfn. Each begins with a page
 * number at @field; @size: of an element.
 */
static size_t lower_bound(const void *array, size_t nr, size_t size,
			  size_t field, uint64_t pfn)
{
	size_t low = 0, high = nr, middle;
	uint64_t at;

	while (low < high) {
		middle = low + (high - low) / 2;
		memcpy(&at, (const char *)array + middle * size + field,
		       sizeof(at));
		if (at < pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct hvd_page *hvd_dump_find_page(const struct hvd_dump *dump,
					  uint64_t pfn)
{
	size_t i = lower_bound(dump->pages, dump->nr_pages,
			       sizeof(*dump->pages),
			       offsetof(struct hvd_page, pfn), pfn);

	return i < dump->nr_pages && dump->pages[i].pfn == pfn ? &dump->pages[i]
							       : NULL;
}

const struct hvd_dump_copy *hvd_dump_find_copy(const struct hvd_dump *dump,
					       uint64_t pfn)
{
	size_t i = lower_bound(dump->copies, dump->nr_copies,
			       sizeof(*dump->copies),
			       offsetof(struct hvd_dump_copy, rec.pfn), pfn);

	return i < dump->nr_copies && dump->copies[i].rec.pfn == pfn
		       ? &dump->copies[i]
		       : NULL;
}

const struct hvd_gap *hvd_dump_find_gap(const struct hvd_dump *dump,
					uint64_t pfn)
{
	size_t i = lower_bound(dump->gaps, dump->nr_gaps, sizeof(*dump->gaps),
			       offsetof(struct hvd_gap, pfn), pfn);

	if (i < dump->nr_gaps && dump->gaps[i].pfn == pfn)
		return &dump->gaps[i];
	if (!i || pfn - dump->gaps[i - 1].pfn >= dump->gaps[i - 1].pages)
		return NULL;
	return &dump->gaps[i - 1];
}
