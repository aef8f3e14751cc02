/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a partition, as its VPs address it: where each of its pages is,
 * and what is in it, as far as a dump of the root's memory tells.
 */
#ifndef HVDUMP_ANALYZER_GUEST_MEMORY_H
#define HVDUMP_ANALYZER_GUEST_MEMORY_H

#include "memory.h"
#include "pagewalk.h"
#include "kernel/mshv.h"

struct guest_memory {
	struct session *s;
	const struct hvd_dump_partition *partition;
	struct memory files;
	bool is_own; /* Linux's own: what it calls physical are its GPAs */
	struct hvd_mshv mshv;			 /* read when it is needed */
	const struct hvd_mshv_partition *driver; /* this partition in it */
	bool asked; /* the driver; @why: why it has no answer, or empty */
	struct hvd_error why;
};

/**
 * guest_memory_open() - of a partition of the dump; never fails
 * @s and @partition must live longer. Close it again.
 */
void guest_memory_open(struct guest_memory *g, struct session *s,
		       const struct hvd_dump_partition *partition);
void guest_memory_close(struct guest_memory *g);

/**
 * guest_memory_find() - where a guest physical address is in the dump's memory
 * What Linux, whose memory the dump is, calls physical. ABSENT: the partition
 * has no memory there; DAMAGED: it cannot be told; @err says why.
 */
enum hvd_read guest_memory_find(struct guest_memory *g, uint64_t gpa,
				uint64_t *physical, struct hvd_error *err);

/**
 * guest_memory_spa() - the system's physical address of @physical from above
 * The root's physical addresses are the system's. Those of any other Linux are
 * not, and a dump of it does not hold where they are: then -1, and @err.
 */
int guest_memory_spa(const struct guest_memory *g, uint64_t physical,
		     uint64_t *spa, struct hvd_error *err);

/** guest_memory_read() - @size bytes at a GPA; as hvd_physmem_read() */
enum hvd_read guest_memory_read(struct guest_memory *g, uint64_t gpa,
				void *buf, size_t size, struct hvd_error *err);

/**
 * guest_memory_regime() - how a VTL translated, from its registers
 * -1 with @err: one that it takes was not captured.
 */
int guest_memory_regime(const struct hvd_dump *d,
			const struct hvd_dump_vtl *vtl,
			struct hvd_pagewalk_regime *regime,
			struct hvd_error *err);

/** guest_memory_walk() - hvd_pagewalk_in() through this partition's memory */
void guest_memory_walk(struct guest_memory *g,
		       const struct hvd_pagewalk_regime *regime, uint64_t gva,
		       struct hvd_pagewalk *walk);

/**
 * guest_memory_read_virtual() - up to @size bytes at a GVA, page by page
 * Returns how many could be read from the start; @err says what ended it.
 */
size_t guest_memory_read_virtual(struct guest_memory *g,
				 const struct hvd_pagewalk_regime *regime,
				 uint64_t gva, uint8_t *buf, size_t size,
				 struct hvd_error *err);

#endif /* HVDUMP_ANALYZER_GUEST_MEMORY_H */
