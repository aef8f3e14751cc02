// SPDX-License-Identifier: GPL-2.0-or-later
/* The parts of the JSON object that are not the partitions': see json.h. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "abi.h"
#include "failures.h"
#include "json.h"
#include "names.h"

/* Something had no memory: the object begun last is not whole. */
static bool failed;

void json_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		failed = true;
}

void json_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		failed = true;
}

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

/* Of a CPU or VP; all ones for none. */
static json_t *json_number(uint32_t n)
{
	return n == HVD_CPU_NONE ? json_null() : json_integer(n);
}

static json_t *json_source(const struct session *s)
{
	const struct hvd_input *in = s->input;
	json_t *o = json_object();

	json_set(o, "path",
		 json_bytes((const uint8_t *)in->path, strlen(in->path)));
	json_set(o, "format", json_string(in->format_name));
	json_set(o, "size", json_integer((json_int_t)in->file_size));
	json_set(o, "notes_offset", json_integer((json_int_t)in->notes_offset));
	json_set(o, "notes_size", json_integer((json_int_t)in->notes_size));
	json_set(o, "damage", json_string_or_null(in->damage));
	return o;
}

static json_t *json_damages(const struct hvd_dump *d)
{
	json_t *list = json_array();
	size_t i, nr = d->nr_damages < HVD_DUMP_DAMAGES ? (size_t)d->nr_damages
							: HVD_DUMP_DAMAGES;

	for (i = 0; i < nr; i++) {
		json_t *o = json_object();

		json_set(o, "offset",
			 json_integer((json_int_t)d->damages[i].offset));
		json_set(o, "what", json_string(d->damages[i].what));
		json_append(list, o);
	}
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

	for (i = 0; i < d->nr_dropped; i++) {
		json_t *o = json_object();

		json_set(o, "type",
			 json_string(name_of_type(type, d->dropped[i].type)));
		json_set(o, "why", json_string_or_null(hvd_why_name(d->dropped[i].why)));
		json_set(o, "amount",
			 json_integer(count_of(d->dropped[i].amount)));
		json_append(list, o);
	}
	return list;
}

static json_t *json_failures(const struct hvd_dump *d)
{
	char call[NAME_SIZE], status[NAME_SIZE];
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < d->nr_failures; i++) {
		const struct hvd_failure *f = &d->failures[i];
		json_t *o = json_object();

		json_set(o, "call", json_string(name_of_call(call, f->call)));
		json_set(o, "code", json_hex(f->call, 4));
		json_set(o, "status",
			 json_string(name_of_status(status, f->status)));
		json_set(o, "status_code", json_hex(f->status, 4));
		json_set(o, "partition", json_hex(f->partition_id, 16));
		json_set(o, "vp", json_number(f->vp_index));
		json_set(o, "vtl",
			 f->vp_index == NO_VP ? json_null()
					      : json_integer(f->vtl));
		json_set(o, "argument", json_hex(f->argument, 16));
		json_set(o, "reps", json_integer((json_int_t)f->reps));
		json_set(o, "reps_done",
			 json_integer((json_int_t)f->reps_done));
		json_append(list, o);
	}
	return list;
}

static json_t *json_stages(const struct hvd_dump *d)
{
	char flags[192], call[NAME_SIZE];
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < d->nr_stages; i++) {
		const struct hvd_stage *g = &d->stages[i];
		json_t *o = json_object();

		json_set(o, "call", json_integer((json_int_t)g->call));
		json_set(o, "cpu", json_number(g->cpu));
		json_set(o, "hypervisor",
			 json_string_or_null(name_of_stage(g->hypervisor)));
		json_set(o, "flags",
			 json_string(join_flags(flags, sizeof(flags),
						capture_flag_names, g->flags)));
		json_set(o, "first",
			 json_string_or_null(name_of_first(g->first)));
		json_set(o, "first_records", json_integer(g->records));
		json_set(o, "first_partition",
			 !g->first || g->partition_id == UINT64_MAX
				 ? json_null()
				 : json_hex(g->partition_id, 16));
		json_set(o, "first_vp",
			 g->first ? json_number(g->vp_index) : json_null());
		json_set(o, "first_call",
			 !g->hypercall ? json_null()
				       : json_string(name_of_call(
						 call, (uint16_t)g->hypercall)));
		json_append(list, o);
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

	json_set(o, "kernel",
		 !has ? json_null()
		      : json_bytes(h->release, sizeof(h->release)));
	json_set(o, "machine",
		 json_string_or_null(name_of_machine(d->machine)));
	json_set(o, "kind",
		 !has ? json_null()
		      : json_string_or_null(name_of_kind(h->kind)));
	json_set(o, "partition",
		 !has ? json_null() : json_hex(h->partition_id, 16));
	json_set(o, "boot_id", has ? json_boot_id(h) : json_null());
	json_set(o, "module",
		 !has ? json_null() : json_bytes(h->module, sizeof(h->module)));
	json_set(o, "cpus_online",
		 !has ? json_null() : json_integer(h->cpus_online));
	json_set(o, "format", !has ? json_null() : json_integer(h->format));
}

