// SPDX-License-Identifier: GPL-2.0-or-later
/* Each kind of record, checked and collected: see capture_build.h. */
#include "config.h"

#include <inttypes.h>

#include "capture_build.h"

static void too_short(struct hvd_dump *d, const struct hvd_record *rec)
{
	hvd_add_damage(d, rec->offset,
		       "expected a longer %s record, found %" PRIu32 " bytes",
		       hvd_type_name(rec->type), rec->desc_size);
}

static void no_elements(struct hvd_dump *d, const struct hvd_record *rec,
			uint32_t count, uint32_t stride)
{
	hvd_add_damage(d, rec->offset,
		       "expected a %s record's elements in it, found "
		       "%" PRIu32 " of %" PRIu32 " bytes",
		       hvd_type_name(rec->type), count, stride);
}

/* A chunk continues the one before it, or begins a role. */
static void check_order(struct hvd_walk *w, uint64_t offset,
			const struct hvd_chunk_record *chunk)
{
	if (w->seen_chunk && chunk->nonce != w->chunk.nonce)
		hvd_add_damage(w->dump, offset,
			       "expected a chunk of load %016" PRIx64
			       ", found one of %016" PRIx64,
			       (uint64_t)w->chunk.nonce,
			       (uint64_t)chunk->nonce);
	if (chunk->role != HVD_ROLE_CAPTURE)
		return;
	if (chunk->index != w->next_index)
		hvd_add_damage(w->dump, offset,
			       "expected chunk %" PRIu32
			       ", found chunk %" PRIu32,
			       w->next_index, chunk->index);
	else if (w->in_chunk && w->chunk.role == HVD_ROLE_CAPTURE)
		hvd_add_damage(w->dump, offset,
			       "expected the end of chunk %" PRIu32
			       ", found the next chunk",
			       w->chunk.index);
	w->next_index = chunk->index + 1;
}

static int take_chunk(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_chunk_record chunk;

	if (hvd_read_chunk_record(rec, &chunk)) {
		too_short(w->dump, rec);
		return 0;
	}
	check_order(w, rec->offset, &chunk);
	w->chunk = chunk;
	w->seen_chunk = true;
	w->in_chunk = true;
	return 0;
}

/*
 * Pages that came before the header have been taken by the size that stands for
 * none, and their numbers need not exist in another one.
 */
static void keep_page_size(struct hvd_walk *w, const struct hvd_record *rec,
			   unsigned int shift)
{
	struct hvd_dump *d = w->dump;

	if (!w->all.pages.nr && !w->all.gaps.nr && !w->all.memory.nr)
		return;
	if (hvd_dump_page_shift(d) == shift)
		return;
	hvd_add_damage(d, rec->offset,
		       "expected pages of %u bytes as before, found %u", 1u << shift,
		       1u << hvd_dump_page_shift(d));
	d->header.page_shift = (uint16_t)shift;
}

static int take_header(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_dump *d = w->dump;
	unsigned int shift = hvd_dump_page_shift(d);
	struct hvd_header header;

	if (hvd_read_header(rec, &header)) {
		too_short(d, rec);
		return 0;
	}
	if (d->has_header) {
		d->duplicates++;
		return 0;
	}
	d->has_header = true;
	d->header = header;
	if (header.machine)
		d->machine = header.machine;
	keep_page_size(w, rec, shift);
	if (header.format > HVD_NOTE_FORMAT)
		hvd_add_damage(d, rec->offset,
			       "expected note format %d or older, "
			       "found %" PRIu32 ": it may be misread",
			       HVD_NOTE_FORMAT, header.format);
	return 0;
}

static int take_capture(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_dump *d = w->dump;
	struct hvd_capture capture;

	if (hvd_read_capture(rec, &capture)) {
		too_short(d, rec);
	} else if (d->has_capture) {
		d->duplicates++;
	} else {
		d->has_capture = true;
		d->capture = capture;
	}
	return 0;
}

static int take_end(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_dump *d = w->dump;
	struct hvd_elements els;
	struct hvd_dropped *dropped;
	struct hvd_end end;
	uint32_t i;

	if (hvd_read_end(rec, &end)) {
		too_short(d, rec);
		return 0;
	}
	if (d->has_end) {
		d->duplicates++;
		return 0;
	}
	d->has_end = true;
	d->end = end;
	d->end_time = rec->time;
	if (hvd_dropped_elements(rec, end.count, end.stride, &els))
		no_elements(d, rec, end.count, end.stride);
	for (i = 0; i < els.count; i++) {
		dropped = hvd_vec_add(&w->dropped, sizeof(*dropped));
		if (!dropped)
			return -1;
		hvd_get_dropped(&els, i, dropped);
	}
	/* A capture record that had no room is missing, and told as that. */
	if (d->has_capture && !d->nr_damages && d->captured != end.records)
		hvd_add_damage(d, rec->offset,
			       "expected %" PRIu32 " records of this "
			       "capture, found %" PRIu64,
			       end.records, d->captured);
	return 0;
}

