// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Following the mshv driver: which partitions and VPs it makes and ends, and
 * which pages it shares with the hypervisor. What is heard goes into track.c's
 * table.
 *
 * Partitions and VPs come from its tracepoints; where it has none, from probes
 * on its functions. Addresses of pages come from such probes in any case. Probes
 * are set while the driver is being loaded, before it runs, and taken away when
 * it has gone.
 *
 * Nothing here is needed: without a driver, or where it cannot be probed, the
 * hypervisor's enumeration remains, and the capture record says so.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/string.h>

#include "driver.h"

#define DRIVER_FOLDER	"/sys/module/" HVD_DRIVER

static bool present;		/* the driver is there */
static bool late;		/* it was at work before we listened */
static bool following;		/* the notifiers are registered */

/* Its functions can be probed from when it begins to be loaded. */
static int driver_comes_or_lives(struct notifier_block *nb,
				 unsigned long event, void *data)
{
	const struct module *m = data;

	if (strcmp(m->name, HVD_DRIVER))
		return NOTIFY_DONE;
	if (event == MODULE_STATE_COMING) {
		WRITE_ONCE(present, true);
		late = false;
		hvd_probes_set();
	} else if (event == MODULE_STATE_LIVE) {
		/* It has enabled the SynIC of each CPU. */
		hvd_own_refresh_soon();
	}
	return NOTIFY_DONE;
}

static int driver_goes(struct notifier_block *nb, unsigned long event,
		       void *data)
{
	const struct module *m = data;

	if (strcmp(m->name, HVD_DRIVER) || event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	hvd_probes_release();
	WRITE_ONCE(present, false);
	hvd_track_end(HVD_PARTITION_SELF, false);
	hvd_own_refresh_soon();
	return NOTIFY_DONE;
}

/* Coming: behind kprobes, ftrace and tracepoints; going: before kprobes. */
static struct notifier_block coming_block = {
	.notifier_call = driver_comes_or_lives,
	.priority = -1,
};

static struct notifier_block going_block = {
	.notifier_call = driver_goes,
	.priority = 1,
};

/* Of a driver that nobody uses, there is no partition either. */
static bool in_use(void)
{
	char text[8];

	return hvd_read_text(DRIVER_FOLDER "/refcnt", text,
			     sizeof(text)) <= 0 || strncmp(text, "0\n", 2);
}

/**
 * hvd_driver_init() - follow the driver, if it is there or comes later
 * The table must be allocated. What the driver made before is known to nobody
 * but itself and the hypervisor.
 */
int hvd_driver_init(void)
{
	int ret;

	if (!hvd_self.parent)
		return 0;
	ret = hvd_tracepoints_init();
	if (ret)
		return ret;
	ret = register_module_notifier(&coming_block);
	if (ret)
		goto out_tracepoints;
	ret = register_module_notifier(&going_block);
	if (ret)
		goto out_coming;
	following = true;
	present = hvd_path_exists("/dev/mshv") ||
		  hvd_path_exists(DRIVER_FOLDER);
	if (present) {
		hvd_probes_set();
		late = in_use();
	}
	return 0;

out_coming:
	unregister_module_notifier(&coming_block);
out_tracepoints:
	hvd_tracepoints_exit();
	return ret;
}

void hvd_driver_exit(void)
{
	if (!following)
		return;
	following = false;
	unregister_module_notifier(&going_block);
	unregister_module_notifier(&coming_block);
	hvd_tracepoints_exit();
	hvd_probes_release();
}

static bool life_followed(void)
{
	return hvd_tracepoints_set() || hvd_probes_on_life();
}

/** hvd_driver_flags() - HVD_CAPTURE_...: how much is known; road */
u32 hvd_driver_flags(void)
{
	u32 flags;

	if (!READ_ONCE(present))
		return 0;
	flags = HVD_CAPTURE_DRIVER;
	if (life_followed())
		flags |= HVD_CAPTURE_TRACKED;
	if (late || hvd_probes_missed() || hvd_track_lost())
		flags |= HVD_CAPTURE_PARTLY;
	return flags;
}

/** hvd_driver_state() - the same, for sysfs */
void hvd_driver_state(struct hvd_driver_state *st)
{
	st->driver = READ_ONCE(present);
	st->life = hvd_tracepoints_set() ? "tracepoints" :
		   hvd_probes_on_life() ? "kretprobes" : "none";
	st->pages = hvd_probes_on_pages() ? "kretprobes" : "none";
	st->late = late;
	st->missed = hvd_probes_missed();
}
