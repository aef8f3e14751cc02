// SPDX-License-Identifier: GPL-2.0-or-later
/* The registers of a VTL put in order: see register_order.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "capture_build.h"
#include "register_order.h"

static int compare_registers(const void *x, const void *y)
{
	const struct hvd_dump_register *a = x, *b = y;

	return a->code != b->code ? hvd_order(a->code, b->code)
				  : hvd_order(a->order, b->order);
}

/* How many from @first on are in ascending order, each code once. */
static size_t run_length(const struct hvd_dump_register *regs, size_t first,
			 size_t nr)
{
	size_t i = first + 1;

	while (i < nr && regs[i].code > regs[i - 1].code)
		i++;
	return i - first;
}

static int make_room(struct hvd_order_room *room, size_t nr)
{
	struct hvd_dump_register *at;

	if (nr <= room->nr)
		return 0;
	at = realloc(room->at, nr * sizeof(*at));
	if (!at)
		return -1;
	room->at = at;
	room->nr = nr;
	return 0;
}

/* Merge [0, middle) and [middle, nr); the first goes aside and comes back. */
static int merge(struct hvd_order_room *room, struct hvd_dump_register *regs,
		 size_t middle, size_t nr)
{
	const struct hvd_dump_register *a, *a_end;
	size_t b = middle, out = 0;

	if (make_room(room, middle))
		return -1;
	memcpy(room->at, regs, middle * sizeof(*regs));
	for (a = room->at, a_end = a + middle; a < a_end; out++) {
		if (b < nr && regs[b].code < a->code)
			regs[out] = regs[b++];
		else
			regs[out] = *a++;
	}
	return 0;
}

size_t hvd_order_registers(struct hvd_order_room *room,
			   struct hvd_dump_register *regs, size_t nr)
{
	size_t first, i, kept = 0;

	if (!nr)
		return 0;
	first = run_length(regs, 0, nr);
	if (first == nr)
		return nr;
	if (first + run_length(regs, first, nr) < nr ||
	    merge(room, regs, first, nr))
		qsort(regs, nr, sizeof(*regs), compare_registers);
	for (i = 0; i < nr; i++)
		if (!kept || regs[i].code != regs[kept - 1].code)
			regs[kept++] = regs[i];
	return kept;
}

void hvd_order_room_free(struct hvd_order_room *room)
{
	free(room->at);
}
