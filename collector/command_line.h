/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the crash kernel was told on its command line. */
#ifndef HVDUMP_COMMAND_LINE_H
#define HVDUMP_COMMAND_LINE_H

#include "error.h"
#include "options.h"

/**
 * command_line_table() - where "hvdump=ADDRESS:LENGTH" in @path leads
 * The last one counts. Returns 1 with @where set, 0 if there is none or no such
 * file, or -1, with @err set, if it is not to be understood.
 */
int command_line_table(const char *path, struct chunk_range *where,
		       struct hvd_error *err);

#endif /* HVDUMP_COMMAND_LINE_H */
