/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A set of page numbers as a sorted list of ranges that neither overlap nor
 * touch. Compiled for hvdump_vmcore.ko, and in user space for its unit test.
 * Whoever uses a set sees to it that nobody else does at the same time.
 */
#ifndef HVDUMP_RANGES_H
#define HVDUMP_RANGES_H

#include <linux/types.h>

struct hvd_range {
	__u64 first;
	__u64 end;		/* one more than the last */
};

struct hvd_ranges {
	struct hvd_range *list;
	__u32 nr;
	__u32 room;		/* of @list */
	__u32 limit;		/* @nr never exceeds this */
	__u64 pages;		/* in all ranges */
};

/** hvd_ranges_init() - an empty set of at most @limit ranges */
void hvd_ranges_init(struct hvd_ranges *r, __u32 limit);

/** hvd_ranges_free() - release its memory; it is empty then */
void hvd_ranges_free(struct hvd_ranges *r);

/** hvd_ranges_find() - the range that holds @pfn, or NULL */
const struct hvd_range *hvd_ranges_find(const struct hvd_ranges *r, __u64 pfn);

/**
 * hvd_ranges_add() - add @count pages from @first on
 * They may be in the set already, in part or all; ascending order is fast.
 * Return: 0; -EINVAL when there are no such pages (@count is 0, or beyond 2^64);
 * -ENOSPC when the limit would be exceeded, -ENOMEM: the set is as it was.
 */
int hvd_ranges_add(struct hvd_ranges *r, __u64 first, __u64 count);

/**
 * hvd_ranges_parse() - add the ranges that a text names, one a line
 * A line is two numbers, decimal or 0x-hexadecimal: the first page's number, and
 * how many. Empty lines, and those that begin with #, are passed over.
 * @len: of @text, which need not end with a NUL
 * @taken: how much of it was used: up to and including the last newline, or all
 *	if there is none; after a failure, up to the line that is to blame
 *
 * Return: 0 or what hvd_ranges_add() returned; -EINVAL for what is no such line.
 */
int hvd_ranges_parse(struct hvd_ranges *r, const char *text, unsigned long len,
		     unsigned long *taken);

#endif /* HVDUMP_RANGES_H */
