// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page tables of arm64 made by hand. Which bits of an address index which level
 * is as Linux's Documentation/arch/arm64/memory.rst draws it for 4 and 64 KiB
 * pages, and Arm ARM D8.2.8 for 16 KiB; entries are as D8.3 lays them out.
 * Built with sanitizers.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pagewalk.h"

#define NR_ENTRIES 8

/** Memory that has nothing but a few entries. */
struct entries {
	struct {
		uint64_t address, entry;
	} at[NR_ENTRIES];
};

static enum hvd_read read_entries(void *arg, uint64_t address, void *buf,
				  size_t size, struct hvd_error *err)
{
	const struct entries *e = arg;
	uint8_t *out = buf;
	size_t i, k;

	for (i = 0; i < NR_ENTRIES; i++)
		if (e->at[i].address == address && e->at[i].entry) {
			for (k = 0; k < size; k++)
				out[k] = (uint8_t)(e->at[i].entry >> 8 * k);
			return HVD_READ_DATA;
		}
	hvd_error_set(err, "no memory at 0x%llx", (unsigned long long)address);
	return HVD_READ_ABSENT;
}

/* TCR_EL1: T0SZ and T1SZ the same; TG0 and TG1 of that granule. */
#define TCR_4K(size)  ((size) | (size) << 16 | 2ULL << 30)
#define TCR_16K(size) ((size) | (size) << 16 | 2ULL << 14 | 1ULL << 30)
#define TCR_64K(size) ((size) | (size) << 16 | 1ULL << 14 | 3ULL << 30)
#define TTBR0 0x40001000ULL
#define TTBR1 0x41000000ULL

static struct hvd_pagewalk walk(struct entries *e, uint64_t tcr,
				uint64_t virtual)
{
	const struct hvd_pagewalk_memory memory = {read_entries, e, 0};
	struct hvd_pagewalk_regime regime;
	struct hvd_pagewalk w;

	hvd_pagewalk_arm64(&regime, 1, tcr, TTBR0, TTBR1);
	assert_int_equal(regime.paging, HVD_PAGING_ARM64);
	hvd_pagewalk_in(&memory, &regime, virtual, &w);
	return w;
}

static void assert_maps(const struct hvd_pagewalk *w, uint64_t physical,
			uint64_t size, unsigned int steps, int level)
{
	assert_string_equal(w->why.text, "");
	assert_int_equal(w->result, HVD_WALK_MAPPED);
	assert_int_equal(w->physical, physical);
	assert_int_equal(w->size, size);
	assert_int_equal(w->nr_steps, steps);
	assert_int_equal(w->steps[steps - 1].level, level);
	assert_true(w->steps[steps - 1].is_page);
}

/*
 * 0xffff_8000_1234_5678: [47:39] 256, [38:30] 0, [29:21] 145, [20:12] 325.
 * The upper half: TTBR1.
 */
static void granule_4k(void **state)
{
	struct entries e = {{{TTBR1 + 256 * 8, 0x42000003},
			     {0x42000000, 0x42001003},
			     {0x42001000 + 145 * 8, 0x42002003},
			     {0x42002000 + 325 * 8, 0x0060000050001783}}};
	struct hvd_pagewalk w;
	char bits[HVD_PAGEWALK_BITS];

	(void)state;
	w = walk(&e, TCR_4K(16ULL), 0xffff800012345678);
	assert_maps(&w, 0x50001678, 4096, 4, 3);
	assert_true(!w.writable && !w.user && !w.executable &&
		    !w.user_executable);
	assert_string_equal(hvd_pagewalk_bits(bits, HVD_PAGING_ARM64,
					      &w.steps[3]),
			    "page RO-EL1 AF PXN UXN");
	assert_string_equal(hvd_pagewalk_bits(bits, HVD_PAGING_ARM64,
					      &w.steps[0]),
			    "table");
	/* A block of level 2, writable and the user's: 2 MiB. */
	e.at[2].entry = 0x60000741;
	w = walk(&e, TCR_4K(16ULL), 0xffff800012345678);
	assert_maps(&w, 0x60145678, 2 << 20, 3, 2);
	assert_true(w.writable && w.user && w.executable && w.user_executable);
	/* The table above takes rights away: APTable, UXNTable, PXNTable. */
	e.at[1].entry |= 1ULL << 61 | 1ULL << 62 | 1ULL << 59;
	w = walk(&e, TCR_4K(16ULL), 0xffff800012345678);
	assert_true(!w.writable && !w.user && !w.executable &&
		    w.user_executable);
	/* Of level 1: 1 GiB. */
	e.at[1].entry = 0x80000741;
	w = walk(&e, TCR_4K(16ULL), 0xffff800012345678);
	assert_maps(&w, 0x92345678, 1 << 30, 2, 1);
	/* Of level 0 there is none. */
	e.at[0].entry = 0x80000741;
	w = walk(&e, TCR_4K(16ULL), 0xffff800012345678);
	assert_int_equal(w.result, HVD_WALK_RESERVED);
}

/* With 39 bits the first level is 1: 0x0000_0012_3456_789a: [38:30] 72,
 * [29:21] 418, [20:12] 359.
 */
