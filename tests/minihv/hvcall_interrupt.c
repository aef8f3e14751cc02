// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Device interrupts. The root hands in a vector and the VPs it may go to, and
 * is told what to write into the MSI registers or the IOAPIC. The real
 * hypervisor answers with an entry of its remapping table; without an IOMMU
 * the plain hardware format does the same job.
 */
#include "hypercall.h"
#include "lib.h"
#include "partition.h"

/* Input of 0x7c: hv_input_map_device_interrupt, then the set's banks. */
#define IN_PARTITION	0
#define IN_DEVICE_ID	8
#define IN_VECTOR	56		/* descriptor at 40, its target at 56 */
#define IN_TARGET_FLAGS	60
#define IN_VP_MASK	64		/* or the set's format */
#define IN_VALID_BANKS	72
#define IN_BANKS	80
#define TARGET_IS_SET	2u

#define DEVICE_TYPE(id)	((id) >> 62)
#define DEVICE_IOAPIC	2

/* Output: hv_interrupt_entry. */
#define OUT_SOURCE	0
#define OUT_ENTRY	8
#define SOURCE_MSI	1
#define SOURCE_IOAPIC	2
#define MSI_ADDRESS	0xfee00000u

/* The lowest VP of the target; minihv does not spread interrupts. */
static bool target_vp(const struct hypercall *h, u32 *vp)
{
	u64 base = 0, bits;

	if (get32(h->in + IN_TARGET_FLAGS) & TARGET_IS_SET) {
		u64 banks = get64(h->in + IN_VALID_BANKS);

		if (!banks || !h->var_size)
			return false;
		base = (u64)__builtin_ctzl(banks) * 64;
		bits = get64(h->in + IN_BANKS);		/* of the first valid bank */
	} else {
		bits = get64(h->in + IN_VP_MASK);
	}
	if (!bits || base + (u64)__builtin_ctzl(bits) >= cpu_count)
		return false;
	*vp = (u32)base + (u32)__builtin_ctzl(bits);
	return true;
}

enum hv_status hvcall_map_device_interrupt(struct hypercall *h)
{
	u64 device = get64(h->in + IN_DEVICE_ID);
	u32 vector = get32(h->in + IN_VECTOR), vp, apic_id;

	h->has_partition = true;
	h->partition = get64(h->in + IN_PARTITION);
	if (partition_find(h->partition) != partition_root())
		return HV_INVALID_PARTITION_ID;
	if (vector < 16 || vector > 255 || !target_vp(h, &vp))
		return HV_INVALID_PARAMETER;
	h->has_vp = true;
	h->vp = vp;
	apic_id = cpus[vp].apic_id;
	if (DEVICE_TYPE(device) == DEVICE_IOAPIC) {
		put32(h->out + OUT_SOURCE, SOURCE_IOAPIC);
		put64(h->out + OUT_ENTRY, vector | (u64)apic_id << 56);
	} else {
		put32(h->out + OUT_SOURCE, SOURCE_MSI);
		put64(h->out + OUT_ENTRY, (u64)vector << 32 | MSI_ADDRESS | apic_id << 12);
	}
	return HV_SUCCESS;
}

enum hv_status hvcall_unmap_device_interrupt(struct hypercall *h)
{
	h->has_partition = true;
	h->partition = get64(h->in + IN_PARTITION);
	if (partition_find(h->partition) != partition_root())
		return HV_INVALID_PARTITION_ID;
	return HV_SUCCESS;		/* nothing was reserved for it */
}
