/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of makedumpfile(8)'s filter fits which kernel. Level 31 leaves out zero,
 * cache, user and free pages; guests' memory is among those of user programs.
 */
#ifndef HVDUMP_DUMP_LEVEL_H
#define HVDUMP_DUMP_LEVEL_H

#include <stdbool.h>
#include <stddef.h>

#define LEVEL_ZERO	1
#define LEVEL_CACHES	6	/* file caches: memfd and shmem among them */
#define LEVEL_USER	8

/**
 * level_for() - the level that leaves out most and loses nothing of the kernel
 * On Linux 7 makedumpfile (1.7.8 still, measured) takes tail pages of compound
 * slabs for user pages, and those of user programs for none, so bit 8 is not used
 * there, and not on what comes after it either, until a makedumpfile is known to
 * be right. On 6.2 and later it needs a makedumpfile that knows that kernel:
 * 1.7.2 on 6.12 lost tasks, measured.
 * @release: of the crashed kernel; NULL or empty: not known, so the careful one
 * @version: what makedumpfile -v prints first; NULL or no sense: not known
 */
unsigned int level_for(const char *release, const char *version);

/**
 * level_doubt() - what is known against this makedumpfile on this kernel
 * @version: what makedumpfile -v prints first. False: nothing is, or the
 * version makes no sense.
 */
bool level_doubt(const char *release, const char *version, char *text,
		 size_t size);

#endif /* HVDUMP_DUMP_LEVEL_H */
