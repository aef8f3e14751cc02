// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The mshv driver's tracepoints (7.1 and later) tell of partitions and VPs that
 * it makes and ends.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "driver.h"

#if defined(CONFIG_TRACEPOINTS) && defined(CONFIG_MODULES)

/*
 * Statuses are hypercall results: success is 0 in the low 16 bits.
 * A partition's id arrives as a signed number, a negative one is an errno.
 */
static void tp_create_partition(void *data, u64 flags, s64 partition_id)
{
	if (partition_id > 0)
		hvd_driver_made(HVD_MADE_PARTITION, partition_id, HVD_NO_VP);
}

static void tp_finalize_partition(void *data, u64 partition_id, u64 status)
{
	if (!HVD_STATUS_OF(status))
		hvd_track_end(partition_id, true);
}

static void tp_delete_partition(void *data, u64 partition_id, u64 status)
{
	if (!HVD_STATUS_OF(status))
		hvd_track_end(partition_id, false);
}

static void tp_create_vp(void *data, u64 partition_id, u32 vp_index, long fd)
{
	if (fd >= 0)
		hvd_driver_made(HVD_MADE_VP, partition_id, vp_index);
}

static struct {
	const char *name;
	void *probe;
	struct tracepoint *tp;	/* registered, unless NULL */
} tracepoints[] = {
	{ "mshv_hvcall_create_partition", tp_create_partition },
	{ "mshv_hvcall_finalize_partition", tp_finalize_partition },
	{ "mshv_hvcall_delete_partition", tp_delete_partition },
	{ "mshv_create_vp", tp_create_vp },
};

static void found(struct tracepoint *tp, void *unused)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		if (tracepoints[i].tp || strcmp(tracepoints[i].name, tp->name))
			continue;
		if (!tracepoint_probe_register(tp, tracepoints[i].probe, NULL))
			tracepoints[i].tp = tp;
	}
}

static void release(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		if (tracepoints[i].tp)
			tracepoint_probe_unregister(tracepoints[i].tp,
						    tracepoints[i].probe, NULL);
		tracepoints[i].tp = NULL;
	}
}

/** hvd_tracepoints_set() - is all told that is to be known? road */
bool hvd_tracepoints_set(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++)
		if (!tracepoints[i].tp)
			return false;
	return true;
}

/* Called for modules that have tracepoints, also for those that are there. */
static int come_or_go(struct notifier_block *nb, unsigned long event,
		      void *data)
{
	const struct tp_module *tm = data;
	tracepoint_ptr_t *all = tm->mod->tracepoints_ptrs;
	u32 i;

	if (strcmp(tm->mod->name, HVD_DRIVER))
		return NOTIFY_DONE;
	if (event == MODULE_STATE_GOING)
		release();
	else
		for (i = 0; i < tm->mod->num_tracepoints; i++)
			found(tracepoint_ptr_deref(&all[i]), NULL);
	return NOTIFY_DONE;
}

static struct notifier_block block = {
	.notifier_call = come_or_go,
};

/**
 * hvd_tracepoints_init() - listen, now or when the driver comes
 * The table must be allocated.
 */
int hvd_tracepoints_init(void)
{
	for_each_kernel_tracepoint(found, NULL);
	return register_tracepoint_module_notifier(&block);
}

/** hvd_tracepoints_exit() - when it returns nobody is told any more */
void hvd_tracepoints_exit(void)
{
	unregister_tracepoint_module_notifier(&block);
	release();
	tracepoint_synchronize_unregister();
}

#else

int hvd_tracepoints_init(void)
{
	return 0;
}

void hvd_tracepoints_exit(void)
{
}

bool hvd_tracepoints_set(void)
{
	return false;
}

#endif
