/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvdump.elf: an ELF core that holds a note segment and nothing else. */
#ifndef HVDUMP_CORE_H
#define HVDUMP_CORE_H

#include <stdint.h>

#include "error.h"
#include "save.h"

/**
 * core_write() - write an ELF64 core with one PT_NOTE into an open file
 * @notes: the segment, all owners, @size bytes, written as they are
 * @machine: e_machine
 * Returns 0, or -1 with @err set.
 */
int core_write(struct save_file *f, const void *notes, uint64_t size,
	       uint16_t machine, struct hvd_error *err);

#endif /* HVDUMP_CORE_H */