static void three_levels_of_4k(void **state)
{
	struct entries e = {{{TTBR0 + 72 * 8, 0x42000003},
			     {0x42000000 + 418 * 8, 0x42001003},
			     {0x42001000 + 359 * 8, 0x70000f43}}};
	struct hvd_pagewalk w;

	(void)state;
	w = walk(&e, TCR_4K(25ULL), 0x123456789a);
	assert_maps(&w, 0x7000089a, 4096, 3, 3);
	w = walk(&e, TCR_4K(25ULL), 0x8000000000);
	assert_int_equal(w.result, HVD_WALK_NOT_CANONICAL);
	/* The top byte is ignored only with TBI0. */
	w = walk(&e, TCR_4K(25ULL), 0xab0000123456789a);
	assert_int_equal(w.result, HVD_WALK_NOT_CANONICAL);
	w = walk(&e, TCR_4K(25ULL) | 1ULL << 37, 0xab0000123456789a);
	assert_maps(&w, 0x7000089a, 4096, 3, 3);
	w = walk(&e, TCR_4K(25ULL) | 1ULL << 7, 0x123456789a);
	assert_int_equal(w.result, HVD_WALK_NOT_PRESENT);
	assert_non_null(strstr(w.why.text, "EPD0"));
}

/* [47] level 0, [46:36] level 1, [35:25] level 2, [24:14] level 3. */
static void granule_16k(void **state)
{
	const uint64_t i1 = 0x765, i2 = 0x219, i3 = 0x043;
	struct entries e = {{{TTBR0, 0x42000003},
			     {0x42000000 + i1 * 8, 0x42004003},
			     {0x42004000 + i2 * 8, 0x42008003},
			     {0x42008000 + i3 * 8, 0x123450c743}}};
	struct hvd_pagewalk w;

	(void)state;
	w = walk(&e, TCR_16K(16ULL), i1 << 36 | i2 << 25 | i3 << 14 | 0x3edc);
	assert_maps(&w, 0x123450c000 + 0x3edc, 16384, 4, 3);
	/* A block of level 2: 32 MiB. */
	e.at[2].entry = 0x1236000741;
	w = walk(&e, TCR_16K(16ULL), i1 << 36 | i2 << 25 | 0x1abcdef);
	assert_maps(&w, 0x1236000000 + 0x1abcdef, 32 << 20, 3, 2);
	/* 47 bits: level 0 is not there. */
	w = walk(&e, TCR_16K(17ULL), 0x1000);
	assert_int_equal(w.result, HVD_WALK_ABSENT);
	assert_int_equal(w.steps[0].level, 1);
}

/* 48 bits: [47:42] level 1, [41:29] level 2, [28:16] level 3. */
static void granule_64k(void **state)
{
	const uint64_t i1 = 0x2a, i2 = 0x1234, i3 = 0x0fed;
	struct entries e = {{{TTBR0 + i1 * 8, 0x42000003},
			     {0x42000000 + i2 * 8, 0x42010003},
			     {0x42010000 + i3 * 8, 0x50000743}}};
	struct hvd_pagewalk w;

	(void)state;
	w = walk(&e, TCR_64K(16ULL), i1 << 42 | i2 << 29 | i3 << 16 | 0xabcd);
	assert_maps(&w, 0x5000abcd, 65536, 3, 3);
	/* Bits 15:12 of the entry are bits 51:48 of the address. */
	e.at[2].entry = 0x5000a743;
	w = walk(&e, TCR_64K(16ULL), i1 << 42 | i2 << 29 | i3 << 16 | 0xabcd);
	assert_maps(&w, 0x000a00005000abcd, 65536, 3, 3);
	/* A block of level 2: 512 MiB. */
	e.at[1].entry = 0x60000741;
	w = walk(&e, TCR_64K(16ULL), i1 << 42 | i2 << 29 | 0x1fedcba9);
	assert_maps(&w, 0x7fedcba9, 512 << 20, 2, 2);
}

static void five_levels_of_4k(void **state)
{
	const uint64_t ds = 1ULL << 59;
	/* 52 bits: [51:48] level -1. */
	struct entries e = {{{0x40001000 + 0xa * 8, 0x42000003},
			     {0x42000000, 0x42001003},
			     {0x42001000, 0x42002003},
			     {0x42002000, 0x42003003},
			     {0x42003000, 0x0002000050000703}}};
	struct hvd_pagewalk w;

	(void)state;
	/* Bits 9:8 of an entry are bits 51:50 of the address. */
	w = walk(&e, TCR_4K(12ULL) | ds, 0x000a000000000123);
	assert_maps(&w, 0x000e000050000123, 4096, 5, 3);
	assert_int_equal(w.steps[0].level, -1);
	w = walk(&e, TCR_4K(12ULL), 0x000a000000000123);
	assert_int_equal(w.result, HVD_WALK_NOT_CANONICAL);
	assert_non_null(strstr(w.why.text, "no address space"));
}

/* No processor has such registers; whatever they say, it ends. */
static void registers_without_sense(void **state)
{
	struct entries e = {{{0, 0}}};
	uint64_t size, granules, bit;

	(void)state;
	for (size = 0; size < 64; size++)
		for (granules = 0; granules < 16; granules++)
			for (bit = 0; bit < 2; bit++)
				walk(&e,
				     size | size << 16 |
					     (granules & 3) << 14 |
					     granules >> 2 << 30 | bit << 59,
				     bit ? UINT64_MAX : 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(granule_4k),
		cmocka_unit_test(three_levels_of_4k),
		cmocka_unit_test(granule_16k),
		cmocka_unit_test(granule_64k),
		cmocka_unit_test(five_levels_of_4k),
		cmocka_unit_test(registers_without_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
