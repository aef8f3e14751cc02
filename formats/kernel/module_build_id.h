/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The build-id of a module, out of the memory of the kernel in a dump. */
#ifndef HVDUMP_MODULE_BUILD_ID_H
#define HVDUMP_MODULE_BUILD_ID_H

#include "debug_file.h"
#include "symbols.h"

/**
 * hvd_module_build_id() - size 0 in @id: it cannot be had, which is no error
 * @types: the kernel's; NULL is allowed, and nothing is found then.
 */
void hvd_module_build_id(struct hvd_kmem *kmem, const struct hvd_types *types,
			 const struct hvd_module *module,
			 struct hvd_build_id *id);

#endif /* HVDUMP_MODULE_BUILD_ID_H */
