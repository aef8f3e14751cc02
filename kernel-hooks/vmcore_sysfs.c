// SPDX-License-Identifier: GPL-2.0-or-later
/* /sys/kernel/hvdump_vmcore/: see hvdump-module(7). */
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "compat.h"
#include "vmcore.h"

static struct kobject *folder;

static ssize_t version_show(struct kobject *k, struct kobj_attribute *a,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", HVDUMP_VERSION);
}

static ssize_t status_show(struct kobject *k, struct kobj_attribute *a,
			   char *buf)
{
	struct hvd_guard_counts c;
	int n;

	hvd_guard_counts(&c);
	n = sysfs_emit(buf, "probing: %s\n", c.probing ? "yes" : "no");
	n += sysfs_emit_at(buf, n, "why: %s\n", c.why);
	n += sysfs_emit_at(buf, n, "pages: %llu\n", c.loads);
	n += sysfs_emit_at(buf, n, "pages_probed: %llu\n", c.probed);
	n += sysfs_emit_at(buf, n, "pages_unread: %llu\n", c.unread);
	n += sysfs_emit_at(buf, n, "ranges_unread: %u\n", c.unread_ranges);
	n += sysfs_emit_at(buf, n, "pages_excluded: %llu\n", c.excluded);
	n += sysfs_emit_at(buf, n, "ranges_excluded: %u\n", c.excluded_ranges);
	n += sysfs_emit_at(buf, n, "no_room: %llu\n", c.unlisted);
	return n;
}

/* "0", or how many milliseconds it may take. */
static ssize_t scan_store(struct kobject *k, struct kobj_attribute *a,
			  const char *buf, size_t count)
{
	u32 ms;
	int ret = kstrtou32(buf, 0, &ms);

	if (!ret)
		ret = hvd_guard_scan(ms);
	return ret ? ret : count;
}

static ssize_t unread_read(struct file *f, struct kobject *k,
			   HVD_BIN_ATTRIBUTE *a, char *buf, loff_t at,
			   size_t count)
{
	return hvd_guard_list(HVD_LIST_UNREAD, buf, at, count);
}

static ssize_t exclude_read(struct file *f, struct kobject *k,
			    HVD_BIN_ATTRIBUTE *a, char *buf, loff_t at,
			    size_t count)
{
	return hvd_guard_list(HVD_LIST_EXCLUDE, buf, at, count);
}

/*
 * A write is cut at a page. Of what came, the whole lines are taken, and whoever
 * writes is told so; the rest comes with its next write.
 */
static ssize_t exclude_write(struct file *f, struct kobject *k,
			     HVD_BIN_ATTRIBUTE *a, char *buf, loff_t at,
			     size_t count)
{
	size_t taken;
	int ret = hvd_guard_exclude(buf, count, &taken);

	if (ret && !taken)
		return ret;
	return taken;
}

static struct kobj_attribute version_attr = __ATTR_RO(version);
static struct kobj_attribute status_attr = __ATTR_RO(status);
static struct kobj_attribute scan_attr = __ATTR(scan, 0200, NULL, scan_store);
static const struct bin_attribute unread_attr = {
	.attr = { .name = "unread", .mode = 0400 },
	.read = unread_read,
};

static const struct bin_attribute exclude_attr = {
	.attr = { .name = "exclude", .mode = 0600 },
	.read = exclude_read,
	.write = exclude_write,
};

static struct attribute *attrs[] = {
	&version_attr.attr,
	&status_attr.attr,
	&scan_attr.attr,
	NULL
};

static const struct attribute_group group = { .attrs = attrs };

int hvd_vmcore_sysfs_init(void)
{
	int ret;

	folder = kobject_create_and_add("hvdump_vmcore", kernel_kobj);
	if (!folder)
		return -ENOMEM;
	ret = sysfs_create_group(folder, &group);
	if (!ret)
		ret = sysfs_create_bin_file(folder, &unread_attr);
	if (!ret)
		ret = sysfs_create_bin_file(folder, &exclude_attr);
	if (ret)
		kobject_put(folder);
	return ret;
}

void hvd_vmcore_sysfs_exit(void)
{
	sysfs_remove_bin_file(folder, &exclude_attr);
	sysfs_remove_bin_file(folder, &unread_attr);
	sysfs_remove_group(folder, &group);
	kobject_put(folder);
}
