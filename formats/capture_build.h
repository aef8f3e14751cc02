/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between capture.c, which walks through a segment, capture_take.c, which
 * collects its records, and capture_tree.c and capture_memory.c, which build.
 */
#ifndef HVDUMP_CAPTURE_BUILD_H
#define HVDUMP_CAPTURE_BUILD_H

#include "capture.h"

/** hvd_order() - -1, 0 or 1, as qsort() wants it */
static inline int hvd_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/** An array that grows. */
struct hvd_vec {
	void *data;
	size_t nr;
	size_t room;
};

/** hvd_vec_add() - a zeroed element of @size bytes; NULL: no memory */
void *hvd_vec_add(struct hvd_vec *v, size_t size);

/** A record with elements; they still lie in the segment. */
struct hvd_regs_item {
	struct hvd_registers rec;
	struct hvd_elements els;
};

struct hvd_props_item {
	struct hvd_properties rec;
	struct hvd_elements els;
};

struct hvd_memory_item {
	struct hvd_memory rec;
	struct hvd_elements els;
};

struct hvd_state_item {
	struct hvd_state rec;
	struct hvd_elements els;
};

/** What the walk through the segment collects, in the segment's order. */
struct hvd_collected {
	struct hvd_vec partitions; /* struct hvd_partition */
	struct hvd_vec vps;	   /* struct hvd_vp */
	struct hvd_vec regs;	   /* struct hvd_regs_item */
	struct hvd_vec props;	   /* struct hvd_props_item */
	struct hvd_vec pages;	   /* struct hvd_page */
	struct hvd_vec memory;	   /* struct hvd_memory_item */
	struct hvd_vec gaps;	   /* struct hvd_gap */
	struct hvd_vec states;	   /* struct hvd_state_item */
	struct hvd_vec balances;   /* struct hvd_balance */
	struct hvd_vec run_times;  /* struct hvd_run_time */
};

/** One walk through a segment. */
struct hvd_walk {
	struct hvd_dump *dump;
	struct hvd_collected all;
	struct hvd_vec leaves, failures, stages, dropped;
	bool in_chunk; /* a chunk began and has not ended */
	bool seen_chunk;
	bool outside;		       /* of any chunk, and that is said */
	struct hvd_chunk_record chunk; /* the current one, or the last */
	uint32_t next_index;	       /* of the capture's next chunk */
};

/** hvd_take_record() - collect a record; -1: no memory */
int hvd_take_record(struct hvd_walk *w, const struct hvd_record *rec);

/** hvd_add_damage() - one more damage, at @offset of the segment */
void hvd_add_damage(struct hvd_dump *d, uint64_t offset, const char *format,
		    ...) __attribute__((format(printf, 3, 4)));

/** The memory behind the arrays of a dump that are slices of larger ones. */
struct hvd_dump_memory {
	struct hvd_dump_vp *vps;
	struct hvd_dump_vtl *vtls;
	struct hvd_dump_register *regs;
	struct hvd_dump_property *props;
	struct hvd_dump_partition **by_id;
	uint8_t *bytes; /* of all copies */
	uint8_t *state_bytes; /* of all states */
};

/** hvd_dump_build_tree() - make dump->partitions; -1: no memory */
int hvd_dump_build_tree(struct hvd_dump *dump, const struct hvd_collected *all);

/**
 * hvd_dump_build_memory() - make dump->pages, copies and gaps; -1: no memory
 * The vectors of pages and gaps become the dump's own, also when it fails.
 */
int hvd_dump_build_memory(struct hvd_dump *dump, struct hvd_collected *all);

/**
 * hvd_dump_build_states() - make dump->states, balances and run_times; -1: no
 * memory
 * The vectors of balances and run times become the dump's own, also when it
 * fails.
 */
int hvd_dump_build_states(struct hvd_dump *dump, struct hvd_collected *all);

/**
 * hvd_copy_words() - word elements as the bytes that they were
 * @to has room for 8 bytes each. Returns how many bytes there are: no more than
 * @size.
 */
uint32_t hvd_copy_words(uint8_t *to, const struct hvd_elements *els,
			uint32_t size);

#endif /* HVDUMP_CAPTURE_BUILD_H */
