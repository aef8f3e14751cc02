// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hypercalls through an instruction and pages of our own.
 *
 * The kernel's per-CPU argument pages may be in use by what the crash
 * interrupted. And when the hypervisor goes away between the check and the
 * call, the instruction raises #UD: the one in the kernel's hypercall page has
 * no exception-table entry, ours has. It is used only where the hypercall page
 * holds nothing but that instruction and ret, so that both do the same.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/version.h>
#include <asm/asm.h>
#include <asm/mshyperv.h>
#include <asm/processor.h>

#include "guard.h"
#include "hvdump.h"

/* As the page begins in memory, read as a little-endian word. */
#define PAGE_VMCALL_RET		0xc3c1010fu	/* Intel: 0f 01 c1 c3 */
#define PAGE_VMMCALL_RET	0xc3d9010fu	/* AMD: 0f 01 d9 c3 */

/* What hv_do_hypercall() returns without a page, and a fault leaves behind. */
#define NO_ANSWER		(~0ULL)

static enum { BY_PAGE, BY_VMCALL, BY_VMMCALL } way;

/**
 * hvd_pages_alloc() - an input and an output page
 * @p: filled in; to be freed with hvd_pages_free()
 */
int hvd_pages_alloc(struct hvd_call_pages *p)
{
	p->in = (void *)get_zeroed_page(GFP_KERNEL);
	p->out = (void *)get_zeroed_page(GFP_KERNEL);
	if (!p->in || !p->out) {
		hvd_pages_free(p);
		return -ENOMEM;
	}
	p->in_pa = virt_to_phys(p->in);
	p->out_pa = virt_to_phys(p->out);
	return 0;
}

void hvd_pages_free(struct hvd_call_pages *p)
{
	free_page((unsigned long)p->in);
	free_page((unsigned long)p->out);
	p->in = NULL;
	p->out = NULL;
}

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

/** hvd_hypercall_prepare() - choose the way into the hypervisor */
void hvd_hypercall_prepare(void)
{
	u32 word;

	way = BY_PAGE;
	if (!hvd_self.calls)
		return;
	word = page_begins_with();
	if (boot_cpu_data.x86_vendor == X86_VENDOR_INTEL &&
	    word == PAGE_VMCALL_RET)
		way = BY_VMCALL;
	else if ((boot_cpu_data.x86_vendor == X86_VENDOR_AMD ||
		  boot_cpu_data.x86_vendor == X86_VENDOR_HYGON) &&
		 word == PAGE_VMMCALL_RET)
		way = BY_VMMCALL;
}

/** hvd_hypercall_protected() - does a call survive the hypervisor's absence? */
bool hvd_hypercall_protected(void)
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

/**
 * hvd_hypercall() - one hypercall
 * @p: its pages; the input has been written
 * @control: call code and reps
 * @result: what the hypervisor returned
 *
 * Return: false when nobody answered.
 */
bool hvd_hypercall(const struct hvd_call_pages *p, u64 control, u64 *result)
{
	if (way == BY_VMCALL)
		*result = call_vmcall(control, p->in_pa, p->out_pa);
	else if (way == BY_VMMCALL)
		*result = call_vmmcall(control, p->in_pa, p->out_pa);
	else
		*result = hv_do_hypercall(control, p->in, p->out);
	return *result != NO_ANSWER;
}
