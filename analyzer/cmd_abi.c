// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump abi: the tables that everything is decoded by. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "abi.h"
#include "json.h"
#include "table.h"

enum {
	COL_KIND,
	COL_ARCH,
	COL_CODE,
	COL_NAME,
	COL_BITS,
	COL_SOURCES,
	COL_GROUP,
	COL_CAPTURE,
	COL_TEXT
};

static const struct column columns[] = {
	[COL_KIND] = {"KIND"},
	[COL_ARCH] = {"ARCH"},
	[COL_CODE] = {"CODE", .right = true},
	[COL_NAME] = {"NAME"},
	[COL_BITS] = {"BITS", .right = true},
	[COL_SOURCES] = {"SOURCES"},
	[COL_GROUP] = {"GROUP", .extra = true},
	[COL_CAPTURE] = {"CAPTURE", .extra = true},
	[COL_TEXT] = {"TEXT", .extra = true},
};

/** Where the rows go: one of the two is set. */
struct sink {
	struct table *table;
	json_t *list;
};

static bool has_bits(enum hvd_abi_kind kind)
{
	return kind == HVD_ABI_REGISTERS || kind == HVD_ABI_PROPERTIES;
}

static void add_cells(struct table *t, enum hvd_abi_kind kind,
		      const struct hvd_abi_row *row)
{
	table_row(t);
	table_cell(t, COL_KIND, "%s", hvd_abi_kind_name(kind));
	table_cell(t, COL_ARCH, "%s", hvd_abi_arch_name(row->arch));
	table_cell(t, COL_CODE, "0x%08" PRIx32, row->code);
	table_cell(t, COL_NAME, "%s", row->name);
	if (has_bits(kind) && row->bits)
		table_cell(t, COL_BITS, "%u", row->bits);
	else
		table_cell(t, COL_BITS, "-");
	table_cell(t, COL_SOURCES, "%s", row->sources);
	if (kind == HVD_ABI_REGISTERS)
		table_cell(t, COL_GROUP, "%s", hvd_abi_group_name(row->group));
	if (has_bits(kind))
		table_cell(t, COL_CAPTURE, "%s",
			   hvd_abi_capture_name(row->capture));
	table_cell(t, COL_TEXT, "%s", row->text);
}

static json_t *sources_json(const struct hvd_abi_row *row)
{
	json_t *list = json_array();
	const char *letter;

	for (letter = row->sources; *letter; letter++)
		json_append(list,
			    json_string_or_null(hvd_abi_source_name(*letter)));
	return list;
}

static json_t *row_json(enum hvd_abi_kind kind, const struct hvd_abi_row *row)
{
	bool bits = has_bits(kind) && row->bits;
	json_t *o = json_object();

	json_set(o, "kind", json_string(hvd_abi_kind_name(kind)));
	json_set(o, "arch", json_string(hvd_abi_arch_name(row->arch)));
	json_set(o, "code", json_hex(row->code, 8));
	json_set(o, "name", json_string(row->name));
	json_set(o, "bits", bits ? json_integer(row->bits) : json_null());
	json_set(o, "sources", sources_json(row));
	json_set(o, "group",
		 kind == HVD_ABI_REGISTERS
			 ? json_string(hvd_abi_group_name(row->group))
			 : json_null());
	json_set(o, "capture",
		 has_bits(kind)
			 ? json_string(hvd_abi_capture_name(row->capture))
			 : json_null());
	json_set(o, "text", json_string_or_null(row->text));
	return o;
}

static void add_rows(struct sink *sink, enum hvd_abi_kind kind,
		     enum hvd_abi_arch arch)
{
	const struct hvd_abi_row *rows;
	size_t i, nr;

	rows = hvd_abi_rows(kind, arch, &nr);
	for (i = 0; i < nr; i++) {
		if (sink->table)
			add_cells(sink->table, kind, &rows[i]);
		else
			json_append(sink->list, row_json(kind, &rows[i]));
	}
}

static void add_kind(struct sink *sink, enum hvd_abi_kind kind)
{
	if (kind == HVD_ABI_REGISTERS || kind == HVD_ABI_COUNTERS) {
		add_rows(sink, kind, HVD_ABI_X86_64);
		add_rows(sink, kind, HVD_ABI_ARM64);
	} else {
		add_rows(sink, kind, HVD_ABI_ANY);
	}
}

/* Which kind is asked for; HVD_ABI_KINDS: unknown. */
static enum hvd_abi_kind find_kind(const char *name)
{
	enum hvd_abi_kind kind;

	for (kind = 0; kind < HVD_ABI_KINDS; kind++)
		if (!strcmp(hvd_abi_kind_name(kind), name))
			break;
	return kind;
}

static void add_asked(struct session *s, struct sink *sink)
{
	enum hvd_abi_kind kind;

	for (kind = 0; kind < HVD_ABI_KINDS; kind++)
		if (!s->nr_args || find_kind(s->args[0]) == kind)
			add_kind(sink, kind);
}

static int check_kind(const struct session *s)
{
	if (s->nr_args > 1 ||
	    (s->nr_args == 1 && find_kind(s->args[0]) == HVD_ABI_KINDS)) {
		complain(s, "abi: expected one of registers, properties, "
			    "hypercalls, status, system-properties, "
			    "privileges, messages, counters");
		return -1;
	}
	return 0;
}

int cmd_abi(struct session *s)
{
	struct sink sink = {NULL, NULL};
	json_t *root;

	if (check_kind(s))
		return STATUS_USAGE;
	if (s->opt.json) {
		root = json_begin_plain();
		sink.list = json_array();
		add_asked(s, &sink);
		json_set(root, "abi", sink.list);
		return json_finish(s, root);
	}
	sink.table =
		table_create(s, columns, sizeof(columns) / sizeof(columns[0]));
	if (!sink.table)
		return STATUS_USAGE;
	add_asked(s, &sink);
	return table_finish(sink.table, 0);
}
