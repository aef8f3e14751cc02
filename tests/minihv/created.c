// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registers and properties of created partitions: what was set, else a reset
 * value where the VP could not run otherwise, else the pattern.
 */
#include "created.h"

#include "log.h"
#include "pattern.h"
#include "property.h"
#include "registers.h"

/* The state after INIT (APM 2 14.1.3), as far as it decides what a VP does. */
static const struct {
	u32 code;
	struct hv_value value;
} reset_values[] = {
	{ REG_INTERNAL_ACTIVITY_STATE, { 0, 0 } },
	{ REG_PENDING_INTERRUPTION, { 0, 0 } },
	{ REG_INTERRUPT_STATE, { 0, 0 } },
	{ REG_RIP, { 0xfff0, 0 } },
	{ REG_RFLAGS, { 0x2, 0 } },
	{ REG_CR0, { 0x60000010, 0 } },
	{ REG_CR3, { 0, 0 } },
	{ REG_CR4, { 0, 0 } },
	{ REG_CR8, { 0, 0 } },
	{ REG_EFER, { 0, 0 } },
	{ REG_CS, { 0xffff0000, 0x009bf0000000ffff } },
};

struct created_vp *created_vp(const struct partition *p, u32 vp)
{
	return vp < CREATED_MAX_VPS ? p->created->vps[vp] : NULL;
}

/* What minihv keeps itself. */
static u64 *state_register(struct created_vp *v, u32 code)
{
	switch (code) {
	case REG_EXPLICIT_SUSPEND: return &v->explicit_suspend;
	case REG_INTERCEPT_SUSPEND: return &v->intercept_suspend;
	case REG_DISPATCH_SUSPEND: return &v->dispatch_suspend;
	case REG_VP_ROOT_SIGNAL_COUNT: return &v->signal_count;
	default: return NULL;
	}
}

static struct set_register *find_set(struct created_vp *v, u32 code)
{
	for (u32 i = 0; i < v->register_count; i++)
		if (v->registers[i].code == code)
			return &v->registers[i];
	return NULL;
}

static bool reset_value(u32 code, struct hv_value *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(reset_values); i++) {
		if (reset_values[i].code == code) {
			*ret = reset_values[i].value;
			return true;
		}
	}
	return false;
}

bool created_register(const struct partition *p, u32 vp, u32 code, struct hv_value *ret)
{
	struct created_vp *v = created_vp(p, vp);
	const u64 *state = state_register(v, code);
	const struct set_register *set = find_set(v, code);

	*ret = (struct hv_value){ 0, 0 };
	if (state)
		ret->lo = *state;
	else if (code == REG_VP_INDEX)
		ret->lo = vp;
	else if (set)
		*ret = set->value;
	else if (!reset_value(code, ret))
		return pattern_register(p, vp, 0, code, ret);
	return true;
}

/* Where a value goes that is set; NULL when there is no room. */
static struct set_register *place(struct created_vp *v, u32 code)
{
	struct set_register *set = find_set(v, code);

	if (!set && v->register_count < CREATED_MAX_REGISTERS) {
		set = &v->registers[v->register_count++];
		set->code = code;
	}
	return set;
}

bool created_set_register(const struct partition *p, struct created_vp *v, u32 code,
			  const struct hv_value *value)
{
	unsigned int width = register_width(code);
	u64 *state = state_register(v, code), high = width == 128 ? value->hi : 0;
	struct set_register *set;

	if (!width || code == REG_VP_INDEX)
		return false;
	if (state) {
		*state = value->lo;
	} else {
		set = place(v, code);
		if (!set)
			return false;
		set->value = (struct hv_value){ value->lo, high };
	}
	log_line(LOG_EVENTS, "register-set part=0x%lx vp=%u code=0x%x value=0x%lx.%lx", p->id,
		 v->index, code, value->lo, high);
	return true;
}

bool created_property(const struct partition *p, u32 code, u64 *ret)
{
	const struct created *c = p->created;

	for (u32 i = 0; i < c->property_count; i++) {
		if (c->properties[i].code == code) {
			*ret = c->properties[i].value;
			return true;
		}
	}
	return pattern_property(p, code, ret);
}

bool created_set_property(struct partition *p, u32 code, u64 value)
{
	struct created *c = p->created;
	u32 i = 0;

	if (!property_exists(code))
		return false;
	while (i < c->property_count && c->properties[i].code != code)
		i++;
	if (i == CREATED_MAX_PROPERTIES)
		return false;
	if (i == c->property_count)
		c->property_count++;
	c->properties[i] = (struct set_property){ .code = code, .value = value };
	return true;
}
