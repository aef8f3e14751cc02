// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdump.ko: at a panic, asks Microsoft's hypervisor where every partition and
 * VP was, and leaves the answers as ELF notes for the crash kernel.
 * This file: parameters, loading, the timer, unloading.
 */
#include <linux/crash_dump.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/workqueue.h>

#include "hvdump.h"

#define REFRESH_PERIOD	(30 * HZ)

uint hvd_size_kb;
module_param_named(size_kb, hvd_size_kb, uint, 0444);
MODULE_PARM_DESC(size_kb,
	"KiB for notes in all (default 0: 1/512 of the memory, 1 to 16 MiB)");

uint hvd_chunk_kb = 512;
module_param_named(chunk_kb, hvd_chunk_kb, uint, 0444);
MODULE_PARM_DESC(chunk_kb,
	"KiB of one chunk, 64 to 4096 (default 512)");

uint hvd_budget_ms = 2000;
module_param_named(budget_ms, hvd_budget_ms, uint, 0444);
MODULE_PARM_DESC(budget_ms,
	"time that a capture may take, in ms (default 2000)");

uint hvd_max_partitions = 1024;
module_param_named(max_partitions, hvd_max_partitions, uint, 0444);
MODULE_PARM_DESC(max_partitions,
	"partitions recorded, this one included, at most 65536 (default 1024)");

uint hvd_max_vps = 4096;
module_param_named(max_vps, hvd_max_vps, uint, 0444);
MODULE_PARM_DESC(max_vps,
	"VPs of which all registers are read, at most 1048576 (default 4096)");

uint hvd_vp_misses = 64;
module_param_named(vp_misses, hvd_vp_misses, uint, 0444);
MODULE_PARM_DESC(vp_misses,
	"VP indexes not in use that end the search for VPs (default 64)");

uint hvd_live_pause_ms = 1000;
module_param_named(live_pause_ms, hvd_live_pause_ms, uint, 0444);
MODULE_PARM_DESC(live_pause_ms,
	"least time between two live captures, in ms (default 1000)");

bool hvd_force_grow;
module_param_named(force_grow, hvd_force_grow, bool, 0444);
MODULE_PARM_DESC(force_grow,
	"test: always move the crash image's headers to a bigger buffer");

static void refresh(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(refresh_work, refresh);

static void refresh(struct work_struct *work)
{
	hvd_anchor_refresh();
	hvd_own_refresh();
	hvd_hook_refresh();
	hvd_hook_check();
	hvd_attach_check();
	schedule_delayed_work(&refresh_work, REFRESH_PERIOD);
}

static void __init limit_parameters(void)
{
	hvd_max_partitions = clamp(hvd_max_partitions, 1U, 65536U);
	hvd_max_vps = clamp(hvd_max_vps, 1U, 1048576U);
	hvd_vp_misses = min(hvd_vp_misses, 65536U);
	hvd_budget_ms = clamp(hvd_budget_ms, 1U, 600000U);
	hvd_live_pause_ms = min(hvd_live_pause_ms, 3600000U);
}

/* Everything that the hook needs, before the hook and the probe are set. */
static int __init arm(void)
{
	struct hvd_session *s = &hvd_crash_session;
	int ret;
	u64 nonce;

	hvd_hypercall_prepare();
	hvd_identify_partition();
	hvd_alive_prepare();
	hvd_anchor_refresh();
	ret = hvd_own_init();
	if (ret)
		return ret;
	ret = hvd_track_alloc();
	if (ret)
		return ret;
	ret = hvd_chunks_alloc();
	if (ret)
		return ret;
	ret = hvd_session_alloc(s);
	if (ret)
		return ret;
	get_random_bytes(&nonce, sizeof(nonce));
	ret = hvd_table_make(nonce);
	if (ret)
		return ret;
	hvd_writer_init(&s->writer, hvd_chunks, hvd_nr_chunks,
			HVD_ROLE_CAPTURE, nonce);
	ret = hvd_put_header(&s->writer, hvd_nr_chunks);
	if (ret)
		return ret;
	return hvd_hook_install();
}

static void disarm(void)
{
	hvd_session_free(&hvd_crash_session);
	hvd_chunks_free();
	hvd_track_free();
	hvd_own_exit();
	hvd_alive_release();
}

static int __init hvdump_init(void)
{
	int ret;

	if (hvd_identify()) {
		pr_info("no Microsoft hypervisor: not loaded\n");
		return -ENODEV;
	}
	if (is_kdump_kernel()) {
		pr_info("this is a crash kernel: not loaded\n");
		return -ENODEV;
	}
	limit_parameters();
	ret = arm();
	if (ret)
		goto out_disarm;
	ret = hvd_attach_init();
	if (ret)
		goto out_hook;
	ret = hvd_driver_init();
	if (ret)
		goto out_attach;
	ret = hvd_sysfs_init();
	if (ret)
		goto out_driver;
	schedule_delayed_work(&refresh_work, REFRESH_PERIOD);
	pr_info("armed, %u chunks\n", hvd_nr_chunks);
	return 0;

out_driver:
	hvd_driver_exit();
out_attach:
	hvd_attach_exit();
out_hook:
	hvd_hook_remove();
out_disarm:
	disarm();
	return ret;
}

/* Not reached while a crash image refers to the chunks. */
static void __exit hvdump_exit(void)
{
	hvd_sysfs_exit();
	hvd_live_exit();
	cancel_delayed_work_sync(&refresh_work);
	hvd_driver_exit();
	hvd_attach_exit();
	hvd_hook_remove();
	disarm();
}

module_init(hvdump_init);
module_exit(hvdump_exit);

MODULE_DESCRIPTION("Hypervisor state in the crash dump");
MODULE_VERSION(HVDUMP_VERSION);
MODULE_LICENSE("GPL");
