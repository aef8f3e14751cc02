/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Physical memory of an ELF core: a vmcore, /proc/vmcore, hvdump.elf. Nothing
 * is kept but the list of its PT_LOADs, so it is fit for the crash kernel.
 */
#ifndef HVDUMP_LOADS_H
#define HVDUMP_LOADS_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "flattened.h"

/** What became of a read of memory. The three stay distinct up to the user. */
enum hvd_read {
	HVD_READ_DATA,
	HVD_READ_ABSENT,  /* not in the dump: filtered, guarded, no memory */
	HVD_READ_DAMAGED, /* it should be there, and could not be read */
};

struct hvd_loads;

/**
 * hvd_loads_open() - open an ELF core and list its PT_LOADs
 * @flattened: hvd_input's, or NULL where that is not known. Where several hold
 * one address, that of the lowest start counts. Returns NULL, with @err set, if
 * it is no ELF core. Release with hvd_loads_close().
 */
struct hvd_loads *hvd_loads_open(const char *path,
				 struct hvd_flattened *flattened,
				 struct hvd_error *err);

/** hvd_loads_close() - release; NULL is allowed */
void hvd_loads_close(struct hvd_loads *l);

/** hvd_loads_machine() - e_machine */
uint16_t hvd_loads_machine(const struct hvd_loads *l);

/**
 * hvd_loads_read() - read @size bytes at the physical address @address
 * Either all bytes are read, or what is in @buf is not certain, and @err says
 * why and hvd_loads_errno() what it would be called in Linux: ENXIO for no
 * memory at that address in the dump, ENODATA for memory that was filtered
 * out, EIO for a file that is cut, or what the system call said.
 */
enum hvd_read hvd_loads_read(struct hvd_loads *l, uint64_t address, void *buf,
			     size_t size, struct hvd_error *err);

/** hvd_loads_has() - what hvd_loads_read() would say, without reading */
enum hvd_read hvd_loads_has(struct hvd_loads *l, uint64_t address, size_t size);

/** hvd_loads_errno() - of the last read that did not give data */
int hvd_loads_errno(const struct hvd_loads *l);

#endif /* HVDUMP_LOADS_H */
