/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a file that must not be there yet. It has its name only when it is
 * whole; until then it is NAME.partial.
 */
#ifndef HVDUMP_NEW_FILE_H
#define HVDUMP_NEW_FILE_H

#include <stdio.h>

#include "error.h"

struct new_file {
	FILE *out;
	char *path;
	char *partial;
};

/**
 * new_file_open() - readable by its owner alone
 * Returns 0, or -1 with @err, also if there is such a file. End it with
 * new_file_finish() or new_file_abandon().
 */
int new_file_open(struct new_file *f, const char *path, struct hvd_error *err);

/**
 * new_file_finish() - on the disk, and under its name
 * Returns 0, or -1 with @err; then there is nothing of it.
 */
int new_file_finish(struct new_file *f, struct hvd_error *err);

/** new_file_abandon() - nothing of it stays */
void new_file_abandon(struct new_file *f);

#endif /* HVDUMP_NEW_FILE_H */
