// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that the hypervisor and this kernel share. What stays as it is until
 * the crash kernel runs is referenced by its page number. The kernel's hypercall
 * argument pages are copied, since the crash itself uses them: hv_crash.c that
 * of CPU 0, three times. All of this file is "road".
 */
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <asm/mshyperv.h>

#include "guard.h"
#include "hvdump.h"

/* hv_crash.c makes its hypercalls on this CPU. */
#define LAST_CPU	0

/* The kernel's per-CPU pointers to its argument pages; NULL where it has none. */
static void * __percpu *slots(u32 kind)
{
	return kind == HVD_PAGE_INPUT ? hyperv_pcpu_input_arg :
					hyperv_pcpu_output_arg;
}

/*
 * Where a CPU's argument page is; NULL: it has none, or one that is not in the
 * direct map, and so of no known page number.
 */
static const void *argument_page(u32 kind, u32 cpu, u64 *pfn)
{
	void * __percpu *s = slots(kind);
	u64 va, pa;

	if (!s || !hvd_load_u64((const u64 *)per_cpu_ptr(s, cpu), &va))
		return NULL;
	if (!hvd_direct_map(va, &pa) || pa % HVD_PAGE_SIZE)
		return NULL;
	*pfn = pa / HVD_PAGE_SIZE;
	return (const void *)(unsigned long)va;
}

/* How many bytes of a page could be loaded. */
static u32 load_page(const void *from, u8 *to)
{
	u32 at;
	u64 word;

	for (at = 0; at < HVD_PAGE_SIZE; at += sizeof(word)) {
		if (!hvd_load_u64(from + at, &word))
			break;
		memcpy(to + at, &word, sizeof(word));
	}
	return at;
}

/* Is it, by now, no longer what the kernel's last hypercall was? */
static bool overwritten(const struct hvd_session *s, u32 kind, u32 cpu)
{
	return kind == HVD_PAGE_INPUT && cpu == LAST_CPU &&
	       s->hypervisor == HVD_HV_GONE;
}

static u64 room(const struct hvd_writer *w)
{
	u64 size = 0;
	u32 i;

	for (i = 0; i < w->nr_chunks; i++)
		size += w->chunks[i].size;
	return size;
}

static void copy(struct hvd_session *s, u32 kind, u32 i)
{
	struct hvd_memory r = {
		.partition_id = hvd_self.partition_id,
		.vp_index = s->cpus[i],
		.kind = kind,
	};
	const void *from = argument_page(kind, s->cpus[i], &r.pfn);

	if (!from)
		return;
	if (s->writer.bytes > room(&s->writer) / HVD_COPIES_SHARE) {
		hvd_drop(&s->writer, HVD_TYPE_MEMORY, HVD_WHY_SPACE, 1);
		return;
	}
	r.size = load_page(from, s->page);
	if (r.size < HVD_PAGE_SIZE)
		r.flags |= HVD_PAGE_UNREADABLE;
	if (overwritten(s, kind, s->cpus[i]))
		r.flags |= HVD_PAGE_OVERWRITTEN;
	hvd_time(s);
	if (hvd_write_memory(&s->writer, &r, s->page) && r.size)
		s->copied[i] |= BIT(kind - HVD_PAGE_INPUT);
}

static void copy_once(struct hvd_session *s, u32 kind, u32 i)
{
	if (!(s->copied[i] & BIT(kind - HVD_PAGE_INPUT)))
		copy(s, kind, i);
}

/**
 * hvd_copy_arguments() - copy every CPU's hypercall argument pages
 * @s: the capture
 *
 * This CPU's and the one that is going to be overwritten first, should there
 * be no room for all; and all inputs before any output.
 */
void hvd_copy_arguments(struct hvd_session *s)
{
	u32 kind, i;

	for (i = 0; i < s->nr_cpus; i++)
		if (s->cpus[i] == s->cpu || s->cpus[i] == LAST_CPU)
			copy(s, HVD_PAGE_INPUT, i);
	for (kind = HVD_PAGE_INPUT; kind <= HVD_PAGE_OUTPUT; kind++)
		for (i = 0; i < s->nr_cpus; i++)
			copy_once(s, kind, i);
}

/* References on their way into records. */
struct batch {
	struct hvd_writer *w;
	struct hvd_page *list;
	u32 nr;
};

static void flush(struct batch *b)
{
	if (b->nr)
		hvd_write_pages(b->w, b->list, b->nr);
	b->nr = 0;
}

static void add(struct batch *b, const struct hvd_page *p)
{
	b->list[b->nr++] = *p;
	if (b->nr == HVD_PAGE_BATCH)
		flush(b);
}

static void add_own(struct batch *b)
{
	u32 i, end = hvd_own_count();
	struct hvd_page p;

	for (i = 0; i < end; i++)
		if (hvd_own_get(i, &p))
			add(b, &p);
}

static void add_arguments(struct batch *b, const struct hvd_session *s, u32 i)
{
	struct hvd_page p = {
		.partition_id = hvd_self.partition_id,
		.vp_index = s->cpus[i],
	};
	const void *from;

	for (p.kind = HVD_PAGE_INPUT; p.kind <= HVD_PAGE_OUTPUT; p.kind++) {
		from = argument_page(p.kind, s->cpus[i], &p.pfn);
		if (!from)
			continue;
		p.flags = 0;
		if (s->copied[i] & BIT(p.kind - HVD_PAGE_INPUT))
			p.flags |= HVD_PAGE_COPIED;
		/* Or it will be, before the crash kernel sees it. */
		if (overwritten(s, p.kind, p.vp_index) ||
		    (p.kind == HVD_PAGE_INPUT && p.vp_index == LAST_CPU &&
		     hvd_hook_capture_first()))
			p.flags |= HVD_PAGE_OVERWRITTEN;
		add(b, &p);
	}
}

/* Pages that the driver uses lie in the direct map. */
static bool guarded(u64 pfn)
{
	u64 word;

	return !hvd_load_u64((const u64 *)__va(pfn * HVD_PAGE_SIZE), &word);
}

static void add_made(struct batch *b)
{
	u32 i, end = hvd_track_used();
	struct hvd_page p;

	for (i = 0; i < end; i++) {
		if (!hvd_track_get(i, &p) || p.kind >= HVD_MADE_PARTITION)
			continue;
		if (guarded(p.pfn))
			p.flags |= HVD_PAGE_GUARDED;
		add(b, &p);
	}
}

/**
 * hvd_write_references() - record the shared pages' numbers
 * @w: where to
 * @list: HVD_PAGE_BATCH elements that nobody else uses
 * @s: the first call's capture
 */
void hvd_write_references(struct hvd_writer *w, struct hvd_page *list,
			  const struct hvd_session *s)
{
	struct batch b = { .w = w, .list = list };
	u32 i;

	add_own(&b);
	for (i = 0; i < s->nr_cpus; i++)
		add_arguments(&b, s, i);
	add_made(&b);
	flush(&b);
}
