// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * To die while hypercalls are being made, on this CPU or on others: through the kernel's own
 * hypercall page and its argument pages, as its drivers do.
 */
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/mshyperv.h>

#include "breaker.h"

#define CALLS_FIRST	20		/* of each CPU, before one panics */
#define RIP		0x20010		/* HV_X64_REGISTER_RIP */
#define GET_VP_REGISTERS	0x50
#define NOTIFY_PARTITION_EVENT	0x87
#define FAST		(1ULL << 16)
#define ONE_REP		(1ULL << 32)
#define STATUS(result)	((result) & 0xffff)
#define PATTERN		0xa5		/* test_triggers.py looks for it */

static DEFINE_PER_CPU(atomic_t, answered);

/* The kernel's own name for it differs from version to version. */
struct get_registers {
	u64 partition;
	u32 vp;
	u8 vtl, padding[3];
	u32 names[];
};

static bool have_pages(void)
{
	return hyperv_pcpu_input_arg && hyperv_pcpu_output_arg;
}

/* Where is the VP that asks? Interrupts are off: the pages are this CPU's. */
static u64 ask(void)
{
	struct get_registers *in = *this_cpu_ptr(hyperv_pcpu_input_arg);

	memset(in, 0, sizeof(*in));
	in->partition = HV_PARTITION_ID_SELF;
	in->vp = HV_VP_INDEX_SELF;
	in->names[0] = RIP;
	return hv_do_hypercall(GET_VP_REGISTERS | ONE_REP, in,
			       *this_cpu_ptr(hyperv_pcpu_output_arg));
}

static int ask_for_ever(void *unused)
{
	unsigned long flags;
	u64 status;

	for (;;) {
		local_irq_save(flags);
		status = ask();
		local_irq_restore(flags);
		if (!STATUS(status))
			atomic_inc(this_cpu_ptr(&answered));
		cond_resched();
	}
	return 0;
}

/* The other CPUs are in the hypervisor for most of the time when this one panics. */
int break_while_others_call(void)
{
	unsigned int cpu, others = num_online_cpus() - 1;
	struct task_struct *task;

	if (!have_pages() || !others)
		return -ENODEV;
	for_each_online_cpu(cpu) {
		if (cpu == raw_smp_processor_id())
			continue;
		task = kthread_create_on_cpu(ask_for_ever, NULL, cpu,
					     "breaker/%u");
		if (IS_ERR(task))
			return PTR_ERR(task);
		wake_up_process(task);
	}
	for_each_online_cpu(cpu)
		while (cpu != raw_smp_processor_id() &&
		       atomic_read(per_cpu_ptr(&answered, cpu)) < CALLS_FIRST)
			msleep(20);
	panic("breaker: panic while others make hypercalls");
}

/* The argument page is filled in, and then the call is never made. */
int break_before_a_call(void)
{
	void *page;

	if (!have_pages())
		return -ENODEV;
	local_irq_disable();
	page = *this_cpu_ptr(hyperv_pcpu_input_arg);
	memset(page, PATTERN, PAGE_SIZE);
	pr_emerg("breaker: argument page at 0x%llx\n",
		 (u64)virt_to_phys(page));
	panic("breaker: panic between arguments and call");
}

/* One hypercall after the other, until an NMI comes from outside. */
int hang_in_calls(void)
{
	if (!have_pages())
		return -ENODEV;
	local_irq_disable();
	if (STATUS(ask()))
		return -EIO;
	pr_emerg("breaker: CPU %u hangs\n", raw_smp_processor_id());
	for (;;)
		ask();
}

/* What only hv_crash.c may do: event 2, root crash dump, with action 1, suspend all VPs. */
int break_early_suspended(void)
{
	u64 control = NOTIFY_PARTITION_EVENT | FAST, event = 2 | 1ULL << 32;
	u64 status;

	asm volatile("vmmcall"
		     : "=a"(status), "+c"(control), "+d"(event)
		     : : "r8", "r9", "r10", "r11", "memory", "cc");
	panic("breaker: all VPs suspended, status 0x%llx", status);
}

/* minihv's own MSR. */
int break_hypervisor(const char *cpu)
{
	unsigned int index;
	int error = kstrtouint(cpu, 10, &index);

	if (!error)
		asm volatile("wrmsr" : : "c"(0x4f000001), "a"(index), "d"(0));
	return error;
}
