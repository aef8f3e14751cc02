// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stage 1 of EL1 and EL0 on arm64: VMSAv8-64, all three granules, 36 to 52 bits.
 * Sources: Arm ARM DDI 0487 (J.a) D8.2 (translation process), D8.3 (descriptors),
 * D17.2.139 (TCR_EL1), D17.2.144 (TTBR0_EL1).
 *
 * The dump does not tell the width of physical addresses: of 64 KiB granules
 * bits 15:12 of an entry count as address bits 51:48, which are zeros where
 * there are fewer than 52.
 */
#include "config.h"

#include "pagewalk_parts.h"

#define VALID	     UINT64_C(1)
#define TABLE_OR_PAGE UINT64_C(2)
#define LAST_LEVEL   3

#define TCR_EPD0 (UINT64_C(1) << 7)
#define TCR_EPD1 (UINT64_C(1) << 23)
#define TCR_TBI0 (UINT64_C(1) << 37)
#define TCR_TBI1 (UINT64_C(1) << 38)
#define TCR_HPD0 (UINT64_C(1) << 41)
#define TCR_HPD1 (UINT64_C(1) << 42)
#define TCR_DS	 (UINT64_C(1) << 59)

#define AP_USER	  (UINT64_C(1) << 6)
#define AP_READ	  (UINT64_C(1) << 7)
#define PXN	  (UINT64_C(1) << 53)
#define UXN	  (UINT64_C(1) << 54)
#define PXN_TABLE (UINT64_C(1) << 59)
#define UXN_TABLE (UINT64_C(1) << 60)
#define NO_USER_TABLE (UINT64_C(1) << 61)
#define READ_TABLE (UINT64_C(1) << 62)

#define BITS(high, low) \
	((UINT64_MAX >> (63 - (high))) & (UINT64_MAX << (low)))

/** One half of the address space, as TCR_EL1 describes it. */
struct half {
	unsigned int granule; /* bits in a page's offset: 12, 14, 16 */
	unsigned int width;   /* of virtual addresses */
	bool off;	      /* no walks: EPD */
	bool is_wide;	      /* DS: 52 bits with granules of 4 and 16 KiB */
	bool flat;	      /* HPD: tables say nothing of rights */
	uint64_t root;
};

/* TG0 and TG1 are encoded differently; 0 is reserved. */
static unsigned int granule_of(uint64_t tcr, bool upper)
{
	static const unsigned char tg0[] = {12, 16, 14, 0};
	static const unsigned char tg1[] = {0, 14, 12, 16};

	return upper ? tg1[tcr >> 30 & 3] : tg0[tcr >> 14 & 3];
}

static struct half half_of(const struct hvd_pagewalk_regime *r, bool upper)
{
	uint64_t tcr = r->control;
	unsigned int size = (unsigned int)(upper ? tcr >> 16 : tcr) & 0x3f;

	return (struct half){
		.granule = granule_of(tcr, upper),
		.width = 64 - size,
		.off = tcr & (upper ? TCR_EPD1 : TCR_EPD0),
		.is_wide = (tcr & TCR_DS) != 0,
		.flat = tcr & (upper ? TCR_HPD1 : TCR_HPD0),
		.root = upper ? r->upper_root : r->root,
	};
}

/* T0SZ from 48 (47 of 64 KiB) down to 16, or 12 where 52 bits are allowed. */
static bool makes_sense(const struct half *h)
{
	unsigned int most = h->granule == 16 || h->is_wide ? 52 : 48;

	return h->granule && h->width <= most && h->width > h->granule &&
	       h->width >= (h->granule == 16 ? 17 : 16);
}

/* Bit 55 chooses the half; with TBI the top byte is not looked at. */
static bool is_in(const struct hvd_pagewalk_regime *r, const struct half *h,
		  bool upper, uint64_t virtual)
{
	bool ignored = r->control & (upper ? TCR_TBI1 : TCR_TBI0);
	uint64_t above = BITS(ignored ? 55 : 63, h->width);

	return (virtual & above) == (upper ? above : 0);
}

/* Of entries; where there are 52 bits, the topmost lie elsewhere. */
static uint64_t address_of(const struct half *h, uint64_t entry)
{
	if (h->granule == 16)
		return (entry & BITS(47, 16)) | (entry & BITS(15, 12)) << 36;
	if (h->is_wide)
		return (entry & BITS(49, h->granule)) |
		       (entry & BITS(9, 8)) << 42;
	return entry & BITS(47, h->granule);
}

