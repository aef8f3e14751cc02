// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From notes to all that can be derived: see derive.h. What is checked here is
 * what the headers of formats/ promise; the sanitizers check the rest.
 */
#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "capture.h"
#include "check.h"
#include "derive.h"
#include "summary.h"
#include "vpstate.h"

#define HVD_RECORD_MIN (HVD_NOTE_HDR + HVD_COMMON_SIZE)

/** Of one segment: what a walk and the model must agree on. */
struct totals {
	uint64_t records;
	uint64_t damages;
	uint64_t foreign;
};

static bool is_plain(const char *text, size_t size)
{
	size_t i, len = strnlen(text, size);

	for (i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return len < size;
}

/* Read elements to their end, whatever count and stride a record claims. */
#define READ_ELEMENTS(name, unused)                                  \
	static void read_##name##s(const struct hvd_record *rec,     \
				   uint32_t count, uint32_t stride)  \
	{                                                            \
		struct hvd_elements els;                             \
		struct hvd_##name e;                                 \
		if (hvd_##name##_elements(rec, count, stride, &els)) \
			return;                                      \
		CHECK(els.count == count);                           \
		CHECK(!count || els.data >= rec->body);              \
		for (uint32_t i = 0; i < els.count; i++)             \
			hvd_get_##name(&els, i, &e);                 \
	}
HVD_ELEMENTS(READ_ELEMENTS)

/* What doc/note-format.md allows a record of an older writer to lack. */
static uint32_t least_size(uint32_t type, uint32_t now)
{
	switch (type) {
	case HVD_TYPE_CAPTURE:
		return 64 - HVD_COMMON_SIZE;
	case HVD_TYPE_STAGE:
	case HVD_TYPE_PARTITION:
		return 40 - HVD_COMMON_SIZE;
	default:
		return now;
	}
}

#define READ_ANY(name, type)                                            \
	do {                                                            \
		struct hvd_##name r;                                    \
		uint32_t least = least_size(type, HVD_WIRE_SIZE(name)); \
		CHECK(!hvd_read_##name(rec, &r) ==                      \
		      (rec->body_size >= least));                       \
	} while (0);

/* As every type, not only as its own: the checks must stand by themselves. */
static void read_record(const struct hvd_record *rec)
{
	struct hvd_registers r;
	struct hvd_properties p;
	struct hvd_hypervisor h;
	struct hvd_run_times t;
	struct hvd_memory m;
	struct hvd_unread u;
	struct hvd_state s;
	struct hvd_pages g;
	struct hvd_end e;

	HVD_RECORDS(READ_ANY)
	hvd_read_pages(rec, &g);
	read_pages(rec, g.count, g.stride);
	hvd_read_memory(rec, &m);
	read_words(rec, m.count, m.stride);
	hvd_read_state(rec, &s);
	read_words(rec, s.count, s.stride);
	hvd_read_run_times(rec, &t);
	read_run_times(rec, t.count, t.stride);
	hvd_read_unread(rec, &u);
	read_gaps(rec, u.count, u.stride);
	hvd_read_end(rec, &e);
	read_droppeds(rec, e.count, e.stride);
	hvd_read_hypervisor(rec, &h);
	read_leafs(rec, h.count, h.stride);
	hvd_read_registers(rec, &r);
	read_registers(rec, r.count, r.stride);
	hvd_read_properties(rec, &p);
	read_propertys(rec, p.count, p.stride);
}

static void check_record(const struct hvd_record *rec, const uint8_t *notes,
			 size_t size)
{
	char text[SUMMARY_SIZE];

	CHECK(rec->desc >= notes + rec->offset + HVD_NOTE_HDR);
	CHECK(rec->desc_size <= size - (size_t)(rec->desc - notes));
	CHECK(rec->body == rec->desc + HVD_COMMON_SIZE);
	CHECK(rec->body_size == rec->desc_size - HVD_COMMON_SIZE);
	CHECK(rec->type >= HVD_TYPE_FIRST && rec->type <= HVD_TYPE_LAST);
	read_record(rec);
	CHECK(is_plain(record_summary(text, rec, EM_X86_64), sizeof(text)));
	CHECK(is_plain(record_summary(text, rec, EM_AARCH64), sizeof(text)));
}

static struct totals walk(const uint8_t *notes, size_t size)
{
	struct totals totals = {0};
	struct hvd_reader reader;
	struct hvd_record rec;
	enum hvd_next next;
	uint64_t behind = 0;

	hvd_reader_init(&reader, notes, size);
	while ((next = hvd_reader_next(&reader, &rec)) != HVD_NEXT_END) {
		CHECK(totals.records + totals.damages <= size / 4 + 1);
		if (next == HVD_NEXT_DAMAGE) {
			totals.damages++;
			CHECK(reader.damage.offset <= size);
			CHECK(is_plain(reader.damage.what,
				       sizeof(reader.damage.what)));
			continue;
		}
		totals.records++;
		/* Each record has bytes of its own. */
		CHECK(rec.offset >= behind && rec.offset < size);
		check_record(&rec, notes, size);
		behind = (uint64_t)(rec.body - notes) + rec.body_size;
	}
	totals.foreign = reader.foreign;
	return totals;
}

static size_t check_vtl(const struct hvd_dump *d, const struct hvd_dump_vp *vp,
			const struct hvd_dump_vtl *vtl)
{
	struct hvd_vp_state state;
	size_t i;

	CHECK(hvd_dump_find_vtl(vp, vtl->vtl) == vtl);
	for (i = 0; i < vtl->nr_regs; i++) {
		const struct hvd_dump_register *reg = &vtl->regs[i];

		CHECK(!i || reg->code > vtl->regs[i - 1].code);
		CHECK(hvd_dump_find_register(vtl, reg->code) == reg);
		CHECK(!hvd_register_good(reg) || !reg->status);
		hvd_segment_get(reg);
	}
	hvd_vp_state_get(d, vtl, &state);
	CHECK(hvd_vp_activity_name(state.activity));
	CHECK(hvd_vp_mode_name(state.mode));
	CHECK(state.level >= -1 && state.level <= 3);
	CHECK(vtl->nr_regs || state.activity == HVD_VP_NOT_CAPTURED);
	return vtl->nr_regs;
}

static size_t check_vp(const struct hvd_dump *d,
		       const struct hvd_dump_partition *p,
		       const struct hvd_dump_vp *vp)
{
	size_t i, regs = 0;

	CHECK(vp->rec.partition_id == p->rec.partition_id);
	CHECK(hvd_dump_find_vp(p, vp->rec.vp_index) == vp);
	for (i = 0; i < vp->nr_vtls; i++) {
		const struct hvd_dump_vtl *vtl = &vp->vtls[i];

		CHECK(!i || vtl->vtl > vp->vtls[i - 1].vtl);
		CHECK(!vtl->active ||
		      (vp->recorded && vtl->vtl == vp->rec.active_vtl));
		regs += check_vtl(d, vp, vtl);
	}
	return regs;
}

static size_t check_partition(const struct hvd_dump *d,
			      const struct hvd_dump_partition *p)
{
	size_t i, regs = 0;

	CHECK(hvd_dump_find_partition(d, p->rec.partition_id) == p);
	for (i = 0; i < p->nr_props; i++)
		CHECK(!i || p->props[i].code > p->props[i - 1].code);
	for (i = 0; i < p->nr_vps; i++) {
		CHECK(!i ||
		      p->vps[i].rec.vp_index > p->vps[i - 1].rec.vp_index);
		regs += check_vp(d, p, &p->vps[i]);
	}
	return regs;
}

static void check_copy(const struct hvd_dump_copy *c, unsigned int shift)
{
	uint64_t page = UINT64_C(1) << shift;
	uint32_t i, sum = 0;

	CHECK(c->rec.offset <= page && c->rec.size <= page - c->rec.offset);
	CHECK(c->nr_bytes <= c->rec.size);
	for (i = 0; i < c->nr_bytes; i++)
		sum += c->bytes[i];
	CHECK(sum <= c->nr_bytes * 255);
}

/* Found by what they are of; of equal ones the first that was not redacted. */
static void check_states(const struct hvd_dump *d)
{
	uint32_t k, sum = 0;
	size_t i;

	for (i = 0; i < d->nr_states; i++) {
		const struct hvd_dump_state *s = &d->states[i];
		const struct hvd_dump_state *found = hvd_dump_find_state(
			d, s->rec.partition_id, s->rec.vp_index, s->rec.vtl,
			s->rec.type);

		if (!(s->rec.flags & HVD_STATE_REDACTED))
			CHECK(found && found <= s);
		CHECK(!found || !(found->rec.flags & HVD_STATE_REDACTED));
		CHECK(s->nr_bytes <= s->rec.size);
		for (k = 0; k < s->nr_bytes; k++)
			sum += s->bytes[k];
	}
	for (i = 0; i < d->nr_balances; i++)
		CHECK(hvd_dump_find_balance(d, d->balances[i].partition_id) <=
		      &d->balances[i]);
	CHECK(sum <= UINT32_MAX);
}

/* Sorted by page number, found by it, and of addresses that exist. */
static void check_memory(const struct hvd_dump *d)
{
	unsigned int shift = hvd_dump_page_shift(d);
	uint64_t last = UINT64_MAX >> shift;
	size_t i;

	for (i = 0; i < d->nr_pages; i++) {
		CHECK(!i || d->pages[i].pfn >= d->pages[i - 1].pfn);
		CHECK(d->pages[i].pfn <= last);
		CHECK(hvd_dump_find_page(d, d->pages[i].pfn) <= &d->pages[i]);
	}
	for (i = 0; i < d->nr_copies; i++) {
		CHECK(!i || d->copies[i].rec.pfn >= d->copies[i - 1].rec.pfn);
		CHECK(hvd_dump_find_copy(d, d->copies[i].rec.pfn));
		check_copy(&d->copies[i], shift);
	}
	for (i = 0; i < d->nr_gaps; i++) {
		CHECK(!i || d->gaps[i].pfn >=
				    d->gaps[i - 1].pfn + d->gaps[i - 1].pages);
		CHECK(d->gaps[i].pages && d->gaps[i].pfn <= last);
		CHECK(hvd_dump_find_gap(d, d->gaps[i].pfn) == &d->gaps[i]);
	}
	check_states(d);
	CHECK(!hvd_dump_find_page(d, UINT64_MAX));
	CHECK(!hvd_dump_find_gap(d, UINT64_MAX));
}

static void check_times(const struct hvd_dump *d)
{
	uint64_t ns;

	CHECK(hvd_dump_wall_ns(d, &ns) == 0 || hvd_dump_wall_ns(d, &ns) == -1);
	hvd_dump_ticks_ns(d, d->end_time, &ns);
	hvd_dump_ticks_ns(d, UINT64_MAX, &ns);
}

static void check_dump(const struct hvd_dump *d, uint64_t size)
{
	const struct hvd_dump_partition *self = hvd_dump_self(d);
	size_t i, regs = 0;

	for (i = 0; i < d->nr_partitions; i++)
		regs += check_partition(d, &d->partitions[i]);
	/* The model is in proportion to the segment, whatever that claims. */
	CHECK(regs <= size / HVD_WIRE_SIZE(register));
	CHECK(d->nr_partitions <= size / HVD_RECORD_MIN);
	CHECK(d->nr_dropped <= size / HVD_WIRE_SIZE(dropped));
	CHECK(d->nr_pages <= size / HVD_WIRE_SIZE(page));
	CHECK(d->nr_copies <= size / HVD_RECORD_MIN);
	CHECK(d->nr_gaps <= size / HVD_WIRE_SIZE(gap));
	CHECK(d->nr_states <= size / HVD_RECORD_MIN);
	CHECK(d->nr_balances <= size / HVD_RECORD_MIN);
	CHECK(d->nr_run_times <= size / HVD_WIRE_SIZE(run_time));
	check_memory(d);
	CHECK(!self || hvd_dump_find_partition(d, self->rec.partition_id));
	CHECK(!hvd_dump_has_state(d) || hvd_dump_is_ours(d));
	CHECK(!hvd_dump_is_complete(d) || (!d->nr_damages && d->has_end));
	check_times(d);
}

void derive_all(const uint8_t *notes, size_t size, uint16_t machine)
{
	struct totals totals = walk(notes, size);
	struct hvd_error err;
	struct hvd_dump *d = hvd_dump_create(notes, size, machine, &err);

	CHECK(d);
	CHECK(d->records == totals.records && d->foreign == totals.foreign);
	CHECK(d->nr_damages >= totals.damages);
	check_dump(d, size);
	hvd_dump_destroy(d);
}
