/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processor as minihv sees it: fixed-width types, the few privileged
 * instructions that C cannot say, and the architectural MSR numbers and bits
 * that more than one file needs (AMD64 Architecture Programmer's Manual,
 * "APM", volume 2).
 */
#ifndef MINIHV_X86_H
#define MINIHV_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define PAGE_SIZE	4096ul
#define MIB		(1ul << 20)
#define GIB		(1ul << 30)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a)	(((x) + (a) - 1) & ~((u64)(a) - 1))

#define X86_CR0_PE	(1ul << 0)
#define X86_CR0_ET	(1ul << 4)
#define X86_CR4_OSXSAVE	(1ul << 18)
#define X86_CR4_PKE	(1ul << 22)
#define X86_RFLAGS_ONE	(1ul << 1)	/* always reads as one */

#define EFER_LMA	(1ul << 10)
#define EFER_SVME	(1ul << 12)

#define MSR_APIC_BASE	0x0000001bu
#define MSR_PAT		0x00000277u
#define MSR_EFER	0xc0000080u
#define MSR_VM_CR	0xc0010114u
#define MSR_VM_HSAVE_PA	0xc0010117u

#define VECTOR_NMI	2
#define VECTOR_UD	6
#define VECTOR_GP	13

/* What CPUID returns, and what RDMSR/WRMSR and hypercalls pass around. */
struct cpuid_regs {
	u32 eax, ebx, ecx, edx;
};

static inline void outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outw(u16 port, u16 v)
{
	__asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u16 inw(u16 port)
{
	u16 v;

	__asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u32 inl(u16 port)
{
	u32 v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	__asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

static inline struct cpuid_regs cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid_regs r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

static inline void cpu_relax(void)
{
	__asm__ volatile("pause" : : : "memory");
}

static inline _Noreturn void halt_forever(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

/* Memory-mapped registers, and memory that another CPU or the guest writes. */
static inline u32 mmio_read32(u64 pa)
{
	return *(volatile u32 *)pa;
}

static inline void mmio_write32(u64 pa, u32 v)
{
	*(volatile u32 *)pa = v;
}

#endif
