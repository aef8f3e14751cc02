// SPDX-License-Identifier: GPL-2.0-or-later
/* The VP assist page, with the intercept message that it may hold for VTL 1. */
#include "config.h"

#include "page.h"
#include "page_layouts.h"

#define INTERCEPT_AT   0x70
#define INTERCEPT_SIZE 256

void page_show_vp_assist(struct view *v, const struct page_content *page)
{
	view_part(v, "VP assist page");
	view_layout(v, &hvd_layout_vp_assist, page->bytes, page->size);
	if (page->size >= INTERCEPT_AT + INTERCEPT_SIZE)
		page_show_message(v, "Intercept message",
				  page->bytes + INTERCEPT_AT, INTERCEPT_SIZE);
}
