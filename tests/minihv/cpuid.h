/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MINIHV_CPUID_H
#define MINIHV_CPUID_H

#include "cpu.h"

/** Answer the guest's CPUID. */
void cpuid_exit(struct cpu *cpu);

/** A hypervisor leaf (0x40000000 and up) as the root sees it. */
struct cpuid_regs cpuid_hypervisor(u32 leaf);

#endif
