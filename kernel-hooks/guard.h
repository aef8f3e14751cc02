/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads from memory that is not the module's own. A fault inside the hook loses
 * the dump, so each has an exception-table entry. copy_from_kernel_nofault()
 * will not do: it warns once on #GP, which is what a guarded page of the
 * hypervisor answers, and with panic_on_warn that is a panic inside the hook.
 * Entries of type EX_TYPE_DEFAULT (_ASM_EXTABLE) never warn.
 */
#ifndef HVDUMP_GUARD_H
#define HVDUMP_GUARD_H

#include <linux/types.h>
#include <asm/asm.h>

/* Load *@p into *@value; false, with *@value untouched, when that faults. */
#define HVD_DEFINE_LOAD(type, instruction)				\
	static __always_inline bool					\
	hvd_load_##type(const typeof(type) *p, typeof(type) *value)	\
	{								\
		bool good = false;					\
		type v = 0;						\
									\
		asm volatile("1:	" instruction " %[src], %[v]\n" \
			     "	movb	$1, %[good]\n"			\
			     "2:\n"					\
			     _ASM_EXTABLE(1b, 2b)			\
			     : [v] "+r" (v), [good] "+q" (good)		\
			     : [src] "m" (*p));				\
		if (good)						\
			*value = v;					\
		return good;						\
	}

HVD_DEFINE_LOAD(u32, "movl")
HVD_DEFINE_LOAD(u64, "movq")

#endif /* HVDUMP_GUARD_H */
