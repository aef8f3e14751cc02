// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GetVpRegisters (TLFS, HvCallGetVpRegisters), for all kinds of partitions,
 * and SetVpRegisters, for those that the root created.
 */
#include "created.h"
#include "hypercall.h"
#include "intercept.h"
#include "lib.h"
#include "pattern.h"
#include "registers.h"
#include "rootvp.h"
#include "scenario.h"
#include "smp.h"
#include "statepage.h"

/* Input: partition, u32 VP, u8 VTL, 3 reserved bytes, then u32 names. */
#define IN_VP		8
#define IN_VTL		12
#define IN_NAMES	16
#define VTL_MASK	0x0f
#define VTL_USE_TARGET	0x10	/* else the caller's, and the root runs in VTL 0 */
#define VTL_RESERVED	0xe0

static bool has_vtl(const struct partition *p, u32 vp, u32 vtl)
{
	switch (p->kind) {
	case KIND_ROOT:
		return vtl == 0;
	case KIND_PATTERN:
	case KIND_CREATED:
		return vtl < p->vtl_count;
	case KIND_SCENARIO:
		return vtl < scenario_vtl_count(vp);
	}
	return false;
}

static bool read_register(const struct partition *p, const struct hypercall *h, u32 code,
			  struct hv_value *v)
{
	switch (p->kind) {
	case KIND_ROOT:
		return rootvp_register(&cpus[h->vp], code, v);
	case KIND_PATTERN:
		return pattern_register(p, h->vp, h->vtl, code, v);
	case KIND_SCENARIO:
		return scenario_register(p, h->vp, h->vtl, code, v);
	case KIND_CREATED:
		return created_register(p, h->vp, code, v);
	}
	return false;
}

static enum hv_status read_list(const struct partition *p, struct hypercall *h)
{
	for (u32 i = h->rep_start; i < h->rep_count; i++) {
		struct hv_value v;

		if (!read_register(p, h, get32(h->in + IN_NAMES + i * 4), &v))
			return HV_INVALID_PARAMETER;
		put64(h->out + i * 16, v.lo);
		put64(h->out + i * 16 + 8, v.hi);
		h->reps_done = i + 1;
	}
	return HV_SUCCESS;
}

static enum hv_status check_target(const struct partition *p, struct hypercall *h)
{
	u8 vtl = h->in[IN_VTL];

	if (!p)
		return HV_INVALID_PARTITION_ID;
	if ((vtl & VTL_RESERVED) || get32(h->in + IN_VTL) >> 8)
		return HV_INVALID_PARAMETER;
	if (h->vp == HV_VP_INDEX_SELF && p->kind == KIND_ROOT)
		h->vp = h->cpu->index;
	if (!partition_has_vp(p, h->vp))
		return HV_INVALID_VP_INDEX;
	h->has_vtl = true;
	h->vtl = vtl & VTL_USE_TARGET ? vtl & VTL_MASK : 0;
	return has_vtl(p, h->vp, h->vtl) ? HV_SUCCESS : HV_INVALID_VTL_STATE;
}

/* A guest may look at the VP that it runs on, and knows itself as "self" only. */
static bool may_read(const struct partition *p, const struct hypercall *h)
{
	return partition_own_kind() != OWN_GUEST ||
	       (h->partition == HV_PARTITION_ID_SELF && p->kind == KIND_ROOT &&
		h->vp == h->cpu->index);
}

enum hv_status hvcall_get_vp_registers(struct hypercall *h)
{
	const struct partition *p;
	enum hv_status status;

	h->has_partition = h->has_vp = true;
	h->partition = get64(h->in);
	h->vp = get32(h->in + IN_VP);
	p = partition_find(h->partition);
	status = check_target(p, h);
	if (status == HV_SUCCESS && !may_read(p, h))
		status = HV_ACCESS_DENIED;
	if (status != HV_SUCCESS)
		return status;
	if (p->kind != KIND_ROOT)
		return read_list(p, h);

	/* One snapshot for the whole list, so that its values belong together. */
	if (!smp_snapshot_begin(h->cpu, &cpus[h->vp]))
		return HV_INVALID_VP_STATE;
	status = read_list(p, h);
	smp_snapshot_end();
	return status;
}

/* Behind the header: u32 name, u32 and u64 reserved, 16 bytes of value. */
#define ELEMENT_SIZE	32
#define ELEMENT_VALUE	16

static bool set_one(const struct partition *p, struct created_vp *v, const struct hypercall *h,
		    u32 i)
{
	const u8 *element = h->in + IN_NAMES + i * ELEMENT_SIZE;
	u32 code = get32(element);
	struct hv_value value = { get64(element + ELEMENT_VALUE),
				  get64(element + ELEMENT_VALUE + 8) };

	return !get32(element + 4) && !get64(element + 8) &&
	       created_set_register(p, v, code, &value);
}

/* A list that suspends nothing any more lets the VP run, at its end. */
enum hv_status hvcall_set_vp_registers(struct hypercall *h)
{
	struct partition *p;
	struct created_vp *v;
	enum hv_status status = hypercall_created(h, STATE_ACTIVE, &p);

	h->has_vp = true;
	h->vp = get32(h->in + IN_VP);
	if (status == HV_SUCCESS)
		status = check_target(p, h);
	if (status != HV_SUCCESS)
		return status;
	v = created_vp(p, h->vp);
	statepage_take(p, v);
	for (u32 i = h->rep_start; i < h->rep_count; i++) {
		if (!set_one(p, v, h, i)) {
			status = HV_INVALID_PARAMETER;
			break;
		}
		h->reps_done = i + 1;
	}
	intercept_run(p, v, h->cpu);
	statepage_update(p, v);
	return status;
}
