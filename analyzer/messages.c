// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding messages in a dump's pages and records: see messages.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "messages.h"
#include "names.h"
#include "vpstate.h"

#define PAGE_BYTES (HVD_MESSAGE_SIZE * HVD_MESSAGE_SLOTS)

/** A page or record in which messages may be. */
struct place {
	struct vp_message about; /* without a message yet */
	const struct hvd_dump_state *record;
};

/** The places of a dump. */
struct places {
	struct place *at;
	size_t nr;
};

/** What one walk has. */
struct walk {
	const struct session *s;
	const struct memory *memory;
	message_fn fn;
	void *arg;
};

const char *message_source_name(enum message_source source)
{
	static const char *const names[] = {
		[MESSAGE_INTERCEPT] = "intercept",
		[MESSAGE_SIM] = "sim",
		[MESSAGE_SIM_STATE] = "sim-state",
	};

	return names[source];
}

const char *message_type(char *buf, const struct hvd_message *m)
{
	if (m->row)
		return m->row->name;
	snprintf(buf, NAME_SIZE, "0x%08" PRIx32, m->type);
	return buf;
}

static bool in_scope(const struct message_scope *scope, uint64_t partition,
		     uint32_t vp)
{
	return !scope || (scope->partition_id == partition &&
			  (!scope->has_vp || scope->vp_index == vp));
}

static void add_page(struct places *places, const struct hvd_page *page)
{
	bool intercept = page->kind == HVD_PAGE_INTERCEPT;

	places->at[places->nr++] = (struct place){
		.about = {
			.source = intercept ? MESSAGE_INTERCEPT : MESSAGE_SIM,
			.partition_id = page->partition_id,
			.vp_index = page->vp_index,
			.vtl = intercept ? (uint16_t)page->detail : 0,
			.pfn = page->pfn,
			.waits = -1,
		},
	};
}

static void add_record(struct places *places,
		       const struct hvd_dump_state *state)
{
	places->at[places->nr++] = (struct place){
		.about = {
			.source = MESSAGE_SIM_STATE,
			.partition_id = state->rec.partition_id,
			.vp_index = state->rec.vp_index,
			.vtl = state->rec.vtl,
			.state = PAGE_IN_NOTE,
			.waits = -1,
		},
		.record = state,
	};
}

static int compare_places(const void *x, const void *y)
{
	const struct vp_message *a = &((const struct place *)x)->about;
	const struct vp_message *b = &((const struct place *)y)->about;

	if (a->partition_id != b->partition_id)
		return a->partition_id < b->partition_id ? -1 : 1;
	if (a->vp_index != b->vp_index)
		return a->vp_index < b->vp_index ? -1 : 1;
	if (a->vtl != b->vtl)
		return a->vtl < b->vtl ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return (a->pfn > b->pfn) - (a->pfn < b->pfn);
}

static int find_places(const struct hvd_dump *d,
		       const struct message_scope *scope, struct places *places)
{
	size_t i;

	places->nr = 0;
	places->at = calloc(d->nr_pages + d->nr_states + 1,
			    sizeof(*places->at));
	if (!places->at)
		return -1;
	for (i = 0; i < d->nr_pages; i++) {
		const struct hvd_page *p = &d->pages[i];

		if ((p->kind == HVD_PAGE_SIM ||
		     p->kind == HVD_PAGE_INTERCEPT) &&
		    in_scope(scope, p->partition_id, p->vp_index))
			add_page(places, p);
	}
	for (i = 0; i < d->nr_states; i++) {
		const struct hvd_state *rec = &d->states[i].rec;

		if (rec->type == HVD_STATE_SIM &&
		    !(rec->flags & HVD_STATE_REDACTED) &&
		    in_scope(scope, rec->partition_id, rec->vp_index))
			add_record(places, &d->states[i]);
	}
	if (places->nr)
		qsort(places->at, places->nr, sizeof(*places->at),
		      compare_places);
	return 0;
}

/* Does the register that says so still hold the VP? */
static int still_waits(const struct hvd_dump *d, const struct vp_message *m)
{
	const struct hvd_dump_partition *p;
	const struct hvd_dump_vp *vp;
	const struct hvd_dump_vtl *vtl;
	struct hvd_vp_state state;

	p = hvd_dump_find_partition(d, m->partition_id);
	vp = p ? hvd_dump_find_vp(p, m->vp_index) : NULL;
	vtl = vp ? hvd_dump_find_vtl(vp, m->vtl) : NULL;
	if (!vtl)
		return -1;
	hvd_vp_state_get(d, vtl, &state);
	if (state.activity == HVD_VP_UNKNOWN ||
	    state.activity == HVD_VP_NOT_CAPTURED)
		return -1;
	return state.activity == HVD_VP_INTERCEPT;
}

/* Its bytes; false: they are nowhere, or damaged. */
static bool read_place(const struct walk *w, struct place *place,
		       uint8_t *bytes)
{
	struct vp_message *m = &place->about;
	const struct hvd_dump_state *r = place->record;

	if (!r) {
		m->state = memory_state(w->s, w->memory, m->pfn);
		return !memory_read(w->s, w->memory, m->pfn, bytes,
				    PAGE_BYTES);
	}
	memset(bytes, 0, PAGE_BYTES);
	memcpy(bytes, r->bytes,
	       r->nr_bytes < PAGE_BYTES ? r->nr_bytes : PAGE_BYTES);
	return true;
}

static int pass_slot(const struct walk *w, struct vp_message *m,
		     const uint8_t *bytes)
{
	m->bytes = bytes;
	if (hvd_message_decode(bytes, HVD_MESSAGE_SIZE, w->s->dump->machine,
			       &m->message) ||
	    !m->message.type)
		return 0;
	return w->fn(m, w->arg);
}

static int walk_place(const struct walk *w, struct place *place)
{
	struct vp_message *m = &place->about;
	uint8_t bytes[PAGE_BYTES];
	int ended = 0;

	m->readable = read_place(w, place, bytes);
	if (!m->readable)
		return w->fn(m, w->arg);
	if (m->source == MESSAGE_INTERCEPT) {
		m->waits = still_waits(w->s->dump, m);
		return pass_slot(w, m, bytes);
	}
	for (m->slot = 0; !ended && m->slot < HVD_MESSAGE_SLOTS; m->slot++)
		ended = pass_slot(w, m, bytes + m->slot * HVD_MESSAGE_SIZE);
	return ended;
}

int messages_each(const struct session *s, const struct memory *memory,
		  const struct message_scope *scope, message_fn fn, void *arg)
{
	const struct walk w = {s, memory, fn, arg};
	struct places places;
	int ended = 0;
	size_t i;

	if (find_places(s->dump, scope, &places))
		return -1;
	for (i = 0; !ended && i < places.nr; i++)
		ended = walk_place(&w, &places.at[i]);
	free(places.at);
	return ended;
}
