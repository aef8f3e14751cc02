// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers without the hypervisor's help, to compare its answers with. */
#include <linux/kernel.h>
#include <asm/apic.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/special_insns.h>

#include "probe.h"

struct table_pointer {
	u16 limit;
	u64 base;
} __packed;

static const struct {
	u32 code, msr;
} msrs[] = {
	{ 0x00080002, MSR_KERNEL_GS_BASE },
	{ 0x00080003, MSR_IA32_APICBASE },
	{ 0x00080004, MSR_IA32_CR_PAT },
	{ 0x00080005, MSR_IA32_SYSENTER_CS },
	{ 0x00080006, MSR_IA32_SYSENTER_EIP },
	{ 0x00080007, MSR_IA32_SYSENTER_ESP },
	{ 0x00080008, MSR_STAR },
	{ 0x00080009, MSR_LSTAR },
	{ 0x0008000a, MSR_CSTAR },
	{ 0x0008000b, MSR_SYSCALL_MASK },
	{ 0x00080001, MSR_EFER },
	{ 0x00090001, 0x40000001 },	/* hypercall page */
	{ 0x00090002, 0x40000000 },	/* guest OS id */
	{ 0x00090003, 0x40000002 },	/* VP index */
	{ 0x00090013, 0x40000073 },	/* VP assist page */
	{ 0x000a0000, 0x40000090 },	/* SINT0 */
	{ 0x000a0010, 0x40000080 },	/* SCONTROL */
	{ 0x000a0012, 0x40000082 },	/* SIEFP */
	{ 0x000a0013, 0x40000083 },	/* SIMP */
};

struct out {
	struct native_register *r;
	unsigned int n, max;
};

static void put(struct out *o, u32 code, u64 lo, u64 hi)
{
	if (o->n < o->max)
		o->r[o->n++] = (struct native_register){ code, lo, hi };
}

static void put_control(struct out *o)
{
	unsigned long cr8;

	asm volatile("mov %%cr8, %0" : "=r"(cr8));
	put(o, 0x00040000, read_cr0(), 0);
	put(o, 0x00040002, __read_cr3(), 0);
	put(o, 0x00040003, __read_cr4(), 0);
	put(o, 0x00040004, cr8, 0);
}

static void put_debug(struct out *o)
{
	unsigned long v;

	get_debugreg(v, 0);
	put(o, 0x00050000, v, 0);
	get_debugreg(v, 3);
	put(o, 0x00050003, v, 0);
	get_debugreg(v, 6);
	put(o, 0x00050004, v, 0);
	get_debugreg(v, 7);
	put(o, 0x00050005, v, 0);
}

/* Limits and attributes are looked up where LAR and LSL give them. */
static u64 segment_high(u16 selector)
{
	u32 access = 0, limit = 0;

	asm volatile("lar %1, %0" : "=r"(access) : "r"((u32)selector) : "cc");
	asm volatile("lsl %1, %0" : "=r"(limit) : "r"((u32)selector) : "cc");
	return limit | (u64)selector << 32 | (u64)(access >> 8 & 0xf0ff) << 48;
}

static void put_segments(struct out *o)
{
	struct table_pointer gdtr, idtr;
	u16 cs, ss, tr;

	asm volatile("mov %%cs, %0" : "=r"(cs));
	asm volatile("mov %%ss, %0" : "=r"(ss));
	asm volatile("str %0" : "=r"(tr));
	asm volatile("sgdt %0" : "=m"(gdtr));
	asm volatile("sidt %0" : "=m"(idtr));
	put(o, 0x00060001, 0, segment_high(cs));
	put(o, 0x00060002, 0, segment_high(ss));
	put(o, 0x00060007, (u64)&get_cpu_entry_area(smp_processor_id())->tss.x86_tss,
	    segment_high(tr));
	put(o, 0x00070000, (u64)idtr.limit << 48, idtr.base);
	put(o, 0x00070001, (u64)gdtr.limit << 48, gdtr.base);
}

unsigned int native_read(struct native_register *r, unsigned int max)
{
	struct out o = { r, 0, max };
	unsigned int i;
	u64 v;

	put_control(&o);
	put_debug(&o);
	put_segments(&o);
	for (i = 0; i < ARRAY_SIZE(msrs); i++) {
		rdmsrl(msrs[i].msr, v);
		put(&o, msrs[i].code, v, 0);
	}
	return o.n;
}

noinline void native_spin(struct spin *spin)
{
	asm volatile("push %%rbp\n\t"
		     "push %%rbx\n\t"
		     "movabs %[pattern], %%rax\n\t"
		     "mov %%rax, %%rcx\n\t add %%rax, %%rcx\n\t"
		     "mov %%rcx, %%rdx\n\t add %%rax, %%rdx\n\t"
		     "mov %%rdx, %%rbx\n\t add %%rax, %%rbx\n\t"
		     "lea (%%rbx,%%rax,2), %%rsi\n\t"	/* 4 + 2 = 6 */
		     "add %%rax, %%rsi\n\t"		/* RSI is number 6: 7 */
		     "lea (%%rsi,%%rax,2), %%r8\n\t"
		     "lea (%%r8,%%rax), %%r9\n\t"
		     "lea (%%r9,%%rax), %%r10\n\t"
		     "lea (%%r10,%%rax), %%r11\n\t"
		     "lea (%%r11,%%rax), %%r12\n\t"
		     "lea (%%r12,%%rax), %%r13\n\t"
		     "lea (%%r13,%%rax), %%r14\n\t"
		     "lea (%%r14,%%rax), %%r15\n"
		     ".globl hvprobe_spin_begin\n"
		     "hvprobe_spin_begin:\n\t"
		     "pause\n\t"
		     "movl $1, 4(%%rdi)\n\t"
		     "cmpl $0, (%%rdi)\n\t"
		     "je hvprobe_spin_begin\n"
		     ".globl hvprobe_spin_end\n"
		     "hvprobe_spin_end:\n\t"
		     "pop %%rbx\n\t"
		     "pop %%rbp\n\t"
		     : : "D"(spin), [pattern] "i"(SPIN_PATTERN)
		     : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13",
		       "r14", "r15", "memory", "cc");
}
