// SPDX-License-Identifier: GPL-2.0-or-later
/* Which pages are to be copied: see wanted.h. */
#include "config.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "wanted.h"

/* Gaps that are kept of what lies beyond the limit; the rest is counted. */
#define MAX_BEYOND	1024

static int by_pfn(const void *x, const void *y)
{
	const struct wanted_page *a = x, *b = y;

	return (a->pfn > b->pfn) - (a->pfn < b->pfn);
}

/* The page of number @pfn; NULL: there is no room for one more. */
static struct wanted_page *get_page(struct wanted *w, uint64_t pfn)
{
	struct wanted_page key = { .pfn = pfn }, *fresh, **found;

	found = tfind(&key, &w->tree, by_pfn);
	if (found)
		return *found;
	if (w->nr == w->limit)
		return NULL;
	fresh = &w->pages[w->nr];
	*fresh = key;
	if (!tsearch(fresh, &w->tree, by_pfn))
		return NULL;
	w->nr++;
	return fresh;
}

/* One more page of @gap's kind behind those that it has? */
static bool extend(struct hvd_gap *gap, uint64_t pfn, uint32_t kind, int error)
{
	if (gap->kind != kind || gap->error != (uint32_t)error ||
	    gap->pfn + gap->pages != pfn)
		return false;
	gap->pages++;
	return true;
}

static void add_beyond(struct wanted *w, const struct hvd_page *e)
{
	struct hvd_gap *last = w->beyond + w->nr_beyond - 1;

	w->pages_beyond++;
	if (w->nr_beyond && extend(last, e->pfn, e->kind, EFBIG))
		return;
	if (w->nr_beyond == MAX_BEYOND)
		return;
	w->beyond[w->nr_beyond++] = (struct hvd_gap){
		.pfn = e->pfn,
		.pages = 1,
		.kind = e->kind,
		.error = EFBIG,
	};
}

/* A page that cannot be is the reader's to complain of. */
static bool exists(const struct wanted *w, uint64_t pfn)
{
	return pfn <= UINT64_MAX >> w->shift;
}

static void take_pages(struct wanted *w, const struct hvd_record *rec)
{
	struct wanted_page *page;
	struct hvd_elements els;
	struct hvd_pages r;
	struct hvd_page e;
	uint32_t i;

	if (hvd_read_pages(rec, &r) ||
	    hvd_page_elements(rec, r.count, r.stride, &els))
		return;
	for (i = 0; i < els.count; i++) {
		hvd_get_page(&els, i, &e);
		if (!exists(w, e.pfn))
			continue;
		page = get_page(w, e.pfn);
		if (!page) {
			add_beyond(w, &e);
			continue;
		}
		if (!page->referenced)
			page->kind = e.kind;
		page->referenced = true;
		page->flags |= e.flags;
	}
}

/* Only a copy of all of a page makes another one needless. */
static void take_memory(struct wanted *w, const struct hvd_record *rec)
{
	struct wanted_page *page;
	struct hvd_elements els;
	struct hvd_memory r;

	if (hvd_read_memory(rec, &r) ||
	    hvd_word_elements(rec, r.count, r.stride, &els) || r.offset ||
	    r.size != 1u << w->shift || !exists(w, r.pfn))
		return;
	page = get_page(w, r.pfn);
	if (page)
		page->in_note = true;
}

static void take_header(struct wanted *w, const struct hvd_record *rec)
{
	struct hvd_header r;

	if (!hvd_read_header(rec, &r) && r.page_shift >= 12 &&
	    r.page_shift <= 16)
		w->shift = r.page_shift;
}

static void take(struct wanted *w, const struct hvd_record *rec)
{
	struct hvd_chunk_record chunk;
	struct hvd_capture capture;
	struct hvd_stage stage;

	switch (rec->type) {
	case HVD_TYPE_CHUNK:
		if (!w->nonce && !hvd_read_chunk_record(rec, &chunk))
			w->nonce = chunk.nonce;
		return;
	case HVD_TYPE_HEADER:
		take_header(w, rec);
		return;
	case HVD_TYPE_CAPTURE:
		if (!hvd_read_capture(rec, &capture))
			w->gone |= capture.hypervisor == HVD_HV_GONE;
		return;
	case HVD_TYPE_STAGE:
		if (!hvd_read_stage(rec, &stage))
			w->gone |= stage.hypervisor == HVD_HV_GONE;
		return;
	case HVD_TYPE_PAGES:
		take_pages(w, rec);
		return;
	case HVD_TYPE_MEMORY:
		take_memory(w, rec);
		return;
	}
}

