/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MSR accesses that exit, and the synthetic MSRs' state. */
#ifndef MINIHV_MSR_H
#define MINIHV_MSR_H

#include "cpu.h"

/* Synthetic MSRs that the whole partition shares. */
struct partition_msrs {
	u64 guest_os_id;
	u64 hypercall;
	u64 reference_tsc;
	u64 tsc_invariant;
	u64 crash[6];		/* P0-P4, CTL */
};

extern struct partition_msrs partition_msrs;

/**
 * Hand out the pages that the hypervisor provides to a root partition, and
 * write the hypercall page. Before any guest runs.
 */
void msr_init(void);

/** Answer the guest's RDMSR or WRMSR. */
void msr_exit(struct cpu *cpu);

#endif
