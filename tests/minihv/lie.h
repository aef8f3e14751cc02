/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lies: wrong answers to chosen hypercalls, from the crash on (README.md). */
#ifndef MINIHV_LIE_H
#define MINIHV_LIE_H

#include "hypercall.h"

/** Parse lie=SPEC (README.md); stops with the reason if it is malformed. */
void lie_parse(const char *spec, size_t length);

/**
 * Decide what the guest is told about a call that has been run: @p h's output
 * block and reps done may be changed.
 *
 * @param status	what the call itself came to
 * @return the status to be told
 */
enum hv_status lie_tell(const struct call *c, struct hypercall *h, enum hv_status status);

#endif
