// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdump state: what the hypervisor gave of VPs besides registers, of
 * partitions' memory, and of its processors' time.
 */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "json_stream.h"
#include "message.h"
#include "names.h"
#include "page/page.h"
#include "page_layouts.h"
#include "table.h"

enum {
	COL_PARTITION,
	COL_VP,
	COL_VTL,
	COL_STATE,
	COL_SIZE,
	COL_CONTENT
};

static const struct column columns[] = {
	[COL_PARTITION] = {"PARTITION", .right = true},
	[COL_VP] = {"VP", .right = true},
	[COL_VTL] = {"VTL", .right = true},
	[COL_STATE] = {"STATE"},
	[COL_SIZE] = {"SIZE", .right = true},
	[COL_CONTENT] = {"CONTENT"},
};

#define CONTENT_SIZE 128
#define STATE_NAME   24

/** A state whole: what the note leaves out at its end is zeros. */
struct whole {
	uint8_t bytes[HV_PAGE_BYTES];
	size_t size; /* at most that: longer ones are cut */
};

static void get_whole(struct whole *w, const struct hvd_dump_state *s)
{
	size_t there;

	w->size = s->rec.size < sizeof(w->bytes) ? s->rec.size
						 : sizeof(w->bytes);
	there = s->nr_bytes < w->size ? s->nr_bytes : w->size;
	memset(w->bytes, 0, sizeof(w->bytes));
	if (there)
		memcpy(w->bytes, s->bytes, there);
}

static const char *state_name(char *buf, uint32_t type)
{
	const char *name = name_of_vp_state(type);

	if (name)
		return name;
	snprintf(buf, STATE_NAME, "type 0x%" PRIx32, type);
	return buf;
}

/* On arm64 the interrupt controller is another, whose layout is not public. */
static const struct hvd_layout *layout_of(const struct session *s,
					  uint32_t type)
{
	if (type == HVD_STATE_TIMERS)
		return &hvd_layout_stimers;
	if (type == HVD_STATE_LOCAL_APIC && s->dump->machine == EM_X86_64)
		return &hvd_layout_local_apic;
	return NULL;
}

static bool is_selected(const struct session *s, uint64_t partition)
{
	return !s->sel.partition ||
	       s->sel.partition->rec.partition_id == partition;
}

static bool is_shown(const struct session *s, const struct hvd_dump_state *st)
{
	return is_selected(s, st->rec.partition_id) &&
	       (!s->sel.has_vp || s->sel.vp == st->rec.vp_index) &&
	       (!s->sel.has_vtl || s->sel.vtl == st->rec.vtl);
}

/* Asked for one VP, or one VTL, the others' and the processors' are not. */
static bool shows_all(const struct session *s)
{
	return !s->sel.has_vp && !s->sel.has_vtl;
}

/* The call that failed: of which VP and which state, when it says so. */
static bool is_failure(const struct session *s, const struct hvd_failure *f)
{
	const uint16_t call = 0xe3; /* HvCallGetVpState */

	return f->call == call && is_selected(s, f->partition_id) &&
	       (!s->sel.has_vp || s->sel.vp == f->vp_index) &&
	       (!s->sel.has_vtl || s->sel.vtl == f->vtl);
}

/* -------------------------------------------------------------- in one line */

static unsigned int count_set(const uint8_t *bytes, size_t size)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < size; i++)
		n += (unsigned int)__builtin_popcount(bytes[i]);
	return n;
}

static void sum_apic(char *buf, const uint8_t *b)
{
	unsigned int id = b[0] | b[1] << 8 | b[2] << 16 | (unsigned int)b[3] << 24;

	snprintf(buf, CONTENT_SIZE,
		 "id 0x%x, %u vectors requested, %u in service", id,
		 count_set(b + 0x54, 32), count_set(b + 0x14, 32));
}

/* HV_X64_REGISTER_STIMERn_CONFIG, bit 0: enabled */
static void sum_timers(char *buf, const uint8_t *b)
{
	unsigned int i, enabled = 0, undelivered = 0;

	for (i = 0; i < 4; i++) {
		enabled += b[i * 40 + 8] & 1;
		undelivered += b[i * 40] & 1;
	}
	snprintf(buf, CONTENT_SIZE, "%u of 4 enabled, %u with a message "
		 "undelivered", enabled, undelivered);
}

static void sum_messages(char *buf, const uint8_t *b)
{
	unsigned int slot, n = 0;

	for (slot = 0; slot < HVD_MESSAGE_SLOTS; slot++) {
		const uint8_t *type = b + slot * HVD_MESSAGE_SIZE;

		n += (type[0] | type[1] | type[2] | type[3]) != 0;
	}
	snprintf(buf, CONTENT_SIZE, "%u message%s not taken yet", n,
		 n == 1 ? "" : "s");
}

