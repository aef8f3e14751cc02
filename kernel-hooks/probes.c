// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Probes on the functions by which the mshv driver makes hypercalls: what they
 * were given, and what came back. The prototypes are those of 6.15 to 7.2; where
 * a function changed, its name did, too.
 *
 * A probe's handler runs in the driver's process context, with preemption off.
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "driver.h"
#include "guard.h"

/* HV_VP_STATE_PAGE_...: the types of hv_map_vp_state_page() */
static const u32 state_kinds[] = {
	HVD_PAGE_REGISTERS, HVD_PAGE_INTERCEPT, HVD_PAGE_GHCB,
};

/* HV_STATS_OBJECT_... and the areas of 'hv_stats_object_identity' */
#define STATS_HYPERVISOR	0x1
#define STATS_LP		0x2
#define STATS_PARTITION		0x10001
#define STATS_VP		0x10002
#define IDENTITY_AREA		15	/* offset of the area's number */

/* What a call was given, for when it returns. */
struct call {
	unsigned long argument[5];
};

static int save_arguments(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(c->argument); i++)
		c->argument[i] = regs_get_kernel_argument(regs, i);
	return 0;
}

static bool failed(struct pt_regs *regs)
{
	return (int)regs_return_value(regs) != 0;
}

/* int hv_call_create_partition(flags, [on the stack], u64, u64 *id) */
static int after_create(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;
	u64 id;

	if (!failed(regs) && hvd_load_u64((u64 *)c->argument[2], &id))
		hvd_driver_made(HVD_MADE_PARTITION, id, HVD_NO_VP);
	return 0;
}

/* int hv_call_finalize_partition(u64 id) */
static int after_finalize(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;

	if (!failed(regs))
		hvd_track_end(c->argument[0], true);
	return 0;
}

/* int hv_call_delete_partition(u64 id) */
static int after_delete(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;

	if (!failed(regs))
		hvd_track_end(c->argument[0], false);
	return 0;
}

/* int hv_call_create_vp(int node, u64 id, u32 vp, u32 flags) */
static int after_create_vp(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;

	if (!failed(regs) && c->argument[1] != hvd_self.partition_id)
		hvd_driver_made(HVD_MADE_VP, c->argument[1], c->argument[2]);
	return 0;
}

/* int hv_call_delete_vp(u64 id, u32 vp) */
static int after_delete_vp(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;
	struct hvd_page key = {
		.kind = HVD_MADE_VP,
		.partition_id = c->argument[0],
		.vp_index = c->argument[1],
	};

	if (!failed(regs))
		hvd_track_remove(&key);
	return 0;
}

/* (u64 id, u32 vp, u32 type, ...); false: a type that is not known */
static bool state_page(const struct call *c, struct hvd_page *p)
{
	u32 type = c->argument[2];

	if (type >= ARRAY_SIZE(state_kinds))
		return false;
	p->partition_id = c->argument[0];
	p->vp_index = c->argument[1];
	p->kind = state_kinds[type];
	return true;
}

/* int hv_map_vp_state_page(id, vp, type, hv_input_vtl, struct page **) */
static int after_map_state(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;
	struct hvd_page p = { 0 };
	u64 page;

	if (failed(regs) || !state_page(c, &p) ||
	    !hvd_load_u64((u64 *)c->argument[4], &page) || !page)
		return 0;
	p.pfn = page_to_pfn((struct page *)page);
	/* hv_input_vtl: the VTL in bits 3:0 */
	p.detail = c->argument[3] & 0xf;
	hvd_track_add(&p);
	return 0;
}

/* int hv_unmap_vp_state_page(id, vp, type, ...): over when it begins */
static int before_unmap_state(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	struct hvd_page p = { 0 };
	struct call c;
	u32 i;

	for (i = 0; i < 3; i++)
		c.argument[i] = regs_get_kernel_argument(regs, i);
	if (!state_page(&c, &p))
		return 1;
	/* Of whichever VTL: the driver maps a page of each kind once. */
	for (p.detail = 0; p.detail < 16; p.detail++)
		hvd_track_remove(&p);
	return 1;
}

/* Whose statistics: false for objects that are not known. */
static bool stats_page(u32 type, unsigned long where, struct hvd_page *p)
{
	u64 identity[2];

	if (!hvd_load_u64((u64 *)where, &identity[0]) ||
	    !hvd_load_u64((u64 *)where + 1, &identity[1]))
		return false;
	p->kind = HVD_PAGE_STATISTICS;
	p->partition_id = HVD_PARTITION_SELF;
	p->vp_index = HVD_NO_VP;
	p->detail = HVD_STATISTICS(type, ((u8 *)identity)[IDENTITY_AREA]);
	switch (type) {
	case STATS_HYPERVISOR:
		return true;
	case STATS_LP:
		p->vp_index = identity[0];
		return true;
	case STATS_VP:
		p->vp_index = identity[1];
		fallthrough;
	case STATS_PARTITION:
		p->partition_id = identity[0];
		return true;
	}
	return false;
}