/* One that is not known may be anything, even what must not be copied. */
static bool is_known(uint32_t kind)
{
	return kind >= HVD_PAGE_HYPERCALL && kind <= HVD_PAGE_GHCB;
}

static void decide(const struct wanted *w, struct wanted_page *page)
{
	const uint32_t guarded = HVD_PAGE_GUARDED | HVD_PAGE_UNREADABLE;

	if (page->in_note) {
		page->fate = WANTED_IN_NOTE;
	} else if (!is_known(page->kind)) {
		page->fate = WANTED_FAILED;
		page->error = EOPNOTSUPP;
	} else if (page->flags & guarded && !w->gone) {
		page->fate = WANTED_GUARDED;
	} else {
		page->fate = WANTED_COPY;
	}
}

static void keep_in_place(void *unused)
{
	(void)unused;
}

/* Sort, leave out what nothing refers to, and say what is to be done. */
static void finish(struct wanted *w)
{
	size_t i, kept = 0;

	/* The tree leads into the array, which is sorted now. */
	tdestroy(w->tree, keep_in_place);
	w->tree = NULL;
	if (w->nr)
		qsort(w->pages, w->nr, sizeof(*w->pages), by_pfn);
	for (i = 0; i < w->nr; i++) {
		if (!w->pages[i].referenced)
			continue;
		w->pages[kept] = w->pages[i];
		decide(w, &w->pages[kept++]);
	}
	w->nr = kept;
}

int wanted_make(struct wanted *w, const void *notes, uint64_t size,
		size_t limit)
{
	struct hvd_reader r;
	struct hvd_record rec;
	enum hvd_next next;

	memset(w, 0, sizeof(*w));
	w->limit = limit;
	w->shift = 12;
	w->pages = calloc(limit + 1, sizeof(*w->pages));
	w->beyond = calloc(MAX_BEYOND, sizeof(*w->beyond));
	if (!w->pages || !w->beyond)
		return -1;
	hvd_reader_init(&r, notes, size);
	while ((next = hvd_reader_next(&r, &rec)) != HVD_NEXT_END)
		if (next == HVD_NEXT_RECORD)
			take(w, &rec);
	finish(w);
	return 0;
}

void wanted_free(struct wanted *w)
{
	free(w->pages);
	free(w->beyond);
	memset(w, 0, sizeof(*w));
}

uint64_t wanted_count(const struct wanted *w, enum wanted_fate fate)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < w->nr; i++)
		count += w->pages[i].fate == fate;
	return count;
}

static int by_first(const void *x, const void *y)
{
	const struct hvd_gap *a = x, *b = y;

	if (a->pfn != b->pfn)
		return a->pfn > b->pfn ? 1 : -1;
	return (a->pages < b->pages) - (a->pages > b->pages);
}

/* Sort, and leave each page to one gap. */
static size_t tidy(struct hvd_gap *gaps, size_t nr)
{
	uint64_t end = 0, overlap;
	size_t i, kept = 0;

	qsort(gaps, nr, sizeof(*gaps), by_first);
	for (i = 0; i < nr; i++) {
		overlap = end > gaps[i].pfn ? end - gaps[i].pfn : 0;
		if (overlap >= gaps[i].pages)
			continue;
		gaps[kept] = gaps[i];
		gaps[kept].pfn += overlap;
		gaps[kept].pages -= overlap;
		end = gaps[kept].pfn + gaps[kept].pages;
		kept++;
	}
	return kept;
}

struct hvd_gap *wanted_gaps(const struct wanted *w, size_t *nr)
{
	struct hvd_gap *gaps = calloc(w->nr + w->nr_beyond + 1, sizeof(*gaps));
	const struct wanted_page *p;

	*nr = 0;
	if (!gaps)
		return NULL;
	for (p = w->pages; p < w->pages + w->nr; p++) {
		if (p->fate != WANTED_GUARDED && p->fate != WANTED_FAILED)
			continue;
		if (*nr && extend(&gaps[*nr - 1], p->pfn, p->kind, p->error))
			continue;
		gaps[(*nr)++] = (struct hvd_gap){
			.pfn = p->pfn,
			.pages = 1,
			.kind = p->kind,
			.error = p->error,
		};
	}
	memcpy(gaps + *nr, w->beyond, w->nr_beyond * sizeof(*gaps));
	*nr = tidy(gaps, *nr + w->nr_beyond);
	return gaps;
}
