/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files with types below a directory: what a distribution installs (also below
 * a root directory of its own), a build of the kernel, or loose files.
 */
#ifndef HVDUMP_DEBUG_FIND_H
#define HVDUMP_DEBUG_FIND_H

#include "debug_file.h"

struct hvd_debug_wanted {
	const char *release; /* as uname -r; NULL: not known */
	const char *module;  /* NULL: the kernel itself */
	struct hvd_build_id build_id;
};

/**
 * hvd_debug_find() - call @try for each file that may be the one
 * The likely ones first. @try returns whether it was. Returns whether one was.
 */
bool hvd_debug_find(const char *directory,
		    const struct hvd_debug_wanted *wanted,
		    bool (*try)(void *arg, const char *path), void *arg);

#endif /* HVDUMP_DEBUG_FIND_H */
