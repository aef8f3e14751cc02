// SPDX-License-Identifier: GPL-2.0-or-later
/* The local APIC and the enlightened access to it (TLFS 10.2, MSRs 0x40000070-72). */
#include "apic.h"

#include "smp.h"

static u64 apic_base(void)
{
	return rdmsr(MSR_APIC_BASE) & 0xffffff000ul;
}

u32 apic_read(u32 reg)
{
	return mmio_read32(apic_base() + reg);
}

void apic_write(u32 reg, u32 value)
{
	mmio_write32(apic_base() + reg, value);
}

void apic_send(u32 apic_id, u32 command)
{
	apic_write(APIC_ICR_HIGH, apic_id << 24);
	apic_write(APIC_ICR_LOW, command);
}

/* INIT and SIPI are sent to one processor, or to all but oneself. */
static bool is_target(struct cpu *from, struct cpu *to, u64 icr)
{
	switch (icr & ICR_SHORTHAND) {
	case 0:
		return to->apic_id == icr >> 56;
	case ICR_TO_OTHERS:
		return to != from;
	default:
		return false;
	}
}

static void startup_ipi(struct cpu *to, u64 icr)
{
	if ((icr & ICR_MODE_MASK) == ICR_MODE_SIPI) {
		to->sipi_vector = (u8)icr;
		smp_request(to, REQ_SIPI);
	} else if (!(icr & ICR_LEVEL) || (icr & ICR_ASSERT)) {
		smp_request(to, REQ_INIT);
	}			/* else INIT level de-assert: nothing happens any more */
}

void apic_guest_icr(struct cpu *cpu, u64 icr)
{
	u32 mode = icr & ICR_MODE_MASK;

	if (mode != ICR_MODE_INIT && mode != ICR_MODE_SIPI) {
		apic_write(APIC_ICR_HIGH, (u32)(icr >> 32));
		apic_write(APIC_ICR_LOW, (u32)icr);
		return;
	}
	for (unsigned int i = 0; i < cpu_count; i++)
		if (is_target(cpu, &cpus[i], icr))
			startup_ipi(&cpus[i], icr);
}
