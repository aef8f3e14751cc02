/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages of memory a note segment asks the collector to copy. Notes may
 * claim anything: what is kept here is bounded by the number of pages that may
 * be copied, and the time by the size of the notes.
 */
#ifndef HVDUMP_WANTED_H
#define HVDUMP_WANTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "note.h"

/** What becomes of a page. */
enum wanted_fate {
	WANTED_COPY,	/* it is to be copied */
	WANTED_IN_NOTE,	/* the note holds it as it was: not copied again */
	WANTED_GUARDED,	/* the hypervisor guards it, and may still be there */
	WANTED_FAILED,	/* it could not be read: @error says why */
};

struct wanted_page {
	uint64_t pfn;
	uint32_t kind;		/* of its first reference */
	uint32_t flags;		/* HVD_PAGE_... of all references */
	bool referenced;	/* else the note only has a copy of it */
	bool in_note;		/* a copy of the whole page */
	enum wanted_fate fate;
	int error;
};

/** The pages that are referenced, each once, by number. */
struct wanted {
	struct wanted_page *pages;
	size_t nr;
	size_t limit;		/* of pages that are kept */
	unsigned int shift;	/* of page numbers */
	bool gone;		/* the hypervisor was taken out of the way */
	struct hvd_gap *beyond;	/* references beyond the limit */
	size_t nr_beyond;
	uint64_t pages_beyond;	/* their number, those without a gap included */
	uint64_t nonce;		/* of the chunks */
	void *tree;		/* while it is made */
};

/**
 * wanted_make() - find out what is asked for
 * @limit: so many pages are kept, the first that are referenced; what comes
 * behind them is listed as beyond. Pages that are guarded get WANTED_COPY only
 * if a record says that the hypervisor is gone. Returns -1 when there is no
 * memory. Release with wanted_free() in any case.
 */
int wanted_make(struct wanted *w, const void *notes, uint64_t size,
		size_t limit);

/** wanted_free() - release what wanted_make() holds */
void wanted_free(struct wanted *w);

/** wanted_count() - the pages of one fate */
uint64_t wanted_count(const struct wanted *w, enum wanted_fate fate);

/**
 * wanted_gaps() - what is lacking, as elements of an unread record
 * Pages that follow one another are one gap. Returns an array to be freed, of
 * @nr elements; NULL when there is no memory.
 */
struct hvd_gap *wanted_gaps(const struct wanted *w, size_t *nr);

#endif /* HVDUMP_WANTED_H */
