/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ORC tables of the kernel in a dump: for each address of code, where the
 * caller's stack and return address are. They are searched where they lie.
 * Source: arch/x86/include/asm/orc_types.h, arch/x86/kernel/unwind_orc.c.
 */
#ifndef HVDUMP_ORC_H
#define HVDUMP_ORC_H

#include "kernel.h"

/** What an offset is added to. The kernel's numbers for them have changed. */
enum hvd_orc_base {
	HVD_ORC_UNDEFINED,
	HVD_ORC_PREV_SP, /* the caller's stack pointer, as just computed */
	HVD_ORC_AX,
	HVD_ORC_DX,
	HVD_ORC_DI,
	HVD_ORC_BP,
	HVD_ORC_SP,
	HVD_ORC_R10,
	HVD_ORC_R13,
	HVD_ORC_BP_INDIRECT, /* the word at bp + offset */
	HVD_ORC_SP_INDIRECT, /* the word at sp, and then the offset */
	HVD_ORC_UNKNOWN,
};

/** What is found there. */
enum hvd_orc_type {
	HVD_ORC_TYPE_UNDEFINED, /* nobody knows */
	HVD_ORC_TYPE_END,	/* nothing: a task begins */
	HVD_ORC_TYPE_CALL,	/* a return address */
	HVD_ORC_TYPE_REGS,	/* a struct pt_regs */
	HVD_ORC_TYPE_PARTIAL,	/* its last five: what the processor pushed */
	HVD_ORC_TYPE_UNKNOWN,
};

struct hvd_orc_entry {
	uint64_t ip; /* from here on */
	int16_t sp_offset, bp_offset;
	enum hvd_orc_base sp, bp;
	enum hvd_orc_type type;
	bool has_signal; /* the kernel has such a bit (6.3 and later) */
	bool signal;	 /* what is found is no return address */
};

struct hvd_orc;

/**
 * hvd_orc_open() - find the tables, and how their entries are laid out
 * Without types the layout is taken from the format's version, and modules have
 * no tables. NULL with @err: there are no tables.
 */
struct hvd_orc *hvd_orc_open(struct hvd_kernel *k, struct hvd_error *err);
void hvd_orc_close(struct hvd_orc *o); /* NULL is allowed */

/** hvd_orc_find() - the entry for an address; -1 with @err: there is none */
int hvd_orc_find(struct hvd_orc *o, uint64_t ip, struct hvd_orc_entry *entry,
		 struct hvd_error *err);

#endif /* HVDUMP_ORC_H */
