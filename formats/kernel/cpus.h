/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPUs of the kernel in a dump: per-CPU addresses, the registers that each
 * saved when it stopped, the task that it ran.
 */
#ifndef HVDUMP_CPUS_H
#define HVDUMP_CPUS_H

#include "kernel.h"

/** Registers as the kernel's struct pt_regs names them. */
struct hvd_regs_x86 {
	uint64_t ip, sp, bp, flags;
	uint64_t ax, bx, cx, dx, si, di;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint16_t cs, ss;
};

/** One possible CPU. */
struct hvd_cpu {
	unsigned int number;
	uint64_t percpu; /* what is added to a per-CPU symbol */
	bool online;
	bool has_regs; /* it saved them: the NT_PRSTATUS of its crash_notes */
	bool saved_none; /* that was looked at, and is empty */
	struct hvd_regs_x86 regs;
	bool has_task;
	uint64_t task; /* current_task (pcpu_hot.current_task on 6.2 to 6.14) */
	int32_t pid;
	char comm[16 + 1];
	struct hvd_error why; /* what could not be read of it; or empty */
};

struct hvd_cpus {
	struct hvd_cpu *cpu; /* by number; owned */
	size_t nr;
	int crashing; /* index: VMCOREINFO's or the kernel's; -1: unknown */
};

/** hvd_cpus_open() - of all possible CPUs; -1 with @err: none can be found */
int hvd_cpus_open(struct hvd_kernel *k, struct hvd_cpus *cpus,
		  struct hvd_error *err);
void hvd_cpus_close(struct hvd_cpus *cpus);

#endif /* HVDUMP_CPUS_H */
