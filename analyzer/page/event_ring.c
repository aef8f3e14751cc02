// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SynIC event rings: of each SINT one, of port numbers. Where its reader stands
 * is known to the driver alone; an entry that it has taken is 0 again.
 */
#include "config.h"

#include "page.h"
#include "page_layouts.h"

#define SINTS	   16
#define RING_BYTES 256

static bool is_empty(const uint8_t *bytes)
{
	unsigned int i;

	for (i = 0; i < RING_BYTES; i++)
		if (bytes[i])
			return false;
	return true;
}

void page_show_event_ring(struct view *v, const struct page_content *page)
{
	unsigned int sint;

	for (sint = 0; sint < SINTS; sint++) {
		const uint8_t *ring = page->bytes + sint * RING_BYTES;

		if ((sint + 1) * RING_BYTES > page->size)
			return;
		if (is_empty(ring))
			continue;
		view_part(v, "SINT %u", sint);
		view_layout(v, &hvd_layout_event_ring, ring, RING_BYTES);
	}
}
