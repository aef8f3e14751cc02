/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a name to the numbers that were added under it, in the order in which
 * they were added. The names are not kept: whoever asks has to compare them,
 * since two may have the same hash.
 */
#ifndef HVDUMP_NAME_INDEX_H
#define HVDUMP_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct hvd_name_slot {
	uint32_t hash;
	uint32_t number; /* 0: the slot is free */
};

/** All zeros: empty. */
struct hvd_name_index {
	struct hvd_name_slot *slots;
	size_t nr_slots; /* a power of two, or 0 */
	size_t nr;
};

/** A walk over what stands under one hash. */
struct hvd_name_walk {
	const struct hvd_name_index *index;
	uint32_t hash;
	size_t at, left;
};

/** hvd_name_index_add() - @number is not 0; returns -1 where memory ends */
int hvd_name_index_add(struct hvd_name_index *x, const char *name,
		       uint32_t number);

/** hvd_name_index_free() - release what it holds: it is empty again */
void hvd_name_index_free(struct hvd_name_index *x);

void hvd_name_walk_init(struct hvd_name_walk *w, const struct hvd_name_index *x,
			const char *name);

/** hvd_name_walk_next() - the next number; 0: no more */
uint32_t hvd_name_walk_next(struct hvd_name_walk *w);

#endif /* HVDUMP_NAME_INDEX_H */
