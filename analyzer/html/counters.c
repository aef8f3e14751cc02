// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counters as bars: folded, an object each. A bar is as long as its value is to
 * the greatest of the same unit that the object has.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../names.h"
#include "../statistics.h"
#include "bytes.h"
#include "html.h"
#include "parts.h"

/* A page is looked at; hvdump stats lists all. */
#define MAX_OBJECTS 24
#define MAX_ROWS    64

/** The counters of one page. */
struct counters {
	const struct hvd_dump *dump;
	const struct hvd_page *page;
	uint8_t bytes[STATISTICS_BYTES];
};

static uint64_t value_of(const struct counters *c, uint32_t i)
{
	return hvd_le64(c->bytes + 8 * i);
}

static uint64_t greatest_of(const struct counters *c, const char *unit)
{
	uint64_t greatest = 0;
	uint32_t i;

	for (i = 0; i < STATISTICS_COUNTERS; i++) {
		const struct hvd_abi_row *row =
			statistics_row(c->dump, c->page, i);

		if (row && !strcmp(row->unit, unit) &&
		    value_of(c, i) > greatest)
			greatest = value_of(c, i);
	}
	return greatest;
}

static void print_counter(FILE *out, const struct hvd_abi_row *row,
			  uint64_t value, uint64_t greatest)
{
	fputs("<tr>", out);
	html_element(out, "th scope=\"row\"", "%s", row->name);
	html_element(out, "td class=\"n right\"", "%" PRIu64 "%s%s", value,
		     row->unit[0] ? " " : "", row->unit);
	fprintf(out,
		"<td class=\"wide-cell\"><svg class=\"bar\" "
		"viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
		"aria-hidden=\"true\"><rect width=\"%.0f\" height=\"10\"/>"
		"</svg></td></tr>\n",
		(double)value / (double)greatest * 1000);
}

static void print_counters(FILE *out, const struct counters *c)
{
	uint32_t i, rows = 0;

	for (i = 0; i < STATISTICS_COUNTERS && rows < MAX_ROWS; i++) {
		const struct hvd_abi_row *row =
			statistics_row(c->dump, c->page, i);

		if (!row || !value_of(c, i))
			continue;
		print_counter(out, row, value_of(c, i),
			      greatest_of(c, row->unit));
		rows++;
	}
}

static void print_page(FILE *out, const struct counters *c)
{
	char owner[OWNER_SIZE];

	fputs("<details>", out);
	html_element(out, "summary", "%s", page_owner(owner, c->page));
	fputs("\n<div class=\"wide\"><table>\n<thead><tr>"
	      "<th scope=\"col\">Counter</th>"
	      "<th scope=\"col\" class=\"right\">Value</th>"
	      "<th scope=\"col\">Beside the greatest</th></tr></thead>\n"
	      "<tbody>\n",
	      out);
	print_counters(out, c);
	fputs("</tbody></table></div></details>\n", out);
}

bool html_has_counters(struct host *host)
{
	uint8_t bytes[STATISTICS_BYTES];
	const struct hvd_page **pages;
	size_t i, nr;
	bool has = false;

	pages = statistics_pages(host->s->dump, &nr);
	for (i = 0; pages && i < nr && !has; i++)
		has = !host_page(host, pages[i]->pfn, bytes);
	free(pages);
	return has;
}

void html_counters(FILE *out, struct host *host)
{
	const struct hvd_dump *d = host->s->dump;
	struct counters c = {.dump = d};
	const struct hvd_page **pages;
	size_t i, nr, shown = 0, more = 0;

	pages = statistics_pages(d, &nr);
	for (i = 0; pages && i < nr; i++) {
		c.page = pages[i];
		if (shown == MAX_OBJECTS ||
		    host_page(host, c.page->pfn, c.bytes)) {
			more++;
			continue;
		}
		if (!shown++)
			html_section(out, "counters", "Counters");
		print_page(out, &c);
	}
	free(pages);
	if (!shown)
		return;
	if (more)
		html_element(out, "p class=\"note\"",
			     "and %zu more pages of counters: hvdump stats",
			     more);
	html_end_section(out);
}
