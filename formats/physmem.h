/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical memory of any dump: ELF cores and makedumpfile-compressed ones, in one
 * file, flattened or not, or in the parts of a split dump.
 */
#ifndef HVDUMP_PHYSMEM_H
#define HVDUMP_PHYSMEM_H

#include "input.h"
#include "loads.h"

struct hvd_physmem;

/**
 * hvd_physmem_open() - open the memory of the dump that @in is
 * A bare note segment has none: every read says that it is absent. Returns
 * NULL, with @err set, when the file cannot be read. Release with
 * hvd_physmem_close().
 */
struct hvd_physmem *hvd_physmem_open(const struct hvd_input *in,
				     struct hvd_error *err);

/** hvd_physmem_close() - release; NULL is allowed */
void hvd_physmem_close(struct hvd_physmem *m);

/**
 * hvd_physmem_read() - read @size bytes at the physical address @address
 * Either all bytes are read, or what is in @buf is not certain and @err says
 * why.
 */
enum hvd_read hvd_physmem_read(struct hvd_physmem *m, uint64_t address,
			       void *buf, size_t size, struct hvd_error *err);

/**
 * hvd_physmem_has() - is there data for all of it?
 * Much faster than reading; a page that is there may still turn out damaged.
 */
enum hvd_read hvd_physmem_has(struct hvd_physmem *m, uint64_t address,
			      size_t size);

#endif /* HVDUMP_PHYSMEM_H */
