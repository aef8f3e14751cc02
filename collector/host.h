/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The running host, as hvdumpctl sees it. */
#ifndef HVDUMP_HOST_H
#define HVDUMP_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Stands before every path; empty but in tests. */
extern const char *host_root;

/** host_path() - a path below host_root, to be freed; NULL: no memory */
char *host_path(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/** host_read() - a file, without its last newline; -1: errno says why not */
int host_read(const char *path, char *buf, size_t size);

/** host_sysfs() - the same of a file below /sys/ */
int host_sysfs(const char *path, char *buf, size_t size);

/** host_number() - a number in a file of sysfs; -1: none could be read */
int64_t host_number(const char *path);

/**
 * host_status() - the value of "KEY: VALUE" in the module's status file
 * Empty: there is none.
 */
void host_status(const char *key, char *value, size_t size);

/** host_program() - the path of a program, where root would look; to be freed */
char *host_program(const char *name);

/** host_has_program() - is there such a program? */
bool host_has_program(const char *name);

#endif /* HVDUMP_HOST_H */
