/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nested page tables: all physical memory one to one, minihv's own left out. */
#ifndef MINIHV_NPT_H
#define MINIHV_NPT_H

#include "x86.h"

/**
 * Build the tables.
 * @param guard_start	first byte that the guest must not reach, 2 MiB aligned
 * @param guard_end	first byte behind it, 2 MiB aligned, in the same GiB
 */
void npt_init(u64 guard_start, u64 guard_end);

/** Physical address of the top table, for the VMCB. */
u64 npt_root(void);

#endif
