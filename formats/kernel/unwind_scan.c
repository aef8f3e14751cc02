// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Callers that ORC cannot tell: of functions marked STACK_FRAME_NON_STANDARD
 * (__crash_kexec, hv_crash_stop_other_cpus), of generated code, and across the
 * devirtualisation of hv_crash (arch/x86/hyperv/hv_crash.c).
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "unwind_run.h"
#include "x86_code.h"

/* Such functions hold a struct pt_regs at most: 168 bytes and a few words. */
#define SCANNED 512

/* Where direct calls go that skip the callee's endbr64. */
#define ENDBR_SIZE 4

/** A caller that was found. */
struct caller {
	uint64_t slot; /* where its return address is */
	uint64_t ip;
};

static bool is_thunk(const struct hvd_walk *w, uint64_t target)
{
	static const char prefix[] = "__x86_indirect_";
	struct hvd_symbol s;

	return hvd_symbols_at(w->u->symbols, target, &s) && !s.module &&
	       !strncmp(s.name, prefix, sizeof(prefix) - 1);
}

/** What a return address must stand behind: a call of it, 0: none. */
typedef bool is_callee_fn(const struct hvd_walk *w, uint64_t target,
			  uint64_t function);

static bool is_function(const struct hvd_walk *w, uint64_t target,
			uint64_t function)
{
	(void)w;
	return target == function || target == function + ENDBR_SIZE;
}

/*
 * The first word up from @w->sp that stands behind a direct call that
 * @is_callee takes; or else the first behind an indirect one, if @indirect.
 */
static bool find_caller(const struct hvd_walk *w, is_callee_fn *is_callee,
			uint64_t function, bool indirect, struct caller *caller)
{
	struct hvd_call_site site;
	struct hvd_error err;
	bool found = false;
	uint64_t at, ip;

	for (at = w->sp; at < w->sp + SCANNED; at += 8) {
		if (hvd_walk_word(w, at, &ip, &err))
			break;
		if (!hvd_symbols_is_text(w->u->symbols, ip - 1) ||
		    !hvd_call_before(w->u->kmem, ip, &site))
			continue;
		if (site.direct && is_callee(w, site.target, function)) {
			*caller = (struct caller){at, ip};
			return true;
		}
		if (indirect && !found &&
		    (site.indirect ||
		     (site.direct && is_thunk(w, site.target)))) {
			*caller = (struct caller){at, ip};
			found = true;
		}
	}
	return found;
}

/* The caller's rbp, where @function pushes it among the first. */
static void restore_bp(struct hvd_walk *w, uint64_t function, uint64_t slot)
{
	struct hvd_error err;
	unsigned int words;

	w->bp_doubtful =
		hvd_saved_bp(w->u->kmem, function, &words) != HVD_BP_PUSHED ||
		slot - 8 * words < w->sp ||
		hvd_walk_word(w, slot - 8 * words, &w->bp, &err);
}

static int go_to(struct hvd_walk *w, const struct caller *caller,
		 enum hvd_frame_how how, struct hvd_error *err)
{
	if (hvd_walk_to(w, caller->slot + 8, false, err))
		return -1;
	w->ip = caller->ip;
	w->exact = false;
	w->has_regs = false;
	w->how = how;
	return 0;
}

int hvd_walk_scan(struct hvd_walk *w, struct hvd_error *err)
{
	struct hvd_symbol s;
	struct caller caller;

	if (!hvd_symbols_at(w->u->symbols, hvd_walk_address(w), &s))
		return hvd_error_set(err, "0x%016" PRIx64 ": no symbol",
				     hvd_walk_address(w));
	if (!find_caller(w, is_function, s.address, true, &caller))
		return hvd_error_set(err,
				     "%s: ORC knows no caller, and there is "
				     "no return address behind a call within "
				     "%d bytes",
				     s.name, SCANNED);
	restore_bp(w, s.address, caller.slot);
	return go_to(w, &caller, HVD_FRAME_SCAN, err);
}

