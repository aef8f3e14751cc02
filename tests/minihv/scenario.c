// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scenario partitions. The VP's index modulo 4 chooses what it is doing, the
 * partition's id which system it runs (even: Linux, odd: Windows). Every value
 * is given in REGISTERS.md; registers that are not mentioned read as 0.
 */
#include "scenario.h"

#include "property.h"
#include "registers.h"

enum state {
	RUNNING,		/* 64-bit kernel mode */
	HALTED,			/* in the idle loop's HLT */
	INTERCEPTED,		/* user mode, suspended on an intercept */
	SECURE,			/* two VTLs, VTL 1 (a secure kernel) active */
	STATES,
};

/* An address that differs from VP to VP: base + index * stride. */
struct address {
	u64 base, stride;
};

/* What a VP is doing: the registers that depend on that. */
struct activity {
	u64 rip;
	struct address rsp, cr3;
	u64 rflags, cr2;
	u64 rax, rbx, rcx, rdx, rsi, rdi;
};

struct system {
	u64 guest_os_id;
	u64 lstar;
	struct address per_cpu;		/* the kernel's GS base */
	u64 user_gs;			/* GS base in user mode */
	u64 user_fs;
	struct address gdt, idt, tss;
	struct activity activity[STATES];
	struct activity vtl1;		/* of SECURE; [SECURE] is its VTL 0 */
};

#define RFLAGS_KERNEL	0x246	/* IF, ZF, PF */
#define RFLAGS_CLI	0x046
#define RFLAGS_USER	0x10202	/* RF, IF */

static const struct system systems[2] = {
	{	/* Linux 6.1.192 */
		.guest_os_id = 0x8100000601c00000,
		.lstar = 0xffffffff81e00080,
		.per_cpu = { 0xffff88807dc00000, 0x40000 },
		.user_gs = 0,
		.user_fs = 0x00007f3a5c2d1740,
		.gdt = { 0xfffffe0000001000, 0x3d000 },
		.idt = { 0xfffffe0000000000, 0 },
		.tss = { 0xfffffe0000003000, 0x3d000 },
		.activity = {
			[RUNNING] = { 0xffffffff810b3a47, { 0xffffc900000c3d18, 0x8000 },
				      { 0x0000000104e38000, 0x2000 }, RFLAGS_KERNEL,
				      0x000055f2b3c1d008,
				      0x0000000000000001, 0xffff888100a4c000, 0x00000000000003e8,
				      0x0000000000000000, 0xffff888100a4c0a8, 0xffffffff82a193c0 },
			[HALTED] = { 0xffffffff81d2f9cb, { 0xffffc900000abe90, 0x8000 },
				     { 0x0000000002a10000, 0 }, RFLAGS_KERNEL,
				     0x00007f3a5c10e650,
				     0x0000000000000000, 0xffff888100353f00, 0x0000000000000001,
				     0x4000000000000000, 0x0000000000000083, 0x00000000000f4c1e },
			[INTERCEPTED] = { 0x000055f2b2f4a1c3, { 0x00007ffd8e3f2c40, 0x10000 },
					  { 0x0000000103b5a000, 0x2000 }, RFLAGS_USER,
					  0x00007f3a5c0ff000,
					  0x0000000040000001, 0x0000000000000000,
					  0x0000000000000d0a, 0x0000000000000cfc,
					  0x000055f2b3c1d2a0, 0x0000000000000003 },
			[SECURE] = { 0xffffffff8104c0b2, { 0xffffc900001f3c70, 0x8000 },
				     { 0x0000000105f02000, 0x2000 }, RFLAGS_CLI,
				     0x000055d90a77e3f8,
				     0x0000000000000011, 0xffff888101b60000, 0x0000000000000011,
				     0x0000000000000000, 0xffff888101b60400, 0x0000000000000002 },
		},
		.vtl1 = { 0xffffffffa0013d58, { 0xffffffffa00fff20, 0x4000 },
			  { 0x000000003f801000, 0x1000 }, RFLAGS_CLI, 0x000055d90a77e3f8,
			  0x0000000000000011, 0xffff888101b60000, 0x0000000000000011,
			  0x0000000000000000, 0xffff888101b60400, 0x0000000000000002 },
	},
	{	/* Windows Server 2022, 10.0.20348 */
		.guest_os_id = 0x0001040a00004f7c,
		.lstar = 0xfffff8045fa2d180,
		.per_cpu = { 0xfffff8045ba71000, 0x98000 },
		.user_gs = 0x000000c4f1e2b000,
		.user_fs = 0,
		.gdt = { 0xfffff80460aa3fb0, 0x9000 },
		.idt = { 0xfffff80460aa1000, 0x9000 },
		.tss = { 0xfffff80460aa2000, 0x9000 },
		.activity = {
			[RUNNING] = { 0xfffff8045f8c3b1e, { 0xffffd98c3a5e7720, 0x10000 },
				      { 0x00000001284f6000, 0x1000 }, RFLAGS_KERNEL,
				      0x000001f7c2e4a0f0,
				      0x0000000000000000, 0xffffe50a7b2f1080, 0x0000000000000002,
				      0x0000000000000001, 0xffffe50a7b2f11c0, 0xffffe50a78a02040 },
			[HALTED] = { 0xfffff8045fa1e6ff, { 0xffffd98c3a40b6d8, 0x10000 },
				     { 0x00000000001ad000, 0 }, RFLAGS_KERNEL,
				     0x000001f7c2d11000,
				     0x0000000000000000, 0xfffff8045ba71180, 0x0000000000000000,
				     0x0000000000000000, 0x0000000000000001, 0xfffff8045ba71180 },
			[INTERCEPTED] = { 0x00007ff6b9d2e8a4, { 0x000000c4f1f0f6b8, 0x200000 },
					  { 0x000000011c3b8000, 0x1000 }, RFLAGS_USER,
					  0x000001f7c2f30018,
					  0x0000000040000001, 0x000001f7c2e4a0f0,
					  0x0000000000000000, 0x0000000000000000,
					  0x000001f7c2e4b000, 0x000000c4f1f0f7a0 },
			[SECURE] = { 0xfffff8045f9b4c27, { 0xffffd98c3a6f3a10, 0x10000 },
				     { 0x000000012a7d1000, 0x1000 }, RFLAGS_CLI,
				     0x000001f7c30a4000,
				     0x0000000000000011, 0xffffe50a7c014040, 0x0000000000000011,
				     0x0000000000000003, 0xffffe50a7c014100, 0xffffd98c3a6f3b80 },
		},
		.vtl1 = { 0xfffff80372c1a9e5, { 0xffff9a8f5d3fed70, 0x6000 },
			  { 0x0000000100402000, 0x1000 }, RFLAGS_CLI, 0x000001f7c30a4000,
			  0x0000000000000011, 0xffffe50a7c014040, 0x0000000000000011,
			  0x0000000000000003, 0xffffe50a7c014100, 0xffffd98c3a6f3b80 },
	},
};

