// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump notes: every record of the segment as it lies there. */
#include "config.h"

#include <inttypes.h>

#include "json.h"
#include "names.h"
#include "summary.h"
#include "table.h"

enum {
	COL_OFFSET,
	COL_TYPE,
	COL_VERSION,
	COL_LENGTH,
	COL_TIME,
	COL_SUMMARY,
	COL_CODE
};

static const struct column columns[] = {
	[COL_OFFSET] = {"OFFSET", .right = true},
	[COL_TYPE] = {"TYPE"},
	[COL_VERSION] = {"VER", .right = true},
	[COL_LENGTH] = {"LENGTH", .right = true},
	[COL_TIME] = {"TIME_US", .right = true},
	[COL_SUMMARY] = {"SUMMARY"},
	[COL_CODE] = {"CODE", .extra = true},
};

/* Microseconds, or ticks where nobody says how long a tick is. */
static void time_cell(struct table *t, const struct hvd_dump *d, uint64_t ticks)
{
	uint64_t ns;

	if (hvd_dump_ticks_ns(d, ticks, &ns))
		table_cell(t, COL_TIME, "%" PRIu64 " ticks", ticks);
	else
		table_cell(t, COL_TIME, "%" PRIu64 ".%03u", ns / 1000,
			   (unsigned int)(ns % 1000));
}

static void record_row(struct table *t, const struct hvd_dump *d,
		       const struct hvd_record *rec)
{
	char type[NAME_SIZE], summary[SUMMARY_SIZE];

	table_row(t);
	table_cell(t, COL_OFFSET, "%" PRIu64, rec->offset);
	table_cell(t, COL_TYPE, "%s", name_of_type(type, rec->type));
	table_cell(t, COL_CODE, "0x%08" PRIx32, rec->type);
	table_cell(t, COL_VERSION, "%u", rec->version);
	table_cell(t, COL_LENGTH, "%" PRIu32, rec->desc_size);
	time_cell(t, d, rec->time);
	table_cell(t, COL_SUMMARY, "%s",
		   record_summary(summary, rec, d->machine));
}

static void damage_row(struct table *t, const struct hvd_damage *damage)
{
	table_row(t);
	table_cell(t, COL_OFFSET, "%" PRIu64, damage->offset);
	table_cell(t, COL_TYPE, "DAMAGE");
	table_cell(t, COL_SUMMARY, "%s", damage->what);
}

static json_t *record_json(const struct hvd_dump *d,
			   const struct hvd_record *rec)
{
	char summary[SUMMARY_SIZE];
	uint64_t ns;
	bool timed = !hvd_dump_ticks_ns(d, rec->time, &ns) && ns <= INT64_MAX;
	json_t *o = json_object();

	json_set(o, "offset", json_integer((json_int_t)rec->offset));
	json_set(o, "type", json_string_or_null(hvd_type_name(rec->type)));
	json_set(o, "code", json_hex(rec->type, 8));
	json_set(o, "version", json_integer((int)rec->version));
	json_set(o, "length", json_integer((json_int_t)rec->desc_size));
	json_set(o, "time_ns",
		 timed ? json_integer((json_int_t)ns) : json_null());
	json_set(o, "summary",
		 json_string(record_summary(summary, rec, d->machine)));
	return o;
}

/* The segment is walked again: the dump keeps what records mean, not them. */
static int print_json(struct session *s)
{
	json_t *list = json_array(), *root = json_begin(s);
	struct hvd_reader reader;
	struct hvd_record rec;
	enum hvd_next next;

	hvd_reader_init(&reader, s->input->notes, s->input->notes_size);
	while ((next = hvd_reader_next(&reader, &rec)) != HVD_NEXT_END)
		if (next == HVD_NEXT_RECORD)
			json_append(list, record_json(s->dump, &rec));
	json_set(root, "foreign", json_integer((json_int_t)reader.foreign));
	json_set(root, "notes", list);
	return json_finish(s, root);
}

int cmd_notes(struct session *s)
{
	struct hvd_reader reader;
	struct hvd_record rec;
	enum hvd_next next;
	struct table *t;

	if (s->opt.json)
		return print_json(s);
	t = table_create(s, columns, sizeof(columns) / sizeof(columns[0]));
	if (!t)
		return STATUS_USAGE;
	hvd_reader_init(&reader, s->input->notes, s->input->notes_size);
	while ((next = hvd_reader_next(&reader, &rec)) != HVD_NEXT_END) {
		if (next == HVD_NEXT_DAMAGE)
			damage_row(t, &reader.damage);
		else
			record_row(t, s->dump, &rec);
	}
	return table_finish(t, 0);
}
