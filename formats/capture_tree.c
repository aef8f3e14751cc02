// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Partitions, VPs, VTLs and registers as a tree. Every record has a key;
 * sorting the keys brings together what belongs together, so that the time
 * stays O(n log n) whatever order and however many duplicates a segment has.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "capture_build.h"
#include "register_order.h"

/** Whose record: the partition's, or the VP's, or the VTL's. */
struct key {
	uint64_t partition;
	uint32_t vp;
	uint16_t vtl;
	bool implied; /* only mentioned, by a record of something below it */
	size_t seq;   /* index of the record in its array */
};

struct keys {
	struct key *at;
	size_t nr;
};

static int compare_object(const struct key *a, const struct key *b)
{
	if (a->partition != b->partition)
		return hvd_order(a->partition, b->partition);
	if (a->vp != b->vp)
		return hvd_order(a->vp, b->vp);
	return hvd_order(a->vtl, b->vtl);
}

static int compare_keys(const void *x, const void *y)
{
	const struct key *a = x, *b = y;
	int diff = compare_object(a, b);

	if (!diff)
		diff = hvd_order(a->implied, b->implied);
	return diff ? diff : hvd_order(a->seq, b->seq);
}

static int keys_alloc(struct keys *keys, size_t nr)
{
	keys->nr = 0;
	keys->at = calloc(nr ? nr : 1, sizeof(*keys->at));
	return keys->at ? 0 : -1;
}

static void keys_add(struct keys *keys, uint64_t partition, uint32_t vp,
		     uint16_t vtl, bool implied, size_t seq)
{
	keys->at[keys->nr++] = (struct key){
		.partition = partition,
		.vp = vp,
		.vtl = vtl,
		.implied = implied,
		.seq = seq,
	};
}

/*
 * Sort, and keep one key an object: its first record's if it has one. Returns
 * how many records were left out because there was one already.
 */
static uint64_t keys_unique(struct keys *keys)
{
	uint64_t duplicates = 0;
	size_t i, kept = 0;

	qsort(keys->at, keys->nr, sizeof(*keys->at), compare_keys);
	for (i = 0; i < keys->nr; i++) {
		if (kept && !compare_object(&keys->at[i], &keys->at[kept - 1]))
			duplicates += !keys->at[i].implied;
		else
			keys->at[kept++] = keys->at[i];
	}
	keys->nr = kept;
	return duplicates;
}

/** All that is needed while building. */
struct build {
	struct hvd_dump *dump;
	struct hvd_dump_memory *mem;
	const struct hvd_partition *partition;
	size_t nr_partition;
	const struct hvd_vp *vp;
	size_t nr_vp;
	const struct hvd_regs_item *regs;
	size_t nr_regs;
	const struct hvd_props_item *props;
	size_t nr_props;
	struct keys partitions, vps, vtls; /* objects */
	struct keys reg_items, prop_items; /* records, all of them */
};

static int collect_partitions(struct build *b)
{
	struct keys *k = &b->partitions;
	size_t i;

	if (keys_alloc(k,
		       b->nr_partition + b->nr_vp + b->nr_regs + b->nr_props))
		return -1;
	for (i = 0; i < b->nr_partition; i++)
		keys_add(k, b->partition[i].partition_id, 0, 0, false, i);
	for (i = 0; i < b->nr_vp; i++)
		keys_add(k, b->vp[i].partition_id, 0, 0, true, i);
	for (i = 0; i < b->nr_regs; i++)
		keys_add(k, b->regs[i].rec.partition_id, 0, 0, true, i);
	for (i = 0; i < b->nr_props; i++)
		keys_add(k, b->props[i].rec.partition_id, 0, 0, true, i);
	b->dump->duplicates += keys_unique(k);
	return 0;
}

static int collect_vps(struct build *b)
{
	struct keys *k = &b->vps;
	size_t i;

	if (keys_alloc(k, b->nr_vp + b->nr_regs))
		return -1;
	for (i = 0; i < b->nr_vp; i++)
		keys_add(k, b->vp[i].partition_id, b->vp[i].vp_index, 0, false,
			 i);
	for (i = 0; i < b->nr_regs; i++)
		keys_add(k, b->regs[i].rec.partition_id,
			 b->regs[i].rec.vp_index, 0, true, i);
	b->dump->duplicates += keys_unique(k);
	return 0;
}

