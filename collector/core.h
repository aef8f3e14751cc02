/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvdump.elf: an ELF core that holds a note segment, and pages of memory. */
#ifndef HVDUMP_CORE_H
#define HVDUMP_CORE_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "save.h"

/* More segments than this would need ELF's extended numbering. */
#define CORE_MAX_LOADS	65000

/** Physical memory that will stand in the file. */
struct core_load {
	uint64_t address;
	uint64_t size;
};

/** What is to be written before the memory itself. */
struct core {
	uint16_t machine;	/* e_machine */
	const void *notes;	/* the segment, all owners, as it is */
	uint64_t notes_size;
	const void *more;	/* notes behind those; NULL: none */
	uint64_t more_size;
	const struct core_load *loads;
	size_t nr_loads;
};

/**
 * core_write() - write an ELF64 core with one PT_NOTE, up to its memory
 * The memory of @loads is to be appended by the caller, in their order.
 * Returns 0, or -1 with @err set.
 */
int core_write(struct save_file *f, const struct core *core,
	       struct hvd_error *err);

/** core_notes_size() - of the whole note segment, with its padding */
uint64_t core_notes_size(const struct core *core);

#endif /* HVDUMP_CORE_H */
