/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debuginfo from a server, for who asked for it: debuginfod. */
#ifndef HVDUMP_DEBUG_FETCH_H
#define HVDUMP_DEBUG_FETCH_H

#include "debug_file.h"

/**
 * hvd_debug_fetch() - the file of a build-id from the servers in
 * DEBUGINFOD_URLS It is kept where debuginfod keeps its files. Returns its
 * path, to be freed; or NULL with @err.
 */
char *hvd_debug_fetch(const struct hvd_build_id *id, struct hvd_error *err);

#endif /* HVDUMP_DEBUG_FETCH_H */
