/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stacks of the CPUs that are shown: of --cpu, or of all. */
#ifndef HVDUMP_STACKS_H
#define HVDUMP_STACKS_H

#include "session.h"
#include "kernel/unwind.h"

struct stacks {
	struct hvd_kernel *kernel; /* the session's */
	struct hvd_symbols *symbols;
	struct hvd_cpus cpus;
	struct hvd_unwinder *unwinder; /* NULL: see @no_unwinder */
	struct hvd_error no_unwinder;
	bool has_cpu; /* of --cpu */
	uint64_t cpu;
	struct hvd_stack stack; /* of the CPU that is at hand */
	size_t unfinished;	/* stacks that are not whole, so far ... */
	struct hvd_error why;	/* ... and the first one's reason */
};

/** Where a frame is, in text that is safe to print. */
struct stacks_place {
	bool is_user;
	bool has_symbol;
	char name[128], module[64]; /* "": none */
	uint64_t offset, size;
};

/** stacks_open() - a STATUS_, with @err; stacks_close() it in any case */
int stacks_open(struct session *s, struct stacks *st, struct hvd_error *err);
void stacks_close(struct stacks *st);

/** stacks_select() - only the CPU of --cpu; a STATUS_, has complained */
int stacks_select(const struct session *s, struct stacks *st);

/**
 * stacks_next() - the CPU at *@i or the next one that is shown; NULL: no more
 * Its stack is unwound into @st.
 */
const struct hvd_cpu *stacks_next(struct stacks *st, size_t *i);

bool stacks_is_crashing(const struct stacks *st, const struct hvd_cpu *cpu);

/** stacks_print_task() - what ran there, if known: @sep PID N @sep NAME */
void stacks_print_task(FILE *out, const struct hvd_cpu *cpu, const char *sep);

/** stacks_place() - the name of a frame's place */
void stacks_place(const struct stacks *st, const struct hvd_frame *f,
		  struct stacks_place *place);

/**
 * stacks_place_text() - "name+0x12/0x40 [module]", or the address, in @buf of
 * PLACE_SIZE bytes
 */
#define PLACE_SIZE 256
const char *stacks_place_text(char *buf, const struct stacks *st,
			      const struct hvd_frame *f);
/** stacks_print_place() - print that */
void stacks_print_place(FILE *out, const struct stacks *st,
			const struct hvd_frame *f);

/**
 * stacks_is_dying() - is a function on top of every crash's stack?
 * Because it is how a crash is noticed, or how Linux ends. @name is plain.
 */
bool stacks_is_dying(const char *name);

/** stacks_is_entry() - does below it stand what happened to be interrupted? */
bool stacks_is_entry(const char *name);

/** stacks_plain_name() - "f.part.0" is f: builds differ in that; in place */
void stacks_plain_name(char *name);

/** stacks_status() - a STATUS_, of what was shown; remarks on stderr */
int stacks_status(const struct session *s, const struct stacks *st);

#endif /* HVDUMP_STACKS_H */
