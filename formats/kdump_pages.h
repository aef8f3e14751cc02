/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of a makedumpfile-compressed dump, read by ourselves: of flattened ones,
 * which libkdumpfile 0.5 does not open. For physmem.c alone. What is kept is a
 * count for every 32768 pages, and the page at hand.
 */
#ifndef HVDUMP_KDUMP_PAGES_H
#define HVDUMP_KDUMP_PAGES_H

#include "input_file.h"
#include "loads.h"

struct hvd_kdump_pages;

/* As their namesakes in physmem.h; @flattened: hvd_input's, or NULL. */
struct hvd_kdump_pages *hvd_kdump_pages_open(const char *path,
					     struct hvd_flattened *flattened,
					     struct hvd_error *err);
void hvd_kdump_pages_close(struct hvd_kdump_pages *k);
enum hvd_read hvd_kdump_pages_read(struct hvd_kdump_pages *k, uint64_t address,
				   void *buf, size_t size,
				   struct hvd_error *err);
enum hvd_read hvd_kdump_pages_has(struct hvd_kdump_pages *k, uint64_t address,
				  size_t size);

#endif /* HVDUMP_KDUMP_PAGES_H */
