/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC, by its memory-mapped registers (APM 2, ch. 16). */
#ifndef MINIHV_APIC_H
#define MINIHV_APIC_H

#include "cpu.h"

#define APIC_ID		0x20
#define APIC_TPR	0x80
#define APIC_EOI	0xb0
#define APIC_ICR_LOW	0x300
#define APIC_ICR_HIGH	0x310

#define ICR_MODE_MASK	0x700u
#define ICR_MODE_NMI	0x400u
#define ICR_MODE_INIT	0x500u
#define ICR_MODE_SIPI	0x600u
#define ICR_LOGICAL	(1u << 11)
#define ICR_ASSERT	(1u << 14)
#define ICR_LEVEL	(1u << 15)
#define ICR_SHORTHAND	0xc0000u
#define ICR_TO_SELF	0x40000u
#define ICR_TO_ALL	0x80000u
#define ICR_TO_OTHERS	0xc0000u

u32 apic_read(u32 reg);
void apic_write(u32 reg, u32 value);

/** Send an interrupt command to the processor with this APIC id. */
void apic_send(u32 apic_id, u32 command);

/**
 * The guest's write to the synthetic ICR. INIT and start-up IPIs are acted
 * out (a real one would take the processor away from minihv); all others go
 * to the hardware as they are.
 */
void apic_guest_icr(struct cpu *cpu, u64 value);

#endif
