/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the kernel's header. As on x86-64: a compiler barrier, then
 * one store. What it orders can be seen by no test of one thread.
 */
#ifndef SHIM_ASM_BARRIER_H
#define SHIM_ASM_BARRIER_H

#define smp_store_release(p, v)                          \
	do {                                             \
		__asm__ __volatile__("" ::: "memory");   \
		*(volatile __typeof__(*(p)) *)(p) = (v); \
	} while (0)

#endif
