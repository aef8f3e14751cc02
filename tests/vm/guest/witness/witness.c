// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * witness.ko looks at what hvdump.ko says it has given back, without asking it, and does to it
 * what another module could do. For virtual machines. In /sys/module/witness/parameters/:
 *
 *	hook   (read)   the function in smp_ops.crash_stop_other_cpus, by name
 *	wrap   (write)  1: put a function of our own around it; 0: take that out again
 *	lose   (write)  N: allocate N pages and forget them, so that a search for lost pages
 *	                can be shown to find them
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <asm/smp.h>

static void (*wrapped)(void);

static void witness_crash_stop_other_cpus(void)
{
	pr_emerg("witness: passed on\n");
	wrapped();
}

static int show_hook(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%ps\n", smp_ops.crash_stop_other_cpus);
}

static int wrap(const char *text, const struct kernel_param *param)
{
	bool on;
	int error = kstrtobool(text, &on);

	if (error)
		return error;
	if (on == !!wrapped)
		return -EALREADY;
	if (on) {
		wrapped = smp_ops.crash_stop_other_cpus;
		smp_ops.crash_stop_other_cpus = witness_crash_stop_other_cpus;
	} else {
		smp_ops.crash_stop_other_cpus = wrapped;
		synchronize_rcu();
		wrapped = NULL;
	}
	return 0;
}

static int lose(const char *text, const struct kernel_param *param)
{
	unsigned int pages;
	int error = kstrtouint(text, 0, &pages);

	while (!error && pages--)
		if (!alloc_page(GFP_KERNEL))
			error = -ENOMEM;
	return error;
}

static const struct kernel_param_ops hook_ops = { .get = show_hook };
static const struct kernel_param_ops wrap_ops = { .set = wrap };
static const struct kernel_param_ops lose_ops = { .set = lose };

module_param_cb(hook, &hook_ops, NULL, 0400);
MODULE_PARM_DESC(hook, "the function that stops the other CPUs at a crash");
module_param_cb(wrap, &wrap_ops, NULL, 0200);
MODULE_PARM_DESC(wrap, "write 1 to wrap that function, 0 to restore it");
module_param_cb(lose, &lose_ops, NULL, 0200);
MODULE_PARM_DESC(lose, "write how many pages to lose");

static int __init witness_init(void)
{
	return 0;
}
module_init(witness_init);

static void __exit witness_exit(void)
{
}
module_exit(witness_exit);

MODULE_DESCRIPTION("Looks at the crash hook, and wraps it");
MODULE_LICENSE("GPL");
