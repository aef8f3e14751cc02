/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between two captures, one thing after the other: partitions,
 * properties, VPs, registers, states, counters.
 */
#ifndef HVDUMP_DIFF_H
#define HVDUMP_DIFF_H

#include "memory.h"
#include "session.h"

#define DIFF_NAME  80
#define DIFF_VALUE 64

/** One thing that differs. Values are text that is safe to print; "": absent. */
struct difference {
	const char *kind; /* "partition", "property", "vp", "register", ... */
	bool has_partition, has_vp, has_vtl;
	uint64_t partition;
	uint32_t vp;
	uint16_t vtl;
	char name[DIFF_NAME];
	char a[DIFF_VALUE], b[DIFF_VALUE];
	/*
	 * It moves by itself: time, and whatever belongs to the partition that
	 * ran on while it was captured.
	 */
	bool is_volatile;
};

/** Takes one of them. */
typedef void (*diff_fn)(const struct difference *d, void *arg);

/** Two captures, and who takes what differs. */
struct diff {
	struct session *a, *b;
	struct memory memory_a, memory_b;
	bool has_memory; /* of both: for pages */
	diff_fn fn;
	void *arg;
	uint64_t count, volatiles; /* so far */
};

/** diff_walk() - all that differs, partition by partition */
void diff_walk(struct diff *d);

/* ----------------------------------------------------- for the subjects' files */

/** diff_say() - one difference: of @where, with both values as text */
void diff_say(struct diff *d, const struct difference *where, const char *kind,
	      const char *name, const char *a, const char *b);

/** diff_is_moving() - does what belongs to this partition move by itself? */
bool diff_is_moving(const struct diff *d, uint64_t partition);

/** Registers of one VTL that both captures have. */
void diff_registers(struct diff *d, const struct difference *where,
		    const struct hvd_dump_vtl *a, const struct hvd_dump_vtl *b);

/** Blobs of state of one VTL: local APIC, timers, SynIC pages. */
void diff_states(struct diff *d, const struct difference *where);

/** Counters of statistics pages, and balances, of one partition. */
void diff_balance(struct diff *d, const struct difference *where);
void diff_counters(struct diff *d);

#endif /* HVDUMP_DIFF_H */
