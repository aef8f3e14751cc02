// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks, unwound with ORC: see unwind.h. What ORC lacks is in unwind_scan.c.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ptregs.h"
#include "unwind_run.h"
#include "x86_code.h"

/* The largest stack is a task's with KASAN. */
#define STACK_SIZE_MAX (UINT64_C(64) << 10)

const char *hvd_frame_how_name(enum hvd_frame_how how)
{
	static const char *const names[] = {
		[HVD_FRAME_REGS] = "registers",
		[HVD_FRAME_ORC] = "orc",
		[HVD_FRAME_EXCEPTION] = "exception",
		[HVD_FRAME_SCAN] = "scan",
		[HVD_FRAME_POINTER] = "frame-pointer",
		[HVD_FRAME_SAVED] = "hv-crash-context",
	};

	return names[how];
}

struct hvd_unwinder *hvd_unwinder_open(struct hvd_kernel *k,
				       struct hvd_error *err)
{
	struct hvd_unwinder *u = calloc(1, sizeof(*u));
	struct hvd_error no_types;

	if (!u) {
		hvd_error_set(err, "no memory for unwinding");
		return NULL;
	}
	u->kmem = hvd_kernel_kmem(k, err);
	u->symbols = u->kmem ? hvd_kernel_symbols(k, err) : NULL;
	u->orc = u->symbols ? hvd_orc_open(k, err) : NULL;
	if (u->orc) {
		u->types = hvd_kernel_types(k, &no_types);
		return u;
	}
	hvd_unwinder_close(u);
	return NULL;
}

void hvd_unwinder_close(struct hvd_unwinder *u)
{
	if (!u)
		return;
	hvd_orc_close(u->orc);
	free(u);
}

/* -------------------------------------------------------------- the stack */

static bool was_walked(const struct hvd_walk *w, uint64_t sp)
{
	unsigned int i;

	for (i = 0; i < w->nr_stacks; i++)
		if (sp >= w->stacks[i].low && sp <= w->stacks[i].high)
			return true;
	return false;
}

int hvd_walk_to(struct hvd_walk *w, uint64_t sp, bool may_switch,
		struct hvd_error *err)
{
	if (sp > w->sp && sp - w->sp <= STACK_SIZE_MAX && !(sp & 7)) {
		w->stacks[w->nr_stacks - 1].high = sp;
		w->sp = sp;
		return 0;
	}
	if (!may_switch || was_walked(w, sp) || sp & 7)
		return hvd_error_set(err,
				     "expected the stack above 0x%016" PRIx64
				     ", found 0x%016" PRIx64,
				     w->sp, sp);
	if (w->nr_stacks == HVD_UNWIND_STACKS)
		return hvd_error_set(err,
				     "expected at most %d stacks, found "
				     "one more at 0x%016" PRIx64,
				     HVD_UNWIND_STACKS, sp);
	w->stacks[w->nr_stacks].low = sp;
	w->stacks[w->nr_stacks].high = sp;
	w->nr_stacks++;
	w->sp = sp;
	return 0;
}

int hvd_walk_word(const struct hvd_walk *w, uint64_t address, uint64_t *value,
		  struct hvd_error *err)
{
	return hvd_kmem_word(w->u->kmem, address, 8, value, err) ==
			       HVD_READ_DATA
		       ? 0
		       : hvd_error_prefix(err, "stack");
}

uint64_t hvd_walk_address(const struct hvd_walk *w)
{
	return w->exact ? w->ip : w->ip - 1;
}

/* ---------------------------------------------------------------- by ORC */

/* The value that an entry's offset is added to; -1 with @err: not known. */
static int base_value(const struct hvd_walk *w, enum hvd_orc_base base,
		      uint64_t *value, struct hvd_error *err)
{
	const struct hvd_regs_x86 *r = &w->regs;

	switch (base) {
	case HVD_ORC_SP:
	case HVD_ORC_SP_INDIRECT:
		*value = w->sp;
		return 0;
	case HVD_ORC_BP:
	case HVD_ORC_BP_INDIRECT:
		*value = w->bp;
		return 0;
	case HVD_ORC_AX:
		*value = r->ax;
		break;
	case HVD_ORC_DX:
		*value = r->dx;
		break;
	case HVD_ORC_DI:
		*value = r->di;
		break;
	case HVD_ORC_R10:
		*value = r->r10;
		break;
	case HVD_ORC_R13:
		*value = r->r13;
		break;
	default:
		return hvd_error_set(err, "ORC: unknown register");
	}
	return w->has_regs ? 0
			   : hvd_error_set(err, "ORC: a register that was not "
						"kept");
}

