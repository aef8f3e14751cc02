// SPDX-License-Identifier: GPL-2.0-or-later
/* A statistics page: 512 counters; those that are not 0. */
#include "config.h"

#include <inttypes.h>

#include "bytes.h"
#include "../names.h"
#include "page.h"

#define OBJECT(detail) ((detail)&0xffffff)
#define AREA(detail)   ((detail) >> 24)

void page_show_statistics(struct view *v, const struct page_content *page)
{
	uint32_t detail = page->use->detail;
	const char *object = name_of_object(OBJECT(detail));
	const char *area = name_of_area(AREA(detail));
	char name[NAME_SIZE];
	size_t i;

	view_part(v, "Counters of %s, area %s", object ? object : "?",
		  area ? area : "?");
	for (i = 0; (i + 1) * 8 <= page->size; i++) {
		uint64_t value = hvd_le64(page->bytes + i * 8);

		snprintf(name, sizeof(name), "%zu", i);
		if (value)
			view_number(v, name, value);
	}
}
