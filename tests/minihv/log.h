/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log: whole lines to QEMU's debug console (port 0xe9), and for fatal
 * messages to the first serial port too. README.md documents the lines that
 * tests read.
 */
#ifndef MINIHV_LOG_H
#define MINIHV_LOG_H

#include <stdarg.h>

#include "x86.h"

enum log_level {
	LOG_EVENTS = 1,		/* boot, guarded accesses, power: always of interest */
	LOG_CALLS = 2,		/* a line a hypercall */
	LOG_TRACE = 3,		/* a line an MSR access that is not an EOI */
};

extern unsigned int log_level;

/**
 * Format like printf into @p buf; always terminated, cut when too long.
 * Knows %s %c %u %x %lu %lx %%, with zero padding and a width.
 * @return the number of characters written, without the terminator
 */
size_t format(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** Write one line, if @p level is wanted. The text carries no newline. */
void log_line(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** Say why on both consoles and stop this CPU for ever. */
_Noreturn void fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
