// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump partitions: a line a partition; with -v its properties. */
#include "config.h"

#include <inttypes.h>

#include "json.h"
#include "names.h"
#include "property_text.h"
#include "show.h"
#include "table.h"
#include "text.h"

enum {
	COL_ID,
	COL_KIND,
	COL_PARENT,
	COL_STATE,
	COL_VPS,
	COL_PROPS,
	COL_SOURCE
};

static const struct column columns[] = {
	[COL_ID] = {"ID", .right = true},
	[COL_KIND] = {"KIND"},
	[COL_PARENT] = {"PARENT", .right = true},
	[COL_STATE] = {"STATE"},
	[COL_VPS] = {"VPS", .right = true},
	[COL_PROPS] = {"PROPERTIES", .right = true},
	[COL_SOURCE] = {"SOURCE"},
};

static void add_row(struct table *t, const struct hvd_dump_partition *p)
{
	const char *state = partition_state(p);
	char seen[64];

	table_row(t);
	table_cell(t, COL_ID, "0x%016" PRIx64, (uint64_t)p->rec.partition_id);
	table_cell(t, COL_KIND, "%s", text_kind(p));
	if (p->rec.parent_id)
		table_cell(t, COL_PARENT, "0x%016" PRIx64,
			   (uint64_t)p->rec.parent_id);
	else
		table_cell(t, COL_PARENT, "-");
	table_cell(t, COL_STATE, "%s", state ? state : "-");
	table_cell(t, COL_VPS, "%zu", p->nr_vps);
	table_cell(t, COL_PROPS, "%zu", p->nr_props);
	join_flags(seen, sizeof(seen), seen_names, p->rec.seen);
	table_cell(t, COL_SOURCE, "%s", *seen ? seen : "-");
}

/* With -v: each partition's properties. */
static void print_properties(const struct session *s)
{
	const struct hvd_dump_partition *p = s->dump->partitions;
	size_t i;

	for (i = 0; i < s->dump->nr_partitions; i++, p++) {
		if (!p->nr_props)
			continue;
		fprintf(s->out, "\nPartition 0x%016" PRIx64 " (%s)\n",
			(uint64_t)p->rec.partition_id, text_kind(p));
		property_lines(s, p);
	}
}

int cmd_partitions(struct session *s)
{
	struct table *t;
	int status;
	size_t i;

	if (s->opt.json)
		return json_finish_partitions(s, json_begin(s),
					      JSON_PROPERTIES);
	t = table_create(s, columns, sizeof(columns) / sizeof(columns[0]));
	if (!t)
		return STATUS_USAGE;
	for (i = 0; i < s->dump->nr_partitions; i++)
		add_row(t, &s->dump->partitions[i]);
	status = table_finish(t, 0);
	if (status == STATUS_DONE && s->opt.verbose)
		print_properties(s);
	return status;
}
