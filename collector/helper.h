/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hvdump-kernel: a program of its own for what reads the dead kernel's objects.
 * It needs libraries that the small file must not depend on, and whatever it
 * meets in a dump, the collector goes on. It prints lines "NAME VALUE".
 */
#ifndef HVDUMP_HELPER_H
#define HVDUMP_HELPER_H

#include <stdbool.h>
#include <stdint.h>

#define HELPER		"hvdump-kernel"

/** What it said. */
struct helper {
	bool failed;		/* @how: then the rest is empty */
	char how[96];
	char said[1024];
	char line[320];		/* what helper_text() returned last */
};

/**
 * helper_run() - run it, within limits of time and memory
 * It is looked for where it is installed, and then in PATH. @argv[0] is HELPER.
 */
void helper_run(struct helper *h, const char *argv[], unsigned int seconds);

/** helper_number() - the value of @name; 0: it said none */
uint64_t helper_number(const struct helper *h, const char *name);

/** helper_text() - the same as text; empty: it said none */
const char *helper_text(struct helper *h, const char *name);

#endif /* HVDUMP_HELPER_H */
