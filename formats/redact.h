/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking guests' data out of a note segment, in place: what is taken out says so
 * (doc/note-format.md), all else keeps its place and its bytes.
 */
#ifndef HVDUMP_REDACT_H
#define HVDUMP_REDACT_H

#include <stdbool.h>
#include <stdint.h>

#include "note.h"

/** What was taken out. */
struct hvd_redacted {
	uint64_t registers, states, copies;
	uint64_t wiped; /* bytes that no reader makes sense of */
	uint64_t nonce; /* of the segment's chunks */
};

/**
 * hvd_redact_page() - may pages of this kind hold what is a guest's?
 * Messages (with instruction bytes), registers, arguments of hypercalls.
 */
bool hvd_redact_page(uint32_t kind);

/**
 * hvd_redact_notes() - a segment, in place
 * Registers and states of every partition but the one that Linux ran in, copies
 * of pages as above. Bytes that are no readable note are wiped, since what they
 * hold is not known. Checksums that
 * held before hold afterwards; others do not. Returns -1: no memory.
 */
int hvd_redact_notes(uint8_t *notes, uint64_t size,
		     struct hvd_redacted *done);

#endif /* HVDUMP_REDACT_H */
