/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor's own crash: how it comes about, and what is left of it then. */
#ifndef MINIHV_CRASH_H
#define MINIHV_CRASH_H

#include "crash_area.h"
#include "hypercall.h"

/** Parse hvcrash=SPEC (README.md); stops with the reason if it is malformed. */
void crash_parse(const char *spec, size_t length);

/** Prepare the crash area; after msr_init(). */
void crash_init(void);

/**
 * Have processor @p index crash as soon as its guest is out: for the guest's
 * test MSR.
 * @return false when there is no such processor
 */
bool crash_order(struct cpu *self, u64 index);

/** Before a call is carried out: the moment that hvcrash= may name. */
void crash_before_call(const struct call *c, struct hypercall *h);

/** Answer REQ_FAULT: fault, here and now. */
_Noreturn void crash_fault(struct cpu *cpu);

/** Answer REQ_CRASHED: another processor has crashed; this one's VP gets an NMI. */
void crash_tell(struct cpu *cpu);

/** An exception in the host: what follows of it. */
_Noreturn void crash_on_exception(struct cpu *cpu, const struct exception_frame *f, u64 cr2);

/** Whether the hypervisor has crashed. */
bool crash_happened(void);

/**
 * After a crash only DisableHypervisorEx, reset and a few harmless exits are
 * served; any other one resets the machine.
 * @return true when @p cpu's exit is to be forgotten: the VP gets its NMI first
 */
bool crash_takes_exit(struct cpu *cpu);

#endif