/* One VP as a question about it is answered. */
struct vp_view {
	const struct system *os;
	const struct activity *act;
	enum state state;
	u32 vp;
};

/* The same for every VP of every scenario partition. */
struct constant {
	u32 code;
	u64 value;
};

static const struct constant constants[] = {
	{ REG_CR0, 0x80050033 },
	{ REG_CR4, 0x003506f0 },
	{ REG_XFEM, 0x7 },
	{ REG_DR6, 0xffff0ff0 },
	{ REG_DR7, 0x400 },
	{ REG_EFER, 0xd01 },
	{ REG_PAT, 0x0407050600070106 },
	{ REG_STAR, 0x0023001000000000 },
	{ REG_SFMASK, 0x47700 },
	{ REG_SVERSION, 1 },
};

#define ATTR_KERNEL_CODE	0xa09b
#define ATTR_KERNEL_DATA	0xc093
#define ATTR_USER_CODE		0xa0fb
#define ATTR_USER_DATA		0xc0f3
#define ATTR_LDT		0x0082
#define ATTR_TSS		0x008b
#define FLAT			0xffffffff

static u64 at(struct address a, u32 vp)
{
	return a.base + vp * a.stride;
}

static bool in_user_mode(const struct vp_view *v)
{
	return v->state == INTERCEPTED;
}

static bool general_register(const struct vp_view *v, u32 code, u64 *ret)
{
	const struct activity *a = v->act;

	switch (code) {
	case REG_RAX: *ret = a->rax; return true;
	case REG_RCX: *ret = a->rcx; return true;
	case REG_RDX: *ret = a->rdx; return true;
	case REG_RBX: *ret = a->rbx; return true;
	case REG_RSP: *ret = at(a->rsp, v->vp); return true;
	case REG_RBP: *ret = at(a->rsp, v->vp) + 0x40; return true;
	case REG_RSI: *ret = a->rsi; return true;
	case REG_RDI: *ret = a->rdi; return true;
	case REG_R8 ... REG_R15: *ret = 0x1111ul * (code - REG_RAX); return true;
	case REG_RIP: *ret = a->rip; return true;
	case REG_RFLAGS: *ret = a->rflags; return true;
	case REG_CR2: *ret = a->cr2; return true;
	case REG_CR3: *ret = at(a->cr3, v->vp); return true;
	default: return false;
	}
}

