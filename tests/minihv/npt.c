// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nested page tables (APM 2 15.25). Guest-physical equals system-physical.
 * Large pages keep this small: 1 GiB everywhere, 2 MiB in the one GiB that
 * holds the guarded block, whose entries are simply not present.
 */
#include "npt.h"

#include "lib.h"
#include "log.h"

/* P, RW, US: nested walks count as user accesses (APM 2 15.25.5). */
#define NPTE_TABLE	0x07ul
#define NPTE_LARGE	0x87ul
#define TOP_ENTRIES	8	/* of 512 GiB each: QEMU puts 64-bit BARs below 1 TiB */

static u64 top[512] __attribute__((aligned(PAGE_SIZE)));
static u64 gigs[TOP_ENTRIES][512] __attribute__((aligned(PAGE_SIZE)));
static u64 split[512] __attribute__((aligned(PAGE_SIZE)));

u64 npt_root(void)
{
	return (u64)top;
}

void npt_init(u64 guard_start, u64 guard_end)
{
	u64 gig = guard_start / GIB * GIB;

	if (guard_start % (2 * MIB) || guard_end % (2 * MIB) || guard_end > gig + GIB)
		fatal("guarded block %lx-%lx cannot be mapped", guard_start, guard_end);

	for (u64 t = 0; t < TOP_ENTRIES; t++) {
		top[t] = (u64)gigs[t] | NPTE_TABLE;
		for (u64 i = 0; i < 512; i++)
			gigs[t][i] = (t * 512 + i) * GIB | NPTE_LARGE;
	}
	for (u64 i = 0; i < 512; i++) {
		u64 pa = gig + i * 2 * MIB;

		split[i] = pa >= guard_start && pa < guard_end ? 0 : pa | NPTE_LARGE;
	}
	gigs[0][gig / GIB] = (u64)split | NPTE_TABLE;
}
