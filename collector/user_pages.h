/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages of the host a program has behind a range of its addresses, by its
 * page tables in the dump. Each table is read once: 2 MiB for each GiB.
 */
#ifndef HVDUMP_USER_PAGES_H
#define HVDUMP_USER_PAGES_H

#include "error.h"
#include "kernel/kernel.h"
#include "pfn_set.h"

/**
 * user_pages_add() - add the pages behind [@start, @end) of the mm_struct @mm
 * What is not present is passed over. x86-64 alone. Returns -1 with @err set when
 * a table cannot be read.
 */
int user_pages_add(struct hvd_kernel *k, uint64_t mm, uint64_t start,
		   uint64_t end, struct pfn_set *set, struct hvd_error *err);

#endif /* HVDUMP_USER_PAGES_H */
