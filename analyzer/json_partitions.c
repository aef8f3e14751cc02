// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON object's partitions, VPs and registers: see json.h. */
#include "config.h"

#include <inttypes.h>

#include "code.h"
#include "json.h"
#include "json_stream.h"
#include "names.h"
#include "property_text.h"
#include "register_text.h"
#include "show.h"
#include "stops.h"
#include "vpstate.h"

#define NOT_ASKED "NOT_ASKED"

static json_t *json_value(uint64_t high, uint64_t low, int digits)
{
	if (digits <= 16)
		return json_hex(low, digits);
	return json_sprintf("0x%016" PRIx64 "%016" PRIx64, high, low);
}

/*
 * What became of the question. Not asked, with a status: that is what another
 * VP of the partition had answered.
 */
static json_t *json_status(uint16_t status, uint16_t flags)
{
	char name[NAME_SIZE];

	if (flags & HVD_VALUE_REDACTED)
		return json_string("redacted");
	if (!status && flags & HVD_VALUE_NOT_ASKED)
		return json_string(NOT_ASKED);
	return json_string(name_of_status(name, status));
}

static json_t *json_register(const struct session *s,
			     const struct hvd_dump_register *reg)
{
	const struct hvd_dump *d = s->dump;
	json_t *o = json_object();

	json_set(o, "code", json_hex(reg->code, 8));
	json_set(o, "value",
		 hvd_register_good(reg) ? json_value(reg->high, reg->low,
						     register_digits(d, reg))
					: json_null());
	json_set(o, "status", json_status(reg->status, reg->flags));
	json_set(o, "fields", register_fields_json(s, reg));
	return o;
}

static json_t *json_registers(const struct session *s,
			      const struct hvd_dump_vtl *vtl)
{
	json_t *o = json_object();
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < vtl->nr_regs; i++)
		if (shows_register(s, &vtl->regs[i]))
			json_set(o,
				 name_of_register(name, s->dump->machine,
						  vtl->regs[i].code),
				 json_register(s, &vtl->regs[i]));
	return o;
}

static json_t *json_address(bool known, uint64_t address)
{
	return known ? json_hex(address, 16) : json_null();
}

static void json_code(struct session *s, const struct hvd_dump_vp *vp,
		      const struct hvd_dump_vtl *vtl, json_t *o)
{
	struct vp_code code;

	code_read(s, vp, vtl, &code);
	json_set(o, "code", code_json(&code));
	json_set(o, "stack", stack_json(&code));
}

static json_t *json_vtl(struct session *s, const struct hvd_dump_vp *vp,
			const struct hvd_dump_vtl *vtl, int parts)
{
	struct hvd_vp_state state;
	char waits[WAITS_TEXT];
	json_t *o;

	hvd_vp_state_get(s->dump, vtl, &state);
	o = json_object();
	json_set(o, "vtl", json_integer(vtl->vtl));
	json_set(o, "active",
		 vp->recorded ? json_boolean(vtl->active) : json_null());
	json_set(o, "state",
		 state.activity == HVD_VP_UNKNOWN
			 ? json_null()
			 : json_string(hvd_vp_activity_name(state.activity)));
	json_set(o, "waits",
		 json_string_or_null(waits_text(s, vp, vtl, state.activity,
						waits)));
	json_set(o, "mode",
		 state.mode == HVD_MODE_UNKNOWN
			 ? json_null()
			 : json_string(hvd_vp_mode_name(state.mode)));
	json_set(o, "level",
		 state.level < 0 ? json_null() : json_integer(state.level));
	json_set(o, "pc", json_address(state.has_pc, state.pc));
	json_set(o, "sp", json_address(state.has_sp, state.sp));
	if (parts & JSON_REGISTERS)
		json_set(o, "registers", json_registers(s, vtl));
	if (parts & JSON_REGISTERS && s->opt.code)
		json_code(s, vp, vtl, o);
	return o;
}

