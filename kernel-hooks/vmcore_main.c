// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdump_vmcore.ko: in the crash kernel, keeps whoever reads /proc/vmcore off
 * the pages that a hypervisor still guards, and off those it is told of.
 * This file: parameters, the callback, loading and unloading.
 *
 * It must be loaded before /proc/vmcore is read. See doc/design/guarded-pages.md.
 */
#include <linux/crash_dump.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "vmcore.h"

/* 16 bytes each; a set that is full loses nothing but time. */
#define MAX_RANGES	(1U << 20)

static int probe = -1;
module_param(probe, int, 0444);
MODULE_PARM_DESC(probe,
	"try pages before they are read: 1, 0, or -1 (default): where a hypervisor may guard some");

static uint max_ranges = 262144;
module_param(max_ranges, uint, 0444);
MODULE_PARM_DESC(max_ranges,
	"page ranges in each list, at most 1048576 (default 262144)");

static bool pfn_is_ram(struct vmcore_cb *cb, unsigned long pfn)
{
	return hvd_guard_readable(pfn);
}

static struct vmcore_cb callback = { .pfn_is_ram = pfn_is_ram };

static int __init hvdump_vmcore_init(void)
{
	struct hvd_guard_counts c;
	int ret;

	if (!is_kdump_kernel()) {
		pr_info("this is no crash kernel: not loaded\n");
		return -ENODEV;
	}
	hvd_guard_init(probe, clamp(max_ranges, 1U, MAX_RANGES));
	register_vmcore_cb(&callback);
	hvd_guard_read_loads();
	ret = hvd_vmcore_sysfs_init();
	if (ret) {
		unregister_vmcore_cb(&callback);
		hvd_guard_exit();
		return ret;
	}
	hvd_guard_counts(&c);
	pr_info("%s pages before they are read: %s\n",
		c.probing ? "trying" : "not trying", c.why);
	return 0;
}

/* Waits for readers; whoever reads guarded pages after this is killed. */
static void __exit hvdump_vmcore_exit(void)
{
	hvd_vmcore_sysfs_exit();
	unregister_vmcore_cb(&callback);
	hvd_guard_exit();
}

module_init(hvdump_vmcore_init);
module_exit(hvdump_vmcore_exit);

MODULE_DESCRIPTION("Pages that must not be read in /proc/vmcore");
MODULE_VERSION(HVDUMP_VERSION);
MODULE_LICENSE("GPL");
