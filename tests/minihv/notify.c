// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NotifyPartitionEvent. Of the events only one has an effect: the root tells
 * that it has crashed, and by its second action that nothing is to run any
 * more. That stops the root's own VPs as well, all but the caller's.
 */
#include "created.h"
#include "hypercall.h"
#include "lib.h"
#include "log.h"
#include "smp.h"

#define EVENT_ROOT_CRASHDUMP	2
#define ACTION_SUSPEND_ALL_VPS	1

#define SUSPEND_TIMEOUT		10000000000ul	/* TSC ticks, some seconds */

static bool is_running(const struct cpu *cpu)
{
	return cpu->state == CPU_RUNNING &&
	       !__atomic_load_n(&cpu->suspended, __ATOMIC_ACQUIRE);
}

/* What "runs" of the children: those of the command line have their fixed states. */
static void suspend_children(u64 parent)
{
	const struct partition *p = partition_next_child(parent, 0);

	for (; p; p = partition_next_child(parent, p->id)) {
		for (u32 i = 0; p->created && i < CREATED_MAX_VPS; i++)
			if (p->created->vps[i])
				p->created->vps[i]->explicit_suspend = 1;
		suspend_children(p->id);
	}
}

/* Returns when they have stopped, or one has not for too long. */
static void suspend_others(struct cpu *self)
{
	u64 begin = rdtsc();

	for (unsigned int i = 0; i < cpu_count; i++)
		if (&cpus[i] != self)
			smp_request(&cpus[i], REQ_SUSPEND);
	for (unsigned int i = 0; i < cpu_count; i++)
		while (&cpus[i] != self && is_running(&cpus[i]) &&
		       rdtsc() - begin < SUSPEND_TIMEOUT)
			smp_serve_while_waiting(self);
}

/* Input: u32 event, u32 action for event 2. */
enum hv_status hvcall_notify_partition_event(struct hypercall *h)
{
	u32 event = get32(h->in), action = get32(h->in + 4);

	log_line(LOG_EVENTS, "partition-event cpu=%u event=%u action=%u", h->cpu->index, event,
		 action);
	if (event == EVENT_ROOT_CRASHDUMP && action == ACTION_SUSPEND_ALL_VPS) {
		smp_lock(h->cpu, &partition_lock);
		suspend_children(ROOT_PARTITION_ID);
		spin_unlock(&partition_lock);
		suspend_others(h->cpu);
	}
	return HV_SUCCESS;
}
