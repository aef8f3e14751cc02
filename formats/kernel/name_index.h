/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a name to the numbers that were added under it, in the order in which
 * they were added. The names are not kept: whoever asks has to compare them,
 * since two may have the same hash. However many have, adding takes no longer.
 */
#ifndef HVDUMP_NAME_INDEX_H
#define HVDUMP_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct hvd_name_entry {
	uint32_t hash;
	uint32_t number;
	uint32_t next; /* entry of the same slot, counted from 1 */
};

/** All zeros: empty. */
struct hvd_name_index {
	/* The last entry of each, counted from 1; its next is the first. */
	uint32_t *slots;
	size_t nr_slots; /* a power of two, or 0 */
	struct hvd_name_entry *entries;
	size_t nr;
};

/** A walk over what stands under one hash. */
struct hvd_name_walk {
	const struct hvd_name_index *index;
	uint32_t hash;
	uint32_t last, at; /* entries; at 0: it has not begun */
};

/** hvd_name_index_reserve() - make room for @nr in all; -1: no memory */
int hvd_name_index_reserve(struct hvd_name_index *x, size_t nr);

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
