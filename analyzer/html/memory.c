// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who owns which pages: a line a kind, with a strip from the lowest page that
 * anything refers to up to the highest, and marks where the kind's pages are.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "../names.h"
#include "html.h"
#include "parts.h"

/* Marks of a strip: pages that are closer to each other share one. */
#define MARKS 512
/* More kinds than there are; what a dump makes up beyond them is one. */
#define MAX_KINDS 32

/** The pages of one kind. */
struct strip {
	uint64_t pages;
	uint8_t mark[MARKS];
};

struct picture {
	uint64_t first, pages; /* what a strip spans */
	struct strip kinds[MAX_KINDS];
};

static void mark(struct picture *p, const struct hvd_page *page)
{
	uint32_t kind = page->kind < MAX_KINDS ? page->kind : 0;
	/* Below 2^52 pages, so that the product does not overflow. */
	uint64_t at = (page->pfn - p->first) * MARKS / p->pages;

	p->kinds[kind].pages++;
	p->kinds[kind].mark[at] = 1;
}

/* Page numbers ascend. */
static struct picture *draw(const struct hvd_dump *d)
{
	struct picture *p = calloc(1, sizeof(*p));
	size_t i;

	if (!p)
		return NULL;
	p->first = d->pages[0].pfn;
	p->pages = d->pages[d->nr_pages - 1].pfn - p->first + 1;
	for (i = 0; i < d->nr_pages; i++)
		mark(p, &d->pages[i]);
	return p;
}

static void print_strip(FILE *out, const struct strip *strip, const char *name)
{
	size_t i, end;

	fprintf(out,
		"<td class=\"wide-cell\"><svg class=\"strip\" role=\"img\" "
		"viewBox=\"0 0 %d 10\" preserveAspectRatio=\"none\" "
		"aria-label=\"where the pages of kind %s are\"><path d=\"",
		MARKS, name);
	for (i = 0; i < MARKS; i = end + 1) {
		for (end = i; end < MARKS && strip->mark[end]; end++)
			;
		/* A mark must be seen on a small screen, too. */
		if (end > i)
			fprintf(out, "M%zu 0h%zuv10h-%zuz", i, end - i + 1,
				end - i + 1);
	}
	fputs("\"/></svg></td>", out);
}

static void print_kinds(FILE *out, const struct picture *p, uint64_t page_size)
{
	uint32_t kind;

	for (kind = 0; kind < MAX_KINDS; kind++) {
		const struct strip *strip = &p->kinds[kind];
		const char *name = name_of_page_kind(kind);

		if (!strip->pages)
			continue;
		fputs("<tr>", out);
		html_element(out, "th scope=\"row\"", "%s",
			     name ? name : "unknown");
		html_element(out, "td class=\"n right\"", "%" PRIu64,
			     strip->pages);
		html_element(out, "td class=\"n right\"", "%" PRIu64 " KiB",
			     strip->pages * page_size / 1024);
		print_strip(out, strip, name ? name : "unknown");
		fputs("</tr>\n", out);
	}
}

void html_memory(FILE *out, const struct session *s)
{
	const struct hvd_dump *d = s->dump;
	unsigned int shift = hvd_dump_page_shift(d);
	struct picture *p = d->nr_pages ? draw(d) : NULL;

	if (!p)
		return;
	html_section(out, "memory", "Memory that is shared (%zu pages)",
		     d->nr_pages);
	html_element(out, "p",
		     "From 0x%" PRIx64 " to 0x%" PRIx64
		     ", which the strips span from left to right; hvdump "
		     "pages lists them, hvdump page shows one.",
		     p->first << shift, ((p->first + p->pages) << shift) - 1);
	fputs("<div class=\"wide\"><table>\n<thead><tr>"
	      "<th scope=\"col\">Kind</th>"
	      "<th scope=\"col\" class=\"right\">Pages</th>"
	      "<th scope=\"col\" class=\"right\">Size</th>"
	      "<th scope=\"col\">Where</th></tr></thead>\n<tbody>\n",
	      out);
	print_kinds(out, p, UINT64_C(1) << shift);
	fputs("</tbody></table></div>\n", out);
	html_end_section(out);
	free(p);
}
