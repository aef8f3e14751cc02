// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages: a SIM page has 16, an intercept message page has one. */
#include "config.h"

#include <inttypes.h>

#include "../messages.h"
#include "../names.h"
#include "page.h"

/* What stands in the header besides the type. */
static void show_header(struct view *v, const struct hvd_message *m)
{
	view_hex(v, "message_type", m->type, 8);
	view_number(v, "payload_size", m->claimed);
	if (m->claimed > m->size)
		view_words(v, "damage", "a payload has %u bytes at most",
			   m->size);
	if (m->flags)
		view_words(v, "message_flags", "0x%02x%s", m->flags,
			   m->pending ? " [msg_pending]" : "");
	view_hex(v, "sender", m->sender, 16);
}

void page_show_message(struct view *v, const char *where, const uint8_t *bytes,
		       size_t size)
{
	char type[NAME_SIZE];
	struct hvd_message m;

	if (hvd_message_decode(bytes, size, v->s->dump->machine, &m) || !m.type)
		return;
	view_part(v, "%s: %s", where, message_type(type, &m));
	show_header(v, &m);
	if (m.layout)
		view_layout(v, m.layout, m.payload, m.size);
	else if (m.size)
		view_bytes(v, "payload", m.payload, m.size);
}

static void show_slots(struct view *v, const struct page_content *page)
{
	char where[16];
	unsigned int slot;

	for (slot = 0; slot < HVD_MESSAGE_SLOTS; slot++) {
		size_t at = slot * HVD_MESSAGE_SIZE;

		if (at >= page->size)
			return;
		snprintf(where, sizeof(where), "SINT %u", slot);
		page_show_message(v, where, page->bytes + at, page->size - at);
	}
}

void page_show_sim(struct view *v, const struct page_content *page)
{
	show_slots(v, page);
}

void page_show_intercept(struct view *v, const struct page_content *page)
{
	page_show_message(v, "Message", page->bytes, page->size);
}
