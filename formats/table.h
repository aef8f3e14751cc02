/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the chunk table: see "The chunk table" in doc/note-format.md. */
#ifndef HVDUMP_TABLE_H
#define HVDUMP_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

/* Beyond that a table is no table of ours: hvdump.ko has 128 chunks and one. */
#define HVD_TABLE_CHUNKS	254

/** One chunk, as the table tells of it. */
struct hvd_table_chunk {
	uint64_t address;	/* physical; address + length does not overflow */
	uint32_t length;	/* bytes, not 0 */
	uint32_t role;
};

/** A table that was read. */
struct hvd_table {
	uint64_t nonce;
	bool damaged;		/* its CRC differs: entries may be wrong */
	uint32_t bad;		/* entries left out: they cannot be true */
	uint32_t count;
	struct hvd_table_chunk chunks[HVD_TABLE_CHUNKS];
};

/**
 * hvd_table_read() - read a table out of the @size bytes at @data
 * Nothing in it is trusted. Returns -1, with @err set, if it is no chunk table
 * or of another version; one that is damaged is read as far as it goes.
 */
int hvd_table_read(struct hvd_table *t, const uint8_t *data, uint64_t size,
		   struct hvd_error *err);

#endif /* HVDUMP_TABLE_H */
