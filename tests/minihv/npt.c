// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nested page tables (APM 2 15.25). Guest-physical equals system-physical.
 * Pages of 1 GiB are split into 2 MiB ones, and those into 4 KiB ones, where
 * something is taken away from the guest; a table of 4 KiB pages that are all
 * there again goes back to being a page of 2 MiB.
 */
#include "npt.h"

#include "lib.h"
#include "log.h"
#include "smp.h"

/* P, RW, US: nested walks count as user accesses (APM 2 15.25.5). */
#define NPTE_PRESENT	0x01ul
#define NPTE_PAGE	0x07ul
#define NPTE_TABLE	0x07ul
#define NPTE_LARGE	0x87ul
#define NPTE_PS		0x80ul
#define NPTE_ADDRESS	0x000ffffffffff000ul
#define TOP_ENTRIES	8	/* of 512 GiB each: QEMU puts 64-bit BARs below 1 TiB */
#define MAX_TABLES	512	/* each but a few covers 2 MiB */

#define TLB_FLUSH_ALL	1	/* VMCB TLB_CONTROL (APM 2 15.16.1) */

static u64 top[512] __attribute__((aligned(PAGE_SIZE)));
static u64 gigs[TOP_ENTRIES][512] __attribute__((aligned(PAGE_SIZE)));
static u64 tables[MAX_TABLES][512] __attribute__((aligned(PAGE_SIZE)));
static u16 absent[MAX_TABLES];	/* entries of a 4 KiB table that are not present */

/* Tables out of use: `idle` can be handed out, `retired` after the next flush. */
static u16 idle[MAX_TABLES], retired[MAX_TABLES];
static unsigned int idle_count, retired_count;

static volatile u64 generation;	/* counts the flushes that were asked for */

u64 npt_root(void)
{
	return (u64)top;
}

static u64 *entry_table(u64 entry)
{
	return (u64 *)(entry & NPTE_ADDRESS);
}

static unsigned int table_index(const u64 *table)
{
	return (unsigned int)((table - tables[0]) / 512);
}

/* Make of the large page in @p entry a table of pages of @p size. */
static u64 *split(u64 *entry, u64 size)
{
	u64 base = *entry & NPTE_ADDRESS, flags = size == PAGE_SIZE ? NPTE_PAGE : NPTE_LARGE;
	u64 *table;

	if (!idle_count)
		return NULL;
	table = tables[idle[--idle_count]];
	for (u64 i = 0; i < 512; i++)
		table[i] = (base + i * size) | flags;
	absent[table_index(table)] = 0;
	*entry = (u64)table | NPTE_TABLE;
	return table;
}

static u64 *gig_entry(u64 gpa)
{
	return gpa < TOP_ENTRIES * 512 * GIB ? &gigs[gpa / (512 * GIB)][gpa / GIB % 512] : NULL;
}

/* The entry of the 2 MiB that @p gpa lies in; NULL when there is no room. */
static u64 *large_entry(u64 gpa)
{
	u64 *gig = gig_entry(gpa), *table;

	if (!gig)
		return NULL;
	table = *gig & NPTE_PS ? split(gig, 2 * MIB) : entry_table(*gig);
	return table ? &table[gpa / (2 * MIB) % 512] : NULL;
}

bool npt_reachable(u64 gpa)
{
	const u64 *gig = gig_entry(gpa), *table;
	u64 entry;

	if (!gig || *gig & NPTE_PS)
		return gig;
	entry = entry_table(*gig)[gpa / (2 * MIB) % 512];
	if (!(entry & NPTE_PRESENT) || entry & NPTE_PS)
		return entry & NPTE_PRESENT;
	table = entry_table(entry);
	return table[gpa / PAGE_SIZE % 512] & NPTE_PRESENT;
}

bool npt_guard(u64 gpa)
{
	u64 *large = large_entry(gpa), *table;

	if (!large)
		return false;
	table = *large & NPTE_PS ? split(large, PAGE_SIZE) : entry_table(*large);
	if (!table)
		return false;
	table[gpa / PAGE_SIZE % 512] = 0;
	absent[table_index(table)]++;
	return true;
}

void npt_unguard(u64 gpa)
{
	u64 *large = large_entry(gpa);
	u64 *table = entry_table(*large);
	unsigned int index = table_index(table);

	table[gpa / PAGE_SIZE % 512] = (gpa & NPTE_ADDRESS) | NPTE_PAGE;
	if (--absent[index])
		return;
	*large = (gpa & ~(2 * MIB - 1)) | NPTE_LARGE;
	retired[retired_count++] = (u16)index;
}

/*
 * A processor that is in the host takes notice when it enters the guest the
 * next time; one that is in the guest is brought out.
 */
void npt_flush(void)
{
	u64 wanted = __atomic_add_fetch(&generation, 1, __ATOMIC_SEQ_CST);

	for (unsigned int i = 0; i < cpu_count; i++) {
		if (!__atomic_load_n(&cpus[i].in_guest, __ATOMIC_SEQ_CST))
			continue;
		smp_kick(&cpus[i]);
		while (__atomic_load_n(&cpus[i].in_guest, __ATOMIC_SEQ_CST) &&
		       __atomic_load_n(&cpus[i].npt_seen, __ATOMIC_SEQ_CST) < wanted)
			cpu_relax();
	}
	while (retired_count)
		idle[idle_count++] = retired[--retired_count];
}

void npt_enter(struct cpu *cpu)
{
	u64 now;

	__atomic_store_n(&cpu->in_guest, 1, __ATOMIC_SEQ_CST);
	now = __atomic_load_n(&generation, __ATOMIC_SEQ_CST);
	cpu->vmcb->tlb_control = now != cpu->npt_seen ? TLB_FLUSH_ALL : 0;
	__atomic_store_n(&cpu->npt_seen, now, __ATOMIC_SEQ_CST);
}

void npt_leave(struct cpu *cpu)
{
	__atomic_store_n(&cpu->in_guest, 0, __ATOMIC_SEQ_CST);
}

void npt_init(u64 guard_start, u64 guard_end)
{
	if (guard_start % (2 * MIB) || guard_end % (2 * MIB))
		fatal("guarded block %lx-%lx cannot be mapped", guard_start, guard_end);

	for (u64 t = 0; t < TOP_ENTRIES; t++) {
		top[t] = (u64)gigs[t] | NPTE_TABLE;
		for (u64 i = 0; i < 512; i++)
			gigs[t][i] = (t * 512 + i) * GIB | NPTE_LARGE;
	}
	while (idle_count < MAX_TABLES) {
		idle[idle_count] = (u16)(MAX_TABLES - 1 - idle_count);
		idle_count++;
	}
	for (u64 pa = guard_start; pa < guard_end; pa += 2 * MIB)
		*large_entry(pa) = 0;
}
