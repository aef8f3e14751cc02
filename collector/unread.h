/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of /proc/vmcore that must not be read, since the hypervisor still guards
 * them: hvdump_vmcore.ko has tried which. Readers see zeros there; the collector
 * keeps their numbers, so that nobody takes that for what was in them.
 */
#ifndef HVDUMP_UNREAD_H
#define HVDUMP_UNREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "wanted.h"

struct unread_range {
	uint64_t first;		/* page number */
	uint64_t pages;
};

/** What the module knows; all zeros: nothing. */
struct unread {
	bool probing;		/* else no page is guarded */
	uint64_t no_room;	/* pages that its list had no room for */
	struct unread_range *ranges;	/* ascending, apart from each other */
	size_t nr;
	uint64_t pages;		/* in all ranges */
};

/**
 * unread_scan() - have the module try all pages of the dump now
 * @folder: the module's, in /sys
 * @ms: at most so long
 * Returns 0; -1, with @err set, when it did not come to its end.
 */
int unread_scan(const char *folder, unsigned int ms, struct hvd_error *err);

/**
 * unread_read() - ask the module what it knows
 * Returns 0, or -1 with @err set: @u is as it was. Release with unread_free().
 */
int unread_read(struct unread *u, const char *folder, struct hvd_error *err);

/** unread_free() - release what unread_read() allocated */
void unread_free(struct unread *u);

/** unread_has() - is page @pfn one of them? */
bool unread_has(const struct unread *u, uint64_t pfn);

/**
 * unread_gaps() - what is lacking, as elements of an unread record
 * Those of @w (see wanted_gaps()), and all pages of @u that are not among them,
 * with error EPERM and no kind. Returns an array to be freed, of @nr elements,
 * by number, none of which overlap; NULL when there is no memory.
 */
struct hvd_gap *unread_gaps(const struct unread *u, const struct wanted *w,
			    size_t *nr);

#endif /* HVDUMP_UNREAD_H */
