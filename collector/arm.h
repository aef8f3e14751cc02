/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading the crash kernel so that it sees the notes. */
#ifndef HVDUMP_ARM_H
#define HVDUMP_ARM_H

#include <stdbool.h>

/** What the operator wants; NULL: find it. */
struct arm_options {
	const char *kernel;
	const char *initrd;
	const char *command_line;
	bool syscall;		/* by kexec_load(2), whatever else works */
};

/**
 * arm() - load the crash kernel, by the best way that works here
 * Says on stdout by which road the notes will travel. Returns -1, with what is
 * wrong on stderr, and no crash kernel loaded that would not see the notes.
 */
int arm(const struct arm_options *o);

/** disarm() - unload the crash kernel; -1: what is wrong is said on stderr */
int disarm(void);

/** arm_road_text() - what a road that the module's status names means */
const char *arm_road_text(const char *road);

#endif /* HVDUMP_ARM_H */
