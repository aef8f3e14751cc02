// SPDX-License-Identifier: GPL-2.0-or-later
/* Event flags: of each SINT 2048, one a bit. Those that are set are listed. */
#include "config.h"

#include <inttypes.h>

#include "page.h"

#define SINTS	   16
#define SINT_BYTES 256
#define WORDS	   12 /* that fit into a line */

static bool is_set(const uint8_t *flags, unsigned int flag)
{
	return flags[flag / 8] >> flag % 8 & 1;
}

static unsigned int count(const uint8_t *flags)
{
	unsigned int flag, n = 0;

	for (flag = 0; flag < SINT_BYTES * 8; flag++)
		n += is_set(flags, flag);
	return n;
}

/* The first of a run of flags from @flag on, or the end of them. */
static unsigned int next(const uint8_t *flags, unsigned int flag, bool set)
{
	while (flag < SINT_BYTES * 8 && is_set(flags, flag) != set)
		flag++;
	return flag;
}

/* "3, 17-19, ...": not more of them than a person looks at. */
static void show_set(struct view *v, const uint8_t *flags)
{
	char text[WORDS * 12 + 8];
	unsigned int first = next(flags, 0, true), words, last;
	int used = 0;

	for (words = 0; first < SINT_BYTES * 8 && words < WORDS; words++) {
		last = next(flags, first, false) - 1;
		used += snprintf(text + used, sizeof(text) - (size_t)used,
				 last > first ? "%s%u-%u" : "%s%u",
				 words ? ", " : "", first, last);
		first = next(flags, last + 1, true);
	}
	view_words(v, "set", "%s%s", text,
		   first < SINT_BYTES * 8 ? ", ..." : "");
}

void page_show_sief(struct view *v, const struct page_content *page)
{
	unsigned int sint, n;

	for (sint = 0; sint < SINTS; sint++) {
		const uint8_t *flags = page->bytes + sint * SINT_BYTES;

		if ((sint + 1) * SINT_BYTES > page->size)
			return;
		n = count(flags);
		if (!n)
			continue;
		view_part(v, "SINT %u", sint);
		view_number(v, "flags", n);
		show_set(v, flags);
		view_bytes(v, "bytes", flags, SINT_BYTES);
	}
}
