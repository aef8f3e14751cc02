// SPDX-License-Identifier: GPL-2.0-or-later
/* Who owns which memory: see ownership.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hypervisor.h"
#include "kernel_open.h"
#include "names.h"
#include "ownership.h"

#define NOBODY UINT64_MAX
#define NO_ONE UINT32_MAX
#define IMAGE_PAGE 4096

/** What collects. */
struct collector {
	struct session *s;
	struct ownership *o;
	struct memory memory;
};

static bool same_use(const struct hvd_page *a, const struct hvd_page *b)
{
	return a->kind == b->kind && a->partition_id == b->partition_id &&
	       a->vp_index == b->vp_index && a->detail == b->detail;
}

static bool continues(const struct ownership_range *a,
		      const struct ownership_range *b)
{
	return a->use.pfn + a->pages == b->use.pfn &&
	       a->evidence == b->evidence && same_use(&a->use, &b->use) &&
	       a->use.flags == b->use.flags && a->state == b->state &&
	       a->error == b->error;
}

static int append(struct ownership *o, const struct ownership_range *r)
{
	size_t room = o->room ? 2 * o->room : 64;
	struct ownership_range *grown;

	if (o->nr == o->room) {
		grown = reallocarray(o->at, room, sizeof(*grown));
		if (!grown)
			return -1;
		o->at = grown;
		o->room = room;
	}
	o->at[o->nr++] = *r;
	return 0;
}

/* A walk through a region adds page by page: it costs a range, not a page. */
static int add(struct collector *c, const struct hvd_page *use, uint64_t pages,
	       enum evidence evidence)
{
	const struct hvd_gap *gap = hvd_dump_find_gap(c->s->dump, use->pfn);
	struct ownership *o = c->o;
	struct ownership_range r = {
		.use = *use,
		.pages = pages,
		.evidence = evidence,
		.state = memory_state(c->s, &c->memory, use->pfn),
	};

	if (r.state == PAGE_UNREAD)
		r.error = gap->error;
	if (o->nr && continues(&o->at[o->nr - 1], &r)) {
		o->at[o->nr - 1].pages += pages;
		return 0;
	}
	return append(o, &r);
}

/* --------------------------------------------------------------- of the notes */

/* Does a page element tell of the same use? */
static bool is_referenced(const struct hvd_dump *d, const struct hvd_page *use)
{
	const struct hvd_page *p = hvd_dump_find_page(d, use->pfn);

	for (; p && p < d->pages + d->nr_pages && p->pfn == use->pfn; p++)
		if (same_use(p, use))
			return true;
	return false;
}

static int add_gap(struct collector *c, const struct hvd_gap *gap)
{
	const struct hvd_page use = {
		.pfn = gap->pfn,
		.kind = gap->kind,
		.partition_id = NOBODY,
		.vp_index = NO_ONE,
	};

	if (hvd_dump_find_page(c->s->dump, use.pfn))
		return 0;
	return add(c, &use, gap->pages, EVIDENCE_UNREAD);
}

/* References; copies that nothing refers to; gaps that nothing refers to. */
static int add_notes(struct collector *c)
{
	const struct hvd_dump *d = c->s->dump;
	size_t i;

	for (i = 0; i < d->nr_pages; i++)
		if (add(c, &d->pages[i], 1, EVIDENCE_PAGE))
			return -1;
	for (i = 0; i < d->nr_copies; i++) {
		const struct hvd_page use = copy_use(&d->copies[i]);

		if (!is_referenced(d, &use) &&
		    add(c, &use, 1, EVIDENCE_MEMORY))
			return -1;
	}
	for (i = 0; i < d->nr_gaps; i++)
		if (add_gap(c, &d->gaps[i]))
			return -1;
	return 0;
}

/* -------------------------------------------------------- the guests' regions */

/* What a damaged region claims to have must not wrap, nor be too much for JSON. */
static void leave_out(struct ownership *o, uint64_t pages)
{
	if (pages > INT64_MAX - o->left_out)
		pages = INT64_MAX - o->left_out;
	o->left_out += pages;
}

/* Not each page of a region is given to the guest: those have no number. */
static int add_region(struct collector *c, const struct hvd_mshv_partition *p,
		      const struct hvd_mshv_region *region)
{
	struct hvd_page use = {.partition_id = p->id, .vp_index = NO_ONE};
	struct hvd_error err;
	struct hvd_kernel *k = session_kernel(c->s, &err);
	uint64_t i, pfn = 0;
	enum hvd_read got;

	if (!k || region->pages == HVD_UNKNOWN ||
	    region->start_gfn == HVD_UNKNOWN)
		return 0;
	for (i = 0; i < region->pages && i < OWNERSHIP_WALK; i++) {
		got = hvd_mshv_page(k, region, region->start_gfn + i, &pfn,
				    &err);
		/* A broken list is not followed any further. */
		if (got == HVD_READ_DAMAGED)
			break;
		use.pfn = pfn;
		if (got == HVD_READ_DATA && add(c, &use, 1, EVIDENCE_REGION))
			return -1;
	}
	leave_out(c->o, region->pages - i);
	return 0;
}

static int add_regions(struct collector *c, struct host *host)
{
	const struct driver *d = host_driver(host);
	size_t i, k;

	for (i = 0; d && i < d->mshv.nr_partitions; i++)
		for (k = 0; k < d->mshv.partitions[i].nr_regions; k++)
			if (add_region(c, &d->mshv.partitions[i],
				       &d->mshv.partitions[i].regions[k]))
				return -1;
	return 0;
}

/* ---------------------------------------------------- the hypervisor's image */

