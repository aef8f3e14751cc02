// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A root VP's registers, out of the snapshot of its VMCB and general
 * registers and, for the synthetic ones, out of minihv's own books.
 */
#include "rootvp.h"

#include "msr.h"
#include "options.h"
#include "registers.h"

#define STARTUP_SUSPEND	1ul		/* INTERNAL_ACTIVITY_STATE */
#define SEGMENT_TSS_BUSY 2u
#define VTL0_ONLY	(1ul << 16)	/* VSM_VP_STATUS: VTL 0 active, VTL 0 enabled */

/* VMCB attributes leave out the four bits (11:8) that lie in the limit field. */
static struct hv_value segment(const struct vmcb_seg *s)
{
	return value_segment(s->base, s->limit, s->selector,
			     (u16)((s->attrib & 0xff) | (s->attrib & 0xf00) << 4));
}

/* In the order of the register names: RAX RCX RDX RBX RSP RBP RSI RDI R8... */
static u64 general_register(const struct vp_snapshot *s, u32 code)
{
	const struct guest_regs *r = &s->regs;
	const u64 values[] = {
		s->vmcb.rax, r->rcx, r->rdx, r->rbx, s->vmcb.rsp, r->rbp, r->rsi, r->rdi,
		r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15,
		s->vmcb.rip, s->vmcb.rflags,
	};

	return values[code - REG_RAX];
}

static bool segment_register(const struct vmcb *v, u32 code, struct hv_value *ret)
{
	const struct vmcb_seg *const segments[] = {
		&v->es, &v->cs, &v->ss, &v->ds, &v->fs, &v->gs, &v->ldtr, &v->tr,
	};

	if (code >= REG_ES && code <= REG_TR) {
		*ret = segment(segments[code - REG_ES]);
		if (code == REG_TR)	/* QEMU keeps it as LTR found it: not busy yet */
			ret->hi |= (u64)SEGMENT_TSS_BUSY << 48;
	} else if (code == REG_IDTR) {
		*ret = value_table(v->idtr.base, (u16)v->idtr.limit);
	} else if (code == REG_GDTR) {
		*ret = value_table(v->gdtr.base, (u16)v->gdtr.limit);
	} else {
		return false;
	}
	return true;
}

/* The control and debug registers. */
static bool control_register(const struct vp_snapshot *s, u32 code, u64 *ret)
{
	switch (code) {
	case REG_CR0: *ret = s->vmcb.cr0; return true;
	case REG_CR2: *ret = s->vmcb.cr2; return true;
	case REG_CR3: *ret = s->vmcb.cr3; return true;
	case REG_CR4: *ret = s->vmcb.cr4; return true;
	case REG_CR8: *ret = s->cr8; return true;
	case REG_DR0 ... REG_DR3: *ret = s->dr[code - REG_DR0]; return true;
	case REG_DR6: *ret = s->vmcb.dr6; return true;
	case REG_DR7: *ret = s->vmcb.dr7; return true;
	default: return false;
	}
}

static bool model_specific_register(const struct cpu *cpu, u32 code, u64 *ret)
{
	const struct vp_snapshot *s = &cpu->snapshot;
	const struct vmcb *v = &s->vmcb;

	switch (code) {
	case REG_TSC: *ret = s->tsc; return true;
	case REG_EFER: *ret = v->efer & ~EFER_SVME; return true;
	case REG_KERNEL_GS_BASE: *ret = v->kernel_gs_base; return true;
	case REG_APIC_BASE: *ret = s->apic_base; return true;
	case REG_PAT: *ret = s->pat; return true;
	case REG_SYSENTER_CS: *ret = v->sysenter_cs; return true;
	case REG_SYSENTER_EIP: *ret = v->sysenter_eip; return true;
	case REG_SYSENTER_ESP: *ret = v->sysenter_esp; return true;
	case REG_STAR: *ret = v->star; return true;
	case REG_LSTAR: *ret = v->lstar; return true;
	case REG_CSTAR: *ret = v->cstar; return true;
	case REG_SFMASK: *ret = v->sfmask; return true;
	case REG_INITIAL_APIC_ID: *ret = cpu->apic_id; return true;
	default: return false;
	}
}

static bool synthetic_register(const struct cpu *cpu, u32 code, u64 *ret)
{
	const struct synthetic_msrs *m = &cpu->msrs;

	switch (code) {
	case REG_HYPERCALL: *ret = partition_msrs.hypercall; return true;
	case REG_GUEST_OS_ID: *ret = partition_msrs.guest_os_id; return true;
	case REG_REFERENCE_TSC: *ret = partition_msrs.reference_tsc; return true;
	case REG_VP_INDEX: *ret = cpu->index; return true;
	case REG_GUEST_CRASH_P0 ... REG_GUEST_CRASH_P4:
		*ret = partition_msrs.crash[code - REG_GUEST_CRASH_P0];
		return options.crash_msrs;
	case REG_VP_ASSIST_PAGE: *ret = m->vp_assist; return true;
	case REG_SINT0 ... REG_SINT15: *ret = m->sint[code - REG_SINT0]; return true;
	case REG_SCONTROL: *ret = m->scontrol; return true;
	case REG_SVERSION: *ret = 1; return true;
	case REG_SIEFP: *ret = m->siefp; return true;
	case REG_SIMP: *ret = m->simp; return true;
	case REG_SIRBP: *ret = m->sirbp; return true;
	default: return false;
	}
}

/*
 * Root VPs are suspended by NotifyPartitionEvent only; a VP whose start-up IPI has
 * not come is startup-suspended. HLT is not intercepted, so a halted VP does not show.
 */
static bool state_register(const struct vp_snapshot *s, u32 code, u64 *ret)
{
	switch (code) {
	case REG_EXPLICIT_SUSPEND:
		*ret = s->suspended;
		return true;
	case REG_INTERCEPT_SUSPEND:
	case REG_DISPATCH_SUSPEND:
		*ret = 0;
		return true;
	case REG_INTERNAL_ACTIVITY_STATE:
		*ret = s->started ? 0 : STARTUP_SUSPEND;
		return true;
	case REG_VSM_VP_STATUS:
		*ret = VTL0_ONLY;
		return true;
	default:
		return false;
	}
}

bool rootvp_register(const struct cpu *cpu, u32 code, struct hv_value *ret)
{
	const struct vp_snapshot *s = &cpu->snapshot;

	ret->hi = 0;
	if (code >= REG_RAX && code <= REG_RFLAGS) {
		ret->lo = general_register(s, code);
		return true;
	}
	return segment_register(&s->vmcb, code, ret) ||
	       control_register(s, code, &ret->lo) ||
	       model_specific_register(cpu, code, &ret->lo) ||
	       synthetic_register(cpu, code, &ret->lo) ||
	       state_register(s, code, &ret->lo);
}
