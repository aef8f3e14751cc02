// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GetVpState: what the hypervisor keeps of a child's VP as blobs. Their content
 * follows the rule of REGISTERS.md, "VP states", for all kinds of children.
 */
#include "created.h"
#include "hypercall.h"
#include "lib.h"
#include "memory.h"
#include "npt.h"
#include "partition.h"
#include "pattern.h"
#include "scenario.h"

/* Input: partition, u32 VP, u8 VTL, reserved, u32 type, reserved, 16 bytes for
 * XSAVE, then the page numbers of the variable header. */
#define IN_VP		8
#define IN_VTL		12
#define IN_TYPE		16
#define IN_PFNS		40
#define VTL_MASK	0x0f
#define VTL_USE_TARGET	0x10

/* HV_GET_SET_VP_STATE_TYPE */
#define TYPE_BY_PAGES	0x80000000u
#define TYPE_APIC	0x80000000u
#define TYPE_SIM	0x80000002u
#define TYPE_SIEF	0x80000003u
#define TYPE_TIMERS	4u

#define APIC_QWORDS	22	/* hv_local_interrupt_controller_state */
#define TIMERS_QWORDS	25	/* hv_synthetic_timers_state */
#define SLOT_QWORDS	32	/* one SINT's share of SIM and SIEF */
#define SINTS		16

static void fill(u8 *to, const struct hypercall *h, u32 type, u32 first, u32 count)
{
	for (u32 i = 0; i < count; i++)
		put64(to + (u64)(first + i) * 8,
		      pattern_rule(h->partition, h->vp, h->vtl,
				   RULE_CODE_STATE + ((type & 0xff) << 16) + first + i));
}

/* Of the SynIC's pages one SINT's part is filled, and the rest is zeros. */
static bool fill_type(u8 *to, const struct hypercall *h, u32 type)
{
	switch (type) {
	case TYPE_APIC:
		fill(to, h, type, 0, APIC_QWORDS);
		return true;
	case TYPE_TIMERS:
		fill(to, h, type, 0, TIMERS_QWORDS);
		return true;
	case TYPE_SIM:
	case TYPE_SIEF:
		fill(to, h, type, h->vp % SINTS * SLOT_QWORDS, SLOT_QWORDS);
		return true;
	}
	return false;
}

/* The page of the caller's that the answer goes to; NULL: there is none. */
static u8 *answer_page(const struct hypercall *h)
{
	u64 gpa = get64(h->in + IN_PFNS) * PAGE_SIZE;

	if (h->var_size != 1 || !memory_guest_owns(gpa, PAGE_SIZE) || !npt_reachable(gpa))
		return NULL;
	return (u8 *)gpa;
}

static bool has_vtl(const struct partition *p, u32 vp, u32 vtl)
{
	return vtl < (p->kind == KIND_SCENARIO ? scenario_vtl_count(vp) : p->vtl_count);
}

enum hv_status hvcall_get_vp_state(struct hypercall *h)
{
	u32 type = get32(h->in + IN_TYPE);
	const struct partition *p;
	u8 *to = h->out;

	h->has_partition = h->has_vp = h->has_vtl = true;
	h->partition = get64(h->in);
	h->vp = get32(h->in + IN_VP);
	h->vtl = h->in[IN_VTL] & VTL_USE_TARGET ? h->in[IN_VTL] & VTL_MASK : 0;
	p = partition_find(h->partition);
	if (!p)
		return HV_INVALID_PARTITION_ID;
	if (p->kind == KIND_ROOT)
		return HV_OPERATION_DENIED;
	if (!partition_has_vp(p, h->vp))
		return HV_INVALID_VP_INDEX;
	if (!has_vtl(p, h->vp, h->vtl))
		return HV_INVALID_VTL_STATE;
	if (type & TYPE_BY_PAGES)
		to = answer_page(h);
	if (!to || (!(type & TYPE_BY_PAGES) && h->var_size))
		return HV_INVALID_PARAMETER;
	return fill_type(to, h, type) ? HV_SUCCESS : HV_INVALID_PARAMETER;
}
