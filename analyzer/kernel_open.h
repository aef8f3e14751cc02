/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Linux kernel in the dump that a command was given. */
#ifndef HVDUMP_ANALYZER_KERNEL_OPEN_H
#define HVDUMP_ANALYZER_KERNEL_OPEN_H

#include "session.h"
#include "kernel/kernel.h"

/**
 * session_kernel() - open it when it is first asked for, and keep it
 * Of a collector's directory the vmcore is taken, since hvdump.elf beside it
 * holds little of the kernel's memory. NULL with @err: there is none, and why.
 * It is closed with the session's files.
 */
struct hvd_kernel *session_kernel(struct session *s, struct hvd_error *err);

/** session_kernel_path() - the file that it is in */
const char *session_kernel_path(const struct session *s);

/** session_kernel_close() - for command_run() alone */
void session_kernel_close(struct session *s);

#endif /* HVDUMP_ANALYZER_KERNEL_OPEN_H */
