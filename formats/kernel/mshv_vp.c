// SPDX-License-Identifier: GPL-2.0-or-later
/* The VPs and the memory of the mshv driver's partitions: see mshv.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mshv_parts.h"

#define PAGE_SHIFT 12

/* HVD_UNKNOWN: no page, or one that is not mapped (and @vp says so). */
static uint64_t pfn_of(const struct hvd_mshv_reader *r, uint64_t address,
		       struct hvd_mshv_vp *vp)
{
	struct hvd_error err;
	uint64_t physical;

	if (!address || address == HVD_UNKNOWN)
		return HVD_UNKNOWN;
	if (hvd_kmem_translate(r->from.kmem, address, &physical, &err) ==
	    HVD_READ_DATA)
		return physical >> PAGE_SHIFT;
	hvd_keep_why(&vp->why, &err);
	return HVD_UNKNOWN;
}

static void take_pages(const struct hvd_mshv_reader *r,
		       const struct hvd_object *o, struct hvd_mshv_vp *vp)
{
	vp->register_page = hvd_object_value(o, "vp_register_page");
	vp->intercept_page = hvd_object_value(o, "vp_intercept_msg_page");
	vp->ghcb_page = hvd_object_value(o, "vp_ghcb_page");
	vp->statistics_page[0] = hvd_object_value(o, "vp_stats_pages[0]");
	vp->statistics_page[1] = hvd_object_value(o, "vp_stats_pages[1]");
	vp->register_pfn = pfn_of(r, vp->register_page, vp);
	vp->intercept_pfn = pfn_of(r, vp->intercept_page, vp);
	vp->ghcb_pfn = pfn_of(r, vp->ghcb_page, vp);
	vp->statistics_pfn[0] = pfn_of(r, vp->statistics_page[0], vp);
	vp->statistics_pfn[1] = pfn_of(r, vp->statistics_page[1], vp);
}

static void take_run_state(const struct hvd_object *o, struct hvd_mshv_vp *vp)
{
	vp->intercept_suspend =
		hvd_object_value(o, "run.flags.intercept_suspend");
	vp->blocked = hvd_object_value(o, "run.flags.root_sched_blocked");
	vp->dispatched = hvd_object_value(o, "run.flags.root_sched_dispatched");
	vp->kicked = hvd_object_value(o, "run.kicked_by_hv");
	vp->signaled = hvd_object_value(o, "run.vp_signaled_count.counter");
}

/* One that cannot be read keeps its place: its slot says that there is a VP. */
static void read_vp(const struct hvd_mshv_reader *r, struct hvd_mshv_vp *vp)
{
	struct hvd_object o;
	struct hvd_error err;

	if (hvd_object_read(&o, &r->from, "struct mshv_vp", vp->address,
			    &err) != HVD_READ_DATA) {
		hvd_error_prefix(&err, "VP in slot %" PRIu64, vp->slot);
		vp->why = err;
		o = (struct hvd_object){.from = &r->from,
					.type = "struct mshv_vp"};
	}
	vp->index = hvd_object_value(&o, "vp_index");
	vp->partition = hvd_object_value(&o, "vp_partition");
	take_pages(r, &o, vp);
	take_run_state(&o, vp);
	hvd_object_free(&o);
}

void hvd_mshv_read_vps(struct hvd_mshv_reader *r)
{
	struct hvd_mshv_partition *p = r->p;
	struct hvd_mshv_vp *grown;
	struct hvd_member slots;
	uint64_t i, address;

	if (!hvd_types_member(r->from.types, r->object.type, "pt_vp_array",
			      &slots))
		return;
	/* How many there are is told by types out of the dump: it may lie. */
	for (i = 0; hvd_object_element(&r->object, &slots, i, &address); i++) {
		if (!address)
			continue;
		grown = hvd_grow(p->vps, p->nr_vps, sizeof(*grown));
		if (!grown) {
			hvd_error_set(&p->why, "no memory for VPs");
			return;
		}
		p->vps = grown;
		grown[p->nr_vps].address = address;
		grown[p->nr_vps].slot = i;
		read_vp(r, &grown[p->nr_vps++]);
	}
}

static void take_region(const struct hvd_object *o, struct hvd_mshv_region *m)
{
	m->address = o->address;
	m->start_gfn = hvd_object_value(o, "start_gfn");
	m->pages = hvd_object_value(o, "nr_pages");
	m->start_uaddr = hvd_object_value(o, "start_uaddr");
	m->hv_flags = hvd_object_value(o, "hv_map_flags");
	m->type = hvd_object_value(o, "mreg_type");
	if (m->type != HVD_UNKNOWN)
		m->type_name = hvd_types_enum_name(o->from->types,
						   "enum mshv_region_type",
						   (int64_t)m->type);
}

static int add_region(void *arg, uint64_t address, struct hvd_error *err)
{
	struct hvd_mshv_reader *r = arg;
	struct hvd_mshv_partition *p = r->p;
	struct hvd_mshv_region *grown;
	struct hvd_object o;

	if (hvd_object_read(&o, &r->from, "struct mshv_mem_region", address,
			    err) != HVD_READ_DATA)
		return -1;
	grown = hvd_grow(p->regions, p->nr_regions, sizeof(*grown));
	if (grown) {
		p->regions = grown;
		take_region(&o, &grown[p->nr_regions++]);
	}
	hvd_object_free(&o);
	return grown ? 0 : hvd_error_set(err, "no memory for regions");
}

static int compare_regions(const void *x, const void *y)
{
	const struct hvd_mshv_region *a = x, *b = y;

	return (a->start_gfn > b->start_gfn) - (a->start_gfn < b->start_gfn);
}

void hvd_mshv_read_regions(struct hvd_mshv_reader *r)
{
	const struct hvd_list list = {
		.from = &r->from,
		.type = "struct mshv_mem_region",
		.member = "hnode",
		.head = hvd_object_where(&r->object, "pt_mem_regions"),
		.each = add_region,
		.arg = r,
	};
	struct hvd_error err;

	if (list.head && hvd_hlist_walk(&list, &err))
		hvd_keep_why(&r->p->why, &err);
	if (r->p->nr_regions)
		qsort(r->p->regions, r->p->nr_regions, sizeof(*r->p->regions),
		      compare_regions);
}
