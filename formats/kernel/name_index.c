// SPDX-License-Identifier: GPL-2.0-or-later
/* Open addressing, at most half full: see name_index.h. */
#include <stdlib.h>

#include "name_index.h"

/* FNV-1a. */
static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619;
	return hash;
}

static void put(struct hvd_name_index *x, struct hvd_name_slot slot)
{
	size_t mask = x->nr_slots - 1, i = slot.hash & mask;

	while (x->slots[i].number)
		i = (i + 1) & mask;
	x->slots[i] = slot;
}

static size_t first_free(const struct hvd_name_index *x)
{
	size_t i = 0;

	while (i < x->nr_slots && x->slots[i].number)
		i++;
	return i;
}

/* From a free slot on, so that equal names keep their order. */
static int grow(struct hvd_name_index *x)
{
	struct hvd_name_index bigger = {.nr = x->nr};
	size_t i, start = first_free(x);

	bigger.nr_slots = x->nr_slots ? 2 * x->nr_slots : 1024;
	bigger.slots = calloc(bigger.nr_slots, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -1;
	for (i = 0; i < x->nr_slots; i++) {
		size_t at = (start + i) & (x->nr_slots - 1);

		if (x->slots[at].number)
			put(&bigger, x->slots[at]);
	}
	free(x->slots);
	*x = bigger;
	return 0;
}

int hvd_name_index_add(struct hvd_name_index *x, const char *name,
		       uint32_t number)
{
	struct hvd_name_slot slot = {hash_of(name), number};

	if (2 * (x->nr + 1) > x->nr_slots && grow(x))
		return -1;
	put(x, slot);
	x->nr++;
	return 0;
}

void hvd_name_index_free(struct hvd_name_index *x)
{
	free(x->slots);
	*x = (struct hvd_name_index){0};
}

void hvd_name_walk_init(struct hvd_name_walk *w, const struct hvd_name_index *x,
			const char *name)
{
	w->index = x;
	w->hash = hash_of(name);
	w->at = w->hash;
	w->left = x->nr_slots;
}

uint32_t hvd_name_walk_next(struct hvd_name_walk *w)
{
	for (; w->left; w->left--) {
		size_t at = w->at++ & (w->index->nr_slots - 1);
		const struct hvd_name_slot *slot = &w->index->slots[at];

		if (!slot->number)
			break;
		if (slot->hash == w->hash) {
			w->left--;
			return slot->number;
		}
	}
	w->left = 0;
	return 0;
}