/* From the VP records that count, and from registers. */
static int collect_vtls(struct build *b)
{
	struct keys *k = &b->vtls;
	const struct hvd_vp *vp;
	uint16_t vtl;
	size_t i;

	if (keys_alloc(k, b->vps.nr * HVD_DUMP_VTLS + b->nr_regs))
		return -1;
	for (i = 0; i < b->vps.nr; i++) {
		if (b->vps.at[i].implied)
			continue;
		vp = &b->vp[b->vps.at[i].seq];
		for (vtl = 0; vtl < HVD_DUMP_VTLS; vtl++)
			if (vp->vtls & (UINT32_C(1) << vtl))
				keys_add(k, vp->partition_id, vp->vp_index, vtl,
					 false, i);
	}
	for (i = 0; i < b->nr_regs; i++)
		keys_add(k, b->regs[i].rec.partition_id,
			 b->regs[i].rec.vp_index, b->regs[i].rec.vtl, true, i);
	keys_unique(k);
	return 0;
}

static int sort_items(struct build *b)
{
	struct keys *r = &b->reg_items, *p = &b->prop_items;
	size_t i;

	if (keys_alloc(r, b->nr_regs) || keys_alloc(p, b->nr_props))
		return -1;
	for (i = 0; i < b->nr_regs; i++)
		keys_add(r, b->regs[i].rec.partition_id,
			 b->regs[i].rec.vp_index, b->regs[i].rec.vtl, false, i);
	for (i = 0; i < b->nr_props; i++)
		keys_add(p, b->props[i].rec.partition_id, 0, 0, false, i);
	qsort(r->at, r->nr, sizeof(*r->at), compare_keys);
	qsort(p->at, p->nr, sizeof(*p->at), compare_keys);
	return 0;
}

static int alloc_flat(struct build *b)
{
	struct hvd_dump_memory *m = b->mem;
	size_t i, regs = 1, props = 1;

	for (i = 0; i < b->nr_regs; i++)
		regs += b->regs[i].els.count;
	for (i = 0; i < b->nr_props; i++)
		props += b->props[i].els.count;
	m->regs = calloc(regs, sizeof(*m->regs));
	m->props = calloc(props, sizeof(*m->props));
	m->vtls = calloc(b->vtls.nr + 1, sizeof(*m->vtls));
	m->vps = calloc(b->vps.nr + 1, sizeof(*m->vps));
	m->by_id = calloc(b->partitions.nr + 1,
			  sizeof(struct hvd_dump_partition *));
	b->dump->partitions =
		calloc(b->partitions.nr + 1, sizeof(*b->dump->partitions));
	return m->regs && m->props && m->vtls && m->vps && m->by_id &&
			       b->dump->partitions
		       ? 0
		       : -1;
}

static size_t copy_registers(struct hvd_dump_register *out, size_t first,
			     const struct hvd_regs_item *item)
{
	struct hvd_register r;
	uint32_t i;

	for (i = 0; i < item->els.count; i++) {
		hvd_get_register(&item->els, i, &r);
		out[first + i] = (struct hvd_dump_register){
			.code = r.code,
			.status = r.status,
			.flags = r.flags,
			.set = item->rec.set,
			.order = (uint32_t)(first + i),
			.low = r.low,
			.high = r.high,
		};
	}
	return first + item->els.count;
}

static void build_vtls(struct build *b)
{
	struct hvd_dump_register *regs = b->mem->regs;
	const struct keys *items = &b->reg_items;
	struct hvd_order_room room = {0};
	size_t i, nr, item = 0;

	for (i = 0; i < b->vtls.nr; i++) {
		const struct key *k = &b->vtls.at[i];
		struct hvd_dump_vtl *vtl = &b->mem->vtls[i];

		nr = 0;
		while (item < items->nr && !compare_object(&items->at[item], k))
			nr = copy_registers(regs, nr,
					    &b->regs[items->at[item++].seq]);
		vtl->vtl = k->vtl;
		vtl->recorded = !k->implied;
		vtl->regs = regs;
		vtl->nr_regs = hvd_order_registers(&room, regs, nr);
		b->dump->duplicates += nr - vtl->nr_regs;
		regs += nr;
	}
	hvd_order_room_free(&room);
}

static bool same_vp(const struct key *a, const struct key *b)
{
	return a->partition == b->partition && a->vp == b->vp;
}

static void build_vps(struct build *b)
{
	size_t i, first, vtl = 0;

	for (i = 0; i < b->vps.nr; i++) {
		const struct key *k = &b->vps.at[i];
		struct hvd_dump_vp *vp = &b->mem->vps[i];

		vp->recorded = !k->implied;
		if (vp->recorded) {
			vp->rec = b->vp[k->seq];
		} else {
			vp->rec.partition_id = k->partition;
			vp->rec.vp_index = k->vp;
			vp->rec.cpu = HVD_CPU_NONE;
		}
		first = vtl;
		while (vtl < b->vtls.nr && same_vp(&b->vtls.at[vtl], k)) {
			b->mem->vtls[vtl].active =
				vp->recorded &&
				b->vtls.at[vtl].vtl == vp->rec.active_vtl;
			vtl++;
		}
		vp->vtls = b->mem->vtls + first;
		vp->nr_vtls = vtl - first;
	}
}

