// SPDX-License-Identifier: GPL-2.0-or-later
/* The reference TSC page: how the TSC becomes the partition's time. */
#include "config.h"

#include "bytes.h"
#include "page.h"
#include "page_layouts.h"

void page_show_reference_tsc(struct view *v, const struct page_content *page)
{
	view_part(v, "Reference TSC page");
	if (page->size >= 4 && !hvd_le32(page->bytes))
		view_words(v, "remark", "not valid: the time is in a register");
	view_layout(v, &hvd_layout_reference_tsc, page->bytes, page->size);
}
