// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which partitions exist: this one, its children, and theirs, breadth first.
 * All of this file is "road".
 */
#include <linux/kernel.h>

#include "hvdump.h"

/* hv_input_get_next_child_partition: two u64, and one u64 back; 0 is the end */
struct next_child {
	u64 parent;
	u64 previous;
};

/** hvd_call_id() - how a partition is named in a call: the own one is "self" */
u64 hvd_call_id(u64 partition_id)
{
	return partition_id == hvd_self.partition_id ? HVD_PARTITION_SELF :
						       partition_id;
}

static bool known(const struct hvd_session *s, u64 id)
{
	u32 i;

	for (i = 0; i < s->nr_partitions; i++)
		if (s->partitions[i].partition_id == id)
			return true;
	return false;
}

/* Into the table and into the note; false when the table is full. */
static bool add(struct hvd_session *s, u64 id, u64 parent, u32 kind, u32 source)
{
	struct hvd_partition *p;

	if (s->nr_partitions >= hvd_max_partitions) {
		hvd_drop(&s->writer, HVD_TYPE_PARTITION, HVD_WHY_TABLE, 1);
		return false;
	}
	p = &s->partitions[s->nr_partitions++];
	p->partition_id = id;
	p->parent_id = parent;
	p->kind = kind;
	p->source = source;
	p->seen = HVD_SEEN_BY(source);
	if (hvd_track_partition(id))
		p->seen |= HVD_SEEN_BY(HVD_SOURCE_DRIVER);
	hvd_time(s);
	hvd_write_partition(&s->writer, p);
	return true;
}

/* A walk along the children of one partition. */
struct walk {
	u64 parent;
	u64 child;		/* where it is; 0 at the start, and at the end */
	u32 again;		/* children that may be met a second time */
	bool restarted;
};

/*
 * A child that has gone away is no place in the list any more. The walk begins
 * again, once, and passes those that it has met.
 */
static bool restart(struct hvd_session *s, struct walk *w, u16 status)
{
	if (status != HVD_STATUS_INVALID_PARTITION_ID || !w->child ||
	    w->restarted)
		return false;
	w->restarted = true;
	w->again = s->nr_partitions;
	w->child = 0;
	return true;
}

/* On to the next child; false at the end, and after anything that fails. */
static bool next_child(struct hvd_session *s, struct walk *w)
{
	struct next_child *in = s->pages.in;
	struct hvd_failure f = {
		.partition_id = w->parent,
		.argument = w->child,
		.vp_index = HVD_NO_VP,
		.call = HVD_CALL_GET_NEXT_CHILD_PARTITION,
	};
	u64 result, child;

	hvd_at(s, w->parent, HVD_NO_VP);
	in->parent = hvd_call_id(w->parent);
	in->previous = w->child;
	if (!hvd_ask(s, f.call, &result)) {
		hvd_drop(&s->writer, HVD_TYPE_PARTITION, s->stop, 1);
		return false;
	}
	f.status = HVD_STATUS_OF(result);
	if (f.status) {
		hvd_fail(s, &f);
		return restart(s, w, f.status);
	}
	child = *(u64 *)s->pages.out;
	/*
	 * A child that is there already would make the enumeration endless. As
	 * a failure with status 0 it is recorded as an answer not to believe.
	 */
	if (child == HVD_PARTITION_SELF || (known(s, child) && !w->again)) {
		hvd_fail(s, &f);
		return false;
	}
	w->child = child;
	return child != 0;
}

static void find_children(struct hvd_session *s, u64 parent)
{
	struct walk w = { .parent = parent };

	while (next_child(s, &w)) {
		if (!w.child)
			continue;	/* restarted */
		if (known(s, w.child))
			w.again--;
		else if (!add(s, w.child, parent, HVD_KIND_CHILD,
			      HVD_SOURCE_ENUMERATION))
			break;
	}
}

/* Those that only the driver tells of, if need be without the hypervisor. */
static void add_made(struct hvd_session *s)
{
	u32 i, end = hvd_track_used();
	struct hvd_page made;

	for (i = 0; i < end; i++)
		if (hvd_track_get(i, &made) &&
		    made.kind == HVD_MADE_PARTITION &&
		    !known(s, made.partition_id))
			add(s, made.partition_id, hvd_self.partition_id,
			    HVD_KIND_CHILD, HVD_SOURCE_DRIVER);
}

/** hvd_find_partitions() - fill the table and write a record for each */
void hvd_find_partitions(struct hvd_session *s)
{
	u32 i;

	add(s, hvd_self.partition_id, 0, hvd_self.kind, HVD_SOURCE_SELF);
	if (!hvd_self.parent)
		return;
	if (s->stop)
		hvd_drop(&s->writer, HVD_TYPE_PARTITION, s->stop, 1);
	/* The table grows while it is walked: children of children. */
	for (i = 0; i < s->nr_partitions && !s->stop; i++)
		find_children(s, s->partitions[i].partition_id);
	add_made(s);
}
