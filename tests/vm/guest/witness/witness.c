// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * witness.ko looks at what hvdump.ko says it has given back, without asking it, and does to it
 * what another module could do. For virtual machines. In /sys/module/witness/parameters/:
 *
 *	hook   (read)   the function in smp_ops.crash_stop_other_cpus, by name
 *	wrap   (write)  1: put a function of our own around it; 0: take that out again
 *	lose   (write)  N: allocate N pages and forget them, so that a search for lost pages
 *	                can be shown to find them
 *	plant  (write)  outofbounds, afterfree, lockorder, sleep: make that mistake, so that a
 *	                kernel that looks for mistakes can be shown to report them
 */
#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
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

/* One byte behind 13: the allocator's own room, which nobody else uses. */
static void out_of_bounds(void)
{
	static volatile unsigned int behind = 13;
	volatile char *bytes = kmalloc(13, GFP_KERNEL);

	if (bytes)
		bytes[behind] = 1;
	kfree((void *)bytes);
}

static void after_free(void)
{
	volatile char *bytes = kmalloc(13, GFP_KERNEL);

	kfree((void *)bytes);
	if (bytes)
		pr_info("witness: %d\n", bytes[0]);
}

static DEFINE_MUTEX(one);
static DEFINE_MUTEX(other);

static void lock_order(void)
{
	mutex_lock(&one);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&one);
	mutex_lock(&other);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&other);
}

static void sleep_in_atomic(void)
{
	rcu_read_lock();
	preempt_disable();
	might_sleep();
	preempt_enable();
	rcu_read_unlock();
}

static const struct {
	const char *name;
	void (*make)(void);
} mistakes[] = {
	{ "outofbounds", out_of_bounds },
	{ "afterfree", after_free },
	{ "lockorder", lock_order },
	{ "sleep", sleep_in_atomic },
};

static int plant(const char *text, const struct kernel_param *param)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		if (!sysfs_streq(text, mistakes[i].name))
			continue;
		mistakes[i].make();
		return 0;
	}
	return -EINVAL;
}

static const struct kernel_param_ops hook_ops = { .get = show_hook };
static const struct kernel_param_ops wrap_ops = { .set = wrap };
static const struct kernel_param_ops lose_ops = { .set = lose };
static const struct kernel_param_ops plant_ops = { .set = plant };

module_param_cb(hook, &hook_ops, NULL, 0400);
MODULE_PARM_DESC(hook, "the function that stops the other CPUs at a crash");
module_param_cb(wrap, &wrap_ops, NULL, 0200);
MODULE_PARM_DESC(wrap, "write 1 to wrap that function, 0 to restore it");
module_param_cb(lose, &lose_ops, NULL, 0200);
MODULE_PARM_DESC(lose, "write how many pages to lose");
module_param_cb(plant, &plant_ops, NULL, 0200);
MODULE_PARM_DESC(plant, "write a mistake's name to make it");

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
