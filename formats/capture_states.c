// SPDX-License-Identifier: GPL-2.0-or-later
/* States of VPs, partitions' memory balance, run times: see capture.h. */
#include "config.h"

#include <stdlib.h>

#include "capture.h"
#include "capture_build.h"

static int compare_records(const struct hvd_state *a, const struct hvd_state *b)
{
	int diff = hvd_order(a->partition_id, b->partition_id);

	if (!diff)
		diff = hvd_order(a->vp_index, b->vp_index);
	if (!diff)
		diff = hvd_order(a->vtl, b->vtl);
	return diff ? diff : hvd_order(a->type, b->type);
}

/* Of two of one kind the first in the segment stands first. */
static int compare_items(const void *x, const void *y)
{
	const struct hvd_state_item *const *a = x, *const *b = y;
	int diff = compare_records(&(*a)->rec, &(*b)->rec);

	return diff ? diff : hvd_order((uintptr_t)*a, (uintptr_t)*b);
}

static int compare_balances(const void *x, const void *y)
{
	const struct hvd_balance *a = x, *b = y;

	return hvd_order(a->partition_id, b->partition_id);
}

static int compare_run_times(const void *x, const void *y)
{
	const struct hvd_run_time *a = x, *b = y;

	return hvd_order(a->lp, b->lp);
}

static void fill_states(struct hvd_dump *dump, uint8_t *bytes,
			const struct hvd_state_item *const *items, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		struct hvd_dump_state *s = &dump->states[i];

		s->rec = items[i]->rec;
		s->bytes = bytes;
		s->nr_bytes = hvd_copy_words(bytes, &items[i]->els,
					     s->rec.size);
		bytes += (size_t)items[i]->els.count * 8;
	}
	dump->nr_states = nr;
}

static int build_states(struct hvd_dump *dump, const struct hvd_vec *states)
{
	struct hvd_dump_memory *mem = dump->priv;
	const struct hvd_state_item *all = states->data, **items;
	size_t i, words = 1;

	items = calloc(states->nr + 1, sizeof(*items));
	for (i = 0; items && i < states->nr; i++) {
		items[i] = &all[i];
		words += all[i].els.count;
	}
	mem->state_bytes = calloc(words, 8);
	dump->states = calloc(states->nr + 1, sizeof(*dump->states));
	if (!items || !mem->state_bytes || !dump->states) {
		free(items);
		return -1;
	}
	qsort(items, states->nr, sizeof(*items), compare_items);
	fill_states(dump, mem->state_bytes, items, states->nr);
	free(items);
	return 0;
}

int hvd_dump_build_states(struct hvd_dump *dump, struct hvd_collected *all)
{
	dump->balances = all->balances.data;
	dump->nr_balances = all->balances.nr;
	all->balances.data = NULL;
	dump->run_times = all->run_times.data;
	dump->nr_run_times = all->run_times.nr;
	all->run_times.data = NULL;
	if (dump->nr_balances)
		qsort(dump->balances, dump->nr_balances,
		      sizeof(*dump->balances), compare_balances);
	if (dump->nr_run_times)
		qsort(dump->run_times, dump->nr_run_times,
		      sizeof(*dump->run_times), compare_run_times);
	return build_states(dump, &all->states);
}

const struct hvd_dump_state *
hvd_dump_find_state(const struct hvd_dump *dump, uint64_t partition_id,
		    uint32_t vp_index, uint16_t vtl, uint32_t type)
{
	const struct hvd_state key = {.partition_id = partition_id,
				      .vp_index = vp_index,
				      .vtl = vtl,
				      .type = type};
	size_t low = 0, high = dump->nr_states, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare_records(&dump->states[middle].rec, &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < dump->nr_states &&
	       !compare_records(&dump->states[low].rec, &key); low++)
		if (!(dump->states[low].rec.flags & HVD_STATE_REDACTED))
			return &dump->states[low];
	return NULL;
}

const struct hvd_balance *hvd_dump_find_balance(const struct hvd_dump *dump,
						uint64_t partition_id)
{
	const struct hvd_balance *b = dump->balances;
	size_t i;

	for (i = 0; i < dump->nr_balances; i++)
		if (b[i].partition_id == partition_id)
			return &b[i];
	return NULL;
}