/* One after the other: @from is where the last partition's ended. */
static size_t take_vps(struct build *b, struct hvd_dump_partition *p,
		       size_t from)
{
	size_t to = from;

	while (to < b->vps.nr && b->vps.at[to].partition == p->rec.partition_id)
		to++;
	p->vps = b->mem->vps + from;
	p->nr_vps = to - from;
	return to;
}

static int compare_properties(const void *x, const void *y)
{
	const struct hvd_dump_property *a = x, *b = y;

	return a->code != b->code ? hvd_order(a->code, b->code)
				  : hvd_order(a->order, b->order);
}

static size_t sort_properties(struct build *b, struct hvd_dump_property *props,
			      size_t nr)
{
	size_t i, kept = 0;

	qsort(props, nr, sizeof(*props), compare_properties);
	for (i = 0; i < nr; i++) {
		if (kept && props[i].code == props[kept - 1].code)
			b->dump->duplicates++;
		else
			props[kept++] = props[i];
	}
	return kept;
}

static size_t copy_properties(struct hvd_dump_property *out, size_t first,
			      const struct hvd_props_item *item)
{
	struct hvd_property p;
	uint32_t i;

	for (i = 0; i < item->els.count; i++) {
		hvd_get_property(&item->els, i, &p);
		out[first + i] = (struct hvd_dump_property){
			.code = p.code,
			.status = p.status,
			.flags = p.flags,
			.value = p.value,
			.order = (uint32_t)(first + i),
		};
	}
	return first + item->els.count;
}

/* As take_vps(); @used counts the elements of b->mem->props so far. */
static void take_properties(struct build *b, struct hvd_dump_partition *p,
			    size_t *item, size_t *used)
{
	struct hvd_dump_property *props = b->mem->props + *used;
	const struct keys *items = &b->prop_items;
	size_t nr = 0;

	while (*item < items->nr &&
	       items->at[*item].partition == p->rec.partition_id)
		nr = copy_properties(props, nr,
				     &b->props[items->at[(*item)++].seq]);
	p->props = props;
	p->nr_props = sort_properties(b, props, nr);
	*used += nr;
}

static void build_partition(struct build *b, const struct key *k,
			    struct hvd_dump_partition *p)
{
	p->recorded = !k->implied;
	if (p->recorded)
		p->rec = b->partition[k->seq];
	else
		p->rec.partition_id = k->partition;
}

/** Where a partition stands in the two orders. */
struct place {
	size_t by_id;
	bool implied;
	size_t seq;
};

static int compare_places(const void *x, const void *y)
{
	const struct place *a = x, *b = y;

	if (a->implied != b->implied)
		return hvd_order(a->implied, b->implied);
	return a->implied ? hvd_order(a->by_id, b->by_id) : hvd_order(a->seq, b->seq);
}

/* Records in the order of capture, then what was only mentioned. */
static int place_partitions(struct build *b)
{
	struct place *places = calloc(b->partitions.nr + 1, sizeof(*places));
	size_t i;

	if (!places)
		return -1;
	for (i = 0; i < b->partitions.nr; i++)
		places[i] = (struct place){i, b->partitions.at[i].implied,
					   b->partitions.at[i].seq};
	qsort(places, b->partitions.nr, sizeof(*places), compare_places);
	for (i = 0; i < b->partitions.nr; i++)
		b->mem->by_id[places[i].by_id] = &b->dump->partitions[i];
	free(places);
	return 0;
}

static int build_partitions(struct build *b)
{
	size_t i, vp = 0, item = 0, used = 0;

	if (place_partitions(b))
		return -1;
	for (i = 0; i < b->partitions.nr; i++) {
		struct hvd_dump_partition *p = b->mem->by_id[i];

		build_partition(b, &b->partitions.at[i], p);
		vp = take_vps(b, p, vp);
		take_properties(b, p, &item, &used);
	}
	b->dump->nr_partitions = b->partitions.nr;
	return 0;
}

static int build(struct build *b)
{
	if (collect_partitions(b) || collect_vps(b) || collect_vtls(b) ||
	    sort_items(b) || alloc_flat(b))
		return -1;
	build_vtls(b);
	build_vps(b);
	return build_partitions(b);
}

int hvd_dump_build_tree(struct hvd_dump *dump, const struct hvd_collected *all)
{
	struct build b = {
		.dump = dump,
		.mem = dump->priv,
		.partition = all->partitions.data,
		.nr_partition = all->partitions.nr,
		.vp = all->vps.data,
		.nr_vp = all->vps.nr,
		.regs = all->regs.data,
		.nr_regs = all->regs.nr,
		.props = all->props.data,
		.nr_props = all->props.nr,
	};
	int failed = build(&b);

	free(b.partitions.at);
	free(b.vps.at);
	free(b.vtls.at);
	free(b.reg_items.at);
	free(b.prop_items.at);
	return failed;
}
