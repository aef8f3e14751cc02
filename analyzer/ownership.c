// SPDX-License-Identifier: GPL-2.0-or-later
/* Who owns which memory: see ownership.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hypervisor.h"
#include "json.h"
#include "kernel_open.h"
#include "names.h"
#include "ownership.h"

#define NOBODY UINT64_MAX
#define NO_ONE UINT32_MAX
#define IMAGE_PAGE 4096
#define ALL	   UINT64_MAX

/** What collects. */
struct collector {
	struct session *s;
	struct ownership *o;
	struct memory memory;
	uint64_t only;	 /* that page, or ALL */
	uint64_t looked; /* pages that were looked up */
};

static bool same_use(const struct hvd_page *a, const struct hvd_page *b)
{
	return a->kind == b->kind && a->partition_id == b->partition_id &&
	       a->vp_index == b->vp_index && a->detail == b->detail;
}

static bool has_place(const struct ownership_range *r)
{
	return r->evidence == EVIDENCE_REGION || r->evidence == EVIDENCE_IMAGE;
}

static bool continues(const struct ownership_range *a,
		      const struct ownership_range *b)
{
	return a->use.pfn + a->pages == b->use.pfn &&
	       a->evidence == b->evidence && same_use(&a->use, &b->use) &&
	       a->use.flags == b->use.flags && a->state == b->state &&
	       a->error == b->error &&
	       (!has_place(a) || a->at + a->pages == b->at);
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
static int add_range(struct collector *c, struct ownership_range r)
{
	struct ownership *o = c->o;
	uint64_t pfn = r.use.pfn;
	const struct hvd_gap *gap;

	if (c->only != ALL && (c->only < pfn || c->only - pfn >= r.pages))
		return 0;
	gap = hvd_dump_find_gap(c->s->dump, pfn);
	r.state = memory_state(c->s, &c->memory, pfn);
	if (r.state == PAGE_UNREAD)
		r.error = gap->error;
	if (o->nr && continues(&o->at[o->nr - 1], &r)) {
		o->at[o->nr - 1].pages += r.pages;
		return 0;
	}
	return append(o, &r);
}

static int add(struct collector *c, const struct hvd_page *use, uint64_t pages,
	       enum evidence evidence)
{
	return add_range(c, (struct ownership_range){
				    .use = *use,
				    .pages = pages,
				    .evidence = evidence,
			    });
}

/* Memory of which the notes know nothing: page @at of it is page @pfn. */
static int add_found(struct collector *c, uint64_t partition, uint64_t pfn,
		     uint64_t at, enum evidence evidence)
{
	return add_range(c, (struct ownership_range){
				    .use = {.pfn = pfn,
					    .partition_id = partition,
					    .vp_index = NO_ONE},
				    .pages = 1,
				    .at = at,
				    .evidence = evidence,
			    });
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

/* How many of so many pages may still be looked up; the others are counted. */
static uint64_t take_walk(struct collector *c, uint64_t pages)
{
	uint64_t left = OWNERSHIP_WALK - c->looked;
	uint64_t some = pages < left ? pages : left;
	uint64_t others = pages - some;

	/* What is damaged may claim to have more than a JSON number takes. */
	if (others > INT64_MAX - c->o->left_out)
		others = INT64_MAX - c->o->left_out;
	c->o->left_out += others;
	c->looked += some;
	return some;
}

/* Not each page of a region is given to the guest: those have no number. */
static int add_guest_pages(struct collector *c, uint64_t partition,
			   uint64_t gfn, const uint64_t *pfns, uint64_t nr)
{
	uint64_t i;

	for (i = 0; i < nr; i++)
		if (pfns[i] != HVD_UNKNOWN &&
		    add_found(c, partition, pfns[i], gfn + i, EVIDENCE_REGION))
			return -1;
	return 0;
}

/* A broken list is not followed any further. */
static int add_region(struct collector *c, const struct hvd_mshv_map *map,
		      uint64_t partition, const struct hvd_mshv_region *region)
{
	uint64_t pfns[HVD_MSHV_MAP_PAGES], pages, i, nr;
	struct hvd_error err;

	if (region->pages == HVD_UNKNOWN || region->start_gfn == HVD_UNKNOWN)
		return 0;
	pages = take_walk(c, region->pages);
	for (i = 0; i < pages; i += nr) {
		nr = pages - i < HVD_MSHV_MAP_PAGES ? pages - i
						    : HVD_MSHV_MAP_PAGES;
		if (hvd_mshv_map_read(map, region, i, nr, pfns, &err) !=
		    HVD_READ_DATA)
			break;
		if (add_guest_pages(c, partition, region->start_gfn + i, pfns,
				    nr))
			return -1;
	}
	return 0;
}

static int add_regions(struct collector *c, struct host *host)
{
	const struct driver *d = host_driver(host);
	struct hvd_mshv_map map;
	struct hvd_error err;
	struct hvd_kernel *k = session_kernel(c->s, &err);
	size_t i, j;

	if (!d || !d->mshv.nr_partitions || !k ||
	    hvd_mshv_map_open(&map, k, &err))
		return 0;
	for (i = 0; i < d->mshv.nr_partitions; i++) {
		const struct hvd_mshv_partition *p = &d->mshv.partitions[i];

		for (j = 0; j < p->nr_regions; j++)
			if (add_region(c, &map, p->id, &p->regions[j]))
				return -1;
	}
	return 0;
}

/* ---------------------------------------------------- the hypervisor's image */

static int add_image(struct collector *c)
{
	uint64_t i, pages, physical;
	struct hypervisor h;
	int status = 0;

	hypervisor_open(c->s, &h);
	pages = h.has_image ? ((uint64_t)h.pe.size + IMAGE_PAGE - 1) /
				      IMAGE_PAGE
			    : 0;
	pages = take_walk(c, pages);
	for (i = 0; i < pages && !status; i++) {
		if (hypervisor_physical(c->s, &h, h.base + i * IMAGE_PAGE,
					&physical))
			continue;
		status = add_found(c, NOBODY, physical / IMAGE_PAGE, i,
				   EVIDENCE_IMAGE);
	}
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

static bool is_known(const struct ownership *o)
{
	size_t i;

	for (i = 0; i < o->nr; i++)
		if (ownership_known(&o->at[i]))
			return true;
	return false;
}

static int collect(struct host *host, uint64_t only, bool all,
		   struct ownership *o)
{
	struct collector c = {.s = host->s, .o = o, .only = only};
	int status;

	memset(o, 0, sizeof(*o));
	memory_open(c.s, &c.memory);
	status = add_notes(&c);
	if (!status && (all || !is_known(o)))
		status = add_image(&c) || add_regions(&c, host);
	memory_close(&c.memory);
	if (status)
		return -1;
	sort_and_merge(o);
	mark_overlaps(o);
	return 0;
}

int ownership_get(struct host *host, struct ownership *o)
{
	return collect(host, ALL, true, o);
}

int ownership_find(struct host *host, uint64_t pfn, bool all,
		   struct ownership *o)
{
	return collect(host, pfn, all, o);
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

const char *ownership_place(char *buf, const struct ownership_range *r)
{
	if (!has_place(r))
		return "";
	snprintf(buf, NAME_SIZE, "%s0x%" PRIx64,
		 r->evidence == EVIDENCE_REGION ? "GPA " : "+",
		 r->at * IMAGE_PAGE);
	return buf;
}

json_t *ownership_json(const struct ownership_range *r)
{
	json_t *o = page_json(&r->use);

	if (has_place(r))
		json_set(o, "kind", json_string(ownership_kind(NULL, r)));
	json_set(o, "gpa", r->evidence == EVIDENCE_REGION
				   ? json_hex(r->at * IMAGE_PAGE, 16)
				   : json_null());
	json_set(o, "image_offset",
		 r->evidence == EVIDENCE_IMAGE
			 ? json_integer((json_int_t)(r->at * IMAGE_PAGE))
			 : json_null());
	json_set(o, "evidence", json_string(ownership_evidence(r)));
	return o;
}
