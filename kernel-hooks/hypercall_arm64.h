/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way into the hypervisor on arm64; part of hypercall.c. A call by HVC or
 * SMC has no page of code, and is the kernel's own: without a hypervisor it
 * faults, and nothing recovers from that.
 */
#ifndef HVDUMP_HYPERCALL_ARM64_H
#define HVDUMP_HYPERCALL_ARM64_H

static inline void choose_way(void)
{
}

static inline bool way_is_protected(void)
{
	return false;
}

static __always_inline u64 call_hypervisor(const struct hvd_call_pages *p,
					   u64 control)
{
	return hv_do_hypercall(control, p->in, p->out);
}

#endif /* HVDUMP_HYPERCALL_ARM64_H */
