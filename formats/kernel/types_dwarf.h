/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types from the DWARF of a file that is open: see types.h. */
#ifndef HVDUMP_TYPES_DWARF_H
#define HVDUMP_TYPES_DWARF_H

#include "debug_file.h"
#include "types.h"

/** hvd_types_dwarf_in() - has the file DWARF, and can it be read? */
bool hvd_types_dwarf_in(const struct hvd_debug_file *f);

/**
 * hvd_types_from_dwarf() - from the DWARF of vmlinux or of a module
 * @f belongs to what is returned; on failure (NULL with @err) it does not.
 */
struct hvd_types *hvd_types_from_dwarf(struct hvd_debug_file *f,
				       struct hvd_types *base,
				       struct hvd_error *err);

#endif /* HVDUMP_TYPES_DWARF_H */
