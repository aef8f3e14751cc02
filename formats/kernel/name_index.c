// SPDX-License-Identifier: GPL-2.0-or-later
/* Hashing with a circular list for each slot: see name_index.h. */
#include <stdlib.h>

#include "name_index.h"

#define FEWEST 1024

/* FNV-1a. */
static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619;
	return hash;
}

/* Behind the last one of its slot. */
static void link_entry(struct hvd_name_index *x, uint32_t i)
{
	struct hvd_name_entry *e = &x->entries[i - 1];
	uint32_t *last = &x->slots[e->hash & (x->nr_slots - 1)];

	e->next = i;
	if (*last) {
		e->next = x->entries[*last - 1].next;
		x->entries[*last - 1].next = i;
	}
	*last = i;
}

int hvd_name_index_reserve(struct hvd_name_index *x, size_t nr)
{
	size_t nr_slots = x->nr_slots ? x->nr_slots : FEWEST;
	struct hvd_name_entry *entries;
	uint32_t *slots, i;

	if (nr > UINT32_MAX / 2)
		return -1;
	while (nr_slots < nr)
		nr_slots *= 2;
	if (nr_slots == x->nr_slots)
		return 0;
	entries = realloc(x->entries, nr_slots * sizeof(*entries));
	if (!entries)
		return -1;
	x->entries = entries;
	slots = calloc(nr_slots, sizeof(*slots));
	if (!slots)
		return -1;
	free(x->slots);
	x->slots = slots;
	x->nr_slots = nr_slots;
	for (i = 1; i <= x->nr; i++)
		link_entry(x, i);
	return 0;
}

int hvd_name_index_add(struct hvd_name_index *x, const char *name,
		       uint32_t number)
{
	if (hvd_name_index_reserve(x, x->nr + 1))
		return -1;
	x->entries[x->nr] = (struct hvd_name_entry){hash_of(name), number, 0};
	link_entry(x, (uint32_t)++x->nr);
	return 0;
}

void hvd_name_index_free(struct hvd_name_index *x)
{
	free(x->slots);
	free(x->entries);
	*x = (struct hvd_name_index){0};
}

void hvd_name_walk_init(struct hvd_name_walk *w, const struct hvd_name_index *x,
			const char *name)
{
	*w = (struct hvd_name_walk){.index = x, .hash = hash_of(name)};
	if (x->nr_slots)
		w->last = x->slots[w->hash & (x->nr_slots - 1)];
}

uint32_t hvd_name_walk_next(struct hvd_name_walk *w)
{
	const struct hvd_name_entry *entries = w->index->entries;

	while (w->last && w->at != w->last) {
		w->at = entries[(w->at ? w->at : w->last) - 1].next;
		if (entries[w->at - 1].hash == w->hash)
			return entries[w->at - 1].number;
	}
	return 0;
}