static const char *death_name(const struct hvd_dump *d)
{
	switch (hvd_dump_death(d)) {
	case HVD_DEATH_NOBODY:
		return "nobody";
	case HVD_DEATH_LINUX:
		return "linux";
	case HVD_DEATH_HYPERVISOR:
		return "hypervisor";
	default:
		return NULL;
	}
}

/* Who died, and whether the hypervisor was still there at the end. */
static void add_deaths(json_t *o, const struct hvd_dump *d)
{
	enum hvd_devirtualised gone = hvd_dump_devirtualised(d);

	json_set(o, "died_first", json_string_or_null(death_name(d)));
	json_set(o, "hypervisor_crashed_later",
		 json_boolean(hvd_dump_later_crash(d) != NULL));
	json_set(o, "devirtualised",
		 gone == HVD_DEVIRTUALISED_UNKNOWN
			 ? json_null()
			 : json_boolean(gone == HVD_DEVIRTUALISED_YES));
}

/* What the capture record says; null when the hook never ran. */
static void add_captured(json_t *o, const struct hvd_dump *d)
{
	const struct hvd_capture *c = &d->capture;
	bool has = d->has_capture;
	char time[TIME_SIZE], flags[192];
	uint64_t ns;

	json_set(o, "reason",
		 !has ? json_null()
		      : json_string_or_null(hvd_reason_name(c->reason)));
	json_set(o, "cpu", has ? json_number(c->cpu) : json_null());
	json_set(o, "vp", !has ? json_null() : json_number(c->vp_index));
	json_set(o, "flags",
		 !has ? json_null()
		      : json_string(join_flags(flags, sizeof(flags),
					       capture_flag_names, c->flags)));
	json_set(o, "time",
		 hvd_dump_wall_ns(d, &ns) ? json_null()
					  : json_string(time_text(time, ns)));
}

static void add_end(json_t *o, const struct hvd_dump *d)
{
	uint64_t ns;

	json_set(o, "duration_ns",
		 !d->has_end || hvd_dump_ticks_ns(d, d->end_time, &ns) ||
				 ns > INT64_MAX
			 ? json_null()
			 : json_integer((json_int_t)ns));
	json_set(o, "calls",
		 !d->has_end ? json_null() : json_integer(d->end.calls));
	json_set(o, "dropped", json_dropped(d));
}

static json_t *json_capture(const struct hvd_dump *d)
{
	json_t *o;

	if (!hvd_dump_is_ours(d))
		return json_null();
	o = json_object();
	add_captured(o, d);
	add_deaths(o, d);
	json_set(o, "complete", json_boolean(hvd_dump_is_complete(d)));
	json_set(o, "records", json_integer((json_int_t)d->records));
	json_set(o, "unknown_records", json_integer((json_int_t)d->unknown));
	json_set(o, "duplicates", json_integer((json_int_t)d->duplicates));
	add_end(o, d);
	add_header(o, d);
	json_set(o, "stages", json_stages(d));
	json_set(o, "failures", json_failures(d));
	return o;
}

json_t *json_begin_plain(void)
{
	json_t *o = json_object();

	failed = false;
	json_set(o, "schema", json_string(JSON_SCHEMA));
	json_set(o, "tool", json_string("hvdump " PACKAGE_VERSION));
	return o;
}

json_t *json_begin(const struct session *s)
{
	json_t *root = json_begin_plain();

	json_set(root, "source", json_source(s));
	json_set(root, "damages",
		 json_integer((json_int_t)s->dump->nr_damages));
	json_set(root, "damage", json_damages(s->dump));
	json_set(root, "capture", json_capture(s->dump));
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
		json_append(list, row ? json_string(row->name)
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
		json_t *o = json_object();

		json_set(o, "code", json_hex(l->code, 8));
		json_set(o, "eax", json_hex(l->eax, 8));
		json_set(o, "ebx", json_hex(l->ebx, 8));
		json_set(o, "ecx", json_hex(l->ecx, 8));
		json_set(o, "edx", json_hex(l->edx, 8));
		json_append(list, o);
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
	json_t *o = json_object();

	json_set(o, "vendor", json_string_or_null(f.vendor));
	json_set(o, "version", json_string_or_null(f.version));
	json_set(o, "privileges",
		 f.has_privileges ? json_hex(f.privileges, 16) : json_null());
	json_set(o, "privilege_names",
		 f.has_privileges ? json_privilege_names(f.privileges)
				  : json_null());
	json_set(o, "leaves", json_leaves(d));
	return o;
}

int json_end(const struct session *s, bool wrong)
{
	if (failed || wrong) {
		complain(s, "cannot write JSON");
		return STATUS_FAILED;
	}
	fputc('\n', s->out);
	return STATUS_DONE;
}

int json_finish(const struct session *s, json_t *root)
{
	/* What is not whole is not printed. */
	bool wrong = failed || json_dumpf(root, s->out, JSON_INDENT(2));

	json_decref(root);
	return json_end(s, wrong);
}
