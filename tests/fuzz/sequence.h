/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sequence of records drawn from arbitrary bytes, as some capture might write
 * them: any number and size of chunks, any records in any order, with any
 * number of elements. The bytes choose what happens; the values of the fields
 * come from a generator, so that a few bytes make a long capture.
 */
#ifndef FUZZ_SEQUENCE_H
#define FUZZ_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "encoder.h"

#define MAX_CHUNKS 8
#define MAX_STEPS  512
#define MAX_DROPS  (256 * 6) /* types and whys that are drawn */

/** One call of hvd_write_...(), and what it answered. */
struct step {
	uint32_t type;
	uint64_t time;
	int written;
	uint32_t nr; /* elements */
	union {
#define SEQUENCE_MEMBER(name, type) struct hvd_##name name;
		HVD_RECORDS(SEQUENCE_MEMBER)
	} fixed;
	union {
		void *any; /* malloc()ed */
		struct hvd_leaf *leaf;
		struct hvd_register *reg;
		struct hvd_property *property;
		struct hvd_page *page;
		struct hvd_gap *gap;
		struct hvd_run_time *run_time;
		uint8_t *bytes; /* as many as fixed.memory.size or fixed.state.size says */
	} els;
};

/** A call of hvd_drop(), or those that hvd_write_...() made by itself. */
struct sequence_drop {
	uint32_t type;
	uint32_t why;
	uint64_t amount;
};

struct sequence {
	const struct encoder *encoder;
	struct hvd_writer w;
	struct hvd_chunk chunks[MAX_CHUNKS]; /* memory of just their size */
	uint32_t nr_chunks;
	uint32_t role;
	bool finished; /* else it was interrupted */
	struct step steps[MAX_STEPS];
	size_t nr_steps;
	struct sequence_drop drops[MAX_DROPS];
	size_t nr_drops;

	/* the bytes that are left, and the generator's state */
	const uint8_t *data;
	size_t size;
	uint64_t random;
};

/**
 * sequence_run() - write what @data says with @encoder
 * Release with sequence_free(). Aborts when there is no memory.
 */
void sequence_run(struct sequence *s, const struct encoder *encoder,
		  const uint8_t *data, size_t size);

/** sequence_free() - release what a run has allocated */
void sequence_free(struct sequence *s);

#endif /* FUZZ_SEQUENCE_H */
