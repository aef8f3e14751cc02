/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of makedumpfile-compressed dumps by libkdumpfile; for physmem.c alone. */
#ifndef HVDUMP_PHYSMEM_KDUMP_H
#define HVDUMP_PHYSMEM_KDUMP_H

#include "input.h"
#include "loads.h"

struct hvd_kdump;

/*
 * As their namesakes in physmem.h. @in is a dump that the file holds whole:
 * libkdumpfile takes what a file lacks for zeros.
 */
struct hvd_kdump *hvd_kdump_open(const struct hvd_input *in,
				 struct hvd_error *err);
void hvd_kdump_close(struct hvd_kdump *k);
enum hvd_read hvd_kdump_read(struct hvd_kdump *k, uint64_t address, void *buf,
			     size_t size, struct hvd_error *err);
enum hvd_read hvd_kdump_has(struct hvd_kdump *k, uint64_t address, size_t size);

#endif /* HVDUMP_PHYSMEM_KDUMP_H */
