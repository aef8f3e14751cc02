// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * breaker.ko kills the kernel that it is loaded into, in the way that is written to
 * /sys/module/breaker/parameters/how: bug, null, irq or nmi. For virtual machines.
 *
 * On minihv two more: hvcrashN makes the hypervisor crash on processor N, suspend panics
 * after it has asked the hypervisor to suspend all VPs, which only hv_crash.c may do.
 */
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/apic.h>
#include <asm/nmi.h>

static void in_interrupt_context(struct irq_work *work)
{
	panic("breaker: panic in an interrupt");
}

static int in_nmi_context(unsigned int type, struct pt_regs *regs)
{
	nmi_panic(regs, "breaker: panic in an NMI");
	return NMI_HANDLED;
}

static struct irq_work work;

static int break_by_nmi(void)
{
	int error = register_nmi_handler(NMI_LOCAL, in_nmi_context, 0,
					 "breaker");

	if (!error)
		apic->send_IPI(raw_smp_processor_id(), NMI_VECTOR);
	return error;
}

/* minihv's own MSR. */
static int break_hypervisor(const char *cpu)
{
	unsigned int index;
	int error = kstrtouint(cpu, 10, &index);

	if (!error)
		asm volatile("wrmsr" : : "c"(0x4f000001), "a"(index), "d"(0));
	return error;
}

/* NotifyPartitionEvent, fast: event 2 (root crash dump), action 1 (suspend all VPs). */
static void break_early_suspended(void)
{
	u64 control = 0x87 | 1 << 16, event = 2 | 1ull << 32, status;

	asm volatile("vmmcall"
		     : "=a"(status), "+c"(control), "+d"(event)
		     : : "r8", "r9", "r10", "r11", "memory", "cc");
	panic("breaker: all VPs suspended, status 0x%llx", status);
}

static int break_by(const char *how, const struct kernel_param *param)
{
	/* The compiler must not see that it is NULL. */
	int *volatile nowhere = NULL;

	if (sysfs_streq(how, "bug"))
		BUG();
	if (sysfs_streq(how, "null"))
		*nowhere = 1;
	if (sysfs_streq(how, "irq"))
		return irq_work_queue(&work) ? 0 : -EBUSY;
	if (sysfs_streq(how, "nmi"))
		return break_by_nmi();
	if (sysfs_streq(how, "suspend"))
		break_early_suspended();
	if (!strncmp(how, "hvcrash", 7))
		return break_hypervisor(how + 7);
	return -EINVAL;
}

static const struct kernel_param_ops how_ops = { .set = break_by };

module_param_cb(how, &how_ops, NULL, 0200);
MODULE_PARM_DESC(how, "write bug, null, irq, nmi, suspend or hvcrashN to kill the kernel");

static int __init breaker_init(void)
{
	init_irq_work(&work, in_interrupt_context);
	return 0;
}
module_init(breaker_init);

MODULE_DESCRIPTION("Kills the kernel on purpose");
MODULE_LICENSE("GPL");
