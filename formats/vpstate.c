// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Deriving a VP's state: see vpstate.h. Modes follow the processor manuals
 * (Intel SDM volume 3, 2.2 and 4.1; ARM DDI 0487, C5.2.18 SPSR_EL1).
 */
#include "config.h"

#include <elf.h>
#include <stddef.h>

#include "abi_codes.h"
#include "vpstate.h"

#define CR0_PE	  UINT64_C(1)
#define RFLAGS_VM (UINT64_C(1) << 17)
#define EFER_LMA  (UINT64_C(1) << 10)

#define ACTIVITY_STARTUP UINT64_C(1)
#define ACTIVITY_HALT	 UINT64_C(2)
#define ACTIVITY_IDLE	 UINT64_C(4)

#define PSTATE_AARCH32 (UINT64_C(1) << 4)
#define PSTATE_EL(v)   (((v) >> 2) & 3)

/* The suspend registers have the same codes on both architectures. */
_Static_assert((int)HVD_X64_INTERCEPT_SUSPEND ==
			       (int)HVD_ARM64_INTERCEPT_SUSPEND &&
		       (int)HVD_X64_INTERNAL_ACTIVITY_STATE ==
			       (int)HVD_ARM64_INTERNAL_ACTIVITY_STATE,
	       "suspend registers differ between architectures");

bool hvd_register_good(const struct hvd_dump_register *reg)
{
	return reg && reg->status == 0 && !(reg->flags & HVD_VALUE_NOT_ASKED);
}

/* The register, if it has a value. */
static const struct hvd_dump_register *good(const struct hvd_dump_vtl *vtl,
					    uint32_t code)
{
	const struct hvd_dump_register *reg = hvd_dump_find_register(vtl, code);

	return hvd_register_good(reg) ? reg : NULL;
}

struct hvd_segment hvd_segment_get(const struct hvd_dump_register *reg)
{
	return (struct hvd_segment){
		.base = reg->low,
		.limit = (uint32_t)reg->high,
		.selector = (uint16_t)(reg->high >> 32),
		.attributes = (uint16_t)(reg->high >> 48),
	};
}

/* The most binding reason first. */
static enum hvd_vp_activity get_activity(const struct hvd_dump_vtl *vtl)
{
	const struct hvd_dump_register *activity, *explicit_, *intercept,
		*dispatch;

	activity = good(vtl, HVD_X64_INTERNAL_ACTIVITY_STATE);
	explicit_ = good(vtl, HVD_X64_EXPLICIT_SUSPEND);
	intercept = good(vtl, HVD_X64_INTERCEPT_SUSPEND);
	dispatch = good(vtl, HVD_X64_DISPATCH_SUSPEND);
	if (!vtl->nr_regs)
		return HVD_VP_NOT_CAPTURED;
	if (activity && (activity->low & ACTIVITY_STARTUP))
		return HVD_VP_STARTUP;
	if (intercept && (intercept->low & 1))
		return HVD_VP_INTERCEPT;
	if (explicit_ && (explicit_->low & 1))
		return HVD_VP_SUSPENDED;
	if (activity && (activity->low & ACTIVITY_HALT))
		return HVD_VP_HALTED;
	if (activity && (activity->low & ACTIVITY_IDLE))
		return HVD_VP_IDLE;
	if (dispatch && (dispatch->low & 1))
		return HVD_VP_DISPATCH;
	/* That nothing holds it takes all three to tell. */
	if (activity && explicit_ && intercept)
		return HVD_VP_RUNNING;
	return HVD_VP_UNKNOWN;
}

static enum hvd_vp_mode get_x64_mode(const struct hvd_dump_vtl *vtl)
{
	const struct hvd_dump_register *cr0 = good(vtl, HVD_X64_CR0);
	const struct hvd_dump_register *efer = good(vtl, HVD_X64_EFER);
	const struct hvd_dump_register *rflags = good(vtl, HVD_X64_RFLAGS);
	const struct hvd_dump_register *cs = good(vtl, HVD_X64_CS);
	uint16_t attributes;

	if (cr0 && !(cr0->low & CR0_PE))
		return HVD_MODE_REAL;
	if (!cr0 || !efer || !cs)
		return HVD_MODE_UNKNOWN;
	attributes = hvd_segment_get(cs).attributes;
	if (efer->low & EFER_LMA)
		return attributes & HVD_SEGMENT_LONG ? HVD_MODE_LONG
						     : HVD_MODE_COMPAT;
	if (rflags && (rflags->low & RFLAGS_VM))
		return HVD_MODE_V86;
	return attributes & HVD_SEGMENT_DEFAULT ? HVD_MODE_PROTECTED_32
						: HVD_MODE_PROTECTED_16;
}