int hvd_walk_jumped(struct hvd_walk *w, struct hvd_error *err)
{
	struct caller caller = {.slot = w->sp};
	struct hvd_call_site site;

	if (hvd_walk_word(w, w->sp, &caller.ip, err))
		return -1;
	if (!hvd_symbols_is_text(w->u->symbols, caller.ip - 1) ||
	    !hvd_call_before(w->u->kmem, caller.ip, &site))
		return hvd_error_set(err,
				     "0x%016" PRIx64 ": no code, and no "
				     "return address on the stack",
				     w->ip);
	return go_to(w, &caller, HVD_FRAME_SCAN, err);
}

int hvd_walk_pointer(struct hvd_walk *w, struct hvd_error *err)
{
	struct caller caller = {.slot = w->bp + 8};
	struct hvd_call_site site;
	uint64_t bp;

	if (w->bp < w->sp || w->bp_doubtful)
		return hvd_error_set(err,
				     "0x%016" PRIx64 ": code that ORC does "
				     "not know, without a frame pointer",
				     w->ip);
	if (hvd_walk_word(w, w->bp, &bp, err) ||
	    hvd_walk_word(w, caller.slot, &caller.ip, err))
		return -1;
	if (!hvd_call_before(w->u->kmem, caller.ip, &site))
		return hvd_error_set(err,
				     "0x%016" PRIx64 ": expected a return "
				     "address, found 0x%016" PRIx64,
				     caller.slot, caller.ip);
	if (go_to(w, &caller, HVD_FRAME_POINTER, err))
		return -1;
	w->bp = bp;
	return 0;
}

/* ------------------------------------------------------------- hv_crash */

bool hvd_walk_is_devirtualised(const struct hvd_walk *w)
{
	struct hvd_symbol s;

	return !w->is_saved &&
	       hvd_symbols_at(w->u->symbols, hvd_walk_address(w), &s) &&
	       !s.module && !strcmp(s.name, "hv_crash_handle");
}

/* A call of crash_nmi_callback(): there is one in reboot.c, too. */
static bool is_nmi_callback(const struct hvd_walk *w, uint64_t target,
			    uint64_t function)
{
	struct hvd_symbol s;

	(void)function;
	return hvd_symbols_at(w->u->symbols, target, &s) && !s.module &&
	       !strcmp(s.name, "crash_nmi_callback");
}

/* The stack pointer that hv_crash_ctxt holds. */
static int saved_sp(const struct hvd_walk *w, uint64_t *sp,
		    struct hvd_error *err)
{
	struct hvd_member m;
	uint64_t context;

	if (!hvd_symbols_find(w->u->symbols, NULL, "hv_crash_ctxt", 0,
			      &context))
		return hvd_error_set(err, "expected a symbol hv_crash_ctxt, "
					  "found none");
	/* It is the first member in 7.2, the first kernel that has it. */
	if (!w->u->types ||
	    !hvd_types_member(w->u->types, "struct hv_crash_ctxt", "rsp", &m))
		m.offset = 0;
	return hvd_kmem_word(w->u->kmem, context + m.offset, 8, sp, err) ==
			       HVD_READ_DATA
		       ? 0
		       : hvd_error_prefix(err, "hv_crash_ctxt");
}

/*
 * hv_crash_handle() was entered by lretq, on the stack that
 * crash_nmi_callback() had when it saved its context and made the hypercall
 * that never came back. That stack is whole; what is lost is where in the
 * function that was.
 */
int hvd_walk_saved(struct hvd_walk *w, struct hvd_error *err)
{
	struct hvd_call_site site;
	struct caller caller;
	uint64_t sp;

	w->is_saved = true;
	if (saved_sp(w, &sp, err) || hvd_walk_to(w, sp, false, err))
		return hvd_error_prefix(err, "hv_crash");
	if (!find_caller(w, is_nmi_callback, 0, false, &caller) ||
	    !hvd_call_before(w->u->kmem, caller.ip, &site))
		return hvd_error_set(err,
				     "hv_crash: no call of "
				     "crash_nmi_callback on the stack at "
				     "0x%016" PRIx64,
				     sp);
	w->ip = site.target;
	w->exact = true;
	w->has_regs = false;
	w->bp_doubtful = true;
	w->how = HVD_FRAME_SAVED;
	return 0;
}
