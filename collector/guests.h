/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages of the host are guests' memory: by the mshv driver's regions, in
 * the dump itself. What it takes is bounded by the host's memory: see pfn_set.h.
 */
#ifndef HVDUMP_GUESTS_H
#define HVDUMP_GUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "kernel/kernel.h"
#include "pfn_set.h"

/** What was found. */
struct guests {
	bool driver;		/* the kernel has it */
	uint64_t partitions, regions;
};

/**
 * guests_find() - add the pages of all guests to @set
 * Returns -1, with @err set, if some may be missing: then the set is not to be
 * relied on. A kernel without the driver has no guests, and that is no error.
 */
int guests_find(struct hvd_kernel *k, struct guests *g, struct pfn_set *set,
		struct hvd_error *err);

#endif /* HVDUMP_GUESTS_H */
