/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way into the hypervisor on x86-64; part of hypercall.c.
 *
 * When the hypervisor goes away between the check and the call, the instruction
 * raises #UD: the one in the kernel's hypercall page has no exception-table
 * entry, ours has. It is used only where the hypercall page holds nothing but
 * that instruction and ret, so that both do the same.
 */
#ifndef HVDUMP_HYPERCALL_X86_H
#define HVDUMP_HYPERCALL_X86_H

#include <linux/io.h>
#include <linux/version.h>
#include <asm/asm.h>
#include <asm/processor.h>

#include "guard.h"

/* As the page begins in memory, read as a little-endian word. */
#define PAGE_VMCALL_RET		0xc3c1010fu	/* Intel: 0f 01 c1 c3 */
#define PAGE_VMMCALL_RET	0xc3d9010fu	/* AMD: 0f 01 d9 c3 */

static enum { BY_PAGE, BY_VMCALL, BY_VMMCALL } way;

/* The first word of the hypercall page; 0 where it cannot be read. */
static u32 page_begins_with(void)
{
	u32 word = 0;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
	if (hv_hypercall_pg)
		hvd_load_u32(hv_hypercall_pg, &word);
#else
	/* 6.18 calls the page directly and exports it no more. */
	u64 msr;
	void *page;

	rdmsrq(HV_X64_MSR_HYPERCALL, msr);
	page = memremap(msr & PAGE_MASK, HVD_PAGE_SIZE, MEMREMAP_WB);
	if (page) {
		hvd_load_u32(page, &word);
		memunmap(page);
	}
#endif
	return word;
}

static void choose_way(void)
{
	u32 word = page_begins_with();

	if (boot_cpu_data.x86_vendor == X86_VENDOR_INTEL &&
	    word == PAGE_VMCALL_RET)
		way = BY_VMCALL;
	else if ((boot_cpu_data.x86_vendor == X86_VENDOR_AMD ||
		  boot_cpu_data.x86_vendor == X86_VENDOR_HYGON) &&
		 word == PAGE_VMMCALL_RET)
		way = BY_VMMCALL;
	else
		way = BY_PAGE;
}

static inline bool way_is_protected(void)
{
	return way != BY_PAGE;
}

/*
 * rcx: control, rdx: input, r8: output, rax: result. A fault at the instruction
 * goes on behind it, with the result still as it was set here.
 */
#define DEFINE_CALL(name, instruction)					\
	static noinline u64 name(u64 control, u64 in, u64 out)		\
	{								\
		register u64 r8 asm("r8") = out;			\
		u64 result = NO_ANSWER;					\
									\
		asm volatile("1:	" instruction "\n"		\
			     "2:\n"					\
			     _ASM_EXTABLE(1b, 2b)			\
			     : "+a" (result), "+c" (control),		\
			       "+d" (in), "+r" (r8)			\
			     : : "cc", "memory", "r9", "r10", "r11");	\
		return result;						\
	}

DEFINE_CALL(call_vmcall, "vmcall")
DEFINE_CALL(call_vmmcall, "vmmcall")

static __always_inline u64 call_hypervisor(const struct hvd_call_pages *p,
					   u64 control)
{
	if (way == BY_VMCALL)
		return call_vmcall(control, p->in_pa, p->out_pa);
	if (way == BY_VMMCALL)
		return call_vmmcall(control, p->in_pa, p->out_pa);
	return hv_do_hypercall(control, p->in, p->out);
}

#endif /* HVDUMP_HYPERCALL_X86_H */
