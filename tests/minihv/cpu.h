/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One logical processor (LP) and the root virtual processor (VP) bound to it:
 * root VP n always runs on LP n, as Linux creates them.
 */
#ifndef MINIHV_CPU_H
#define MINIHV_CPU_H

#include "stack.h"
#include "svm.h"
#include "x86.h"

#define MAX_CPUS	32
#define SINT_COUNT	16

enum cpu_state {
	CPU_ABSENT,		/* found in the MADT, not arrived in ap_main() yet */
	CPU_WAIT_SIPI,		/* its VP has been reset and waits for a start-up IPI */
	CPU_RUNNING,
	CPU_STOPPED,		/* halted for ever: the hypervisor is gone */
};

/* Requests from other CPUs, taken whenever the guest is out. */
enum cpu_request {
	REQ_INIT = 1 << 0,
	REQ_SIPI = 1 << 1,
	REQ_SNAPSHOT = 1 << 2,
	REQ_SUSPEND = 1 << 3,	/* notify.c */
	REQ_STOP = 1 << 4,	/* devirt.c */
	REQ_FAULT = 1 << 5,	/* crash.c */
	REQ_CRASHED = 1 << 6,	/* crash.c */
	REQ_ENDS = REQ_SUSPEND | REQ_STOP | REQ_FAULT | REQ_CRASHED,
};

/* A VP's state as copied while its guest is out. */
struct vp_snapshot {
	struct vmcb vmcb;
	struct guest_regs regs;
	u64 dr[4];
	u64 cr8, tsc, apic_base, pat;
	bool started, suspended;
};

/* Synthetic MSRs that every VP has of its own. */
struct synthetic_msrs {
	u64 vp_assist, simp, siefp, sirbp, scontrol;
	u64 sint[SINT_COUNT];
};

struct cpu {
	u32 index;			/* LP index, and index of its root VP */
	u32 apic_id;
	volatile u32 state;		/* enum cpu_state */
	bool lp_added, vp_created;	/* by hypercalls 0x76 and 0x4e; the BSP at boot */

	volatile u32 requests;		/* enum cpu_request, atomic */
	volatile u32 kicked;		/* an NMI of ours is on its way here */
	volatile u32 guest_nmi;		/* an NMI that was not ours: the guest's */
	volatile u8 sipi_vector;
	volatile bool suspended;	/* its VP, by NotifyPartitionEvent, for ever */
	bool told_of_crash;		/* of the hypervisor's: its VP got an NMI */
	volatile u32 in_guest;		/* npt.c: from before VMRUN until after the exit */
	volatile u64 npt_seen;		/* npt.c: the flush that it has done */

	struct vmcb *vmcb;
	struct guest_regs regs;
	struct synthetic_msrs msrs;
	struct vp_snapshot snapshot;

	/* Hypercall blocks: the guest may change its own while we look. */
	u8 input[PAGE_SIZE] __attribute__((aligned(8)));
	u8 output[PAGE_SIZE] __attribute__((aligned(8)));
};

extern struct cpu cpus[MAX_CPUS];
extern unsigned int cpu_count;

/* The boot processor starts on the first one (boot.S). */
extern u8 cpu_stacks[MAX_CPUS][STACK_SIZE];

/** The CPU this runs on, found from the stack (GS belongs to the guest). */
struct cpu *this_cpu(void);

/** Top of @p cpu's stack, prepared for this_cpu(). */
u64 cpu_stack_top(struct cpu *cpu);

/** Interrupt descriptor table of the host; on every CPU. */
void cpu_load_idt(void);

/** Run @p cpu's root VP for ever. */
_Noreturn void cpu_run(struct cpu *cpu);

#endif