/* int hv_map_stats_page(type, identity *, void **) */
static int after_map_stats(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *c = (struct call *)ri->data;
	struct hvd_page p = { 0 };
	u64 va;

	/* NULL: there is no such area, which is no failure. */
	if (failed(regs) || !stats_page(c->argument[0], c->argument[1], &p) ||
	    !hvd_load_u64((u64 *)c->argument[2], &va) || !va)
		return 0;
	p.pfn = is_vmalloc_addr((void *)va) ? vmalloc_to_pfn((void *)va) :
					      virt_to_phys((void *)va) >> 12;
	hvd_track_add(&p);
	return 0;
}

static void unmap_stats(struct pt_regs *regs, u32 identity)
{
	struct hvd_page p = { 0 };

	if (stats_page(regs_get_kernel_argument(regs, 0),
		       regs_get_kernel_argument(regs, identity), &p))
		hvd_track_remove(&p);
}

/* int hv_unmap_stats_page(type, page, identity *) */
static int before_unmap_stats(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	unmap_stats(regs, 2);
	return 1;
}

/* int hv_call_unmap_stat_page(type, identity *), of 6.15 to 6.18 */
static int before_unmap_stat(struct kretprobe_instance *ri,
			     struct pt_regs *regs)
{
	unmap_stats(regs, 1);
	return 1;
}

enum part { LIFE, PAGES };

/*
 * Of each group the first that can be probed is. An entry handler that returns
 * 1 asks for no call on return.
 */
#define ON_RETURN(function, part_, group_, after)			\
	{ .part = part_, .group = group_, .rp = {			\
		.kp.symbol_name = function, .entry_handler = save_arguments, \
		.handler = after, .data_size = sizeof(struct call) } }
#define ON_ENTRY(function, part_, group_, before)			\
	{ .part = part_, .group = group_, .rp = {			\
		.kp.symbol_name = function, .entry_handler = before } }

static struct {
	enum part part;
	u32 group;
	bool set;
	struct kretprobe rp;
} probes[] = {
	ON_RETURN("hv_call_create_partition", LIFE, 0, after_create),
	ON_RETURN("hv_call_finalize_partition", LIFE, 1, after_finalize),
	ON_RETURN("hv_call_delete_partition", LIFE, 2, after_delete),
	ON_RETURN("hv_call_create_vp", LIFE, 3, after_create_vp),
	ON_RETURN("hv_call_delete_vp", LIFE, 4, after_delete_vp),
	ON_RETURN("hv_map_vp_state_page", PAGES, 5, after_map_state),
	ON_RETURN("hv_call_map_vp_state_page", PAGES, 5, after_map_state),
	ON_ENTRY("hv_unmap_vp_state_page", PAGES, 6, before_unmap_state),
	ON_ENTRY("hv_call_unmap_vp_state_page", PAGES, 6, before_unmap_state),
	ON_RETURN("hv_map_stats_page", PAGES, 7, after_map_stats),
	ON_RETURN("hv_call_map_stat_page", PAGES, 7, after_map_stats),
	ON_ENTRY("hv_unmap_stats_page", PAGES, 8, before_unmap_stats),
	ON_ENTRY("hv_call_unmap_stat_page", PAGES, 8, before_unmap_stat),
};

/* Groups: of LIFE up to here, without the one that undoes a failure. */
#define LIFE_NEEDED	4
#define PAGES_FIRST	5
#define GROUPS		9

/* Calls that may be under way at once: they sleep while memory is deposited. */
#define AT_ONCE		64

static bool group_set(u32 group)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i].set && probes[i].group == group)
			return true;
	return false;
}

static bool groups_set(u32 first, u32 end)
{
	for (; first < end; first++)
		if (!group_set(first))
			return false;
	return true;
}

/**
 * hvd_probes_set() - probe what can be probed
 * The driver is there, or has just been loaded and does not run yet.
 */
void hvd_probes_set(void)
{
	struct kretprobe *rp;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (group_set(probes[i].group) ||
		    (probes[i].part == LIFE && hvd_tracepoints_set()))
			continue;
		rp = &probes[i].rp;
		rp->maxactive = AT_ONCE;
		rp->nmissed = 0;
		rp->kp.addr = NULL;
		rp->kp.flags = 0;
		rp->kp.nmissed = 0;
		probes[i].set = !register_kretprobe(rp);
	}
}

/** hvd_probes_release() - also when the driver has gone already */
void hvd_probes_release(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i].set)
			unregister_kretprobe(&probes[i].rp);
		probes[i].set = false;
	}
}

/** hvd_probes_missed() - calls that were not seen; road */
u32 hvd_probes_missed(void)
{
	u32 i, sum = 0;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i].set)
			sum += probes[i].rp.nmissed + probes[i].rp.kp.nmissed;
	return sum;
}

/** hvd_probes_on_life() - are partitions and VPs followed? road */
bool hvd_probes_on_life(void)
{
	return groups_set(0, LIFE_NEEDED);
}

/** hvd_probes_on_pages() - are all pages? */
bool hvd_probes_on_pages(void)
{
	return groups_set(PAGES_FIRST, GROUPS);
}
