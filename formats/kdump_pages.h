/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of a makedumpfile-compressed dump: of one file, flattened or not, or of
 * the parts of a split dump. For physmem.c alone. What is kept of a file is a
 * count for every 32768 pages and 16 pieces of its bitmap, 64 KiB.
 */
#ifndef HVDUMP_KDUMP_PAGES_H
#define HVDUMP_KDUMP_PAGES_H

#include "input.h"
#include "loads.h"

struct hvd_kdump_pages;

/* As their namesakes in physmem.h. */
struct hvd_kdump_pages *hvd_kdump_pages_open(const struct hvd_input *in,
					     struct hvd_error *err);
void hvd_kdump_pages_close(struct hvd_kdump_pages *k);
enum hvd_read hvd_kdump_pages_read(struct hvd_kdump_pages *k, uint64_t address,
				   void *buf, size_t size,
				   struct hvd_error *err);
enum hvd_read hvd_kdump_pages_has(struct hvd_kdump_pages *k, uint64_t address,
				  size_t size);

#endif /* HVDUMP_KDUMP_PAGES_H */
