/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where kernels from 6.1 on keep the same thing in another place.
 */
#ifndef HVDUMP_COMPAT_H
#define HVDUMP_COMPAT_H

#include <linux/version.h>

#ifdef CONFIG_X86
#include <asm/processor.h>
#endif

/* cpuid() left <asm/processor.h> in 6.16. */
#if defined(CONFIG_X86) && LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <asm/cpuid/api.h>
#endif

/* What the read() of a binary file gets, since 6.16. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define HVD_BIN_ATTRIBUTE	const struct bin_attribute
#else
#define HVD_BIN_ATTRIBUTE	struct bin_attribute
#endif

#endif
