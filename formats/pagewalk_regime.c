// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a processor translates, and what an entry says: see pagewalk.h.
 * Sources: Intel SDM volume 3, 4.1.1 and tables 4-4 to 4-20; Arm ARM D8.3.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "pagewalk_parts.h"

#define CR0_PG	 (UINT64_C(1) << 31)
#define CR4_PSE	 (UINT64_C(1) << 4)
#define CR4_PAE	 (UINT64_C(1) << 5)
#define CR4_LA57 (UINT64_C(1) << 12)
#define EFER_LMA (UINT64_C(1) << 10)
#define EFER_NXE (UINT64_C(1) << 11)

#define SCTLR_M UINT64_C(1)

void hvd_pagewalk_x86(struct hvd_pagewalk_regime *regime, uint64_t cr0,
		      uint64_t cr3, uint64_t cr4, uint64_t efer)
{
	*regime = (struct hvd_pagewalk_regime){
		.root = cr3,
		.no_large = !(cr4 & CR4_PSE),
		.no_nx = !(efer & EFER_NXE),
	};
	if (!(cr0 & CR0_PG))
		regime->paging = HVD_PAGING_NONE;
	else if (!(cr4 & CR4_PAE))
		regime->paging = HVD_PAGING_X86_32;
	else if (!(efer & EFER_LMA))
		regime->paging = HVD_PAGING_X86_PAE;
	else
		regime->paging = cr4 & CR4_LA57 ? HVD_PAGING_X86_5
						: HVD_PAGING_X86_4;
}

void hvd_pagewalk_arm64(struct hvd_pagewalk_regime *regime, uint64_t sctlr,
			uint64_t tcr, uint64_t ttbr0, uint64_t ttbr1)
{
	*regime = (struct hvd_pagewalk_regime){
		.paging = sctlr & SCTLR_M ? HVD_PAGING_ARM64 : HVD_PAGING_NONE,
		.root = ttbr0,
		.upper_root = ttbr1,
		.control = tcr,
	};
}

const char *hvd_paging_name(enum hvd_paging paging)
{
	static const char *const names[] = {
		[HVD_PAGING_NONE] = "none",
		[HVD_PAGING_X86_32] = "32-bit",
		[HVD_PAGING_X86_PAE] = "PAE",
		[HVD_PAGING_X86_4] = "4-level",
		[HVD_PAGING_X86_5] = "5-level",
		[HVD_PAGING_ARM64] = "arm64",
	};

	return names[paging];
}

bool hvd_pagewalk_read(const struct hvd_pagewalk_memory *memory, size_t size,
		       struct hvd_pagewalk_step *step,
		       struct hvd_pagewalk *walk)
{
	uint8_t buf[8] = {0};
	enum hvd_read got;

	got = memory->read(memory->arg, step->address, buf, size, &walk->why);
	step->entry = hvd_le64(buf) & ~memory->not_address;
	if (got == HVD_READ_DATA)
		return true;
	step->entry = 0;
	walk->result = got == HVD_READ_ABSENT ? HVD_WALK_ABSENT
					      : HVD_WALK_DAMAGED;
	hvd_error_prefix(&walk->why, "page table entry of level %d",
			 step->level);
	return false;
}

void hvd_pagewalk_say(struct hvd_pagewalk *walk,
		      enum hvd_pagewalk_result result,
		      const struct hvd_pagewalk_step *step, const char *what)
{
	walk->result = result;
	hvd_error_set(&walk->why,
		      "%s: the page table entry of level %d at 0x%" PRIx64
		      " is 0x%" PRIx64,
		      what, step->level, step->address, step->entry);
}

/** A name for an entry whose bits under the mask are that value. */
struct bit_name {
	uint64_t mask, value;
	const char *name;
};

#define BIT(n, name) {UINT64_C(1) << (n), UINT64_C(1) << (n), name}
#define NOT(n, name) {UINT64_C(1) << (n), 0, name}

static const struct bit_name x86_table[] = {
	BIT(0, "P"),   BIT(1, "RW"), BIT(2, "US"), BIT(3, "PWT"),
	BIT(4, "PCD"), BIT(5, "A"),  BIT(63, "XD"), {0, 0, NULL}};

static const struct bit_name x86_page[] = {
	BIT(0, "P"),   BIT(1, "RW"), BIT(2, "US"), BIT(3, "PWT"),
	BIT(4, "PCD"), BIT(5, "A"),  BIT(6, "D"),  BIT(8, "G"),
	BIT(63, "XD"), {0, 0, NULL}};

static const struct bit_name x86_large[] = {
	BIT(7, "PS"), BIT(12, "PAT"), {0, 0, NULL}};

static const struct bit_name x86_small[] = {BIT(7, "PAT"), {0, 0, NULL}};

static const struct bit_name pae_pointer[] = {
	BIT(0, "P"), BIT(3, "PWT"), BIT(4, "PCD"), {0, 0, NULL}};

static const struct bit_name arm64_table[] = {
	{3, 3, "table"},     {3, 1, "block"},	 NOT(0, "invalid"),
	BIT(59, "PXNTable"), BIT(60, "UXNTable"), BIT(61, "APTable[0]"),
	BIT(62, "APTable[1]"), BIT(63, "NSTable"), {0, 0, NULL}};

static const struct bit_name arm64_page[] = {
	{3, 3, "page"},	   {3, 1, "block"},   {0xc0, 0x00, "RW-EL1"},
	{0xc0, 0x40, "RW"}, {0xc0, 0x80, "RO-EL1"}, {0xc0, 0xc0, "RO"},
	BIT(10, "AF"),	   BIT(11, "nG"),     BIT(50, "GP"),
	BIT(51, "DBM"),	   BIT(52, "Contiguous"), BIT(53, "PXN"),
	BIT(54, "UXN"),	   {0, 0, NULL}};

static void add_names(char *buf, const struct bit_name *n, uint64_t entry)
{
	size_t used = strlen(buf);

	for (; n->name; n++) {
		if ((entry & n->mask) != n->value || used >= HVD_PAGEWALK_BITS)
			continue;
		used += (size_t)snprintf(buf + used, HVD_PAGEWALK_BITS - used,
					 "%s%s", used ? " " : "", n->name);
	}
}

/* Of what is not present the rest has no meaning. */
const char *hvd_pagewalk_bits(char *buf, enum hvd_paging paging,
			      const struct hvd_pagewalk_step *step)
{
	uint64_t e = step->entry;

	buf[0] = '\0';
	if (paging == HVD_PAGING_ARM64) {
		add_names(buf, step->is_page ? arm64_page : arm64_table, e);
		return buf;
	}
	if (!(e & 1))
		return buf;
	if (paging == HVD_PAGING_X86_32)
		e &= UINT32_MAX;
	if (paging == HVD_PAGING_X86_PAE && step->level == 3) {
		add_names(buf, pae_pointer, e);
	} else if (!step->is_page) {
		add_names(buf, x86_table, e);
	} else {
		add_names(buf, x86_page, e);
		add_names(buf, step->level > 1 ? x86_large : x86_small, e);
	}
	return buf;
}