static const char *content(char *buf, const struct session *s,
			   const struct hvd_dump_state *st)
{
	struct whole w;

	buf[0] = '\0';
	if (st->rec.flags & HVD_STATE_REDACTED)
		return "(redacted)";
	get_whole(&w, st);
	if (layout_of(s, st->rec.type) == &hvd_layout_local_apic)
		sum_apic(buf, w.bytes);
	else if (st->rec.type == HVD_STATE_TIMERS)
		sum_timers(buf, w.bytes);
	else if (st->rec.type == HVD_STATE_SIM)
		sum_messages(buf, w.bytes);
	else if (st->rec.type == HVD_STATE_SIEF)
		snprintf(buf, CONTENT_SIZE, "%u flags set",
			 count_set(w.bytes, w.size));
	else
		snprintf(buf, CONTENT_SIZE, "%" PRIu32 " bytes that are not "
			 "zeros at the end", st->nr_bytes);
	return buf;
}

/* ------------------------------------------------------------------ a table */

static void state_row(struct table *t, const struct session *s,
		      const struct hvd_dump_state *st)
{
	char name[STATE_NAME], text[CONTENT_SIZE];

	table_row(t);
	table_cell(t, COL_PARTITION, "0x%" PRIx64,
		   (uint64_t)st->rec.partition_id);
	table_cell(t, COL_VP, "%" PRIu32, st->rec.vp_index);
	table_cell(t, COL_VTL, "%u", st->rec.vtl);
	table_cell(t, COL_STATE, "%s", state_name(name, st->rec.type));
	table_cell(t, COL_SIZE, "%" PRIu32, st->rec.size);
	table_cell(t, COL_CONTENT, "%s", content(text, s, st));
}

static void failure_row(struct table *t, const struct hvd_failure *f)
{
	char name[STATE_NAME], status[NAME_SIZE];

	table_row(t);
	table_cell(t, COL_PARTITION, "0x%" PRIx64, (uint64_t)f->partition_id);
	if (f->vp_index != UINT32_MAX)
		table_cell(t, COL_VP, "%" PRIu32, f->vp_index);
	table_cell(t, COL_VTL, "%u", f->vtl);
	table_cell(t, COL_STATE, "%s",
		   state_name(name, (uint32_t)f->argument));
	table_cell(t, COL_CONTENT, "(%s)", name_of_status(status, f->status));
}

static void balance_row(struct table *t, const struct hvd_balance *b)
{
	table_row(t);
	table_cell(t, COL_PARTITION, "0x%" PRIx64, (uint64_t)b->partition_id);
	table_cell(t, COL_STATE, "memory balance");
	table_cell(t, COL_CONTENT, "%" PRIu64 " and %" PRIu64 " pages",
		   (uint64_t)b->first, (uint64_t)b->second);
}

/* In hundreds of nanoseconds, as the hypervisor counts. */
static void run_time_row(struct table *t, const struct hvd_run_time *r)
{
	char since[32], busy[32], own[32];

	table_row(t);
	table_cell(t, COL_VP, "LP %" PRIu32, r->lp);
	table_cell(t, COL_STATE, "run time");
	table_cell(t, COL_CONTENT, "%s, busy %s, in the hypervisor %s",
		   duration_text(since, sizeof(since), r->global * 100),
		   duration_text(busy, sizeof(busy), r->local * 100),
		   duration_text(own, sizeof(own), r->hypervisor * 100));
}

static int show_table(struct session *s)
{
	const struct hvd_dump *d = s->dump;
	struct table *t = table_create(s, columns,
				       sizeof(columns) / sizeof(columns[0]));
	size_t i;

	if (!t)
		return STATUS_USAGE;
	for (i = 0; i < d->nr_states; i++)
		if (is_shown(s, &d->states[i]))
			state_row(t, s, &d->states[i]);
	for (i = 0; i < d->nr_failures; i++)
		if (is_failure(s, &d->failures[i]))
			failure_row(t, &d->failures[i]);
	for (i = 0; shows_all(s) && i < d->nr_balances; i++)
		if (is_selected(s, d->balances[i].partition_id))
			balance_row(t, &d->balances[i]);
	for (i = 0; shows_all(s) && !s->sel.partition && i < d->nr_run_times;
	     i++)
		run_time_row(t, &d->run_times[i]);
	return table_finish(t, 0);
}

/* ---------------------------------------------------------- field by field */

