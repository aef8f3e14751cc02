// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rule, in short: five numbers (seed, partition, VP, VTL, code) are
 * absorbed one after the other into 64 bits, each followed by the finalizer
 * of splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014); the result is the low half, once more the high half.
 */
#include "pattern.h"

#include "options.h"
#include "property.h"
#include "registers.h"

#define GOLDEN		0x9e3779b97f4a7c15ul
#define NO_VP		0xffffffffu	/* in place of VP and VTL, for properties */
#define NO_VTL		0xffu

static u64 absorb(u64 h, u64 x)
{
	u64 z = (h ^ x) + GOLDEN;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
	z = (z ^ z >> 27) * 0x94d049bb133111ebul;
	return z ^ z >> 31;
}

u64 pattern_rule(u64 partition, u32 vp, u32 vtl, u32 code)
{
	u64 h = absorb(0, options.seed);

	h = absorb(h, partition);
	h = absorb(h, vp);
	h = absorb(h, vtl);
	return absorb(h, code);
}

/* A pattern here would be no valid state; every VTL sees the same. */
static u64 vsm_vp_status(const struct partition *p, u32 vp)
{
	u64 active = vp % p->vtl_count, enabled = (1u << p->vtl_count) - 1;

	return active | enabled << 16;
}

bool pattern_register(const struct partition *p, u32 vp, u32 vtl, u32 code,
		      struct hv_value *ret)
{
	unsigned int width = register_width(code);

	if (!width)
		return false;
	if (code == REG_VSM_VP_STATUS) {
		*ret = (struct hv_value){ vsm_vp_status(p, vp), 0 };
		return true;
	}
	ret->lo = pattern_rule(p->id, vp, vtl, code);
	ret->hi = width == 128 ? absorb(ret->lo, 1) : 0;
	return true;
}

bool pattern_property(const struct partition *p, u32 code, u64 *ret)
{
	if (!property_exists(code))
		return false;
	*ret = pattern_rule(p->id, NO_VP, NO_VTL, code);
	return true;
}
