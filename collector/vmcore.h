/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the collector asks of an ELF vmcore besides its notes. */
#ifndef HVDUMP_VMCORE_H
#define HVDUMP_VMCORE_H

#include <stdint.h>

#include "error.h"

/** vmcore_machine() - e_machine of the ELF file @path; 0 if it is none */
uint16_t vmcore_machine(const char *path);

/**
 * vmcore_read() - read physical memory out of the ELF vmcore @path
 * All @size bytes must lie in PT_LOAD segments. Returns -1, with @err set, and
 * nothing certain in @buf, if they do not or cannot be read.
 */
int vmcore_read(const char *path, uint64_t address, void *buf, uint64_t size,
		struct hvd_error *err);

#endif /* HVDUMP_VMCORE_H */
