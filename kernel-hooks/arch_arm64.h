/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVDUMP_ARCH_ARM64_H
#define HVDUMP_ARCH_ARM64_H

#include <linux/types.h>
#include <asm/arch_timer.h>
#include <asm/memory.h>

#define HVD_VSM_VP_STATUS	HVD_ARM64_VSM_VP_STATUS

/** hvd_ticks() - the virtual counter; road */
static __always_inline u64 hvd_ticks(void)
{
	return __arch_counter_get_cntvct();
}

static inline u64 hvd_arch_ticks_khz(void)
{
	return arch_timer_get_cntfrq() / 1000;
}

/** hvd_direct_map() - the physical address, if the direct map has @va; road */
static inline bool hvd_direct_map(u64 va, u64 *pa)
{
	*pa = __lm_to_phys(va);
	return __is_lm_address(va);
}

#endif /* HVDUMP_ARCH_ARM64_H */
