/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads from memory that is not the module's own. A fault inside the hook loses
 * the dump, so each has an exception-table entry. copy_from_kernel_nofault()
 * will not do: on x86-64 it warns once on #GP, which is what a guarded page of
 * the hypervisor answers, and with panic_on_warn that is a panic inside the
 * hook. Entries of type EX_TYPE_DEFAULT (_ASM_EXTABLE) never warn.
 */
#ifndef HVDUMP_GUARD_H
#define HVDUMP_GUARD_H

#include <linux/types.h>

#ifdef CONFIG_X86
#include <asm/asm.h>

/* Load *@p into *@value; false, with *@value untouched, when that faults. */
#define HVD_DEFINE_LOAD(name, type, instruction, entry)			\
	static __always_inline bool					\
	hvd_load_##name(const typeof(type) *p, typeof(type) *value)	\
	{								\
		bool good = false;					\
		type v = 0;						\
									\
		asm volatile("1:	" instruction " %[src], %[v]\n" \
			     "	movb	$1, %[good]\n"			\
			     "2:\n"					\
			     entry(1b, 2b)				\
			     : [v] "+r" (v), [good] "+q" (good)		\
			     : [src] "m" (*p));				\
		if (good)						\
			*value = v;					\
		return good;						\
	}

/* The same, and a machine check on this load is recovered from. */
#define HVD_EXTABLE_MCE(from, to) \
	_ASM_EXTABLE_TYPE(from, to, EX_TYPE_DEFAULT_MCE_SAFE)

HVD_DEFINE_LOAD(u32, u32, "movl", _ASM_EXTABLE)
HVD_DEFINE_LOAD(u64, u64, "movq", _ASM_EXTABLE)
HVD_DEFINE_LOAD(recoverable, u64, "movq", HVD_EXTABLE_MCE)

#else /* arm64 */
#include <asm/asm-extable.h>

/* The same; the entry's handler has no register to set but the program counter. */
#define HVD_DEFINE_LOAD(name, type, width)				\
	static __always_inline bool					\
	hvd_load_##name(const typeof(type) *p, typeof(type) *value)	\
	{								\
		u32 good = 0;						\
		type v = 0;						\
									\
		asm volatile("1:	ldr	%" width "[v], %[src]\n"	\
			     "	mov	%w[good], #1\n"			\
			     "2:\n"					\
			     _ASM_EXTABLE_KACCESS(1b, 2b)		\
			     : [v] "+r" (v), [good] "+r" (good)		\
			     : [src] "Q" (*p));				\
		if (good)						\
			*value = v;					\
		return good;						\
	}

HVD_DEFINE_LOAD(u32, u32, "w")
HVD_DEFINE_LOAD(u64, u64, "x")

#endif

#endif /* HVDUMP_GUARD_H */