static int take_hypervisor(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_hypervisor hv;
	struct hvd_elements els;
	struct hvd_leaf *leaf;
	uint32_t i;

	if (hvd_read_hypervisor(rec, &hv)) {
		too_short(w->dump, rec);
		return 0;
	}
	if (w->leaves.nr) {
		w->dump->duplicates++;
		return 0;
	}
	if (hvd_leaf_elements(rec, hv.count, hv.stride, &els))
		no_elements(w->dump, rec, hv.count, hv.stride);
	for (i = 0; i < els.count; i++) {
		leaf = hvd_vec_add(&w->leaves, sizeof(*leaf));
		if (!leaf)
			return -1;
		hvd_get_leaf(&els, i, leaf);
	}
	return 0;
}

/* Of these the elements are looked at when all records are known. */
#define DEFINE_TAKE_ITEM(name, element, vec, type)                           \
	static int take_##name(struct hvd_walk *w,                           \
			       const struct hvd_record *rec)                 \
	{                                                                    \
		struct hvd_##name r;                                         \
		struct hvd_elements els;                                     \
		type *item;                                                  \
                                                                             \
		if (hvd_read_##name(rec, &r)) {                              \
			too_short(w->dump, rec);                             \
			return 0;                                            \
		}                                                            \
		if (hvd_##element##_elements(rec, r.count, r.stride, &els))  \
			no_elements(w->dump, rec, r.count, r.stride);        \
		item = hvd_vec_add(vec, sizeof(*item));                      \
		if (!item)                                                   \
			return -1;                                           \
		item->rec = r;                                               \
		item->els = els;                                             \
		return 0;                                                    \
	}

DEFINE_TAKE_ITEM(registers, register, &w->all.regs, struct hvd_regs_item)
DEFINE_TAKE_ITEM(properties, property, &w->all.props, struct hvd_props_item)

/* Records without elements are kept as they are. */
#define DEFINE_TAKE(name, vec)                               \
	static int take_##name(struct hvd_walk *w,           \
			       const struct hvd_record *rec) \
	{                                                    \
		struct hvd_##name r, *slot;                  \
                                                             \
		if (hvd_read_##name(rec, &r)) {              \
			too_short(w->dump, rec);             \
			return 0;                            \
		}                                            \
		slot = hvd_vec_add(vec, sizeof(*slot));      \
		if (!slot)                                   \
			return -1;                           \
		*slot = r;                                   \
		return 0;                                    \
	}

DEFINE_TAKE(vp, &w->all.vps)
DEFINE_TAKE(balance, &w->all.balances)
DEFINE_TAKE(failure, &w->failures)
DEFINE_TAKE(stage, &w->stages)

/* A writer that does not know of "seen" tells of one source. */
static int take_partition(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_partition r, *slot;

	if (hvd_read_partition(rec, &r)) {
		too_short(w->dump, rec);
		return 0;
	}
	if (!r.seen && r.source && r.source < 32)
		r.seen = HVD_SEEN_BY(r.source);
	slot = hvd_vec_add(&w->all.partitions, sizeof(*slot));
	if (!slot)
		return -1;
	*slot = r;
	return 0;
}

/* No page has such an address; of many such elements one is told. */
static bool page_exists(struct hvd_walk *w, const struct hvd_record *rec,
			uint64_t pfn, uint64_t pages, bool *said)
{
	unsigned int shift = hvd_dump_page_shift(w->dump);

	if (pages && pages - 1 <= UINT64_MAX - pfn &&
	    pfn + (pages - 1) <= UINT64_MAX >> shift)
		return true;
	if (!*said)
		hvd_add_damage(w->dump, rec->offset,
			       "expected pages that can be, found %" PRIu64
			       " from 0x%" PRIx64 " on",
			       pages, pfn);
	*said = true;
	return false;
}

static int take_pages(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_elements els;
	struct hvd_page e, *slot;
	struct hvd_pages r;
	bool said = false;
	uint32_t i;

	if (hvd_read_pages(rec, &r)) {
		too_short(w->dump, rec);
		return 0;
	}
	if (hvd_page_elements(rec, r.count, r.stride, &els))
		no_elements(w->dump, rec, r.count, r.stride);
	for (i = 0; i < els.count; i++) {
		hvd_get_page(&els, i, &e);
		if (!page_exists(w, rec, e.pfn, 1, &said))
			continue;
		slot = hvd_vec_add(&w->all.pages, sizeof(*slot));
		if (!slot)
			return -1;
		*slot = e;
	}
	return 0;
}

