/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A collection as one stream, for a pipe or ssh: a tar of the small files, its
 * end, one block with STREAM_MARK, and then makedumpfile's flattened stream up to
 * the end. Specified in hvdump-collect(8); hvdumpctl unpack reads it.
 */
#ifndef HVDUMP_STREAM_H
#define HVDUMP_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "error.h"

/* Of tar: headers and contents fill such blocks. */
#define STREAM_BLOCK	512

/* Padded by zeros to a block. */
#define STREAM_MARK	"HVDUMP-STREAM 1 VMCORE\n"

/* The longest name that a ustar header holds without a prefix. */
#define STREAM_NAME_MAX	99

/**
 * stream_file() - append one file, opened at its beginning
 * @name: as it stands in the tar. Returns -1 with @err set.
 */
int stream_file(int out, int in, const char *name, uint64_t size, time_t time,
		struct hvd_error *err);

/** stream_end() - the tar's end and the mark; -1 with @err set */
int stream_end(int out, struct hvd_error *err);

#endif /* HVDUMP_STREAM_H */
