// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * barecalls.ko: what a capture costs beside its hypercalls.
 *
 * It is linked with hvdump.ko's own sources and takes captures with them. Each
 * hypercall is written down, control word and input; after every SLICE of them
 * the capture's clock stops, and the same calls are made once more, with the
 * same inputs, one after the other, and nothing is done with the answers. Since
 * the two take turns every few milliseconds, a busy machine slows both down. For
 * ./run bench, in virtual machines.
 */
#include <linux/module.h>
#include <linux/vmalloc.h>

/* Armed as hvdump.ko is, parameters and all, but without the hook. */
#undef module_init
#undef module_exit
#define module_init(f)
#define module_exit(f)
#include "main.c"
#undef module_init
#define module_init(f)	int init_module(void) __copy(f) __attribute__((alias(#f)));

static uint rounds = 5;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "captures to take");

/* One hypercall that was made; @len bytes of its input page follow. */
struct call {
	u64 control;
	u32 len;
	u32 reserved;
};

#define SLICE		64
/* What a call without reps has for input: more than any has that we make. */
#define PLAIN_INPUT	64
/* GetVpRegisters, the only rep call: 16 bytes and a name a rep. */
#define REP_INPUT(control)	(16 + 4 * (((control) >> 32) & 0xfff))
#define MAX_TRACE	(SLICE * (sizeof(struct call) + HVD_PAGE_SIZE))

static struct {
	u8 *data;
	size_t used;
	u32 calls;		/* in @data */
	u32 all_calls;
	u64 bare;		/* ticks */
	u64 elsewhere;		/* ticks that are not the capture's */
	struct hvd_call_pages pages;
} trace;

bool hvd_real_hypercall(const struct hvd_call_pages *p, u64 control,
			u64 *result);

static void take_down(const struct hvd_call_pages *p, u64 control)
{
	struct call *c = (void *)(trace.data + trace.used);
	u32 len = control >> 32 ? REP_INPUT(control) : PLAIN_INPUT;

	len = round_up(min_t(u32, len, HVD_PAGE_SIZE), 8);
	*c = (struct call){ .control = control, .len = len };
	memcpy(c + 1, p->in, len);
	trace.used += sizeof(*c) + len;
	trace.calls++;
	trace.all_calls++;
}

/* What was taken down, as fast as it goes. */
static void bare_calls(void)
{
	const u8 *at = trace.data, *end = at + trace.used;
	const struct hvd_call_pages *p = &trace.pages;
	const struct call *c;
	u64 start = rdtsc(), result;

	for (; at < end; at += sizeof(*c) + c->len) {
		c = (const void *)at;
		memcpy(p->in, c + 1, c->len);
		hvd_real_hypercall(p, c->control, &result);
	}
	trace.bare += rdtsc() - start;
	trace.used = 0;
	trace.calls = 0;
}

/* The capture's hypercalls come by here. */
bool hvd_hypercall(const struct hvd_call_pages *p, u64 control, u64 *result)
{
	u64 start = rdtsc();

	if (trace.pages.in) {
		if (trace.calls == SLICE)
			bare_calls();
		take_down(p, control);
	}
	trace.elsewhere += rdtsc() - start;
	return hvd_real_hypercall(p, control, result);
}

/* A capture as the hook takes it. Return: ticks; 0 when it could not be. */
static u64 capture_round(struct hvd_session *s)
{
	u64 ticks;

	memset(s, 0, sizeof(*s));
	if (hvd_session_alloc(s))
		return 0;
	hvd_writer_init(&s->writer, hvd_chunks, hvd_nr_chunks,
			HVD_ROLE_CAPTURE, 1);
	trace.all_calls = 0;
	trace.bare = 0;
	trace.elsewhere = 0;
	preempt_disable();
	ticks = rdtsc();
	hvd_capture_run(s, 0);
	ticks = rdtsc() - ticks - trace.elsewhere;
	bare_calls();
	preempt_enable();
	return ticks;
}

static void compare(void)
{
	static struct hvd_session s;
	u64 ours;
	u32 i;

	for (i = 0; i < rounds; i++) {
		ours = capture_round(&s);
		pr_info("barecalls: ours=%llu bare=%llu calls=%u bytes=%llu khz=%llu whole=%u\n",
			ours, trace.bare, trace.all_calls, s.writer.bytes,
			hvd_ticks_khz(),
			ours && !s.stop && !s.writer.nr_dropped);
		hvd_session_free(&s);
	}
}

/* What hook.c, attach.c and sysfs.c have: nothing is hooked, attached, shown. */
int hvd_hook_install(void)
{
	return 0;
}

void hvd_hook_remove(void)
{
}

void hvd_hook_refresh(void)
{
}

void hvd_hook_check(void)
{
}

bool hvd_hook_capture_first(void)
{
	return false;
}

int hvd_attach_init(void)
{
	return 0;
}

void hvd_attach_exit(void)
{
}

void hvd_attach_check(void)
{
}

int hvd_sysfs_init(void)
{
	return 0;
}

void hvd_sysfs_exit(void)
{
}

static int __init bare_init(void)
{
	int ret;

	if (hvd_identify())
		return -ENODEV;
	limit_parameters();
	ret = arm();
	trace.data = vmalloc(MAX_TRACE);
	if (!ret && (!trace.data || hvd_pages_alloc(&trace.pages)))
		ret = -ENOMEM;
	if (!ret)
		compare();
	hvd_pages_free(&trace.pages);
	vfree(trace.data);
	disarm();
	/* There is nothing to stay for. */
	return ret ? ret : -EAGAIN;
}
module_init(bare_init)
