// SPDX-License-Identifier: GPL-2.0-or-later
/* The JSON object's partitions, VPs and registers: see json.h. */
#include "config.h"

#include <inttypes.h>

#include "json.h"
#include "names.h"
#include "show.h"
#include "vpstate.h"

#define NOT_ASKED "NOT_ASKED"

static json_t *json_value(uint64_t high, uint64_t low, int digits)
{
	if (digits <= 16)
		return json_hex(low, digits);
	return json_sprintf("0x%016" PRIx64 "%016" PRIx64, high, low);
}

static json_t *json_register(const struct hvd_dump *d,
			     const struct hvd_dump_register *reg)
{
	bool asked = !(reg->flags & HVD_VALUE_NOT_ASKED);
	char status[NAME_SIZE];

	return json_pack(
		"{s:o, s:o, s:s}", "code", json_hex(reg->code, 8), "value",
		hvd_register_good(reg) ? json_value(reg->high, reg->low,
						    register_digits(d, reg))
				       : json_null(),
		"status",
		asked ? name_of_status(status, reg->status) : NOT_ASKED);
}

static json_t *json_registers(const struct session *s,
			      const struct hvd_dump_vtl *vtl)
{
	json_t *o = json_object();
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < vtl->nr_regs; i++)
		if (shows_register(s, &vtl->regs[i]))
			json_object_set_new(
				o,
				name_of_register(name, s->dump->machine,
						 vtl->regs[i].code),
				json_register(s->dump, &vtl->regs[i]));
	return o;
}

static json_t *json_address(bool known, uint64_t address)
{
	return known ? json_hex(address, 16) : json_null();
}

static json_t *json_vtl(const struct session *s, const struct hvd_dump_vp *vp,
			const struct hvd_dump_vtl *vtl, int parts)
{
	struct hvd_vp_state state;
	json_t *o;

	hvd_vp_state_get(s->dump, vtl, &state);
	o = json_pack(
		"{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "vtl", vtl->vtl,
		"active",
		vp->recorded ? json_boolean(vtl->active) : json_null(), "state",
		state.activity == HVD_VP_UNKNOWN
			? json_null()
			: json_string(hvd_vp_activity_name(state.activity)),
		"mode",
		state.mode == HVD_MODE_UNKNOWN
			? json_null()
			: json_string(hvd_vp_mode_name(state.mode)),
		"level",
		state.level < 0 ? json_null() : json_integer(state.level), "pc",
		json_address(state.has_pc, state.pc), "sp",
		json_address(state.has_sp, state.sp));
	if (parts & JSON_REGISTERS)
		json_object_set_new(o, "registers", json_registers(s, vtl));
	return o;
}

static json_t *json_vp(const struct session *s, const struct hvd_dump_vp *vp,
		       int parts)
{
	json_t *vtls = json_array();
	char flags[64];
	size_t i;

	for (i = 0; i < vp->nr_vtls; i++)
		if (shows_vtl(s, &vp->vtls[i]))
			json_array_append_new(
				vtls, json_vtl(s, vp, &vp->vtls[i], parts));
	return json_pack(
		"{s:I, s:o, s:b, s:s, s:o}", "index",
		(json_int_t)vp->rec.vp_index, "cpu",
		vp->rec.cpu == HVD_CPU_NONE ? json_null()
					    : json_integer(vp->rec.cpu),
		"recorded", vp->recorded, "flags",
		join_flags(flags, sizeof(flags), vp_flag_names, vp->rec.flags),
		"vtls", vtls);
}

static json_t *json_property(const struct hvd_dump_property *p)
{
	bool asked = !(p->flags & HVD_VALUE_NOT_ASKED);
	char status[NAME_SIZE];

	return json_pack(
		"{s:o, s:o, s:s}", "code", json_hex(p->code, 8), "value",
		asked && !p->status ? json_hex(p->value, 16) : json_null(),
		"status",
		asked ? name_of_status(status, p->status) : NOT_ASKED);
}

static json_t *json_properties(const struct hvd_dump_partition *p)
{
	json_t *o = json_object();
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < p->nr_props; i++)
		json_object_set_new(o, name_of_property(name, p->props[i].code),
				    json_property(&p->props[i]));
	return o;
}

static json_t *json_vps(const struct session *s,
			const struct hvd_dump_partition *p, int parts)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < p->nr_vps; i++)
		if (shows_vp(s, &p->vps[i]))
			json_array_append_new(list,
					      json_vp(s, &p->vps[i], parts));
	return list;
}

static json_t *json_partition(const struct session *s,
			      const struct hvd_dump_partition *p, int parts)
{
	json_t *o = json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:b, s:I}", "id",
		json_hex(p->rec.partition_id, 16), "kind",
		json_string_or_null(name_of_kind(p->rec.kind)), "parent",
		p->rec.parent_id ? json_hex(p->rec.parent_id, 16) : json_null(),
		"state", json_string_or_null(partition_state(p)), "source",
		json_string_or_null(name_of_source(p->rec.source)), "recorded",
		p->recorded, "vp_count", (json_int_t)p->nr_vps);

	if (parts & JSON_PROPERTIES)
		json_object_set_new(o, "properties", json_properties(p));
	if (parts & JSON_VPS)
		json_object_set_new(o, "vps", json_vps(s, p, parts));
	return o;
}

json_t *json_partitions(const struct session *s, int parts)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < s->dump->nr_partitions; i++)
		if (shows_partition(s, &s->dump->partitions[i]))
			json_array_append_new(
				list, json_partition(s, &s->dump->partitions[i],
						     parts));
	return list;
}
