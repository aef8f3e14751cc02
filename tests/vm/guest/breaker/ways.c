// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * breaker.ko kills the kernel that it is loaded into, in the way that is written to
 * /sys/module/breaker/parameters/how; the table at the end names the ways. On minihv,
 * hvcrashN makes the hypervisor crash on processor N. For virtual machines.
 */
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/objtool.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <asm/apic.h>
#include <asm/nmi.h>

#include "breaker.h"

#define LONG_ENOUGH	1000000		/* calls within each other */

/* The compiler must not see that it is NULL. */
static int *volatile nowhere;

static int by_bug(void)
{
	BUG();
}

static int by_null(void)
{
	*nowhere = 1;
	return 0;
}

/* Nothing of it is wrong but with panic_on_warn. */
static int by_warn(void)
{
	WARN(1, "breaker: a warning\n");
	return 0;
}

/* ------------------------------------------------------------- interrupts */

static void panic_in_interrupt(struct irq_work *work)
{
	panic("breaker: panic in an interrupt");
}

static void null_in_interrupt(struct irq_work *work)
{
	*nowhere = 1;
}

static struct irq_work work;

static int by_interrupt(void (*fn)(struct irq_work *work))
{
	init_irq_work(&work, fn);
	return irq_work_queue(&work) ? 0 : -EBUSY;
}

static int by_irq(void)
{
	return by_interrupt(panic_in_interrupt);
}

static int by_null_irq(void)
{
	return by_interrupt(null_in_interrupt);
}

static void panic_in_softirq(struct timer_list *unused)
{
	panic("breaker: panic in a softirq, over %s", current->comm);
}

static struct timer_list timer;

/* By then this CPU is idle, if nothing else happens. */
static int by_softirq(void)
{
	timer_setup(&timer, panic_in_softirq, TIMER_PINNED);
	mod_timer(&timer, jiffies + HZ / 4);
	return 0;
}

static int panic_in_nmi(unsigned int type, struct pt_regs *regs)
{
	nmi_panic(regs, "breaker: panic in an NMI");
	return NMI_HANDLED;
}

static int null_in_nmi(unsigned int type, struct pt_regs *regs)
{
	*nowhere = 1;
	return NMI_HANDLED;
}

static int nmi_to_self(void)
{
	apic->send_IPI(raw_smp_processor_id(), NMI_VECTOR);
	return 0;
}

/* A macro of the kernel's, which keeps a record for each place where it is used. */
static int by_nmi(void)
{
	return register_nmi_handler(NMI_LOCAL, panic_in_nmi, 0, "breaker") ?:
	       nmi_to_self();
}

static int by_null_nmi(void)
{
	return register_nmi_handler(NMI_LOCAL, null_in_nmi, 0, "breaker") ?:
	       nmi_to_self();
}

/* ------------------------------------------------------------------ stacks */

static noinline int deeper(int depth)
{
	volatile char frame[512];

	frame[0] = depth;
	return depth < LONG_ENOUGH ? deeper(depth + 1) + frame[0] : 0;
}

/* Down to the guard page. */
static int by_overflow(void)
{
	return deeper(0);
}

/* A page fault for which there is no stack. */
static int by_double_fault(void)
{
	asm volatile("movl $64, %%esp\n"
		     "push %%rax\n" : : : "memory");
	return 0;
}
STACK_FRAME_NON_STANDARD(by_double_fault);

/* -------------------------------------------------------------- all at once */

static atomic_t there = ATOMIC_INIT(0);

static void wait_for_all(void)
{
	atomic_inc(&there);
	while (atomic_read(&there) < num_online_cpus())
		cpu_relax();
}

static void panic_together(void *unused)
{
	wait_for_all();
	panic("breaker: all CPUs panic, CPU %u is first",
	      raw_smp_processor_id());
}

static void oops_together(void *unused)
{
	wait_for_all();
	*nowhere = 1;
}

static int by_both(void)
{
	return on_each_cpu(panic_together, NULL, 0), 0;
}

static int by_both_null(void)
{
	return on_each_cpu(oops_together, NULL, 0), 0;
}

/* -------------------------------------------------------------------- hangs */

/* With interrupts, but nothing else runs here any more. */
static int by_softlockup(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
	return 0;
}

static int by_hungtask(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	return 0;
}

static int by_hang(void)
{
	local_irq_disable();
	pr_emerg("breaker: CPU %u hangs\n", raw_smp_processor_id());
	for (;;)
		cpu_relax();
	return 0;
}

static const struct {
	const char *name;
	int (*kill)(void);
} ways[] = {
	{ "bug", by_bug },
	{ "null", by_null },
	{ "warn", by_warn },
	{ "irq", by_irq },
	{ "null-irq", by_null_irq },
	{ "softirq", by_softirq },
	{ "nmi", by_nmi },
	{ "null-nmi", by_null_nmi },
	{ "overflow", by_overflow },
	{ "double", by_double_fault },
	{ "both", by_both },
	{ "both-null", by_both_null },
	{ "softlockup", by_softlockup },
	{ "hungtask", by_hungtask },
	{ "hang", by_hang },
	{ "hypercall", break_while_others_call },
	{ "half-call", break_before_a_call },
	{ "hang-call", hang_in_calls },
	{ "suspend", break_early_suspended },
};

static int break_by(const char *how, const struct kernel_param *param)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (sysfs_streq(how, ways[i].name))
			return ways[i].kill();
	if (!strncmp(how, "hvcrash", 7))
		return break_hypervisor(how + 7);
	return -EINVAL;
}

static const struct kernel_param_ops how_ops = { .set = break_by };

module_param_cb(how, &how_ops, NULL, 0200);
MODULE_PARM_DESC(how, "write a way's name to kill the kernel");

static int __init breaker_init(void)
{
	return 0;
}
module_init(breaker_init);

MODULE_DESCRIPTION("Kills the kernel on purpose");
MODULE_LICENSE("GPL");
