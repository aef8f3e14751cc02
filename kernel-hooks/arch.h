/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the road to the crash kernel needs of the processor: its counter, and
 * where the kernel maps all memory. Loads are in guard.h, calls of the
 * hypervisor in hypercall_*.h.
 */
#ifndef HVDUMP_ARCH_H
#define HVDUMP_ARCH_H

#ifdef CONFIG_X86
#include "arch_x86.h"
#else
#include "arch_arm64.h"
#endif

#endif /* HVDUMP_ARCH_H */
