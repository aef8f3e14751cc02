/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls that failed, in words and in groups. */
#ifndef HVDUMP_FAILURES_H
#define HVDUMP_FAILURES_H

#include "capture.h"

/* A call that is not about a VP names none. */
#define NO_VP UINT32_MAX

#define FAILURE_SIZE 160

/**
 * failure_text() - what a call was about, in a buffer of FAILURE_SIZE bytes
 * "partition 0x102, property PRIVILEGE_FLAGS"; @machine: what registers are
 * named by.
 */
const char *failure_text(char *buf, const struct hvd_failure *f,
			 uint16_t machine);

/**
 * failure_status() - the status in words; @buf: NAME_SIZE bytes, as in names.h
 * Of a failure, SUCCESS alone would mislead: there the answer cannot be true.
 */
const char *failure_status(char *buf, uint16_t status);

/** Failures of one call with one status. */
struct failure_group {
	const struct hvd_failure *first;
	uint64_t count;
};

#define FAILURE_GROUPS 16

/** failures_group() - in the order of their first; the rest counts as left */
size_t failures_group(const struct hvd_dump *dump, struct failure_group *groups,
		      uint64_t *left);

#endif /* HVDUMP_FAILURES_H */
