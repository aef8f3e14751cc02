// SPDX-License-Identifier: GPL-2.0-or-later
/* The counters follow a rule (REGISTERS.md) and stand still. */
#include "stats.h"

#include "cpu.h"
#include "log.h"
#include "partition.h"
#include "pattern.h"

#define MAX_MAPPED	2048
#define COUNTERS	(PAGE_SIZE / 8)
#define HV_LOGICAL_PROCESSORS 1		/* the one counter that Linux goes by */

static struct mapped {
	struct stats_object object;
	u64 *page;			/* NULL: a free entry */
	u32 count;			/* of maps, less the unmaps */
} mapped[MAX_MAPPED];

static bool same(const struct stats_object *a, const struct stats_object *b)
{
	return a->type == b->type && a->area == b->area && a->partition == b->partition &&
	       a->index == b->index;
}

static struct mapped *find(const struct stats_object *o)
{
	for (unsigned int i = 0; i < MAX_MAPPED; i++)
		if (mapped[i].page && same(&mapped[i].object, o))
			return &mapped[i];
	return NULL;
}

static struct mapped *free_entry(void)
{
	for (unsigned int i = 0; i < MAX_MAPPED; i++)
		if (!mapped[i].page)
			return &mapped[i];
	fatal("more than %u statistics pages", MAX_MAPPED);
}

static void fill(const struct stats_object *o, u64 *page)
{
	for (u32 i = 0; i < COUNTERS; i++)
		page[i] = pattern_rule(o->partition, o->index, RULE_VTL_STATS + o->area,
				       RULE_CODE_STATS + i);
	if (o->type == STATS_HYPERVISOR)
		page[HV_LOGICAL_PROCESSORS] = cpu_count;
}

static void say(const char *what, const struct mapped *m)
{
	const struct stats_object *o = &m->object;

	log_line(LOG_EVENTS, "%s type=0x%x area=%u part=0x%lx index=0x%x pfn=0x%lx", what, o->type,
		 o->area, o->partition, o->index, (u64)m->page / PAGE_SIZE);
}

void *stats_map(const struct stats_object *o)
{
	struct mapped *m = find(o);
	u64 *page;

	if (m) {
		m->count++;
		return m->page;
	}
	page = deposit_use(partition_find(ROOT_PARTITION_ID), DEPOSIT_TAG_STATS);
	if (!page)
		return NULL;
	m = free_entry();
	*m = (struct mapped){ *o, page, 1 };
	fill(o, page);
	deposit_lend(partition_find(ROOT_PARTITION_ID), page);
	say("stats-map", m);
	return page;
}

static void drop(struct mapped *m)
{
	say("stats-unmap", m);
	deposit_release(partition_find(ROOT_PARTITION_ID), m->page);
	m->page = NULL;
}

bool stats_unmap(const struct stats_object *o)
{
	struct mapped *m = find(o);

	if (m && !--m->count)
		drop(m);
	return m;
}

void stats_drop(u64 partition)
{
	for (unsigned int i = 0; i < MAX_MAPPED; i++)
		if (mapped[i].page && mapped[i].object.partition == partition)
			drop(&mapped[i]);
}
