// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages (TLFS 11.8 to 11.10), and pages filled by rule (REGISTERS.md). */
#include "synic.h"

#include "apic.h"
#include "lib.h"
#include "npt.h"
#include "partition.h"
#include "pattern.h"

#define ENABLE		1ul
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define SINT_MASKED	(1ul << 16)
#define SLOT_SIZE	256
#define FLAG_PENDING	1

#define SINT_INTERCEPTS	0	/* Linux's mshv_root looks at these two */
#define SINT_DOORBELL	5

void synic_header(u8 *message, u32 type, u8 payload_size, u64 sender)
{
	put32(message, type);
	message[4] = payload_size;
	message[5] = message[6] = message[7] = 0;
	put64(message + 8, sender);
}

bool synic_post(struct cpu *cpu, u32 sint, u32 type, u64 sender, const void *payload, u8 size)
{
	const struct synthetic_msrs *m = &cpu->msrs;
	u8 *slot = (u8 *)(m->simp & PAGE_MASK) + sint * SLOT_SIZE;

	if (!(m->scontrol & ENABLE) || !(m->simp & ENABLE) || m->sint[sint] & SINT_MASKED)
		return false;
	if (!npt_reachable((u64)slot))	/* whoever named that page has deposited it since */
		return false;
	if (get32(slot)) {
		slot[5] |= FLAG_PENDING;
		return false;
	}
	memcpy(slot + SYNIC_PAYLOAD, payload, size);
	synic_header(slot, type, size, sender);
	apic_write(APIC_ICR_LOW, ICR_TO_SELF | ICR_ASSERT | (u32)(m->sint[sint] & 0xff));
	return true;
}

static void fill_slot(u8 *slot, u32 vp, u32 sint)
{
	for (u32 i = 0; i < sint * 2; i++)
		put64(slot + SYNIC_PAYLOAD + i * 8,
		      pattern_rule(ROOT_PARTITION_ID, vp, RULE_VTL_SYNIC + sint,
				   RULE_CODE_MESSAGE + i));
	synic_header(slot, sint, (u8)(sint * 16), sint * 0x100);
}

static void fill_flags(u8 *flags, u32 vp, u32 sint)
{
	for (u32 i = 0; i < SLOT_SIZE / 8; i++)
		put64(flags + i * 8, pattern_rule(ROOT_PARTITION_ID, vp, RULE_VTL_SYNIC + sint,
						  RULE_CODE_FLAGS + i));
}

/* u8 signal masked, u8 ring full, u16 reserved, 63 port ids. */
static void fill_ring(u8 *ring, u32 vp, u32 sint)
{
	ring[0] = 1;
	for (u32 i = 0; i < sint; i++)
		put32(ring + 4 + i * 4, (vp << 8 | sint << 4 | i) + 1);
}

void synic_fill(struct cpu *cpu)
{
	const struct synthetic_msrs *m = &cpu->msrs;

	for (u32 sint = 0; sint < SINT_COUNT; sint++) {
		u64 offset = sint * SLOT_SIZE;

		if (sint == SINT_INTERCEPTS || sint == SINT_DOORBELL)
			continue;
		fill_slot((u8 *)(m->simp & PAGE_MASK) + offset, cpu->index, sint);
		fill_flags((u8 *)(m->siefp & PAGE_MASK) + offset, cpu->index, sint);
		fill_ring((u8 *)(m->sirbp & PAGE_MASK) + offset, cpu->index, sint);
	}
}
