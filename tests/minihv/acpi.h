/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What minihv wants from ACPI: the processors, the way to power off, a timer. */
#ifndef MINIHV_ACPI_H
#define MINIHV_ACPI_H

#include "x86.h"

struct acpi_info {
	u32 apic_ids[256];		/* of the enabled processors, in MADT order */
	unsigned int cpu_count;
	u16 pm1a_control;		/* I/O port, 0 = unknown */
	u16 pm_timer;			/* the same */
};

/** Find and read the MADT and the FADT; stops when there is no MADT. */
void acpi_read(struct acpi_info *info);

#endif
