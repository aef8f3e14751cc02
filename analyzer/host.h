/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report wants to know of the Linux that died: its last words, the stack
 * of the CPU that crashed, the mshv driver's view. Each is read when it is first
 * asked for, and kept; a dump without Linux's memory has none of it.
 */
#ifndef HVDUMP_HOST_H
#define HVDUMP_HOST_H

#include "driver.h"
#include "memory.h"
#include "session.h"
#include "stacks.h"

#define HOST_PAGE 4096

struct host {
	struct session *s;
	bool asked_stacks, has_stacks;
	struct stacks stacks; /* of the CPU that crashed, once asked for */
	const struct hvd_cpu *crashed;
	struct hvd_error no_stacks; /* why there are none */
	bool asked_driver, has_driver;
	struct driver driver;
	bool asked_log;
	char oops[128], panic[128]; /* "": the log has no such words */
	char place[64];		    /* the function that an oops was in */
	uint64_t no_memory;	    /* lines of calls that lacked memory */
	bool asked_memory;
	struct memory memory;
};

/** host_open() - costs nothing; host_close() it */
void host_open(struct host *h, struct session *s);
void host_close(struct host *h);

/** host_stacks() - the stacks, with the CPUs; NULL: see @no_stacks */
const struct stacks *host_stacks(struct host *h);

/**
 * host_crashed() - the CPU that crashed, its stack unwound into @h->stacks
 * NULL: nobody knows which one.
 */
const struct hvd_cpu *host_crashed(struct host *h);

/** host_driver() - what Linux knew of its partitions; NULL: not to be had */
const struct driver *host_driver(struct host *h);

/** host_vp() - the driver's object of a VP; NULL: none */
const struct hvd_mshv_vp *host_vp(struct host *h, uint64_t partition,
				  uint64_t index);

/**
 * host_words() - why Linux says that it died, in its own words; NULL: unknown
 * Of an oops, its first line; else panic()'s. Safe to print.
 */
const char *host_words(struct host *h);

/** host_place() - the function that an oops was in, by the log; NULL: unknown */
const char *host_place(struct host *h);

/** host_lacked_memory() - lines of the log that say so of hypercalls */
uint64_t host_lacked_memory(struct host *h);

/** host_page() - HOST_PAGE bytes of the dump's page @pfn; -1: not to be had */
int host_page(struct host *h, uint64_t pfn, uint8_t *bytes);

#endif /* HVDUMP_HOST_H */