static json_t *json_vp(struct session *s, const struct hvd_dump_vp *vp,
		       int parts)
{
	json_t *vtls = json_array();
	char flags[64];
	size_t i;

	for (i = 0; i < vp->nr_vtls; i++)
		if (shows_vtl(s, &vp->vtls[i]))
			json_append(vtls, json_vtl(s, vp, &vp->vtls[i], parts));
	json_t *o = json_object();

	json_set(o, "index", json_integer((json_int_t)vp->rec.vp_index));
	json_set(o, "cpu",
		 vp->rec.cpu == HVD_CPU_NONE ? json_null()
					     : json_integer(vp->rec.cpu));
	json_set(o, "recorded", json_boolean(vp->recorded));
	json_set(o, "flags",
		 json_string(join_flags(flags, sizeof(flags), vp_flag_names,
					vp->rec.flags)));
	json_set(o, "vtls", vtls);
	return o;
}

static json_t *json_property(const struct session *s,
			     const struct hvd_dump_property *p)
{
	char words[PROPERTY_WORDS];
	json_t *o = json_object();

	json_set(o, "code", json_hex(p->code, 8));
	json_set(o, "value",
		 property_good(p) ? json_hex(p->value, 16) : json_null());
	json_set(o, "status", json_status(p->status, p->flags));
	json_set(o, "fields", property_fields_json(s, p));
	property_words(words, s->dump, p);
	json_set(o, "words", *words ? json_string(words) : json_null());
	return o;
}

static json_t *json_properties(const struct session *s,
			       const struct hvd_dump_partition *p)
{
	json_t *o = json_object();
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < p->nr_props; i++)
		json_set(o, name_of_property(name, p->props[i].code),
			 json_property(s, &p->props[i]));
	return o;
}

static void stream_vps(struct session *s, struct json_stream *st,
		       const struct hvd_dump_partition *p, int parts)
{
	size_t i;

	stream_open(st, "vps", '[');
	for (i = 0; i < p->nr_vps; i++)
		if (shows_vp(s, &p->vps[i]))
			stream_value(st, NULL, json_vp(s, &p->vps[i], parts));
	stream_close(st, ']');
}

/* All but its VPs. */
static json_t *json_partition(const struct session *s,
			      const struct hvd_dump_partition *p, int parts)
{
	json_t *o = json_object();
	char seen[64];

	json_set(o, "id", json_hex(p->rec.partition_id, 16));
	json_set(o, "kind", json_string_or_null(name_of_kind(p->rec.kind)));
	json_set(o, "parent",
		 p->rec.parent_id ? json_hex(p->rec.parent_id, 16)
				  : json_null());
	json_set(o, "state", json_string_or_null(partition_state(p)));
	json_set(o, "source",
		 json_string_or_null(name_of_source(p->rec.source)));
	json_set(o, "seen",
		 json_string(join_flags(seen, sizeof(seen), seen_names,
					p->rec.seen)));
	json_set(o, "recorded", json_boolean(p->recorded));
	json_set(o, "vp_count", json_integer((json_int_t)p->nr_vps));

	if (parts & JSON_PROPERTIES)
		json_set(o, "properties", json_properties(s, p));
	return o;
}

/* VP by VP: a host may have thousands, with hundreds of registers each. */
static void stream_partition(struct session *s, struct json_stream *st,
			     const struct hvd_dump_partition *p, int parts)
{
	stream_open(st, NULL, '{');
	stream_members(st, json_partition(s, p, parts));
	if (parts & JSON_VPS)
		stream_vps(s, st, p, parts);
	stream_close(st, '}');
}

int json_finish_partitions(struct session *s, json_t *root, int parts)
{
	struct json_stream st = {.out = s->out};
	size_t i;

	stream_open(&st, NULL, '{');
	stream_members(&st, root);
	stream_open(&st, "partitions", '[');
	for (i = 0; i < s->dump->nr_partitions; i++)
		if (shows_partition(s, &s->dump->partitions[i]))
			stream_partition(s, &st, &s->dump->partitions[i],
					 parts);
	stream_close(&st, ']');
	stream_close(&st, '}');
	return json_end(s, st.failed);
}