static bool segment_register(const struct vp_view *v, u32 code, struct hv_value *ret)
{
	const struct system *os = v->os;
	bool user = in_user_mode(v);

	switch (code) {
	case REG_CS:
		*ret = user ? value_segment(0, FLAT, 0x33, ATTR_USER_CODE) :
			      value_segment(0, FLAT, 0x10, ATTR_KERNEL_CODE);
		return true;
	case REG_SS:
		*ret = user ? value_segment(0, FLAT, 0x2b, ATTR_USER_DATA) :
			      value_segment(0, FLAT, 0x18, ATTR_KERNEL_DATA);
		return true;
	case REG_DS:
	case REG_ES:
		*ret = value_segment(0, FLAT, 0x2b, ATTR_USER_DATA);
		return true;
	case REG_FS:
		*ret = value_segment(os->user_fs, FLAT, 0, ATTR_USER_DATA);
		return true;
	case REG_GS:
		*ret = value_segment(user ? os->user_gs : at(os->per_cpu, v->vp), FLAT, 0x2b,
				     ATTR_USER_DATA);
		return true;
	case REG_LDTR:
		*ret = value_segment(0, 0, 0, ATTR_LDT);
		return true;
	case REG_TR:
		*ret = value_segment(at(os->tss, v->vp), 0x67, 0x40, ATTR_TSS);
		return true;
	case REG_IDTR:
		*ret = value_table(at(os->idt, v->vp), 0xfff);
		return true;
	case REG_GDTR:
		*ret = value_table(at(os->gdt, v->vp), 0x7f);
		return true;
	default:
		return false;
	}
}

static bool system_register(const struct vp_view *v, u32 code, u64 *ret)
{
	switch (code) {
	case REG_KERNEL_GS_BASE:
		*ret = in_user_mode(v) ? at(v->os->per_cpu, v->vp) : v->os->user_gs;
		return true;
	case REG_LSTAR:
		*ret = v->os->lstar;
		return true;
	case REG_APIC_BASE:
		*ret = 0xfee00800 | (v->vp ? 0 : 0x100);
		return true;
	case REG_INITIAL_APIC_ID:
	case REG_VP_INDEX:
		*ret = v->vp;
		return true;
	case REG_TSC:
		*ret = 0x0000012a05f20000 + v->vp * 0x1000ul;
		return true;
	case REG_GUEST_OS_ID:
		*ret = v->os->guest_os_id;
		return true;
	default:
		return false;
	}
}

/* Suspended or not, and which VTLs there are. */
static bool state_register(const struct vp_view *v, u32 code, u64 *ret)
{
	switch (code) {
	case REG_INTERCEPT_SUSPEND:
		*ret = v->state == INTERCEPTED;
		return true;
	case REG_INTERNAL_ACTIVITY_STATE:
		*ret = v->state == HALTED ? 2 : 0;
		return true;
	case REG_VSM_VP_STATUS:
		*ret = v->state == SECURE ? 0x00030001 : 0x00010000;
		return true;
	default:
		return false;
	}
}

static u64 constant_register(u32 code)
{
	for (size_t i = 0; i < ARRAY_SIZE(constants); i++)
		if (constants[i].code == code)
			return constants[i].value;
	return 0;
}

static const struct system *system_of(const struct partition *p)
{
	return &systems[p->id & 1];
}

u32 scenario_vtl_count(u32 vp)
{
	return vp % STATES == SECURE ? 2 : 1;
}

bool scenario_register(const struct partition *p, u32 vp, u32 vtl, u32 code,
		       struct hv_value *ret)
{
	const struct system *os = system_of(p);
	enum state state = vp % STATES;
	struct vp_view v = { os, vtl ? &os->vtl1 : &os->activity[state], state, vp };

	if (!register_width(code))
		return false;
	*ret = (struct hv_value){ 0, 0 };
	if (general_register(&v, code, &ret->lo) || segment_register(&v, code, ret) ||
	    system_register(&v, code, &ret->lo) || state_register(&v, code, &ret->lo))
		return true;
	ret->lo = constant_register(code);
	return true;
}

bool scenario_property(const struct partition *p, u32 code, u64 *ret)
{
	switch (code) {
	case PROPERTY_PRIVILEGE_FLAGS: *ret = 0x003b803000002e7f; return true;
	case PROPERTY_CPU_WEIGHT: *ret = 100; return true;
	case PROPERTY_PROCESSORS_PER_SOCKET: *ret = p->vp_count; return true;
	case PROPERTY_PHYSICAL_ADDRESS_BITS:
	case PROPERTY_PHYSICAL_ADDRESS_WIDTH: *ret = 40; return true;
	case PROPERTY_XSAVE_STATES: *ret = 7; return true;
	case PROPERTY_PROCESSOR_CLOCK: *ret = 2445000000; return true;
	case PROPERTY_GUEST_OS_ID: *ret = system_of(p)->guest_os_id; return true;
	}
	*ret = 0;
	return property_exists(code);
}
