/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a page holds, by its kind. A kind is one file of this folder and one row
 * of kinds.c; what is shown goes through a view, as text or as JSON.
 */
#ifndef HVDUMP_ANALYZER_PAGE_H
#define HVDUMP_ANALYZER_PAGE_H

#include <jansson.h>

#include "layout.h"
#include "../session.h"

/** Bytes of the interface's page, whatever the kernel's page size is. */
#define HV_PAGE_BYTES 4096

/** Where what is shown goes. */
struct view {
	const struct session *s;
	json_t *parts;	/* the list of them; NULL: text is printed */
	json_t *fields; /* of the last part */
	unsigned int nr; /* of parts so far */
	int width;	 /* of names in text; 0: the usual one */
};

/** A page, and one use of it. */
struct page_content {
	const struct hvd_page *use;
	const uint8_t *bytes; /* from the page's start on */
	size_t size;
};

/** view_part() - begin a part of the page, with words for a heading */
void view_part(struct view *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** view_layout() - the fields of a structure, into the part that is open */
void view_layout(struct view *v, const struct hvd_layout *layout,
		 const uint8_t *bytes, size_t size);

/** view_words() - one more field, with words for a value */
void view_words(struct view *v, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/** view_number(), view_hex() - a count; an address or mask of @digits */
void view_number(struct view *v, const char *name, uint64_t value);
void view_hex(struct view *v, const char *name, uint64_t value, int digits);
/** view_bytes() - bytes without a meaning that is known */
void view_bytes(struct view *v, const char *name, const uint8_t *bytes,
		size_t size);

/**
 * page_show() - show a page by its kind
 * Returns false for a kind that has nothing but bytes. Text says so where the
 * kind is known, and there is nothing in the page.
 */
bool page_show(struct view *v, const struct page_content *page);

/* The kinds. */
void page_show_arguments(struct view *v, const struct page_content *page);
void page_show_crash_area(struct view *v, const struct page_content *page);
void page_show_event_ring(struct view *v, const struct page_content *page);
void page_show_ghcb(struct view *v, const struct page_content *page);
void page_show_hypercall(struct view *v, const struct page_content *page);
void page_show_intercept(struct view *v, const struct page_content *page);
void page_show_reference_tsc(struct view *v, const struct page_content *page);
void page_show_registers(struct view *v, const struct page_content *page);
void page_show_sief(struct view *v, const struct page_content *page);
void page_show_sim(struct view *v, const struct page_content *page);
void page_show_statistics(struct view *v, const struct page_content *page);
void page_show_vp_assist(struct view *v, const struct page_content *page);

/** page_show_message() - one message; nothing where there is none */
void page_show_message(struct view *v, const char *where, const uint8_t *bytes,
		       size_t size);

#endif /* HVDUMP_ANALYZER_PAGE_H */
