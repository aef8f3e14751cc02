// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages that were read: see page_cache.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "page_cache.h"

/* Tables and stacks lie at even distances: higher bits must count, too. */
static unsigned int set_of(uint64_t number)
{
	return (number ^ number >> 8 ^ number >> 16) % HVD_CACHE_SETS;
}

const uint8_t *hvd_page_cache_find(const struct hvd_page_cache *c,
				   uint64_t number)
{
	const struct hvd_cached_page *set = c->pages[set_of(number)];
	unsigned int i;

	for (i = 0; i < HVD_CACHE_WAYS; i++)
		if (set[i].number == number + 1)
			return set[i].data;
	return NULL;
}

struct hvd_cached_page *hvd_page_cache_place(struct hvd_page_cache *c,
					     uint64_t number)
{
	unsigned int set = set_of(number);
	struct hvd_cached_page *p = &c->pages[set][c->next[set]];

	c->next[set] = (uint8_t)((c->next[set] + 1) % HVD_CACHE_WAYS);
	p->number = 0;
	if (!p->data)
		p->data = malloc(HVD_CACHE_PAGE);
	return p->data ? p : NULL;
}

void hvd_page_cache_free(struct hvd_page_cache *c)
{
	unsigned int set, way;

	for (set = 0; set < HVD_CACHE_SETS; set++)
		for (way = 0; way < HVD_CACHE_WAYS; way++)
			free(c->pages[set][way].data);
	memset(c, 0, sizeof(*c));
}
