// SPDX-License-Identifier: GPL-2.0-or-later
/* Sets of page numbers: see ranges.h. */
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#define ALLOC(nr)	kvmalloc_array(nr, sizeof(struct hvd_range), GFP_KERNEL)
#define FREE(p)		kvfree(p)
#else
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#define ALLOC(nr)	calloc(nr, sizeof(struct hvd_range))
#define FREE(p)		free(p)
#define U64_MAX		(~0ULL)
#endif

#include "ranges.h"

#define FIRST_ROOM	64u

void hvd_ranges_init(struct hvd_ranges *r, __u32 limit)
{
	memset(r, 0, sizeof(*r));
	r->limit = limit;
}

void hvd_ranges_free(struct hvd_ranges *r)
{
	FREE(r->list);
	hvd_ranges_init(r, r->limit);
}

/* The first range that ends at @pfn or behind it; r->nr: none does. */
static __u32 place_of(const struct hvd_ranges *r, __u64 pfn)
{
	__u32 low = 0, high = r->nr, middle;

	if (!high || r->list[high - 1].end < pfn)
		return high;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (r->list[middle].end < pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct hvd_range *hvd_ranges_find(const struct hvd_ranges *r, __u64 pfn)
{
	__u32 at = place_of(r, pfn);

	/* One that ends just there does not hold it; the next one may. */
	if (at < r->nr && r->list[at].end == pfn)
		at++;
	if (at < r->nr && r->list[at].first <= pfn)
		return &r->list[at];
	return NULL;
}

/* Room for one more range. */
static int make_room(struct hvd_ranges *r)
{
	struct hvd_range *list;
	__u32 room;

	if (r->nr < r->room)
		return 0;
	if (r->nr >= r->limit)
		return -ENOSPC;
	room = r->room ? r->room * 2 : FIRST_ROOM;
	if (room > r->limit || room < r->room)
		room = r->limit;
	list = ALLOC(room);
	if (!list)
		return -ENOMEM;
	if (r->nr)
		memcpy(list, r->list, r->nr * sizeof(*list));
	FREE(r->list);
	r->list = list;
	r->room = room;
	return 0;
}

static int insert(struct hvd_ranges *r, __u32 at, __u64 first, __u64 end)
{
	int ret = make_room(r);

	if (ret)
		return ret;
	memmove(r->list + at + 1, r->list + at,
		(r->nr - at) * sizeof(*r->list));
	r->list[at] = (struct hvd_range){ first, end };
	r->nr++;
	r->pages += end - first;
	return 0;
}

/* Ranges [at, behind) overlap or touch the new one: all become one. */
static void join(struct hvd_ranges *r, __u32 at, __u32 behind, __u64 first,
		 __u64 end)
{
	__u32 i;

	for (i = at; i < behind; i++) {
		r->pages -= r->list[i].end - r->list[i].first;
		if (r->list[i].first < first)
			first = r->list[i].first;
		if (r->list[i].end > end)
			end = r->list[i].end;
	}
	r->list[at] = (struct hvd_range){ first, end };
	r->pages += end - first;
	memmove(r->list + at + 1, r->list + behind,
		(r->nr - behind) * sizeof(*r->list));
	r->nr -= behind - at - 1;
}

int hvd_ranges_add(struct hvd_ranges *r, __u64 first, __u64 count)
{
	__u64 end = first + count;
	__u32 at, behind;

	if (!count || end < first)
		return -EINVAL;
	at = place_of(r, first);
	for (behind = at; behind < r->nr; behind++)
		if (r->list[behind].first > end)
			break;
	if (at == behind)
		return insert(r, at, first, end);
	join(r, at, behind, first, end);
	return 0;
}

/* The text that is left to be read. */
struct text {
	const char *p, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void pass_blanks(struct text *t)
{
	while (t->p < t->end && is_blank(*t->p))
		t->p++;
}

/* What a digit is worth; 255: it is none. */
static __u32 digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return 255;
}

static bool take_number(struct text *t, __u64 *ret)
{
	__u64 value = 0, base = 10;
	const char *start;
	__u32 d;

	if (t->end - t->p > 2 && t->p[0] == '0' && (t->p[1] | 0x20) == 'x') {
		base = 16;
		t->p += 2;
	}
	for (start = t->p; t->p < t->end; t->p++) {
		d = digit(*t->p);
		if (d >= base)
			break;
		if (value > (U64_MAX - d) / base)
			return false;
		value = value * base + d;
	}
	*ret = value;
	return t->p > start;
}

static int take_line(struct hvd_ranges *r, struct text line)
{
	__u64 first, count;

	pass_blanks(&line);
	if (line.p == line.end || *line.p == '#')
		return 0;
	if (!take_number(&line, &first) || line.p == line.end ||
	    !is_blank(*line.p))
		return -EINVAL;
	pass_blanks(&line);
	if (!take_number(&line, &count))
		return -EINVAL;
	pass_blanks(&line);
	return line.p == line.end ? hvd_ranges_add(r, first, count) : -EINVAL;
}

int hvd_ranges_parse(struct hvd_ranges *r, const char *text, unsigned long len,
		     unsigned long *taken)
{
	struct text line = { text, text };
	const char *stop = text + len, *newline;
	int ret;

	*taken = 0;
	while (line.p < stop) {
		newline = memchr(line.p, '\n', stop - line.p);
		/* The rest of a line that was cut comes again, with its end. */
		if (!newline && *taken)
			break;
		line.end = newline ? newline : stop;
		ret = take_line(r, line);
		if (ret)
			return ret;
		line.p = newline ? newline + 1 : stop;
		*taken = line.p - text;
	}
	return 0;
}
