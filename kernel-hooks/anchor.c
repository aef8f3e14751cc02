// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The time anchor. At a crash only the TSC is read; the reader of the note
 * computes the rest from the latest anchor and the TSC's rate.
 */
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/ktime.h>

#include "hvdump.h"

/* Two slots: a crash may interrupt the writing of one. */
static struct hvd_anchor slots[2];
static u32 latest;

/** hvd_anchor_refresh() - read the clocks; one caller at a time */
void hvd_anchor_refresh(void)
{
	u32 next = !latest;
	unsigned long flags;

	local_irq_save(flags);
	slots[next].mono_ns = ktime_get_ns();
	slots[next].ticks = hvd_ticks();
	slots[next].wall_ns = ktime_get_real_ns();
	local_irq_restore(flags);
	/* A crash that sees the new index sees the whole slot. */
	smp_store_release(&latest, next);
}

/** hvd_anchor_latest() - the freshest complete anchor; road */
void hvd_anchor_latest(struct hvd_anchor *a)
{
	*a = slots[READ_ONCE(latest)];
}

/** hvd_ticks_khz() - the TSC's rate */
u64 hvd_ticks_khz(void)
{
	return hvd_arch_ticks_khz();
}
