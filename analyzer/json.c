// SPDX-License-Identifier: GPL-2.0-or-later
/* The parts of the JSON object that are not the partitions': see json.h. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "abi.h"
#include "json.h"
#include "names.h"

json_t *json_hex(uint64_t value, int digits)
{
	return json_sprintf("0x%0*" PRIx64, digits, value);
}

json_t *json_string_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

static json_t *json_bytes(const uint8_t *bytes, size_t len)
{
	char text[128];

	return json_string_or_null(clean_text(text, sizeof(text), bytes, len));
}

static json_t *json_cpu(uint32_t cpu)
{
	return cpu == HVD_CPU_NONE ? json_null() : json_integer(cpu);
}

static json_t *json_source(const struct session *s)
{
	const struct hvd_input *in = s->input;

	return json_pack(
		"{s:o, s:s, s:I, s:I, s:I, s:o}", "path",
		json_bytes((const uint8_t *)in->path, strlen(in->path)),
		"format", in->format_name, "size", (json_int_t)in->file_size,
		"notes_offset", (json_int_t)in->notes_offset, "notes_size",
		(json_int_t)in->notes_size, "damage",
		json_string_or_null(in->damage));
}

static json_t *json_damages(const struct hvd_dump *d)
{
	json_t *list = json_array();
	size_t i, nr = d->nr_damages < HVD_DUMP_DAMAGES ? (size_t)d->nr_damages
							: HVD_DUMP_DAMAGES;

	for (i = 0; i < nr; i++)
		json_array_append_new(
			list, json_pack("{s:I, s:s}", "offset",
					(json_int_t)d->damages[i].offset,
					"what", d->damages[i].what));
	return list;
}

/* JSON's integers are signed here; nobody counts that far. */
static json_int_t count_of(uint64_t n)
{
	return n > INT64_MAX ? INT64_MAX : (json_int_t)n;
}

static json_t *json_dropped(const struct hvd_dump *d)
{
	char type[NAME_SIZE];
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < d->nr_dropped; i++)
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:I}", "type",
				  name_of_type(type, d->dropped[i].type), "why",
				  name_of_why(d->dropped[i].why), "amount",
				  count_of(d->dropped[i].amount)));
	return list;
}

static json_t *json_failures(const struct hvd_dump *d)
{
	char call[NAME_SIZE], status[NAME_SIZE];
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < d->nr_failures; i++) {
		const struct hvd_failure *f = &d->failures[i];

		json_array_append_new(
			list,
			json_pack("{s:s, s:o, s:s, s:o, s:o, s:I, s:I, s:o, "
				  "s:I, s:I}",
				  "call", name_of_call(call, f->call), "code",
				  json_hex(f->call, 4), "status",
				  name_of_status(status, f->status),
				  "status_code", json_hex(f->status, 4),
				  "partition", json_hex(f->partition_id, 16),
				  "vp", (json_int_t)f->vp_index, "vtl",
				  (json_int_t)f->vtl, "argument",
				  json_hex(f->argument, 16), "reps",
				  (json_int_t)f->reps, "reps_done",
				  (json_int_t)f->reps_done));
	}
	return list;
}

static json_t *json_stages(const struct hvd_dump *d)
{
	char flags[128];
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < d->nr_stages; i++) {
		const struct hvd_stage *g = &d->stages[i];

		json_array_append_new(
			list,
			json_pack("{s:I, s:o, s:o, s:s}", "call",
				  (json_int_t)g->call, "cpu", json_cpu(g->cpu),
				  "hypervisor",
				  json_string_or_null(
					  name_of_stage(g->hypervisor)),
				  "flags",
				  join_flags(flags, sizeof(flags),
					     capture_flag_names, g->flags)));
	}
	return list;
}

static json_t *json_boot_id(const struct hvd_header *h)
{
	const uint8_t *b = h->boot_id;

	return json_sprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
			    "%02x%02x%02x%02x%02x%02x",
			    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7],
			    b[8], b[9], b[10], b[11], b[12], b[13], b[14],
			    b[15]);
}

/* What the header record says; null without one. */
static void add_header(json_t *o, const struct hvd_dump *d)
{
	const struct hvd_header *h = &d->header;
	bool has = d->has_header;

	json_object_set_new(o, "kernel",
			    !has ? json_null()
				 : json_bytes(h->release, sizeof(h->release)));
	json_object_set_new(o, "machine",
			    json_string_or_null(name_of_machine(d->machine)));
	json_object_set_new(o, "kind",
			    !has ? json_null()
				 : json_string_or_null(name_of_kind(h->kind)));
	json_object_set_new(o, "partition",
			    !has ? json_null() : json_hex(h->partition_id, 16));
	json_object_set_new(o, "boot_id", has ? json_boot_id(h) : json_null());
	json_object_set_new(o, "module",
			    !has ? json_null()
				 : json_bytes(h->module, sizeof(h->module)));
	json_object_set_new(o, "cpus_online",
			    !has ? json_null() : json_integer(h->cpus_online));
	json_object_set_new(o, "format",
			    !has ? json_null() : json_integer(h->format));
}

