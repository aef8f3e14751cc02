// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Walking page tables: see pagewalk.h.
 *
 * Reserved are the bits that no x86 processor gives a meaning in such an entry;
 * those between a processor's own width of physical addresses and 52 count as
 * address, since a dump does not tell that width.
 */
#include "config.h"

#include <inttypes.h>

#include "bytes.h"
#include "pagewalk.h"
#include "pagewalk_parts.h"

#define PRESENT	  UINT64_C(1)
#define WRITABLE  UINT64_C(2)
#define USER	  UINT64_C(4)
#define IS_PAGE	  UINT64_C(0x80) /* bit 7: a page, no table */
#define NO_EXECUTE (UINT64_C(1) << 63)

#define ADDRESS UINT64_C(0x000ffffffffff000) /* bits 51:12 */
#define BITS(high, low) \
	((UINT64_MAX >> (63 - (high))) & (UINT64_MAX << (low)))

/** One level of a mode's tables. */
struct level {
	unsigned int shift; /* of what one entry maps, in bits */
	unsigned int bits;  /* of the index */
	bool may_be_page;   /* bit 7 makes it one */
	uint64_t reserved;  /* when it is a table (or of 4 KiB pages) */
	uint64_t reserved_of_page;
};

/** A mode, its levels from the top. */
struct mode {
	unsigned int nr_levels;
	unsigned int entry_size;
	unsigned int width; /* of virtual addresses, in bits */
	bool is_signed;	    /* bits above repeat the highest */
	uint64_t root;	    /* of CR3 */
	struct level levels[HVD_PAGEWALK_STEPS];
};

#define TABLE_5 {48, 9, false, IS_PAGE, 0}
#define TABLE_4 {39, 9, false, IS_PAGE, 0}
#define TABLE_3 {30, 9, true, 0, BITS(29, 13)}
#define TABLE_2 {21, 9, true, 0, BITS(20, 13)}
#define TABLE_1 {12, 9, false, 0, 0}

static const struct mode modes[] = {
	/* Bit 5 of the first is reserved, too; QEMU sets it (accessed). */
	/* PSE-36: bits 20:13 of a large page are its address's bits 39:32. */
	[HVD_PAGING_X86_32] = {2, 4, 32, false, BITS(31, 12),
			       {{22, 10, true, 0, BITS(21, 21)},
				{12, 10, false, 0, 0}}},
	[HVD_PAGING_X86_PAE] = {3, 8, 32, false, BITS(31, 5),
				{{30, 2, false,
				  BITS(63, 52) | BITS(8, 6) | BITS(2, 1), 0},
				 {21, 9, true, BITS(62, 52),
				  BITS(62, 52) | BITS(20, 13)},
				 {12, 9, false, BITS(62, 52), 0}}},
	[HVD_PAGING_X86_4] = {4, 8, 48, true, ADDRESS,
			      {TABLE_4, TABLE_3, TABLE_2, TABLE_1}},
	[HVD_PAGING_X86_5] = {5, 8, 57, true, ADDRESS,
			      {TABLE_5, TABLE_4, TABLE_3, TABLE_2, TABLE_1}},
};

static bool is_canonical(const struct mode *m, uint64_t virtual)
{
	uint64_t above = virtual >> (m->is_signed ? m->width - 1 : m->width);

	if (!m->is_signed)
		return !above;
	return !above || above == UINT64_MAX >> (m->width - 1);
}

static uint64_t reserved_of(const struct hvd_pagewalk_regime *regime,
			    const struct mode *m, const struct level *l,
			    bool is_large)
{
	uint64_t reserved = is_large ? l->reserved_of_page : l->reserved;

	if (regime->no_nx && m->entry_size == 8)
		reserved |= NO_EXECUTE;
	return reserved;
}

/* Entries of PAE's first level say nothing of rights. */
static void restrict_rights(const struct mode *m, unsigned int i,
			    uint64_t entry, struct hvd_pagewalk *walk)
{
	if (m == &modes[HVD_PAGING_X86_PAE] && i == 0)
		return;
	walk->writable = walk->writable && (entry & WRITABLE);
	walk->user = walk->user && (entry & USER);
	if (m->entry_size == 8 && (entry & NO_EXECUTE))
		walk->executable = false;
	walk->user_executable = walk->executable;
}