/* The parts of one state into @v: one, or one a SINT. */
static void show_state(struct view *v, const struct hvd_dump_state *st)
{
	const struct hvd_layout *layout = layout_of(v->s, st->rec.type);
	struct page_content page;
	char name[STATE_NAME];
	struct whole w;

	get_whole(&w, st);
	page = (struct page_content){.bytes = w.bytes, .size = w.size};
	view_part(v, "Partition 0x%" PRIx64 ", VP %" PRIu32 ", VTL %u: %s",
		  (uint64_t)st->rec.partition_id, st->rec.vp_index,
		  st->rec.vtl, state_name(name, st->rec.type));
	if (st->rec.flags & HVD_STATE_REDACTED)
		view_words(v, "redacted", "taken out of this copy");
	else if (layout)
		view_layout(v, layout, w.bytes, w.size);
	else if (st->rec.type == HVD_STATE_SIM)
		page_show_sim(v, &page);
	else if (st->rec.type == HVD_STATE_SIEF)
		page_show_sief(v, &page);
	else
		view_bytes(v, "bytes", w.bytes, w.size);
}

static int show_text(struct session *s)
{
	const struct hvd_dump *d = s->dump;
	struct view v = {.s = s};
	size_t i;

	for (i = 0; i < d->nr_states; i++)
		if (is_shown(s, &d->states[i]))
			show_state(&v, &d->states[i]);
	return STATUS_DONE;
}

/* --------------------------------------------------------------------- JSON */

static json_t *state_json(const struct session *s,
			  const struct hvd_dump_state *st)
{
	struct view v = {.s = s, .parts = json_array()};
	const struct hvd_layout *layout = layout_of(s, st->rec.type);
	bool redacted = st->rec.flags & HVD_STATE_REDACTED;
	json_t *o = json_object();

	show_state(&v, st);
	json_set(o, "partition", json_hex(st->rec.partition_id, 16));
	json_set(o, "vp", json_integer(st->rec.vp_index));
	json_set(o, "vtl", json_integer(st->rec.vtl));
	json_set(o, "type", json_hex(st->rec.type, 8));
	json_set(o, "name",
		 json_string_or_null(name_of_vp_state(st->rec.type)));
	json_set(o, "size", json_integer(st->rec.size));
	json_set(o, "redacted", json_boolean(redacted));
	json_set(o, "structure",
		 json_string_or_null(layout ? layout->name : NULL));
	json_set(o, "parts", v.parts);
	return o;
}

static json_t *failure_json(const struct hvd_failure *f)
{
	char status[NAME_SIZE];
	json_t *o = json_object();

	json_set(o, "partition", json_hex(f->partition_id, 16));
	json_set(o, "vp", f->vp_index == UINT32_MAX ? json_null()
						    : json_integer(f->vp_index));
	json_set(o, "vtl", json_integer(f->vtl));
	json_set(o, "type", json_hex((uint32_t)f->argument, 8));
	json_set(o, "name", json_string_or_null(
				    name_of_vp_state((uint32_t)f->argument)));
	json_set(o, "status", json_string(name_of_status(status, f->status)));
	return o;
}

static json_t *balance_json(const struct hvd_balance *b)
{
	json_t *o = json_object();

	json_set(o, "partition", json_hex(b->partition_id, 16));
	json_set(o, "first", json_hex(b->first, 16));
	json_set(o, "second", json_hex(b->second, 16));
	return o;
}

static json_t *run_time_json(const struct hvd_run_time *r)
{
	json_t *o = json_object();

	json_set(o, "lp", json_integer(r->lp));
	json_set(o, "since_start", json_hex(r->global, 16));
	json_set(o, "busy", json_hex(r->local, 16));
	json_set(o, "hypervisor", json_hex(r->hypervisor, 16));
	return o;
}

static void stream_states(struct session *s, struct json_stream *st)
{
	const struct hvd_dump *d = s->dump;
	size_t i;

	stream_open(st, "states", '[');
	for (i = 0; i < d->nr_states; i++)
		if (is_shown(s, &d->states[i]))
			stream_value(st, NULL, state_json(s, &d->states[i]));
	stream_close(st, ']');
	stream_open(st, "states_failed", '[');
	for (i = 0; i < d->nr_failures; i++)
		if (is_failure(s, &d->failures[i]))
			stream_value(st, NULL, failure_json(&d->failures[i]));
	stream_close(st, ']');
}

static int show_json(struct session *s)
{
	const struct hvd_dump *d = s->dump;
	struct json_stream st = {.out = s->out};
	size_t i;

	stream_open(&st, NULL, '{');
	stream_members(&st, json_begin(s));
	stream_states(s, &st);
	stream_open(&st, "balances", '[');
	for (i = 0; i < d->nr_balances; i++)
		if (is_selected(s, d->balances[i].partition_id))
			stream_value(&st, NULL, balance_json(&d->balances[i]));
	stream_close(&st, ']');
	stream_open(&st, "run_times", '[');
	for (i = 0; i < d->nr_run_times; i++)
		stream_value(&st, NULL, run_time_json(&d->run_times[i]));
	stream_close(&st, ']');
	stream_close(&st, '}');
	return json_end(s, st.failed);
}

int cmd_state(struct session *s)
{
	if (s->opt.json)
		return show_json(s);
	return s->opt.all || s->sel.has_vp ? show_text(s) : show_table(s);
}
