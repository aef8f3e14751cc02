/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Running" a created VP: no processor ever executes it. It is taken for a
 * machine whose memory holds nothing but HLT: when it may run, it fetches an
 * instruction, and stops at once at the intercept that comes of that.
 */
#ifndef MINIHV_INTERCEPT_H
#define MINIHV_INTERCEPT_H

#include "cpu.h"
#include "created.h"

#define MESSAGE_SIZE	256u

/** Write to @p page the message of the intercept that the VP would run into. */
void intercept_message(const struct partition *p, const struct created_vp *v, void *page);

/** Let the VP run if nothing suspends it; the root VP on @p cpu gets the message. */
void intercept_run(struct partition *p, struct created_vp *v, struct cpu *cpu);

/** The root VP on @p cpu has room for a message again. Takes the partition lock. */
void intercept_eom(struct cpu *cpu);

#endif