/* What the capture record says; null when the hook never ran. */
static void add_captured(json_t *o, const struct hvd_dump *d)
{
	const struct hvd_capture *c = &d->capture;
	bool has = d->has_capture;
	char time[TIME_SIZE], flags[128];
	uint64_t ns;

	json_object_set_new(
		o, "reason",
		!has ? json_null()
		     : json_string_or_null(name_of_reason(c->reason)));
	json_object_set_new(o, "cpu", has ? json_cpu(c->cpu) : json_null());
	json_object_set_new(o, "vp",
			    !has ? json_null() : json_integer(c->vp_index));
	json_object_set_new(o, "flags",
			    !has ? json_null()
				 : json_string(join_flags(flags, sizeof(flags),
							  capture_flag_names,
							  c->flags)));
	json_object_set_new(o, "time",
			    hvd_dump_wall_ns(d, &ns)
				    ? json_null()
				    : json_string(time_text(time, ns)));
}

static void add_end(json_t *o, const struct hvd_dump *d)
{
	uint64_t ns;

	json_object_set_new(
		o, "duration_ns",
		!d->has_end || hvd_dump_ticks_ns(d, d->end_time, &ns) ||
				ns > INT64_MAX
			? json_null()
			: json_integer((json_int_t)ns));
	json_object_set_new(o, "calls",
			    !d->has_end ? json_null()
					: json_integer(d->end.calls));
	json_object_set_new(o, "dropped", json_dropped(d));
}

static json_t *json_capture(const struct hvd_dump *d)
{
	json_t *o;

	if (!hvd_dump_is_ours(d))
		return json_null();
	o = json_object();
	add_captured(o, d);
	json_object_set_new(o, "complete",
			    json_boolean(hvd_dump_is_complete(d)));
	json_object_set_new(o, "records", json_integer((json_int_t)d->records));
	json_object_set_new(o, "unknown_records",
			    json_integer((json_int_t)d->unknown));
	json_object_set_new(o, "duplicates",
			    json_integer((json_int_t)d->duplicates));
	add_end(o, d);
	add_header(o, d);
	json_object_set_new(o, "stages", json_stages(d));
	json_object_set_new(o, "failures", json_failures(d));
	return o;
}

json_t *json_begin_plain(void)
{
	return json_pack("{s:s, s:s}", "schema", JSON_SCHEMA, "tool",
			 "hvdump " PACKAGE_VERSION);
}

json_t *json_begin(const struct session *s)
{
	json_t *root = json_begin_plain();

	json_object_set_new(root, "source", json_source(s));
	json_object_set_new(root, "damages",
			    json_integer((json_int_t)s->dump->nr_damages));
	json_object_set_new(root, "damage", json_damages(s->dump));
	json_object_set_new(root, "capture", json_capture(s->dump));
	return root;
}

static json_t *json_privilege_names(uint64_t mask)
{
	json_t *list = json_array();
	const struct hvd_abi_row *row;
	uint32_t bit;

	for (bit = 0; bit < 64; bit++) {
		if (!(mask >> bit & 1))
			continue;
		row = hvd_abi_find(HVD_ABI_PRIVILEGES, HVD_ABI_ANY, bit);
		json_array_append_new(list,
				      row ? json_string(row->name)
					  : json_sprintf("BIT_%" PRIu32, bit));
	}
	return list;
}

static json_t *json_leaves(const struct hvd_dump *d)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < d->nr_leaves; i++) {
		const struct hvd_leaf *l = &d->leaves[i];

		json_array_append_new(list,
				      json_pack("{s:o, s:o, s:o, s:o, s:o}",
						"code", json_hex(l->code, 8),
						"eax", json_hex(l->eax, 8),
						"ebx", json_hex(l->ebx, 8),
						"ecx", json_hex(l->ecx, 8),
						"edx", json_hex(l->edx, 8)));
	}
	return list;
}

json_t *json_hypervisor(const struct session *s)
{
	const struct hvd_dump *d = s->dump;
	struct hypervisor_facts f;

	if (!d->nr_leaves && !d->has_header)
		return json_null();
	hypervisor_facts_get(d, &f);
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "vendor",
			 json_string_or_null(f.vendor), "version",
			 json_string_or_null(f.version), "privileges",
			 f.has_privileges ? json_hex(f.privileges, 16)
					  : json_null(),
			 "privilege_names",
			 f.has_privileges ? json_privilege_names(f.privileges)
					  : json_null(),
			 "leaves", json_leaves(d));
}

int json_finish(const struct session *s, json_t *root)
{
	int failed = !root || json_dumpf(root, s->out, JSON_INDENT(2));

	json_decref(root);
	if (failed) {
		complain("cannot write JSON");
		return STATUS_FAILED;
	}
	fputc('\n', s->out);
	return STATUS_DONE;
}