/* The caller's stack pointer: or where what was saved there begins. */
static int frame_top(const struct hvd_walk *w, const struct hvd_orc_entry *e,
		     uint64_t *top, struct hvd_error *err)
{
	uint64_t offset = (uint64_t)(int64_t)e->sp_offset;

	if (base_value(w, e->sp, top, err))
		return -1;
	if (e->sp == HVD_ORC_SP_INDIRECT) {
		if (hvd_walk_word(w, *top, top, err))
			return -1;
		*top += offset;
		return 0;
	}
	*top += offset;
	return e->sp == HVD_ORC_BP_INDIRECT ? hvd_walk_word(w, *top, top, err)
					    : 0;
}

/* The caller's rbp; @bp is left alone where the function did not touch it. */
static int caller_bp(const struct hvd_walk *w, const struct hvd_orc_entry *e,
		     uint64_t top, uint64_t *bp, bool *doubtful,
		     struct hvd_error *err)
{
	uint64_t offset = (uint64_t)(int64_t)e->bp_offset;

	if (e->bp == HVD_ORC_UNDEFINED)
		return 0;
	if (e->bp != HVD_ORC_PREV_SP && e->bp != HVD_ORC_BP)
		return hvd_error_set(err, "ORC: unknown place of rbp");
	*doubtful = false;
	return hvd_walk_word(w, (e->bp == HVD_ORC_BP ? w->bp : top) + offset,
			     bp, err);
}

static int to_caller(struct hvd_walk *w, const struct hvd_orc_entry *e,
		     uint64_t top, struct hvd_error *err)
{
	bool by_bp = e->sp == HVD_ORC_BP || e->sp == HVD_ORC_BP_INDIRECT;
	struct hvd_call_site site;
	uint64_t ip;

	if (hvd_walk_word(w, top - 8, &ip, err))
		return -1;
	if (!hvd_symbols_is_text(w->u->symbols, ip - 1) &&
	    !hvd_call_before(w->u->kmem, ip, &site))
		return hvd_error_set(err,
				     "0x%016" PRIx64 ": expected a return "
				     "address, found 0x%016" PRIx64,
				     top - 8, ip);
	if (by_bp && w->bp_doubtful && !hvd_call_before(w->u->kmem, ip, &site))
		return hvd_error_set(err, "rbp was not kept");
	/* The interrupt's stack is entered and left through a word on it. */
	if (hvd_walk_to(w, top, e->sp != HVD_ORC_SP && !by_bp, err))
		return -1;
	w->ip = ip;
	w->exact = e->signal;
	w->has_regs = false;
	w->how = HVD_FRAME_ORC;
	return 0;
}

/* To what an exception interrupted: all its registers, or the last five. */
static int to_interrupted(struct hvd_walk *w, const struct hvd_orc_entry *e,
			  uint64_t top, struct hvd_error *err)
{
	bool full = e->type == HVD_ORC_TYPE_REGS;
	size_t skipped = full ? 0 : HVD_PTREGS_IRET;
	uint8_t saved[HVD_PTREGS_SIZE];
	struct hvd_regs_x86 regs = w->regs;

	if (hvd_kmem_read(w->u->kmem, top, saved + skipped,
			  sizeof(saved) - skipped, err) != HVD_READ_DATA)
		return hvd_error_prefix(err, "saved registers");
	if (full)
		hvd_ptregs_decode(saved, &regs);
	else
		hvd_ptregs_decode_iret(saved + skipped, &regs);
	w->is_user = regs.cs & 3;
	if (!w->is_user && hvd_walk_to(w, regs.sp, true, err))
		return hvd_error_prefix(err, "saved registers at 0x%016" PRIx64,
					top);
	w->sp = regs.sp;
	w->ip = regs.ip;
	w->exact = !e->has_signal || e->signal || w->is_user;
	w->has_regs |= full;
	w->regs = regs;
	if (full) {
		w->bp = regs.bp;
		w->bp_doubtful = false;
	}
	w->how = HVD_FRAME_EXCEPTION;
	return 0;
}

