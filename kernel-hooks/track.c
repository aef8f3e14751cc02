// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the mshv driver has made: its partitions, their VPs, and the pages that
 * it shares with the hypervisor. One table of fixed size: filled in process
 * context by what probes.c hears, read at a crash without a lock.
 *
 * The crash may come while an entry is being written, on this CPU or on
 * another. So an entry counts while its number is not zero: it is taken away
 * before the entry is changed and comes back, as another one, afterwards. An
 * entry in between is, for the reader, not there yet.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "hvdump.h"

struct made {
	u32 number;		/* 0: free, or being written */
	struct hvd_page page;	/* kind: HVD_PAGE_... or HVD_MADE_... */
};

/* Pages of a VP: registers, intercept message or GHCB, and two of statistics. */
#define PER_VP		5	/* and the VP itself */
#define PER_PARTITION	3	/* itself, and two of statistics */
#define PER_CPU		2	/* an LP's statistics */
#define OF_HOST		4	/* the hypervisor's and our own partition's */

static struct made *table;
static u32 size;
static u32 used;		/* no entry lies behind; only ever grows */

static DEFINE_RAW_SPINLOCK(lock);	/* writers, and the following */
static u32 last_number;
static u32 lowest_free;
static u32 lost;		/* entries that found no room */

int hvd_track_alloc(void)
{
	if (!hvd_self.parent)
		return 0;
	size = hvd_max_vps * PER_VP + hvd_max_partitions * PER_PARTITION +
	       num_possible_cpus() * (PER_CPU + PER_VP) + OF_HOST;
	table = vzalloc(array_size(size, sizeof(*table)));
	return table ? 0 : -ENOMEM;
}

void hvd_track_free(void)
{
	vfree(table);
	table = NULL;
	size = 0;
	used = 0;
}

static bool same(const struct hvd_page *a, const struct hvd_page *b)
{
	return a->kind == b->kind && a->partition_id == b->partition_id &&
	       a->vp_index == b->vp_index && a->detail == b->detail;
}

/* The caller holds the lock. */
static struct made *find(const struct hvd_page *key)
{
	u32 i;

	for (i = 0; i < used; i++)
		if (table[i].number && same(&table[i].page, key))
			return &table[i];
	return NULL;
}

/* The caller holds the lock. */
static struct made *find_free(void)
{
	for (; lowest_free < size; lowest_free++)
		if (!table[lowest_free].number)
			return &table[lowest_free];
	return NULL;
}

/* The caller holds the lock. */
static void take(struct made *m)
{
	WRITE_ONCE(m->number, 0);
	/* Before the entry changes: see hvd_track_get(). */
	smp_wmb();
	lowest_free = min_t(u32, lowest_free, m - table);
}

/* The caller holds the lock. */
static void put(struct made *m, const struct hvd_page *page)
{
	u32 index = m - table;

	m->page = *page;
	last_number++;
	if (!last_number)
		last_number++;
	/* Whoever sees the number sees the entry: hvd_track_get(). */
	smp_store_release(&m->number, last_number);
	if (index >= used) {
		/* And it is looked for only then: hvd_track_used(). */
		smp_store_release(&used, index + 1);
	}
}

/**
 * hvd_track_add() - the driver has made this
 * @page: what, of whom and where
 *
 * What was known under the same kind, partition, VP and detail is replaced.
 * Sleeps nowhere: probes call it with preemption off.
 */
void hvd_track_add(const struct hvd_page *page)
{
	unsigned long flags;
	struct made *m;

	raw_spin_lock_irqsave(&lock, flags);
	m = find(page);
	if (m)
		take(m);
	else
		m = find_free();
	if (m)
		put(m, page);
	else
		WRITE_ONCE(lost, lost + 1);
	raw_spin_unlock_irqrestore(&lock, flags);
}

/** hvd_track_remove() - what has this key is no more */
void hvd_track_remove(const struct hvd_page *key)
{
	unsigned long flags;
	struct made *m;

	raw_spin_lock_irqsave(&lock, flags);
	m = find(key);
	if (m)
		take(m);
	raw_spin_unlock_irqrestore(&lock, flags);
}

/* Does this entry end with the VPs, or with all, of a partition? */
static bool ends(const struct hvd_page *p, u64 partition_id, bool vps_only)
{
	return p->partition_id == partition_id &&
	       (!vps_only || p->vp_index != HVD_NO_VP);
}

/**
 * hvd_track_end() - a partition's VPs are no more, or all of it
 * @partition_id: HVD_PARTITION_SELF: whatever the driver made
 * @vps_only: the partition itself stays
 */
void hvd_track_end(u64 partition_id, bool vps_only)
{
	bool all = partition_id == HVD_PARTITION_SELF;
	unsigned long flags;
	u32 i;

	raw_spin_lock_irqsave(&lock, flags);
	for (i = 0; i < used; i++)
		if (table[i].number &&
		    (all || ends(&table[i].page, partition_id, vps_only)))
			take(&table[i]);
	raw_spin_unlock_irqrestore(&lock, flags);
}

/** hvd_track_used() - how many entries there are, free ones included; road */
u32 hvd_track_used(void)
{
	/* Pairs with the last barrier of put(). */
	return smp_load_acquire(&used);
}

/** hvd_track_lost() - how many found no room; road */
u32 hvd_track_lost(void)
{
	return READ_ONCE(lost);
}

/**
 * hvd_track_get() - a copy of an entry; road
 * @i: which, below hvd_track_used()
 * @page: the copy
 *
 * Return: false when there is none, or it is just being changed.
 */
bool hvd_track_get(u32 i, struct hvd_page *page)
{
	struct made *m = &table[i];
	u32 number;

	/* Pairs with put(), and the one below with take(). */
	number = smp_load_acquire(&m->number);
	if (!number)
		return false;
	*page = m->page;
	/* Was it the same all the while? */
	smp_rmb();
	return READ_ONCE(m->number) == number;
}

/** hvd_track_partition() - does the driver have this partition? road */
bool hvd_track_partition(u64 partition_id)
{
	u32 i, end = hvd_track_used();
	struct hvd_page p;

	for (i = 0; i < end; i++)
		if (hvd_track_get(i, &p) && p.kind == HVD_MADE_PARTITION &&
		    p.partition_id == partition_id)
			return true;
	return false;
}

/** hvd_track_count() - what is known, for sysfs */
void hvd_track_count(struct hvd_track_counts *c)
{
	u32 i, end = hvd_track_used();
	struct hvd_page p;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < end; i++) {
		if (!hvd_track_get(i, &p))
			continue;
		if (p.kind == HVD_MADE_PARTITION)
			c->partitions++;
		else if (p.kind == HVD_MADE_VP)
			c->vps++;
		else
			c->pages++;
	}
	c->lost = hvd_track_lost();
}
