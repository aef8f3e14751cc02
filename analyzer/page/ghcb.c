// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The GHCB, which a guest with encrypted registers shares with its host: a
 * bitmap says which of its fields were written; or, by the Microsoft
 * hypervisor's use, the argument of a hypercall.
 */
#include "config.h"

#include <stdlib.h>

#include "bytes.h"
#include "layout_rows.h"
#include "page.h"
#include "page_layouts.h"

#define SAVE_BYTES    1032
#define BITMAP_AT     0x3f0
#define BITMAP_BYTES  16
#define CALL_AT	      0xfe8
#define END_AT	      0xff0
#define USAGE_AT      0xffc
#define USAGE_HYPERCALL 1

static bool is_valid(const uint8_t *page, uint32_t offset)
{
	unsigned int bit = offset / 8;

	return bit < BITMAP_BYTES * 8 &&
	       page[BITMAP_AT + bit / 8] >> bit % 8 & 1;
}

/* The save area's rows, less those that were not written. */
static void show_save_area(struct view *v, const uint8_t *page)
{
	const struct hvd_layout *all = &hvd_layout_ghcb_save;
	struct hvd_layout valid = *all;
	struct hvd_field_row *rows;
	size_t i;

	rows = calloc(all->nr_rows, sizeof(*rows));
	if (!rows)
		return;
	valid.rows = rows;
	valid.nr_rows = 0;
	for (i = 0; i < all->nr_rows; i++)
		if (is_valid(page, all->rows[i].offset) ||
		    all->rows[i].offset == BITMAP_AT)
			rows[valid.nr_rows++] = all->rows[i];
	view_layout(v, &valid, page, SAVE_BYTES);
	free(rows);
}

void page_show_ghcb(struct view *v, const struct page_content *page)
{
	view_part(v, "GHCB");
	if (page->size < HV_PAGE_BYTES)
		return;
	view_layout(v, &hvd_layout_ghcb_end, page->bytes + END_AT,
		    HV_PAGE_BYTES - END_AT);
	if (hvd_le32(page->bytes + USAGE_AT) == USAGE_HYPERCALL) {
		view_part(v, "Hypercall");
		view_layout(v, &hvd_layout_ghcb_hypercall,
			    page->bytes + CALL_AT, 16);
	} else {
		view_part(v, "Fields that are valid");
		show_save_area(v, page->bytes);
	}
}
