// SPDX-License-Identifier: GPL-2.0-or-later
/* /sys/kernel/hvdump/: see hvdump-module(7). */
#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "compat.h"
#include "hvdump.h"

static struct kobject *folder;

static const char *kind_name(u32 kind)
{
	switch (kind) {
	case HVD_KIND_ROOT:
		return "root";
	case HVD_KIND_L1VH:
		return "l1vh";
	case HVD_KIND_GUEST:
		return "guest";
	}
	return "unknown";
}

static const char *yes(bool b)
{
	return b ? "yes" : "no";
}

static const char *road_name(enum hvd_road road)
{
	switch (road) {
	case HVD_ROAD_NOTES:
		return "notes";
	case HVD_ROAD_COMMAND_LINE:
		return "command-line";
	case HVD_ROAD_NONE:
		break;
	}
	return "none";
}

static ssize_t version_show(struct kobject *k, struct kobj_attribute *a,
			    char *buf)
{
	return sysfs_emit(buf, "%s\n", HVDUMP_VERSION);
}

/* The mshv driver, and how what it makes is followed. */
static int show_driver(char *buf, int n)
{
	struct hvd_driver_state st;
	int at = n;

	hvd_driver_state(&st);
	n += sysfs_emit_at(buf, n, "driver: %s\n",
			   st.driver ? "present" : "none");
	if (!st.driver)
		return n - at;
	n += sysfs_emit_at(buf, n, "driver_partitions: %s\n", st.life);
	n += sysfs_emit_at(buf, n, "driver_pages: %s\n", st.pages);
	if (st.late)
		n += sysfs_emit_at(buf, n,
			"driver_late: it was in use before hvdump was loaded\n");
	return n - at;
}

static int show_room(char *buf, int n)
{
	struct hvd_room r;
	int at = n;

	hvd_room(&r);
	n += sysfs_emit_at(buf, n, "room: %s\n", r.have >= r.all ? "all" :
			   r.have >= r.essential ? "essential" : "short");
	n += sysfs_emit_at(buf, n, "room_vps: %llu\n", r.vps);
	n += sysfs_emit_at(buf, n, "room_needed_kb: %llu\n",
			   DIV_ROUND_UP_ULL(r.all, SZ_1K));
	return n - at;
}

static ssize_t status_show(struct kobject *k, struct kobj_attribute *a,
			   char *buf)
{
	struct hvd_attach_stats st;
	enum hvd_road road;
	int n;

	hvd_hook_check();
	hvd_attach_check();
	hvd_attach_stats(&st);
	road = hvd_attached();
	n = sysfs_emit(buf, "armed: yes\n");
	n += sysfs_emit_at(buf, n, "attached: %s\n",
			   yes(road != HVD_ROAD_NONE));
	n += sysfs_emit_at(buf, n, "road: %s\n", road_name(road));
	n += sysfs_emit_at(buf, n, "crash_kernel: %s\n",
			   kexec_crash_loaded() ? "loaded" : "none");
	n += sysfs_emit_at(buf, n, "hypervisor: %.12s\n", hvd_self.vendor);
	n += sysfs_emit_at(buf, n, "partition_kind: %s\n",
			   kind_name(hvd_self.kind));
	n += sysfs_emit_at(buf, n, "partition_id: 0x%016llx\n",
			   hvd_self.partition_id);
	n += sysfs_emit_at(buf, n, "hypercalls: %s\n", !hvd_self.calls ?
			   "none" : hvd_hypercall_protected() ? "protected" :
			   "unprotected");
	n += sysfs_emit_at(buf, n, "capture: %s\n", hvd_hook_capture_first() ?
			   "before-stop" : "after-stop");
	n += show_driver(buf, n);
	n += show_room(buf, n);
	if (hvd_hook_wrapped())
		n += sysfs_emit_at(buf, n,
			"unload: never, another module wrapped the crash hook\n");
	else if (road != HVD_ROAD_NONE)
		n += sysfs_emit_at(buf, n,
			"unload: unload the crash image first (kexec -p -u)\n");
	if (road == HVD_ROAD_NONE && st.why)
		n += sysfs_emit_at(buf, n, "not_attached: %s\n", st.why);
	return n;
}

static ssize_t chunks_show(struct kobject *k, struct kobj_attribute *a,
			   char *buf)
{
	int n = 0;
	u32 i;

	for (i = 0; i < hvd_nr_chunks; i++)
		n += sysfs_emit_at(buf, n, "0x%llx %u\n", hvd_chunks[i].address,
				   hvd_chunks[i].size);
	return n + sysfs_emit_at(buf, n, "0x%llx %u\n", hvd_stage_chunk.address,
				 hvd_stage_chunk.size);
}

