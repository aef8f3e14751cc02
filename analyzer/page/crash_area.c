// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The hypervisor's crash dump area. Its first page has the structure of its
 * version; what processors and the crash stack have behind it is shown by
 * `hvdump hypervisor`, which looks at the pages together.
 */
#include "config.h"

#include <inttypes.h>

#include "bytes.h"
#include "crash_area.h"
#include "page.h"

/* The area's first page, and how many it has: they follow one another. */
static uint64_t find_area(const struct hvd_dump *d, uint64_t *pages)
{
	uint64_t first = 0;
	size_t i;

	*pages = 0;
	for (i = 0; i < d->nr_pages; i++) {
		if (d->pages[i].kind != HVD_PAGE_CRASH_AREA)
			continue;
		if (!(*pages)++)
			first = d->pages[i].pfn;
	}
	return first;
}

void page_show_crash_area(struct view *v, const struct page_content *page)
{
	uint64_t pages, first = find_area(v->s->dump, &pages);
	const struct hvd_layout *layout;
	uint32_t version;

	view_part(v, "Crash area, page %" PRIu64 " of %" PRIu64,
		  (uint64_t)page->use->pfn - first + 1, pages);
	if (page->use->pfn != first) {
		view_words(v, "remark", "processors' states, or their stack");
		return;
	}
	if (page->size < 8)
		return;
	version = hvd_le32(page->bytes);
	layout = hvd_crash_area_layout(version);
	if (layout) {
		view_layout(v, layout, page->bytes, page->size);
		return;
	}
	view_words(v, "remark", "no version that is known, 1 to 5");
	view_layout(v, &hvd_layout_crash_area_head, page->bytes, page->size);
}
