/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a finished vmcore a dump that the kernel's objects can be read from? Those
 * that every dump must have are read: all tasks, modules, and slab caches.
 */
#ifndef HVDUMP_VMCORE_CHECK_H
#define HVDUMP_VMCORE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/** What came of it. */
struct vmcore_check {
	bool header;		/* it is a dump, and a whole one */
	bool looked;		/* the kernel's objects were looked at */
	uint64_t tasks, modules, caches;	/* that could be read */
	uint64_t lost;		/* objects that could not */
	char why[256];		/* the first thing wrong, or why none was read */
};

/**
 * vmcore_check() - check the dump @path
 * A kernel that carries neither types nor names cannot be looked at: that is no
 * fault of the dump. Its types take some 20 MiB.
 */
void vmcore_check(const char *path, struct vmcore_check *check);

#endif /* HVDUMP_VMCORE_CHECK_H */