/* As it is to stand on a crash kernel's command line, behind "hvdump=". */
static ssize_t table_show(struct kobject *k, struct kobj_attribute *a,
			  char *buf)
{
	return sysfs_emit(buf, "0x%llx:%u\n", hvd_table_address(),
			  HVD_TABLE_SIZE);
}

static ssize_t pin_store(struct kobject *k, struct kobj_attribute *a,
			 const char *buf, size_t len)
{
	bool on;
	int ret = kstrtobool(buf, &on);

	if (ret)
		return ret;
	/* The module lets go by itself when the image is gone, never before. */
	if (!on)
		return -EINVAL;
	ret = hvd_attach_pin();
	return ret ? ret : len;
}

static ssize_t capture_store(struct kobject *k, struct kobj_attribute *a,
			     const char *buf, size_t len)
{
	bool on;
	int ret = kstrtobool(buf, &on);

	if (!ret)
		ret = on ? hvd_live_capture() : -EINVAL;
	return ret ? ret : len;
}

static ssize_t last_read(struct file *file, struct kobject *k,
			 HVD_BIN_ATTRIBUTE *a, char *buf, loff_t at,
			 size_t count)
{
	return hvd_live_read(file, buf, at, count);
}

/* What would be recorded now, besides what the hypervisor tells. */
static int show_tracked(char *buf, int n)
{
	struct hvd_track_counts made;
	struct hvd_driver_state st;
	struct hvd_page p;
	u32 i, own = 0;
	int at = n;

	for (i = 0; i < hvd_own_count(); i++)
		own += hvd_own_get(i, &p);
	hvd_track_count(&made);
	hvd_driver_state(&st);
	n += sysfs_emit_at(buf, n, "own_pages: %u\n", own);
	n += sysfs_emit_at(buf, n, "driver_partitions: %u\n",
			   made.partitions);
	n += sysfs_emit_at(buf, n, "driver_vps: %u\n", made.vps);
	n += sysfs_emit_at(buf, n, "driver_pages: %u\n", made.pages);
	n += sysfs_emit_at(buf, n, "driver_no_room: %u\n", made.lost);
	n += sysfs_emit_at(buf, n, "driver_missed: %u\n", st.missed);
	return n - at;
}

static ssize_t stats_show(struct kobject *k, struct kobj_attribute *a,
			  char *buf)
{
	struct hvd_attach_stats st;
	u32 i, captures;
	size_t last;
	u64 bytes = 0;
	int n;

	hvd_attach_stats(&st);
	hvd_live_stats(&captures, &last);
	for (i = 0; i < hvd_nr_chunks; i++)
		bytes += hvd_chunks[i].size;
	n = sysfs_emit(buf, "chunks: %u\n", hvd_nr_chunks);
	n += sysfs_emit_at(buf, n, "bytes: %llu\n", bytes);
	n += sysfs_emit_at(buf, n, "images_extended: %u\n", st.edits);
	n += sysfs_emit_at(buf, n, "images_refused: %u\n", st.refused);
	n += sysfs_emit_at(buf, n, "probe_missed: %u\n", st.missed);
	n += sysfs_emit_at(buf, n, "live_captures: %u\n", captures);
	n += sysfs_emit_at(buf, n, "live_bytes: %zu\n", last);
	n += show_tracked(buf, n);
	return n;
}

static struct kobj_attribute version_attr = __ATTR_RO(version);
static struct kobj_attribute status_attr = __ATTR_RO(status);
static struct kobj_attribute chunks_attr =
	__ATTR(chunks, 0400, chunks_show, NULL);
static struct kobj_attribute table_attr =
	__ATTR(table, 0400, table_show, NULL);
static struct kobj_attribute pin_attr = __ATTR(pin, 0200, NULL, pin_store);
static struct kobj_attribute stats_attr = __ATTR_RO(stats);
static struct kobj_attribute capture_attr =
	__ATTR(capture, 0200, NULL, capture_store);
static const struct bin_attribute last_attr = {
	.attr = { .name = "last", .mode = 0400 },
	.read = last_read,
};

static struct attribute *attrs[] = {
	&version_attr.attr,
	&status_attr.attr,
	&chunks_attr.attr,
	&table_attr.attr,
	&pin_attr.attr,
	&stats_attr.attr,
	&capture_attr.attr,
	NULL
};

static const struct attribute_group group = { .attrs = attrs };

int hvd_sysfs_init(void)
{
	int ret;

	folder = kobject_create_and_add("hvdump", kernel_kobj);
	if (!folder)
		return -ENOMEM;
	ret = sysfs_create_group(folder, &group);
	if (!ret)
		ret = sysfs_create_bin_file(folder, &last_attr);
	if (ret)
		kobject_put(folder);
	return ret;
}

void hvd_sysfs_exit(void)
{
	sysfs_remove_bin_file(folder, &last_attr);
	sysfs_remove_group(folder, &group);
	kobject_put(folder);
}
