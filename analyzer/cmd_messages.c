// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump messages: what the hypervisor had to say to VPs and their parents. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "json.h"
#include "json_stream.h"
#include "messages.h"
#include "names.h"
#include "page/page.h"
#include "table.h"

enum {
	COL_PARTITION,
	COL_VP,
	COL_VTL,
	COL_SOURCE,
	COL_SINT,
	COL_TYPE,
	COL_SIZE,
	COL_SENDER,
	COL_WAITS,
	COL_PFN,
	COL_STATE
};

static const struct column columns[] = {
	[COL_PARTITION] = {"PARTITION", .right = true},
	[COL_VP] = {"VP", .right = true},
	[COL_VTL] = {"VTL", .right = true},
	[COL_SOURCE] = {"SOURCE"},
	[COL_SINT] = {"SINT", .right = true},
	[COL_TYPE] = {"TYPE"},
	[COL_SIZE] = {"SIZE", .right = true},
	[COL_SENDER] = {"SENDER", .right = true},
	[COL_WAITS] = {"WAITS"},
	[COL_PFN] = {"PFN", .right = true, .extra = true},
	[COL_STATE] = {"STATE", .extra = true},
};

/** One run: where messages go, and what could not be read. */
struct listing {
	const struct session *s;
	struct table *table;
	struct json_stream *json;
};

static bool is_shown(const struct listing *l, const struct vp_message *m)
{
	const struct selection *sel = &l->s->sel;

	return (!sel->has_vp || sel->vp == m->vp_index) &&
	       (!sel->has_vtl || sel->vtl == m->vtl);
}

static const char *waits_text(int waits)
{
	return waits > 0 ? "yes" : waits < 0 ? "-" : "no";
}

/* ---------------------------------------------------------------- a table */

static int add_row(const struct vp_message *m, void *arg)
{
	struct listing *l = arg;
	struct table *t = l->table;
	char type[NAME_SIZE];

	if (!is_shown(l, m))
		return 0;
	table_row(t);
	table_cell(t, COL_PARTITION, "0x%" PRIx64, m->partition_id);
	table_cell(t, COL_VP, "%" PRIu32, m->vp_index);
	table_cell(t, COL_VTL, "%u", m->vtl);
	table_cell(t, COL_SOURCE, "%s", message_source_name(m->source));
	if (m->pfn)
		table_cell(t, COL_PFN, "0x%" PRIx64, m->pfn);
	table_cell(t, COL_STATE, "%s", page_state_name(m->state));
	if (m->source == MESSAGE_INTERCEPT || !m->readable)
		table_cell(t, COL_SINT, "-");
	else
		table_cell(t, COL_SINT, "%u", m->slot);
	if (!m->readable) {
		table_cell(t, COL_TYPE, "(%s)", page_state_name(m->state));
		return 0;
	}
	table_cell(t, COL_TYPE, "%s", message_type(type, &m->message));
	table_cell(t, COL_SIZE, "%u", m->message.claimed);
	table_cell(t, COL_SENDER, "0x%" PRIx64, m->message.sender);
	table_cell(t, COL_WAITS, "%s", waits_text(m->waits));
	return 0;
}

/* ------------------------------------------------------- field by field */

static int print_message(const struct vp_message *m, void *arg)
{
	struct listing *l = arg;
	struct view v = {.s = l->s};
	char where[OWNER_SIZE];

	if (!is_shown(l, m))
		return 0;
	snprintf(where, sizeof(where),
		 m->source == MESSAGE_INTERCEPT
			 ? "Partition 0x%" PRIx64 ", VP %" PRIu32
			   ", VTL %u, intercept"
			 : "Partition 0x%" PRIx64 ", VP %" PRIu32
			   ", VTL %u, SINT %u",
		 m->partition_id, m->vp_index, m->vtl, m->slot);
	if (!m->readable) {
		view_part(&v, "%s: page 0x%" PRIx64 " is not in the dump (%s)",
			  where, m->pfn, page_state_name(m->state));
		return 0;
	}
	page_show_message(&v, where, m->bytes, HVD_MESSAGE_SIZE);
	if (m->source == MESSAGE_INTERCEPT)
		view_words(&v, "vp_waits", "%s", waits_text(m->waits));
	return 0;
}

