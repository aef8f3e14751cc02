/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVDUMP_ARCH_X86_H
#define HVDUMP_ARCH_X86_H

#include <linux/types.h>
#include <linux/timex.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/tsc.h>

#define HVD_VSM_VP_STATUS	HVD_X64_VSM_VP_STATUS

/** hvd_ticks() - the TSC; road */
static __always_inline u64 hvd_ticks(void)
{
	return rdtsc();
}

static inline u64 hvd_arch_ticks_khz(void)
{
	return tsc_khz ? tsc_khz : cpu_khz;
}

/** hvd_direct_map() - the physical address, if the direct map has @va; road */
static inline bool hvd_direct_map(u64 va, u64 *pa)
{
	*pa = va - PAGE_OFFSET;
	return va >= PAGE_OFFSET && !(*pa >> boot_cpu_data.x86_phys_bits);
}

#endif /* HVDUMP_ARCH_X86_H */