static int take_unread(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_elements els;
	struct hvd_gap e, *slot;
	struct hvd_unread r;
	bool said = false;
	uint32_t i;

	if (hvd_read_unread(rec, &r)) {
		too_short(w->dump, rec);
		return 0;
	}
	if (hvd_gap_elements(rec, r.count, r.stride, &els))
		no_elements(w->dump, rec, r.count, r.stride);
	for (i = 0; i < els.count; i++) {
		hvd_get_gap(&els, i, &e);
		if (!page_exists(w, rec, e.pfn, e.pages, &said))
			continue;
		slot = hvd_vec_add(&w->all.gaps, sizeof(*slot));
		if (!slot)
			return -1;
		*slot = e;
	}
	return 0;
}

/* A copy that leads out of its page cannot be placed: it is left out. */
static int take_memory(struct hvd_walk *w, const struct hvd_record *rec)
{
	uint64_t page = UINT64_C(1) << hvd_dump_page_shift(w->dump);
	struct hvd_memory_item *item;
	struct hvd_elements els;
	struct hvd_memory r;
	bool said = false;

	if (hvd_read_memory(rec, &r)) {
		too_short(w->dump, rec);
		return 0;
	}
	if (r.flags & HVD_PAGE_REDACTED)
		return 0;
	if (hvd_word_elements(rec, r.count, r.stride, &els))
		no_elements(w->dump, rec, r.count, r.stride);
	if (!page_exists(w, rec, r.pfn, 1, &said))
		return 0;
	if (r.offset > page || r.size > page - r.offset ||
	    els.count > (r.size + 7) / 8) {
		hvd_add_damage(w->dump, rec->offset,
			       "expected a copy that lies in its page, found "
			       "%" PRIu32 " words of %" PRIu32
			       " bytes at %" PRIu32,
			       els.count, r.size, r.offset);
		return 0;
	}
	item = hvd_vec_add(&w->all.memory, sizeof(*item));
	if (!item)
		return -1;
	item->rec = r;
	item->els = els;
	return 0;
}

/* More words than the state has bytes cannot be placed: it is left out. */
static int take_state(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_state_item *item;
	struct hvd_elements els;
	struct hvd_state r;

	if (hvd_read_state(rec, &r)) {
		too_short(w->dump, rec);
		return 0;
	}
	if (hvd_word_elements(rec, r.count, r.stride, &els))
		no_elements(w->dump, rec, r.count, r.stride);
	if (els.count > (r.size + UINT64_C(7)) / 8) {
		hvd_add_damage(w->dump, rec->offset,
			       "expected a state of %" PRIu32
			       " bytes, found %" PRIu32 " words",
			       r.size, els.count);
		return 0;
	}
	item = hvd_vec_add(&w->all.states, sizeof(*item));
	if (!item)
		return -1;
	item->rec = r;
	item->els = els;
	return 0;
}

static int take_run_times(struct hvd_walk *w, const struct hvd_record *rec)
{
	struct hvd_run_time *slot;
	struct hvd_elements els;
	struct hvd_run_times r;
	uint32_t i;

	if (hvd_read_run_times(rec, &r)) {
		too_short(w->dump, rec);
		return 0;
	}
	if (hvd_run_time_elements(rec, r.count, r.stride, &els))
		no_elements(w->dump, rec, r.count, r.stride);
	for (i = 0; i < els.count; i++) {
		slot = hvd_vec_add(&w->all.run_times, sizeof(*slot));
		if (!slot)
			return -1;
		hvd_get_run_time(&els, i, slot);
	}
	return 0;
}

int hvd_take_record(struct hvd_walk *w, const struct hvd_record *rec)
{
	switch (rec->type) {
	case HVD_TYPE_CHUNK:
		return take_chunk(w, rec);
	case HVD_TYPE_CHUNK_END:
		w->in_chunk = false;
		return 0;
	case HVD_TYPE_HEADER:
		return take_header(w, rec);
	case HVD_TYPE_CAPTURE:
		return take_capture(w, rec);
	case HVD_TYPE_END:
		return take_end(w, rec);
	case HVD_TYPE_STAGE:
		return take_stage(w, rec);
	case HVD_TYPE_FAILURE:
		return take_failure(w, rec);
	case HVD_TYPE_HYPERVISOR:
		return take_hypervisor(w, rec);
	case HVD_TYPE_PARTITION:
		return take_partition(w, rec);
	case HVD_TYPE_VP:
		return take_vp(w, rec);
	case HVD_TYPE_REGISTERS:
		return take_registers(w, rec);
	case HVD_TYPE_PROPERTIES:
		return take_properties(w, rec);
	case HVD_TYPE_PAGES:
		return take_pages(w, rec);
	case HVD_TYPE_MEMORY:
		return take_memory(w, rec);
	case HVD_TYPE_STATE:
		return take_state(w, rec);
	case HVD_TYPE_BALANCE:
		return take_balance(w, rec);
	case HVD_TYPE_RUN_TIMES:
		return take_run_times(w, rec);
	case HVD_TYPE_UNREAD:
		return take_unread(w, rec);
	default:
		w->dump->unknown++;
		return 0;
	}
}
