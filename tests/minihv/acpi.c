// SPDX-License-Identifier: GPL-2.0-or-later
/* ACPI tables (ACPI 6.4, 5.2): RSDP, RSDT, then MADT and FADT by signature. */
#include "acpi.h"

#include "lib.h"
#include "log.h"

#define RSDP_AREA	0xe0000ul
#define RSDP_AREA_END	0x100000ul
#define HEADER_SIZE	36
#define MADT_ENTRIES	44
#define MADT_LAPIC	0
#define LAPIC_ENABLED	1u
#define FADT_PM1A_CNT	64
#define FADT_PM_TIMER	76

static void read_fadt(const u8 *t, struct acpi_info *info)
{
	info->pm1a_control = (u16)get32(t + FADT_PM1A_CNT);
	info->pm_timer = (u16)get32(t + FADT_PM_TIMER);
}

static u64 find_rsdt(void)
{
	for (u64 p = RSDP_AREA; p < RSDP_AREA_END; p += 16)
		if (!memcmp((void *)p, "RSD PTR ", 8))
			return get32((void *)(p + 16));
	fatal("no ACPI tables");
}

static void read_madt(const u8 *t, struct acpi_info *info)
{
	const u8 *end = t + get32(t + 4);

	for (const u8 *e = t + MADT_ENTRIES; e + 2 <= end && e[1] >= 2; e += e[1]) {
		if (e[0] == MADT_LAPIC && (get32(e + 4) & LAPIC_ENABLED) &&
		    info->cpu_count < ARRAY_SIZE(info->apic_ids))
			info->apic_ids[info->cpu_count++] = e[3];
	}
}

void acpi_read(struct acpi_info *info)
{
	const u8 *rsdt = (const u8 *)find_rsdt();

	for (u32 off = HEADER_SIZE; off + 4 <= get32(rsdt + 4); off += 4) {
		const u8 *t = (const u8 *)(u64)get32(rsdt + off);

		if (!memcmp(t, "APIC", 4))
			read_madt(t, info);
		else if (!memcmp(t, "FACP", 4))
			read_fadt(t, info);
	}
	if (!info->cpu_count)
		fatal("no processors in the ACPI tables");
}
