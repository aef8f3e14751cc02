/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a note segment holds, as far as the collector wants to know. */
#ifndef HVDUMP_SUMMARY_H
#define HVDUMP_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"

#define SUMMARY_DROPPED	16

struct summary {
	bool has_header;	/* the module was armed */
	bool has_capture;	/* the hook ran */
	bool has_end;		/* and came to its end */
	struct hvd_header header;
	struct hvd_capture capture;
	struct hvd_dropped dropped[SUMMARY_DROPPED];
	uint32_t nr_dropped;
	uint64_t records;
	uint64_t failures;	/* hypercalls that failed */
	uint64_t damages;
	struct hvd_damage first_damage;
};

/** summary_make() - walk a note segment and sum it up */
void summary_make(struct summary *s, const void *notes, uint64_t size);

/** summary_any() - is there anything of hvdump.ko in it at all? */
bool summary_any(const struct summary *s);

/** summary_complete() - is it one whole capture, with nothing left out? */
bool summary_complete(const struct summary *s);

/** summary_same() - do two segments look alike? */
bool summary_same(const struct summary *a, const struct summary *b);

#endif /* HVDUMP_SUMMARY_H */
