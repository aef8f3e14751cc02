/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several processors: starting them, and asking things of one another. */
#ifndef MINIHV_SMP_H
#define MINIHV_SMP_H

#include "acpi.h"
#include "cpu.h"
#include "lib.h"

/** Fill in the table of processors; this one, the boot processor, is number 0. */
void smp_init(const struct acpi_info *acpi);

/** Start all others; returns when every one of them waits for its VP's start. */
void smp_start_others(void);

/** Make @p cpu's guest exit, if it runs. */
void smp_kick(struct cpu *cpu);

/** Leave @p request with @p cpu and make its guest exit if it runs. */
void smp_request(struct cpu *cpu, enum cpu_request request);

/**
 * Serve what others asked of @p cpu. Called with the guest out.
 * @return whether the VP may run now
 */
bool smp_serve(struct cpu *cpu);

/** Wait, without burning the processor, until something is asked of @p cpu. */
void smp_wait(struct cpu *cpu);

/** One turn of waiting for another CPU, which may be waiting for @p self. */
void smp_serve_while_waiting(struct cpu *self);

/** Take a lock whose holder may wait for this CPU, @p self. */
void smp_lock(struct cpu *self, struct spinlock *lock);

/**
 * Have @p target copy its VP's state to its `snapshot`, and keep that copy
 * from being overwritten until smp_snapshot_end(). Works for the caller's own
 * CPU too. Must not be nested.
 * @return false when the target did not answer (the snapshot is then not held)
 */
bool smp_snapshot_begin(struct cpu *self, struct cpu *target);
void smp_snapshot_end(void);

#endif
