// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One capture: its memory, the question whether to go on asking, and the order
 * in which things are asked. The most valuable comes first, since a capture may
 * be cut off anywhere.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/vmalloc.h>
#include <asm/mshyperv.h>

#include "guard.h"
#include "hvdump.h"

#define LOOK_PERIOD_MS	10

struct hvd_session hvd_crash_session;

static int cpus_alloc(struct hvd_session *s)
{
	unsigned int cpu;

	s->cpus = kcalloc(num_possible_cpus(), sizeof(*s->cpus), GFP_KERNEL);
	s->copied = kcalloc(num_possible_cpus(), sizeof(*s->copied),
			    GFP_KERNEL);
	if (!s->cpus || !s->copied)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		if (s->nr_cpus < num_possible_cpus())
			s->cpus[s->nr_cpus++] = cpu;
	return 0;
}

/**
 * hvd_session_alloc() - all the memory that a capture needs besides chunks
 * @s: zeroed; to be freed with hvd_session_free(), also after a failure
 */
int hvd_session_alloc(struct hvd_session *s)
{
	s->budget = (u64)hvd_budget_ms * hvd_ticks_khz();
	s->look_period = LOOK_PERIOD_MS * hvd_ticks_khz();
	s->partitions = vzalloc(array_size(hvd_max_partitions,
					   sizeof(*s->partitions)));
	s->vps = vzalloc(array_size(hvd_max_vps, sizeof(*s->vps)));
	/* Small, and looked at between any two calls: not in pages of their own. */
	s->regs = kcalloc(hvd_max_registers(), sizeof(*s->regs), GFP_KERNEL);
	s->props = kcalloc(hvd_max_properties(), sizeof(*s->props), GFP_KERNEL);
	s->names = kcalloc(hvd_max_registers(), sizeof(*s->names), GFP_KERNEL);
	s->learned.status = kcalloc(hvd_max_registers(),
				    sizeof(*s->learned.status), GFP_KERNEL);
	s->page = kzalloc(HVD_PAGE_SIZE, GFP_KERNEL);
	s->references = kcalloc(HVD_PAGE_BATCH, sizeof(*s->references),
				GFP_KERNEL);
	if (!s->partitions || !s->vps || !s->regs || !s->props || !s->names ||
	    !s->learned.status || !s->page || !s->references)
		return -ENOMEM;
	if (cpus_alloc(s))
		return -ENOMEM;
	return hvd_pages_alloc(&s->pages);
}

void hvd_session_free(struct hvd_session *s)
{
	hvd_pages_free(&s->pages);
	kfree(s->references);
	kfree(s->page);
	kfree(s->copied);
	kfree(s->cpus);
	kfree(s->learned.status);
	kfree(s->names);
	kfree(s->props);
	kfree(s->regs);
	vfree(s->vps);
	vfree(s->partitions);
	memset(s, 0, sizeof(*s));
}

/** hvd_time() - the records from now on carry the present time; road */
void hvd_time(struct hvd_session *s)
{
	s->writer.time = hvd_ticks() - s->start;
}

/*
 * CPUID is an exit to the hypervisor, as dear as a small hypercall. Where a
 * call into nothing faults and is survived, the leaf is looked at now and then
 * only; otherwise before each call.
 */
static bool due(struct hvd_session *s, u64 now)
{
	if (hvd_hypercall_protected() && now - s->looked < s->look_period)
		return false;
	s->looked = now;
	return true;
}

/** hvd_at() - the capture turns to this partition and VP; road */
void hvd_at(struct hvd_session *s, u64 partition_id, u32 vp_index)
{
	WRITE_ONCE(s->at.partition_id, partition_id);
	WRITE_ONCE(s->at.vp_index, vp_index);
}

/* Once the answer is no, it stays no. */
static bool may_ask(struct hvd_session *s)
{
	u64 now = hvd_ticks();

	if (s->stop)
		return false;
	if (!hvd_self.calls || hvd_alive_quick(due(s, now)) != HVD_HV_ALIVE)
		s->stop = HVD_WHY_HYPERVISOR;
	else if (now - s->start > s->budget)
		s->stop = HVD_WHY_TIME;
	return !s->stop;
}

/**
 * hvd_ask() - a hypercall, if one may be made and is answered; road
 * @s: the capture
 * @control: call code and reps; the input lies in s->pages.in
 * @result: what the hypervisor returned
 *
 * Return: false when not: then s->stop says why, and nothing is asked any more.
 */
bool hvd_ask(struct hvd_session *s, u64 control, u64 *result)
{
	bool answered;

	if (!may_ask(s))
		return false;
	if (s->pause)
		s->pause();
	s->writer.calls++;
	WRITE_ONCE(s->at.hypercall, control & 0xffff);
	answered = hvd_hypercall(&s->pages, control, result);
	WRITE_ONCE(s->at.hypercall, 0);
	if (!answered)
		s->stop = HVD_WHY_HYPERVISOR;
	return answered;
}

/** hvd_fail() - record a hypercall that failed; road */
void hvd_fail(struct hvd_session *s, const struct hvd_failure *f)
{
	s->failures++;
	hvd_time(s);
	hvd_write_failure(&s->writer, f);
}

static u32 reason(const struct hvd_session *s, u32 flags)
{
	if (s->live)
		return HVD_REASON_LIVE;
	return flags & HVD_CAPTURE_CRASHED ? HVD_REASON_HV_CRASH :
					     HVD_REASON_LINUX_PANIC;
}

static void put_capture(struct hvd_session *s, u32 flags)
{
	struct hvd_anchor anchor;
	struct hvd_capture r = {
		.reason = reason(s, flags),
		.flags = flags,
		.cpu = s->cpu,
		.vp_index = HVD_NO_VP,
		.ticks = s->start,
		.hypervisor = s->hypervisor,
	};

	hvd_anchor_latest(&anchor);
	r.wall_ns = anchor.wall_ns;
	r.mono_ns = anchor.mono_ns;
	r.anchor_ticks = anchor.ticks;
	hvd_load_u32(&hv_vp_index[r.cpu], &r.vp_index);
	hvd_write_capture(&s->writer, &r);
}

/**
 * hvd_capture_run() - take the capture; road
 * @s: allocated, its writer initialised and with the header record
 * @flags: HVD_CAPTURE_...
 *
 * Runs once in the life of @s. Of a hypervisor that crashed or is gone, nothing
 * is asked: what memory tells is recorded.
 */
void hvd_capture_run(struct hvd_session *s, u32 flags)
{
	s->start = hvd_ticks();
	s->looked = s->start;
	s->cpu = raw_smp_processor_id();
	hvd_at(s, HVD_PARTITION_SELF, HVD_NO_VP);
	s->hypervisor = hvd_alive_full();
	if (s->hypervisor != HVD_HV_ALIVE)
		s->stop = HVD_WHY_HYPERVISOR;
	put_capture(s, flags);
	hvd_write_hypervisor(&s->writer, hvd_self.leaves, hvd_self.nr_leaves);
	hvd_copy_arguments(s);
	hvd_find_partitions(s);
	hvd_read_vps(s);
	hvd_time(s);
	hvd_write_references(&s->writer, s->references, s);
	WRITE_ONCE(s->at.referenced, true);
	hvd_read_rest(s);
	hvd_read_properties(s);
	hvd_read_states(s);
	hvd_time(s);
	hvd_writer_finish(&s->writer);
	WRITE_ONCE(s->at.ended, true);
}