/* SS.DPL is the CPL, on both vendors' processors, in all modes but two. */
static int get_x64_ring(const struct hvd_dump_vtl *vtl, enum hvd_vp_mode mode)
{
	const struct hvd_dump_register *ss = good(vtl, HVD_X64_SS);

	if (mode == HVD_MODE_REAL)
		return 0;
	if (mode == HVD_MODE_V86)
		return 3;
	if (mode == HVD_MODE_UNKNOWN || !ss)
		return -1;
	return HVD_SEGMENT_DPL(hvd_segment_get(ss).attributes);
}

static void get_arm64_mode(const struct hvd_dump_vtl *vtl,
			   struct hvd_vp_state *state)
{
	const struct hvd_dump_register *pstate = good(vtl, HVD_ARM64_PSTATE);

	if (!pstate)
		return;
	if (pstate->low & PSTATE_AARCH32) {
		state->mode = HVD_MODE_AARCH32;
		return;
	}
	state->mode = HVD_MODE_AARCH64;
	state->level = PSTATE_EL(pstate->low);
}

static void get_addresses(const struct hvd_dump_vtl *vtl, uint32_t pc_code,
			  uint32_t sp_code, struct hvd_vp_state *state)
{
	const struct hvd_dump_register *pc = good(vtl, pc_code);
	const struct hvd_dump_register *sp = good(vtl, sp_code);

	state->has_pc = pc;
	state->pc = pc ? pc->low : 0;
	state->has_sp = sp;
	state->sp = sp ? sp->low : 0;
}

void hvd_vp_state_get(const struct hvd_dump *dump,
		      const struct hvd_dump_vtl *vtl,
		      struct hvd_vp_state *state)
{
	*state = (struct hvd_vp_state){.level = -1};
	state->activity = get_activity(vtl);
	if (dump->machine == EM_X86_64) {
		state->mode = get_x64_mode(vtl);
		state->level = get_x64_ring(vtl, state->mode);
		get_addresses(vtl, HVD_X64_RIP, HVD_X64_RSP, state);
	} else if (dump->machine == EM_AARCH64) {
		get_arm64_mode(vtl, state);
		get_addresses(vtl, HVD_ARM64_PC, HVD_ARM64_SP, state);
	}
}

enum hvd_vp_activity hvd_vp_activity_get(const struct hvd_dump *dump,
					 const struct hvd_dump_vp *vp)
{
	const struct hvd_dump_vtl *vtl = NULL;
	struct hvd_vp_state state;

	if (vp->recorded)
		vtl = hvd_dump_find_vtl(vp, (uint16_t)vp->rec.active_vtl);
	if (!vtl && vp->nr_vtls)
		vtl = &vp->vtls[0];
	if (!vtl)
		return HVD_VP_NOT_CAPTURED;
	hvd_vp_state_get(dump, vtl, &state);
	return state.activity;
}

const char *hvd_vp_activity_name(enum hvd_vp_activity activity)
{
	static const char *const names[] = {
		[HVD_VP_UNKNOWN] = "unknown",
		[HVD_VP_RUNNING] = "running",
		[HVD_VP_HALTED] = "halted",
		[HVD_VP_IDLE] = "idle",
		[HVD_VP_INTERCEPT] = "intercept",
		[HVD_VP_SUSPENDED] = "suspended",
		[HVD_VP_DISPATCH] = "not-dispatched",
		[HVD_VP_STARTUP] = "not-started",
		[HVD_VP_NOT_CAPTURED] = "not-captured",
	};

	return names[activity];
}

const char *hvd_vp_mode_name(enum hvd_vp_mode mode)
{
	static const char *const names[] = {
		[HVD_MODE_UNKNOWN] = "unknown",
		[HVD_MODE_REAL] = "real",
		[HVD_MODE_V86] = "v86",
		[HVD_MODE_PROTECTED_16] = "16-bit",
		[HVD_MODE_PROTECTED_32] = "32-bit",
		[HVD_MODE_COMPAT] = "compat",
		[HVD_MODE_LONG] = "64-bit",
		[HVD_MODE_AARCH32] = "aarch32",
		[HVD_MODE_AARCH64] = "aarch64",
	};

	return names[mode];
}