static int by_entry(struct hvd_walk *w, const struct hvd_orc_entry *e,
		    struct hvd_error *err)
{
	bool doubtful = w->bp_doubtful;
	uint64_t top, bp = w->bp;

	if (frame_top(w, e, &top, err) ||
	    caller_bp(w, e, top, &bp, &doubtful, err))
		return -1;
	if (e->type != HVD_ORC_TYPE_CALL)
		return to_interrupted(w, e, top, err);
	if (to_caller(w, e, top, err))
		return -1;
	w->bp = bp;
	w->bp_doubtful = doubtful;
	return 0;
}

/* ------------------------------------------------------------- the walk */

/* Where ORC fails, the reason is kept unless a scan finds the caller. */
static int by_entry_or_scan(struct hvd_walk *w, const struct hvd_orc_entry *e)
{
	struct hvd_error none;

	if (!by_entry(w, e, &w->out->why) ||
	    (e->type == HVD_ORC_TYPE_CALL && !hvd_walk_scan(w, &none))) {
		w->out->why.text[0] = '\0';
		return 0;
	}
	return -1;
}

/* Code of no symbol: jumped to by mistake, or generated. */
static int without_orc(struct hvd_walk *w)
{
	return w->exact && w->has_regs ? hvd_walk_jumped(w, &w->out->why)
				       : hvd_walk_pointer(w, &w->out->why);
}

/* To the next frame; -1: there is none: it is complete, or @why is set. */
static int step(struct hvd_walk *w)
{
	struct hvd_error *why = &w->out->why;
	struct hvd_orc_entry e;

	if (w->is_user)
		goto complete;
	if (hvd_walk_is_devirtualised(w))
		return hvd_walk_saved(w, why);
	if (!hvd_symbols_is_text(w->u->symbols, hvd_walk_address(w)))
		return without_orc(w);
	/* Nothing is known of where in this function it was. */
	if (w->how == HVD_FRAME_SAVED)
		return hvd_walk_scan(w, why);
	if (hvd_orc_find(w->u->orc, hvd_walk_address(w), &e, why))
		return -1;
	switch (e.type) {
	case HVD_ORC_TYPE_END:
		goto complete;
	case HVD_ORC_TYPE_CALL:
	case HVD_ORC_TYPE_REGS:
	case HVD_ORC_TYPE_PARTIAL:
		return by_entry_or_scan(w, &e);
	default:
		return hvd_walk_scan(w, why);
	}
complete:
	w->out->complete = true;
	return -1;
}

static int add_frame(struct hvd_walk *w)
{
	struct hvd_stack *out = w->out;
	struct hvd_frame *f;

	if (out->nr == HVD_STACK_FRAMES)
		return hvd_error_set(&out->why, "expected at most %d frames",
				     HVD_STACK_FRAMES);
	f = &out->frames[out->nr++];
	f->ip = w->ip;
	f->sp = w->sp;
	f->how = w->how;
	f->is_call = !w->exact;
	f->has_regs = w->has_regs;
	if (w->has_regs)
		f->regs = w->regs;
	return 0;
}

void hvd_unwind(struct hvd_unwinder *u, const struct hvd_regs_x86 *regs,
		struct hvd_stack *stack)
{
	struct hvd_walk w = {
		.u = u,
		.out = stack,
		.ip = regs->ip,
		.sp = regs->sp,
		.bp = regs->bp,
		.exact = true,
		.has_regs = true,
		.is_user = regs->cs & 3,
		.regs = *regs,
		.how = HVD_FRAME_REGS,
		.stacks[0] = {regs->sp, regs->sp},
		.nr_stacks = 1,
	};

	memset(stack, 0, sizeof(*stack));
	while (!add_frame(&w))
		if (step(&w))
			break;
}

void hvd_unwind_cpu(struct hvd_unwinder *u, const struct hvd_cpu *cpu,
		    struct hvd_stack *stack)
{
	if (cpu->has_regs) {
		hvd_unwind(u, &cpu->regs, stack);
		return;
	}
	memset(stack, 0, sizeof(*stack));
	stack->why = cpu->why;
}