static int add_image(struct collector *c)
{
	struct hvd_page use = {.partition_id = NOBODY, .vp_index = NO_ONE};
	uint64_t i, pages, physical;
	struct hypervisor h;
	int status = 0;

	hypervisor_open(c->s, &h);
	pages = h.has_image ? ((uint64_t)h.pe.size + IMAGE_PAGE - 1) /
				      IMAGE_PAGE
			    : 0;
	for (i = 0; i < pages && i < OWNERSHIP_WALK && !status; i++) {
		if (hypervisor_physical(c->s, &h, h.base + i * IMAGE_PAGE,
					&physical))
			continue;
		use.pfn = physical / IMAGE_PAGE;
		status = add(c, &use, 1, EVIDENCE_IMAGE);
	}
	leave_out(c->o, pages - i);
	hypervisor_close(&h);
	return status;
}

/* -------------------------------------------------- in order, and held together */

static int compare(const void *x, const void *y)
{
	const struct ownership_range *a = x, *b = y;

	if (a->use.pfn != b->use.pfn)
		return a->use.pfn < b->use.pfn ? -1 : 1;
	if (a->use.kind != b->use.kind)
		return a->use.kind < b->use.kind ? -1 : 1;
	return (a->evidence > b->evidence) - (a->evidence < b->evidence);
}

static void sort_and_merge(struct ownership *o)
{
	size_t i, kept = 0;

	if (o->nr)
		qsort(o->at, o->nr, sizeof(*o->at), compare);
	for (i = 0; i < o->nr; i++) {
		if (kept && continues(&o->at[kept - 1], &o->at[i]))
			o->at[kept - 1].pages += o->at[i].pages;
		else
			o->at[kept++] = o->at[i];
	}
	o->nr = kept;
}

/*
 * A partition's memory may be that of one of its VPs, and the hypervisor's that
 * of an LP: these are one owner. Two partitions, or two VPs, are two.
 */
typedef bool (*same_fn)(const struct ownership_range *a,
			const struct ownership_range *b);

static bool same_partition(const struct ownership_range *a,
			   const struct ownership_range *b)
{
	return a->use.partition_id == b->use.partition_id;
}

static bool same_vp(const struct ownership_range *a,
		    const struct ownership_range *b)
{
	return same_partition(a, b) && a->use.vp_index == b->use.vp_index;
}

static uint64_t end_of(const struct ownership_range *r)
{
	return r->use.pfn + r->pages;
}

/*
 * One way: of all ranges before this one, the two of different owners that
 * reach furthest. One of them is another's than this one, if any is.
 */
static void mark_later(struct ownership *o, same_fn same, bool vps)
{
	struct ownership_range *r, *far[2] = {NULL, NULL};
	const struct ownership_range *other;
	size_t i;

	for (i = 0; i < o->nr; i++) {
		r = &o->at[i];
		if (!ownership_known(r) || (vps && r->use.vp_index == NO_ONE))
			continue;
		other = far[0] && same(far[0], r) ? far[1] : far[0];
		if (other && end_of(other) > r->use.pfn)
			r->overlap = true;
		if (!far[0] || same(far[0], r)) {
			if (!far[0] || end_of(r) > end_of(far[0]))
				far[0] = r;
		} else if (end_of(r) > end_of(far[0])) {
			far[1] = far[0];
			far[0] = r;
		} else if (!far[1] || end_of(r) > end_of(far[1])) {
			far[1] = r;
		}
	}
}

/* The other way: of all ranges behind it, the nearest of another owner. */
static void mark_earlier(struct ownership *o, same_fn same, bool vps)
{
	struct ownership_range *r, *near[2] = {NULL, NULL};
	const struct ownership_range *other;
	size_t i;

	for (i = o->nr; i-- > 0;) {
		r = &o->at[i];
		if (!ownership_known(r) || (vps && r->use.vp_index == NO_ONE))
			continue;
		other = near[0] && same(near[0], r) ? near[1] : near[0];
		if (other && other->use.pfn < end_of(r))
			r->overlap = true;
		if (near[0] && !same(near[0], r))
			near[1] = near[0];
		near[0] = r;
	}
}

static void mark_overlaps(struct ownership *o)
{
	size_t i;

	mark_later(o, same_partition, false);
	mark_earlier(o, same_partition, false);
	mark_later(o, same_vp, true);
	mark_earlier(o, same_vp, true);
	for (i = 0; i < o->nr; i++)
		o->overlaps += o->at[i].overlap;
}

int ownership_get(struct host *host, struct ownership *o)
{
	struct collector c = {.s = host->s, .o = o};
	int status;

	memset(o, 0, sizeof(*o));
	memory_open(c.s, &c.memory);
	status = add_notes(&c) || add_regions(&c, host) || add_image(&c);
	memory_close(&c.memory);
	if (status)
		return -1;
	sort_and_merge(o);
	mark_overlaps(o);
	return 0;
}

void ownership_free(struct ownership *o)
{
	free(o->at);
}

/* -------------------------------------------------------------------- in words */

bool ownership_known(const struct ownership_range *r)
{
	return r->evidence != EVIDENCE_UNREAD;
}

const char *ownership_kind(char *buf, const struct ownership_range *r)
{
	if (r->evidence == EVIDENCE_REGION)
		return "guest-region";
	if (r->evidence == EVIDENCE_IMAGE)
		return "hypervisor-image";
	return page_kind(buf, &r->use);
}

const char *ownership_evidence(const struct ownership_range *r)
{
	static const char *const names[] = {
		[EVIDENCE_PAGE] = "pages record",
		[EVIDENCE_MEMORY] = "memory record",
		[EVIDENCE_UNREAD] = "unread record",
		[EVIDENCE_REGION] = "mshv_mem_region",
		[EVIDENCE_IMAGE] = "hypervisor's page tables",
	};

	return names[r->evidence];
}
