/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nested page tables: all physical memory one to one, minihv's own left out,
 * and what the root has deposited.
 */
#ifndef MINIHV_NPT_H
#define MINIHV_NPT_H

#include "cpu.h"

/**
 * Build the tables.
 * @param guard_start	first byte that the guest must not reach, 2 MiB aligned
 * @param guard_end	first byte behind it, 2 MiB aligned
 */
void npt_init(u64 guard_start, u64 guard_end);

/** Physical address of the top table, for the VMCB. */
u64 npt_root(void);

/** Whether the guest can reach the page that @p gpa lies in. */
bool npt_reachable(u64 gpa);

/**
 * Take the page that @p gpa lies in away from the guest, or give it back.
 * Callers hold the partition lock, and call npt_flush() afterwards, once for
 * any number of pages; until then processors may go by what was before.
 * @return false, nothing changed, when there is no room for one more table
 */
bool npt_guard(u64 gpa);
void npt_unguard(u64 gpa);

/** Return when no processor uses an old translation any more. */
void npt_flush(void);

/** Around each VMRUN on @p cpu: flush what npt_flush() asks for. */
void npt_enter(struct cpu *cpu);
void npt_leave(struct cpu *cpu);

#endif
