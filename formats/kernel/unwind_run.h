/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One walk along a stack, for unwind.c and unwind_scan.c alone. */
#ifndef HVDUMP_UNWIND_RUN_H
#define HVDUMP_UNWIND_RUN_H

#include "orc.h"
#include "unwind.h"

/* Task, interrupt, NMI, other exceptions, entry: no CPU has more in use. */
#define HVD_UNWIND_STACKS 8

struct hvd_unwinder {
	struct hvd_kmem *kmem;
	struct hvd_symbols *symbols;
	struct hvd_types *types; /* NULL: there are none */
	struct hvd_orc *orc;
};

/** Where a walk is. */
struct hvd_walk {
	struct hvd_unwinder *u;
	struct hvd_stack *out;
	uint64_t ip, sp, bp;
	bool bp_doubtful; /* a function may have kept it where nobody knows */
	bool exact;	  /* ip is where it was; else a return address */
	bool has_regs;	  /* @regs holds here, as an exception saved it */
	bool is_user;	  /* it has got to user space */
	bool is_saved;	  /* it has been to what hv_crash saved */
	struct hvd_regs_x86 regs;
	enum hvd_frame_how how;
	struct {
		uint64_t low, high; /* of it that was walked */
	} stacks[HVD_UNWIND_STACKS];
	unsigned int nr_stacks; /* the last is the current one */
};

/**
 * hvd_walk_to() - go on at @sp
 * On the same stack it must be above; another one (@may_switch) must not have
 * been walked before. -1 with @err: neither; nothing has changed then.
 */
int hvd_walk_to(struct hvd_walk *w, uint64_t sp, bool may_switch,
		struct hvd_error *err);

/** hvd_walk_word() - a word of the stack; -1 with @err */
int hvd_walk_word(const struct hvd_walk *w, uint64_t address, uint64_t *value,
		  struct hvd_error *err);

/** hvd_walk_address() - of the code that the frame is in */
uint64_t hvd_walk_address(const struct hvd_walk *w);

/**
 * hvd_walk_scan() - go to the caller of a function that ORC knows nothing of
 * That is the first return address behind a call of the function, or else
 * behind an indirect call, not far up the stack. -1 with @err: there is none.
 */
int hvd_walk_scan(struct hvd_walk *w, struct hvd_error *err);

/** hvd_walk_jumped() - from no code at all, to the call that led there */
int hvd_walk_jumped(struct hvd_walk *w, struct hvd_error *err);

/** hvd_walk_pointer() - from generated code, by its frame pointer */
int hvd_walk_pointer(struct hvd_walk *w, struct hvd_error *err);

/** hvd_walk_is_devirtualised() - has it got to where hv_crash came back? */
bool hvd_walk_is_devirtualised(const struct hvd_walk *w);

/** hvd_walk_saved() - go on where hv_crash left: to crash_nmi_callback() */
int hvd_walk_saved(struct hvd_walk *w, struct hvd_error *err);

#endif /* HVDUMP_UNWIND_RUN_H */
