// SPDX-License-Identifier: GPL-2.0-or-later
/* Sets of page numbers: see pfn_set.h. */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pfn_set.h"

#define BLOCK_PAGES	32768
#define WORD_BITS	64
#define BLOCK_WORDS	(BLOCK_PAGES / WORD_BITS)

static int make_block(struct pfn_set *s, size_t i)
{
	uint64_t **grown;

	if (i >= s->nr_blocks) {
		grown = realloc(s->blocks, (i + 1) * sizeof(*grown));
		if (!grown)
			return -1;
		memset(grown + s->nr_blocks, 0,
		       (i + 1 - s->nr_blocks) * sizeof(*grown));
		s->blocks = grown;
		s->nr_blocks = i + 1;
	}
	if (!s->blocks[i])
		s->blocks[i] = calloc(BLOCK_WORDS, sizeof(uint64_t));
	return s->blocks[i] ? 0 : -1;
}

int pfn_set_add(struct pfn_set *s, uint64_t pfn)
{
	size_t i = pfn / BLOCK_PAGES, word = pfn % BLOCK_PAGES / WORD_BITS;
	uint64_t bit = UINT64_C(1) << pfn % WORD_BITS;

	if (pfn >= PFN_SET_MAX || make_block(s, i))
		return -1;
	if (!(s->blocks[i][word] & bit))
		s->count++;
	s->blocks[i][word] |= bit;
	return 0;
}

static bool has(const struct pfn_set *s, uint64_t pfn)
{
	const uint64_t *block = s->blocks[pfn / BLOCK_PAGES];

	return block && block[pfn % BLOCK_PAGES / WORD_BITS] >>
			(pfn % WORD_BITS) & 1;
}

/* The first page from @pfn on that is in the set (or is not); the end if none. */
static uint64_t seek(const struct pfn_set *s, uint64_t pfn, bool wanted)
{
	uint64_t end = s->nr_blocks * (uint64_t)BLOCK_PAGES;

	while (pfn < end && has(s, pfn) != wanted) {
		if (wanted && !s->blocks[pfn / BLOCK_PAGES])
			pfn = (pfn / BLOCK_PAGES + 1) * BLOCK_PAGES;
		else
			pfn++;
	}
	return pfn < end ? pfn : end;
}

uint64_t pfn_set_next(const struct pfn_set *s, uint64_t from, uint64_t *first)
{
	*first = seek(s, from, true);
	return seek(s, *first, false) - *first;
}

void pfn_set_free(struct pfn_set *s)
{
	size_t i;

	for (i = 0; i < s->nr_blocks; i++)
		free(s->blocks[i]);
	free(s->blocks);
	memset(s, 0, sizeof(*s));
}
