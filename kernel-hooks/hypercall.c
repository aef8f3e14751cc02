// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hypercalls through pages of our own, and where that can be had through an
 * instruction of our own: hypercall_<architecture>.h.
 *
 * The kernel's per-CPU argument pages may be in use by what the crash
 * interrupted.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <asm/mshyperv.h>

#include "hvdump.h"

/* What hv_do_hypercall() returns without a page, and a fault leaves behind. */
#define NO_ANSWER		(~0ULL)

#ifdef CONFIG_X86
#include "hypercall_x86.h"
#else
#include "hypercall_arm64.h"
#endif

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

/** hvd_hypercall_prepare() - choose the way into the hypervisor */
void hvd_hypercall_prepare(void)
{
	if (hvd_self.calls)
		choose_way();
}

/** hvd_hypercall_protected() - does a call survive the hypervisor's absence? */
bool hvd_hypercall_protected(void)
{
	return way_is_protected();
}

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
	*result = call_hypervisor(p, control);
	return *result != NO_ANSWER;
}
