/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The synthetic interrupt controller of a root VP (TLFS ch. 11). */
#ifndef MINIHV_SYNIC_H
#define MINIHV_SYNIC_H

#include "cpu.h"

#define SYNIC_PAYLOAD	16	/* where a message's payload begins */

/** Write a message's header (HV_MESSAGE_HEADER). */
void synic_header(u8 *message, u32 type, u8 payload_size, u64 sender);

/**
 * Put a message in a SINT's slot and interrupt the VP on @p cpu. Called on
 * that very processor, so that its guest does not look at the slot meanwhile.
 * @return false when the slot is taken (the guest will write EOM), or the
 * guest has not enabled it
 */
bool synic_post(struct cpu *cpu, u32 sint, u32 type, u64 sender, const void *payload, u8 size);

/** synic=pattern: leave messages, event flags and ring entries in @p cpu's pages. */
void synic_fill(struct cpu *cpu);

#endif