/* The root's table may be smaller than a page, and so is its alignment. */
static uint64_t root_of(const struct half *h, unsigned int index_bits)
{
	unsigned int low = index_bits + 3 < 6 ? 6 : index_bits + 3;

	if (h->width > 48 || h->is_wide)
		return (h->root & BITS(47, low)) | (h->root & BITS(5, 2)) << 46;
	return h->root & BITS(47, index_bits + 3 < 4 ? 4 : index_bits + 3);
}

/* Which levels have blocks: Arm ARM table D8-16 and the like. */
static bool may_be_block(const struct half *h, int level)
{
	switch (h->granule) {
	case 12:
		return level == 1 || level == 2 || (level == 0 && h->is_wide);
	case 14:
		return level == 2 || (level == 1 && h->is_wide);
	default:
		return level == 2 || level == 1;
	}
}

static void restrict_by_table(const struct half *h, uint64_t entry,
			      struct hvd_pagewalk *walk)
{
	if (h->flat)
		return;
	walk->writable = walk->writable && !(entry & READ_TABLE);
	walk->user = walk->user && !(entry & NO_USER_TABLE);
	walk->executable = walk->executable && !(entry & PXN_TABLE);
	walk->user_executable = walk->user_executable && !(entry & UXN_TABLE);
}

static void finish(const struct half *h, unsigned int shift, uint64_t entry,
		   uint64_t virtual, struct hvd_pagewalk *walk)
{
	uint64_t page = (UINT64_C(1) << shift) - 1;

	walk->size = page + 1;
	walk->physical = (address_of(h, entry) & ~page) | (virtual & page);
	walk->writable = walk->writable && !(entry & AP_READ);
	walk->user = walk->user && (entry & AP_USER);
	walk->executable = walk->executable && !(entry & PXN);
	walk->user_executable = walk->user_executable && !(entry & UXN);
}

/* One step down; false: the walk has ended. */
static bool go_down(const struct hvd_pagewalk_memory *memory,
		    const struct half *h, int level, uint64_t virtual,
		    uint64_t *table, struct hvd_pagewalk *walk)
{
	struct hvd_pagewalk_step *step = &walk->steps[walk->nr_steps++];
	unsigned int stride = h->granule - 3;
	unsigned int shift =
		h->granule + stride * (unsigned int)(LAST_LEVEL - level);
	unsigned int top = shift + stride < h->width ? shift + stride
						     : h->width;

	step->level = level;
	step->address = *table + (virtual >> shift &
				  ((UINT64_C(1) << (top - shift)) - 1)) * 8;
	if (!hvd_pagewalk_read(memory, 8, step, walk))
		return false;
	step->is_page = level == LAST_LEVEL || !(step->entry & TABLE_OR_PAGE);
	if (!(step->entry & VALID)) {
		hvd_pagewalk_say(walk, HVD_WALK_NOT_PRESENT, step,
				 "not mapped");
	} else if (step->is_page &&
		   (level == LAST_LEVEL ? !(step->entry & TABLE_OR_PAGE)
					: !may_be_block(h, level))) {
		hvd_pagewalk_say(walk, HVD_WALK_RESERVED, step,
				 "no block may be here");
	} else if (step->is_page) {
		finish(h, shift, step->entry, virtual, walk);
	} else {
		restrict_by_table(h, step->entry, walk);
		*table = address_of(h, step->entry);
		return true;
	}
	return false;
}

void hvd_pagewalk_arm64_down(const struct hvd_pagewalk_memory *memory,
			     const struct hvd_pagewalk_regime *regime,
			     uint64_t virtual, struct hvd_pagewalk *walk)
{
	bool upper = virtual >> 55 & 1;
	struct half h = half_of(regime, upper);
	unsigned int stride, levels, first_bits;
	uint64_t table;
	int level;

	walk->result = HVD_WALK_NOT_CANONICAL;
	if (!makes_sense(&h)) {
		hvd_error_set(&walk->why, "TCR_EL1 describes no address space: "
			      "pages of %u bits, addresses of %u", h.granule,
			      h.width);
		return;
	}
	if (!is_in(regime, &h, upper, virtual)) {
		hvd_error_set(&walk->why, "not an address of %u bits", h.width);
		return;
	}
	walk->result = HVD_WALK_NOT_PRESENT;
	if (h.off) {
		hvd_error_set(&walk->why, "TCR_EL1.EPD%d allows no walk there",
			      upper);
		return;
	}
	walk->result = HVD_WALK_MAPPED;
	stride = h.granule - 3;
	levels = (h.width - h.granule + stride - 1) / stride;
	first_bits = h.width - h.granule - (levels - 1) * stride;
	table = root_of(&h, first_bits);
	for (level = LAST_LEVEL + 1 - (int)levels;
	     go_down(memory, &h, level, virtual, &table, walk); level++)
		;
}
