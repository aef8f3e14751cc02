/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks of the kernel in a dump, unwound with the ORC tables that it carries,
 * through exceptions and NMIs, through __crash_kexec() and hv_crash.
 */
#ifndef HVDUMP_UNWIND_H
#define HVDUMP_UNWIND_H

#include "cpus.h"

/** How a frame was found. */
enum hvd_frame_how {
	HVD_FRAME_REGS,	   /* the registers it starts from */
	HVD_FRAME_ORC,	   /* the frame below it, by its ORC entry */
	HVD_FRAME_EXCEPTION, /* the registers that an exception saved */
	HVD_FRAME_SCAN,	   /* a return address behind a call to the frame below */
	HVD_FRAME_POINTER, /* by its frame pointer: code that was generated */
	HVD_FRAME_SAVED,   /* the stack that hv_crash saved; ip: the function */
};

/** hvd_frame_how_name() - "registers", "orc", "exception", "scan", ... */
const char *hvd_frame_how_name(enum hvd_frame_how how);

struct hvd_frame {
	uint64_t ip, sp;
	enum hvd_frame_how how;
	bool is_call; /* ip is a return address: it belongs to ip - 1 */
	bool has_regs; /* an exception's: @regs is all of it */
	struct hvd_regs_x86 regs;
};

#define HVD_STACK_FRAMES 128

struct hvd_stack {
	struct hvd_frame frames[HVD_STACK_FRAMES];
	size_t nr;
	bool complete; /* it ends in user space, or where a task begins */
	struct hvd_error why; /* where it is not complete */
};

struct hvd_unwinder;

/** hvd_unwinder_open() - find the ORC tables; NULL with @err */
struct hvd_unwinder *hvd_unwinder_open(struct hvd_kernel *k,
				       struct hvd_error *err);
void hvd_unwinder_close(struct hvd_unwinder *u); /* NULL is allowed */

/** hvd_unwind_cpu() - from what @cpu saved, or from hv_crash's context */
void hvd_unwind_cpu(struct hvd_unwinder *u, const struct hvd_cpu *cpu,
		    struct hvd_stack *stack);

/** hvd_unwind() - from any registers */
void hvd_unwind(struct hvd_unwinder *u, const struct hvd_regs_x86 *regs,
		struct hvd_stack *stack);

#endif /* HVDUMP_UNWIND_H */