/* ------------------------------------------------------------------- JSON */

static json_t *payload_json(const struct session *s, const struct vp_message *m)
{
	struct view v = {.s = s, .parts = json_array()};
	json_t *part, *fields = NULL;

	page_show_message(&v, "", m->bytes, HVD_MESSAGE_SIZE);
	part = json_array_get(v.parts, 0);
	fields = json_incref(json_object_get(part, "fields"));
	json_decref(v.parts);
	return fields;
}

static void add_content(const struct session *s, json_t *o,
			const struct vp_message *m)
{
	const struct hvd_message *msg = &m->message;
	bool there = m->readable;

	json_set(o, "type", there ? json_hex(msg->type, 8) : json_null());
	json_set(o, "name", there && msg->row ? json_string(msg->row->name)
					      : json_null());
	json_set(o, "size",
		 there ? json_integer(msg->claimed) : json_null());
	json_set(o, "pending", there ? json_boolean(msg->pending)
				     : json_null());
	json_set(o, "sender", there ? json_hex(msg->sender, 16) : json_null());
	json_set(o, "structure",
		 there && msg->layout ? json_string(msg->layout->name)
				      : json_null());
	json_set(o, "fields", there ? payload_json(s, m) : json_null());
}

static int add_json(const struct vp_message *m, void *arg)
{
	struct listing *l = arg;
	bool slot = m->source != MESSAGE_INTERCEPT && m->readable;
	json_t *o;

	if (!is_shown(l, m))
		return 0;
	o = json_object();
	json_set(o, "partition", json_hex(m->partition_id, 16));
	json_set(o, "vp", json_integer(m->vp_index));
	json_set(o, "vtl", json_integer(m->vtl));
	json_set(o, "source", json_string(message_source_name(m->source)));
	json_set(o, "sint", slot ? json_integer(m->slot) : json_null());
	json_set(o, "pfn", m->pfn ? json_integer((json_int_t)m->pfn)
				  : json_null());
	json_set(o, "state", json_string(page_state_name(m->state)));
	json_set(o, "waits",
		 m->waits < 0 ? json_null() : json_boolean(m->waits));
	add_content(l->s, o, m);
	stream_value(l->json, NULL, o);
	return 0;
}

/* -------------------------------------------------------------------- all */

static int walk(struct listing *l, const struct memory *memory, message_fn fn)
{
	const struct selection *sel = &l->s->sel;
	struct message_scope scope;

	if (!sel->partition)
		return messages_each(l->s, memory, NULL, fn, l);
	scope = (struct message_scope){
		.partition_id = sel->partition->rec.partition_id,
		.has_vp = sel->has_vp,
		.vp_index = sel->vp,
	};
	return messages_each(l->s, memory, &scope, fn, l);
}

static int show_table(struct session *s, struct listing *l,
		      const struct memory *memory)
{
	l->table = table_create(s, columns,
				sizeof(columns) / sizeof(columns[0]));
	if (!l->table)
		return STATUS_USAGE;
	if (walk(l, memory, add_row))
		complain(s, "no memory for the list of messages");
	return table_finish(l->table, 0);
}

static int show_json(struct session *s, struct listing *l,
		     const struct memory *memory)
{
	struct json_stream st = {.out = s->out};

	l->json = &st;
	stream_open(&st, NULL, '{');
	stream_members(&st, json_begin(s));
	stream_open(&st, "messages", '[');
	if (walk(l, memory, add_json))
		st.failed = true;
	stream_close(&st, ']');
	stream_close(&st, '}');
	return json_end(s, st.failed);
}

static int show_text(struct session *s, struct listing *l,
		     const struct memory *memory)
{
	if (!walk(l, memory, print_message))
		return STATUS_DONE;
	complain(s, "no memory for the list of messages");
	return STATUS_FAILED;
}

int cmd_messages(struct session *s)
{
	struct listing l = {.s = s};
	struct memory memory;
	int status;

	memory_open(s, &memory);
	if (s->opt.json)
		status = show_json(s, &l, &memory);
	else if (s->opt.all || s->sel.has_vp)
		status = show_text(s, &l, &memory);
	else
		status = show_table(s, &l, &memory);
	memory_close(&memory);
	return status;
}