static void finish(struct hvd_pagewalk *walk, const struct mode *m,
		   const struct level *l, uint64_t entry, uint64_t virtual)
{
	uint64_t page = (UINT64_C(1) << l->shift) - 1;

	walk->size = page + 1;
	walk->physical = (entry & ADDRESS & ~page) | (virtual & page);
	if (m->entry_size == 4 && l->may_be_page)
		walk->physical |= (entry & BITS(20, 13)) << (32 - 13);
}

/* One step down. Where the walk ends, walk->result says how; else true. */
static bool go_down(const struct hvd_pagewalk_memory *memory,
		    const struct hvd_pagewalk_regime *regime, unsigned int i,
		    uint64_t virtual, uint64_t *table,
		    struct hvd_pagewalk *walk)
{
	const struct mode *m = &modes[regime->paging];
	struct hvd_pagewalk_step *step = &walk->steps[walk->nr_steps++];
	const struct level *l = &m->levels[i];
	uint64_t index = virtual >> l->shift & ((1u << l->bits) - 1);

	step->level = (int)(m->nr_levels - i);
	step->address = *table + index * m->entry_size;
	if (!hvd_pagewalk_read(memory, m->entry_size, step, walk))
		return false;
	step->is_page = step->level == 1 ||
			(l->may_be_page && (step->entry & IS_PAGE) &&
			 !(m->entry_size == 4 && regime->no_large));
	if (!(step->entry & PRESENT))
		hvd_pagewalk_say(walk, HVD_WALK_NOT_PRESENT, step,
				 "not mapped");
	else if (step->entry & reserved_of(regime, m, l,
					   step->is_page && step->level > 1))
		hvd_pagewalk_say(walk, HVD_WALK_RESERVED, step,
				 "reserved bits are set");
	else if (step->is_page)
		finish(walk, m, l, step->entry, virtual);
	else
		*table = step->entry & ADDRESS;
	restrict_rights(m, i, step->entry, walk);
	return walk->result == HVD_WALK_MAPPED && !step->is_page;
}

static void walk_x86(const struct hvd_pagewalk_memory *memory,
		     const struct hvd_pagewalk_regime *regime,
		     uint64_t virtual, struct hvd_pagewalk *walk)
{
	const struct mode *m = &modes[regime->paging];
	unsigned int i = 0;
	uint64_t table;

	if (!is_canonical(m, virtual)) {
		walk->result = HVD_WALK_NOT_CANONICAL;
		hvd_error_set(&walk->why, "not an address of %u bits",
			      m->width);
		return;
	}
	table = regime->root & ~memory->not_address & m->root;
	while (go_down(memory, regime, i, virtual, &table, walk))
		i++;
}

void hvd_pagewalk_in(const struct hvd_pagewalk_memory *memory,
		     const struct hvd_pagewalk_regime *regime, uint64_t virtual,
		     struct hvd_pagewalk *walk)
{
	*walk = (struct hvd_pagewalk){
		.result = HVD_WALK_MAPPED,
		.writable = true,
		.user = true,
		.executable = true,
		.user_executable = true,
	};
	if (regime->paging == HVD_PAGING_NONE) {
		walk->physical = virtual;
		walk->size = 4096;
	} else if (regime->paging == HVD_PAGING_ARM64) {
		hvd_pagewalk_arm64_down(memory, regime, virtual, walk);
	} else {
		walk_x86(memory, regime, virtual, walk);
	}
}

void hvd_pagewalk(const struct hvd_pagewalk_memory *memory,
		  enum hvd_paging paging, uint64_t root, uint64_t virtual,
		  struct hvd_pagewalk *walk)
{
	const struct hvd_pagewalk_regime regime = {.paging = paging,
						   .root = root};

	hvd_pagewalk_in(memory, &regime, virtual, walk);
}
