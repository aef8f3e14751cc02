// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory: the root deposits pages in a partition's pool and withdraws them
 * (TLFS, memory pools), and maps its own pages into a child's guest-physical
 * address space.
 */
#include "created.h"
#include "hypercall.h"
#include "log.h"
#include "memory.h"
#include "npt.h"
#include "slat.h"

/* ------------------------------------------------------------------ pools */

/* A log line of runs of page numbers, FIRST+COUNT,FIRST+COUNT... */
struct runs {
	char text[360];
	size_t length;
	u64 first;
	u32 count;
	bool in_order;		/* the log must tell which page came when */
};

static void end_run(struct runs *r)
{
	if (!r->count)
		return;
	r->length += format(r->text + r->length, sizeof(r->text) - r->length, "%s0x%lx+%u",
			    r->length ? "," : "", r->first, r->count);
	r->count = 0;
}

static void say_runs(struct runs *r, const char *what, u64 partition)
{
	end_run(r);
	if (r->length)
		log_line(LOG_EVENTS, "%s part=0x%lx pfns=%s", what, partition, r->text);
	r->length = 0;
}

static void add_page(struct runs *r, const char *what, u64 partition, u64 pfn)
{
	if (r->count && (pfn == r->first + r->count || (!r->in_order && pfn + 1 == r->first))) {
		r->first -= pfn < r->first;	/* withdrawn pages come in reverse order */
		r->count++;
		return;
	}
	end_run(r);
	if (r->length > sizeof(r->text) - 40)
		say_runs(r, what, partition);
	r->first = pfn;
	r->count = 1;
}

static struct partition *target(struct hypercall *h)
{
	h->has_partition = true;
	h->partition = get64(h->in);
	return partition_find(h->partition);
}

/* Input: partition, then a list of page numbers. */
enum hv_status hvcall_deposit_memory(struct hypercall *h)
{
	struct partition *p = target(h);
	enum hv_status status = HV_SUCCESS;
	struct runs runs = { .length = 0 };

	if (!p)
		return HV_INVALID_PARTITION_ID;
	for (u32 i = h->rep_start; i < h->rep_count; i++) {
		u64 pfn = get64(h->in + 8 + i * 8);

		if (!deposit_add(p, pfn)) {
			status = HV_INVALID_PARAMETER;
			break;
		}
		add_page(&runs, "deposit", p->id, pfn);
		h->reps_done = i + 1;
	}
	say_runs(&runs, "deposit", p->id);
	return status;
}

/* Input: partition, proximity domain. Output: the pages, as many as there are. */
enum hv_status hvcall_withdraw_memory(struct hypercall *h)
{
	struct partition *p = target(h);
	struct runs runs = { .length = 0 };
	u64 pfn;

	if (!p)
		return HV_INVALID_PARTITION_ID;
	for (u32 i = h->rep_start; i < h->rep_count && deposit_withdraw(p, &pfn); i++) {
		add_page(&runs, "withdraw", p->id, pfn);
		put64(h->out + i * 8, pfn);
		h->reps_done = i + 1;
	}
	say_runs(&runs, "withdraw", p->id);
	return h->reps_done == h->rep_count ? HV_SUCCESS : HV_NO_RESOURCES;
}

/* Input: partition, proximity domain. Output: pages available, pages in use. */
enum hv_status hvcall_get_memory_balance(struct hypercall *h)
{
	const struct partition *p = target(h);

	if (!p)
		return HV_INVALID_PARTITION_ID;
	put64(h->out, p->pool.free);
	put64(h->out + 8, p->pool.used);
	return HV_SUCCESS;
}

/* --------------------------------------------------------- a child's memory */

/* HV_MAP_GPA_* of Linux and the TLFS. */
#define MAP_READABLE	0x1u
#define MAP_WRITABLE	0x2u
#define MAP_EXECUTABLE	0xcu
#define MAP_NO_ACCESS	0x10000u
#define MAP_LARGE	0x80000000u
#define PAGES_PER_LARGE	512u

static u32 access_of(u32 flags)
{
	if (flags & MAP_NO_ACCESS)
		return SLAT_NO_ACCESS;
	return flags & (MAP_READABLE | MAP_WRITABLE | MAP_EXECUTABLE);
}

/* The root can only hand on what is its own: not minihv's, not deposited. */
static bool may_map(u64 pfn, u32 pages, u32 flags)
{
	for (u32 i = 0; !(flags & MAP_NO_ACCESS) && i < pages; i++)
		if (pfn > 1ul << 40 || !npt_reachable((pfn + i) * PAGE_SIZE))
			return false;
	return true;
}

static enum hv_status map_one(struct partition *p, u64 gfn, u64 pfn, u32 flags)
{
	u32 pages = flags & MAP_LARGE ? PAGES_PER_LARGE : 1;

	if (gfn % pages || (!(flags & MAP_NO_ACCESS) && pfn % pages))
		return HV_INVALID_ALIGNMENT;
	if ((gfn + pages) >> SLAT_GFN_BITS || !may_map(pfn, pages, flags))
		return HV_INVALID_PARAMETER;
	for (u32 i = 0; i < pages; i++)
		if (!slat_map(p, gfn + i, pfn + i, access_of(flags)))
			return HV_INSUFFICIENT_MEMORY;
	return HV_SUCCESS;
}

static void say_gpa(const char *what, const struct hypercall *h, const struct partition *p,
		    u64 gfn, u32 flags)
{
	log_line(LOG_EVENTS, "%s part=0x%lx gfn=0x%lx reps=%u-%u flags=0x%x accessible=%lu", what,
		 p->id, gfn, h->rep_start, h->reps_done, flags, p->created->gpa_pages);
}

/*
 * Input: partition, first guest page number, u32 flags, u32 padding, then a
 * list of system page numbers, each of a page of 4 KiB or of 2 MiB.
 */
enum hv_status hvcall_map_gpa_pages(struct hypercall *h)
{
	u64 gfn = get64(h->in + 8), pages;
	u32 flags = get32(h->in + 16);
	struct runs runs = { .in_order = true };
	struct partition *p;
	enum hv_status status = hypercall_created(h, STATE_ACTIVE, &p);

	pages = flags & MAP_LARGE ? PAGES_PER_LARGE : 1;
	for (u32 i = h->rep_start; status == HV_SUCCESS && i < h->rep_count; i++) {
		u64 pfn = get64(h->in + 24 + i * 8);

		status = map_one(p, gfn + i * pages, pfn, flags);
		if (status != HV_SUCCESS)
			break;
		h->reps_done = i + 1;
		if (!(flags & MAP_NO_ACCESS))
			add_page(&runs, "gpa-pages", p->id, pfn);
	}
	if (runs.count)
		say_runs(&runs, "gpa-pages", p->id);
	if (h->reps_done > h->rep_start)
		say_gpa("map-gpa", h, p, gfn, flags);
	return status;
}

/* Input: the same without the list. A finalized partition has nothing mapped. */
enum hv_status hvcall_unmap_gpa_pages(struct hypercall *h)
{
	u64 gfn = get64(h->in + 8), count;
	u32 flags = get32(h->in + 16);
	struct partition *p;
	enum hv_status status = hypercall_created(h, ANY_STATE, &p);

	if (status != HV_SUCCESS)
		return status;
	count = (flags & MAP_LARGE ? PAGES_PER_LARGE : 1) * (u64)(h->rep_count - h->rep_start);
	for (u64 i = 0; i < count; i++)
		slat_unmap(p, gfn + i);
	h->reps_done = h->rep_count;
	say_gpa("unmap-gpa", h, p, gfn, flags);
	return HV_SUCCESS;
}
