// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * smp_ops.crash_stop_other_cpus, wrapped: the one point that every road to the
 * crash kernel passes on an x86-64 SMP kernel.
 *
 * The original of a plain kernel, kdump_nmi_shootdown_cpus(), returns with the
 * other CPUs stopped: the capture comes behind it. The one that hv_crash.c of
 * 6.19 and later puts there on a root partition takes the hypervisor out of the
 * way and does not return to the caller: the capture comes before it, and so
 * before any other original that is not known.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <asm/smp.h>

#include "hvdump.h"

#define STOPS_AND_RETURNS	"kdump_nmi_shootdown_cpus"

static void (*original)(void);
static bool capture_first;
static u32 flags_at_load;	/* and refreshed: HVD_CAPTURE_... */
static bool pinned;		/* somebody wrapped the hook: stay for ever */

static atomic_t calls = ATOMIC_INIT(0);
static atomic_t stage_busy = ATOMIC_INIT(0);
static struct hvd_writer stage_writer;
static struct hvd_page stage_pages[HVD_PAGE_BATCH];
static bool stage_referenced;

/* Where the capture of the first call is, which may not have come to its end. */
static void look_at_first(struct hvd_stage *r)
{
	const struct hvd_session *s = &hvd_crash_session;

	if (READ_ONCE(s->at.ended))
		r->first = HVD_FIRST_ENDED;
	else if (s->cpu == r->cpu)
		r->first = HVD_FIRST_NESTED;
	else
		r->first = HVD_FIRST_ELSEWHERE;
	r->records = READ_ONCE(s->writer.records);
	r->partition_id = READ_ONCE(s->at.partition_id);
	r->vp_index = READ_ONCE(s->at.vp_index);
	r->hypercall = READ_ONCE(s->at.hypercall);
}

/*
 * A later call of the hook, perhaps inside the first: it never waits, and says
 * in the chunk kept for it what it knows of the hypervisor. A first capture
 * that was interrupted will not record the shared pages any more: done here.
 */
static void stage(u32 call, u32 flags)
{
	const struct hvd_session *s = &hvd_crash_session;
	struct hvd_stage r = {
		.ticks = hvd_ticks(),
		.cpu = raw_smp_processor_id(),
		.call = call,
		.hypervisor = hvd_alive_full(),
		.flags = flags,
	};

	if (atomic_cmpxchg(&stage_busy, 0, 1))
		return;
	look_at_first(&r);
	/* Without the hypervisor the counter may have another origin. */
	stage_writer.time = r.ticks > s->start ? r.ticks - s->start : 0;
	hvd_write_stage(&stage_writer, &r);
	if (!READ_ONCE(s->at.referenced) && !stage_referenced) {
		stage_referenced = true;
		hvd_write_references(&stage_writer, stage_pages, s);
	}
	atomic_set_release(&stage_busy, 0);
}

static void capture(u32 more)
{
	u32 call = atomic_inc_return(&calls);
	u32 flags = READ_ONCE(flags_at_load) | more | hvd_driver_flags();

	if (hvd_alive_crashed())
		flags |= HVD_CAPTURE_CRASHED;
	if (in_nmi())
		flags |= HVD_CAPTURE_IN_NMI;
	if (call == 1)
		hvd_capture_run(&hvd_crash_session, flags);
	else
		stage(call, flags);
}

static void hvd_crash_stop_other_cpus(void)
{
	/* With crash_kexec_post_notifiers the hook is reached without, too. */
	bool wanted = kexec_crash_loaded();
	bool first = capture_first;

	if (wanted && first)
		capture(0);
	original();
	if (wanted && !first)
		capture(HVD_CAPTURE_STOPPED);
}

/*
 * VMBus, where there is one, closes this CPU's SynIC before the hook runs,
 * unless the hook runs early because the notifiers come first.
 */
u32 hvd_hook_flags(void)
{
	static const char param[] =
		"/sys/module/kernel/parameters/crash_kexec_post_notifiers";
	u32 flags = 0;
	char text[4];

	if (hvd_hypercall_protected())
		flags |= HVD_CAPTURE_PROTECTED;
	if (hvd_read_text(param, text, sizeof(text)) > 0 && text[0] == 'Y')
		flags |= HVD_CAPTURE_NOTIFIERS;
	else if (hvd_path_exists("/sys/bus/vmbus"))
		flags |= HVD_CAPTURE_SYNIC_OFF;
	return flags;
}

bool hvd_hook_capture_first(void)
{
	return capture_first;
}

/* Somebody wrapped the hook: the module cannot be unloaded any more. */
bool hvd_hook_wrapped(void)
{
	return READ_ONCE(pinned);
}

/**
 * hvd_hook_refresh() - what may have changed since: by the timer
 * Never from a file of sysfs: it reads another one, and so would take locks of
 * the kind that is held there.
 */
void hvd_hook_refresh(void)
{
	WRITE_ONCE(flags_at_load, hvd_hook_flags());
}

/**
 * hvd_hook_check() - is the hook still ours? by the timer, and on reading status
 * Whoever wraps the hook keeps a pointer into this module, which then must
 * never be unloaded.
 */
void hvd_hook_check(void)
{
	if (READ_ONCE(smp_ops.crash_stop_other_cpus) ==
	    hvd_crash_stop_other_cpus || xchg(&pinned, true))
		return;
	__module_get(THIS_MODULE);
	pr_info("another module wrapped the crash hook: staying\n");
}

static bool returns(void (*fn)(void))
{
	char name[40];

	snprintf(name, sizeof(name), "%ps", fn);
	return !strcmp(name, STOPS_AND_RETURNS);
}

/**
 * hvd_hook_install() - the last step of loading: all else must be ready
 * The stage chunk must be allocated and the session's writer initialised.
 */
int hvd_hook_install(void)
{
	original = READ_ONCE(smp_ops.crash_stop_other_cpus);
	if (!original)
		return -EOPNOTSUPP;
	capture_first = !returns(original);
	flags_at_load = hvd_hook_flags();
	hvd_writer_init(&stage_writer, &hvd_stage_chunk, 1, HVD_ROLE_STAGE,
			hvd_crash_session.writer.nonce);
	if (cmpxchg(&smp_ops.crash_stop_other_cpus, original,
		    hvd_crash_stop_other_cpus) != original)
		return -EBUSY;
	return 0;
}

/**
 * hvd_hook_remove() - put the original back
 * A module cannot refuse to be unloaded at this point. Should the hook have
 * been wrapped since the last check, what remains is to wait, with the hook
 * alive, until it is ours again.
 */
void hvd_hook_remove(void)
{
	while (cmpxchg(&smp_ops.crash_stop_other_cpus,
		       hvd_crash_stop_other_cpus, original) !=
	       hvd_crash_stop_other_cpus)
		msleep(1000);
	synchronize_rcu();
}
