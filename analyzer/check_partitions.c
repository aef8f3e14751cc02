// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks: do the hypervisor and the driver know the same partitions? */
#include "config.h"

#include <inttypes.h>

#include "abi_codes.h"
#include "check.h"

/* The hypervisor was asked for all children, and answered up to the last. */
static bool was_enumerated(const struct hvd_dump *d)
{
	size_t i;

	for (i = 0; i < d->nr_failures; i++)
		if (d->failures[i].call == HVD_CALL_GET_NEXT_CHILD_PARTITION)
			return false;
	for (i = 0; i < d->nr_dropped; i++)
		if (d->dropped[i].type == HVD_TYPE_PARTITION)
			return false;
	for (i = 0; i < d->nr_partitions; i++)
		if (d->partitions[i].rec.seen &
		    HVD_SEEN_BY(HVD_SOURCE_ENUMERATION))
			return true;
	return false;
}

static void check_one(struct checks *c, const struct hvd_mshv_partition *p,
		      bool enumerated)
{
	const struct hvd_dump_partition *found =
		hvd_dump_find_partition(c->note, p->id);

	if (!found)
		check_differs(c, "the driver has partition 0x%" PRIx64
			      ", the note does not", p->id);
	else if (enumerated && !(found->rec.seen &
				 HVD_SEEN_BY(HVD_SOURCE_ENUMERATION)))
		check_differs(c, "the driver has partition 0x%" PRIx64
			      ", the hypervisor did not list it", p->id);
}

static bool driver_has(const struct checks *c, uint64_t id)
{
	const struct hvd_mshv *m = &c->driver.mshv;
	size_t i;

	for (i = 0; i < m->nr_partitions; i++)
		if (m->partitions[i].id == id)
			return true;
	return false;
}

/*
 * Only what the driver's life cycle told hvdump.ko of has to be the driver's:
 * the hypervisor may have partitions that others made.
 */
static void check_noted(struct checks *c, const struct hvd_partition *p)
{
	if (p->seen & HVD_SEEN_BY(HVD_SOURCE_DRIVER) &&
	    !driver_has(c, p->partition_id))
		check_differs(c, "the note has partition 0x%" PRIx64 " from "
			      "the driver's life cycle, the driver's table "
			      "does not", (uint64_t)p->partition_id);
}

static void check_twice(struct checks *c, const struct hvd_mshv *m)
{
	size_t i;

	for (i = 1; i < m->nr_partitions; i++)
		if (m->partitions[i].id == m->partitions[i - 1].id)
			check_differs(c, "the driver has partition 0x%" PRIx64
				      " twice", m->partitions[i].id);
}

void check_partitions(struct checks *c)
{
	const struct hvd_mshv *m = &c->driver.mshv;
	bool enumerated;
	size_t i;

	if (!check_both(c, "partitions"))
		return;
	enumerated = was_enumerated(c->note);
	for (i = 0; i < m->nr_partitions; i++)
		check_one(c, &m->partitions[i], enumerated);
	for (i = 0; i < c->note->nr_partitions; i++)
		check_noted(c, &c->note->partitions[i].rec);
	check_twice(c, m);
	check_end(c, "Partitions: %zu of the driver, %zu in the note.",
		  m->nr_partitions, c->note->nr_partitions);
}
