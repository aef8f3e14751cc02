/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where kernels from 6.1 on keep the same thing under another name. A kernel is
 * asked by what it has where that can be seen; versions are a guess about it.
 */
#ifndef HVDUMP_COMPAT_H
#define HVDUMP_COMPAT_H

#include <asm/processor.h>

/* cpuid() left <asm/processor.h> in 6.16. */
#ifdef __has_include	/* not in sparse */
#if __has_include(<asm/cpuid/api.h>)
#include <asm/cpuid/api.h>
#endif
#endif

#endif
