// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Page tables made by hand, in every mode, and such as no processor takes.
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

#define SIZE 0x8000

/** Memory from 0 up to SIZE; one page of it may be absent or damaged. */
struct memory {
	uint8_t bytes[SIZE];
	uint64_t broken; /* page; 0: none */
	enum hvd_read how;
};

static enum hvd_read read_memory(void *arg, uint64_t address, void *buf,
				 size_t size, struct hvd_error *err)
{
	struct memory *m = arg;

	if (address > SIZE - size) {
		hvd_error_set(err, "no memory");
		return HVD_READ_ABSENT;
	}
	if (m->broken && address / 4096 == m->broken) {
		hvd_error_set(err, "broken");
		return m->how;
	}
	memcpy(buf, m->bytes + address, size);
	return HVD_READ_DATA;
}

static void put(struct memory *m, uint64_t address, uint64_t entry,
		size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		m->bytes[address + i] = (uint8_t)(entry >> 8 * i);
}

static struct hvd_pagewalk walk(struct memory *m, enum hvd_paging paging,
				uint64_t root, uint64_t virtual)
{
	struct hvd_pagewalk_memory memory = {read_memory, m, 0};
	struct hvd_pagewalk w;

	hvd_pagewalk(&memory, paging, root, virtual, &w);
	return w;
}

static void assert_maps(const struct hvd_pagewalk *w, uint64_t physical,
			uint64_t size, unsigned int steps)
{
	assert_int_equal(w->result, HVD_WALK_MAPPED);
	assert_int_equal(w->physical, physical);
	assert_int_equal(w->size, size);
	assert_int_equal(w->nr_steps, steps);
}

/*
 * Its indices: PML5 511, PML4 402,
 * PDPT 0, PD 145, PT 325.
 */
#define VIRTUAL 0xffffc90012345678ULL

static void four_levels(struct memory *m)
{
	put(m, 0x1000 + 402 * 8, 0x2003, 8);
	put(m, 0x2000 + 0 * 8, 0x3003, 8);
	put(m, 0x3000 + 145 * 8, 0x4003, 8);
	put(m, 0x4000 + 325 * 8, 0x8000000123456003, 8);
}

static void four_levels_down(void **state)
{
	static const uint64_t at[] = {0x1c90, 0x2000, 0x3488, 0x4a28};
	struct memory m = {{0}, 0, 0};
	struct hvd_pagewalk w;
	unsigned int i;

	(void)state;
	four_levels(&m);
	w = walk(&m, HVD_PAGING_X86_4, 0x1000, VIRTUAL);
	assert_maps(&w, 0x123456678, 4096, 4);
	for (i = 0; i < 4; i++) {
		assert_int_equal(w.steps[i].level, 4 - i);
		assert_int_equal(w.steps[i].address, at[i]);
	}
	/* A PCID, or flags, in CR3 are no part of the address. */
	w = walk(&m, HVD_PAGING_X86_4, 0x8000000000001fff, VIRTUAL);
	assert_maps(&w, 0x123456678, 4096, 4);
}

static void large_pages(void **state)
{
	struct memory m = {{0}, 0, 0};
	struct hvd_pagewalk w;

	(void)state;
	four_levels(&m);
	/* Bit 12 is PAT there. */
	put(&m, 0x3000 + 145 * 8, 0x40001083, 8);
	w = walk(&m, HVD_PAGING_X86_4, 0x1000, VIRTUAL);
	assert_maps(&w, 0x40145678, 2 << 20, 3);
	put(&m, 0x2000, 0x80000083, 8);
	w = walk(&m, HVD_PAGING_X86_4, 0x1000, VIRTUAL);
	assert_maps(&w, 0x92345678, 1 << 30, 2);
}

static void five_levels(void **state)
{
	struct memory m = {{0}, 0, 0};
	struct hvd_pagewalk w;

	(void)state;
	four_levels(&m);
	put(&m, 0x5000 + 511 * 8, 0x1003, 8);
	w = walk(&m, HVD_PAGING_X86_5, 0x5000, VIRTUAL);
	assert_maps(&w, 0x123456678, 4096, 5);
	assert_int_equal(w.steps[0].level, 5);
	/* What is no address of 48 bits is one of 57. */
	w = walk(&m, HVD_PAGING_X86_5, 0x5000, 0xff11000000000000);
	assert_int_equal(w.result, HVD_WALK_NOT_PRESENT);
	w = walk(&m, HVD_PAGING_X86_4, 0x1000, 0xff11000000000000);
	assert_int_equal(w.result, HVD_WALK_NOT_CANONICAL);
	assert_int_equal(w.nr_steps, 0);
}

static void canonical(void **state)
{
	static const struct {
		enum hvd_paging paging;
		uint64_t virtual;
		bool is;
	} cases[] = {
		{HVD_PAGING_X86_4, 0x00007fffffffffff, true},
		{HVD_PAGING_X86_4, 0x0000800000000000, false},
		{HVD_PAGING_X86_4, 0xffff7fffffffffff, false},
		{HVD_PAGING_X86_4, 0xffff800000000000, true},
		{HVD_PAGING_X86_5, 0x00ffffffffffffff, true},
		{HVD_PAGING_X86_5, 0x0100000000000000, false},
		{HVD_PAGING_X86_5, 0xfeffffffffffffff, false},
		{HVD_PAGING_X86_5, 0xff00000000000000, true},
		{HVD_PAGING_X86_PAE, 0xffffffff, true},
		{HVD_PAGING_X86_PAE, 0x100000000, false},
		{HVD_PAGING_X86_32, 0xffffffff, true},
		{HVD_PAGING_X86_32, UINT64_MAX, false},
	};
	struct memory m = {{0}, 0, 0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(walk(&m, cases[i].paging, 0x1000,
				      cases[i].virtual).result,
				 cases[i].is ? HVD_WALK_NOT_PRESENT
					     : HVD_WALK_NOT_CANONICAL);
}

/* 0xc0801234: PAE 3, 4, 1; 32 bits 770, 1 */
static void thirty_two_bits(void **state)
{
	struct memory m = {{0}, 0, 0};
	struct hvd_pagewalk w;

	(void)state;
	put(&m, 0x1020 + 3 * 8, 0x2001, 8);
	put(&m, 0x2000 + 4 * 8, 0x3003, 8);
	put(&m, 0x3000 + 1 * 8, 0x7fff000003, 8);
	w = walk(&m, HVD_PAGING_X86_PAE, 0x1020, 0xc0801234);
	assert_maps(&w, 0x7fff000234, 4096, 3);
	put(&m, 0x2000 + 4 * 8, 0x600083, 8);
	w = walk(&m, HVD_PAGING_X86_PAE, 0x1020, 0xc0801234);
	assert_maps(&w, 0x601234, 2 << 20, 2);

	put(&m, 0x4000 + 770 * 4, 0x5003, 4);
	put(&m, 0x5000 + 1 * 4, 0xabcde003, 4);
	w = walk(&m, HVD_PAGING_X86_32, 0x4000, 0xc0801234);
	assert_maps(&w, 0xabcde234, 4096, 2);
	/* PSE-36: bits 20:13 are bits 39:32 of the address */
	put(&m, 0x4000 + 770 * 4, 0x00c00083 | 0x5 << 13, 4);
	w = walk(&m, HVD_PAGING_X86_32, 0x4000, 0xc0801234);
	assert_maps(&w, 0x500c01234, 4 << 20, 1);
}

static void no_paging(void **state)
{
	struct memory m = {{0}, 0, 0};
	struct hvd_pagewalk w = walk(&m, HVD_PAGING_NONE, 0, 0xfee00123);

	(void)state;
	assert_maps(&w, 0xfee00123, 4096, 0);
}

static void reserved_bits(void **state)
{
	static const struct {
		uint64_t at, entry;
	} cases[] = {
		{0x1000 + 402 * 8, 0x2083},		/* PS in a PML4E */
		{0x2000, 0x80000083 | 1 << 13},		/* 1 GiB */
		{0x2000, 0x80000083 | 1 << 29},
		{0x3000 + 145 * 8, 0x40000083 | 1 << 13}, /* 2 MiB */
		{0x3000 + 145 * 8, 0x40000083 | 1 << 20},
	};
	struct hvd_pagewalk w;
	struct memory m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&m, 0, sizeof(m));
		four_levels(&m);
		put(&m, cases[i].at, cases[i].entry, 8);
		w = walk(&m, HVD_PAGING_X86_4, 0x1000, VIRTUAL);
		assert_int_equal(w.result, HVD_WALK_RESERVED);
		assert_int_equal(w.steps[w.nr_steps - 1].address, cases[i].at);
		assert_non_null(strstr(w.why.text, "reserved bits"));
	}
	memset(&m, 0, sizeof(m));
	put(&m, 0x1000 + 3 * 8, 0x2003, 8);
	w = walk(&m, HVD_PAGING_X86_PAE, 0x1000, 0xc0000000);
	assert_int_equal(w.result, HVD_WALK_RESERVED);
}

static void what_is_not_there(void **state)
{
	struct memory m = {{0}, 0, 0};
	struct hvd_pagewalk w;

	(void)state;
	four_levels(&m);
	w = walk(&m, HVD_PAGING_X86_4, 0x1000, VIRTUAL + 4096);
	assert_int_equal(w.result, HVD_WALK_NOT_PRESENT);
	assert_int_equal(w.nr_steps, 4);
	assert_non_null(strstr(w.why.text, "level 1 at 0x4a30 is 0x0"));
	m.broken = 3;
	m.how = HVD_READ_ABSENT;
	w = walk(&m, HVD_PAGING_X86_4, 0x1000, VIRTUAL);
	assert_int_equal(w.result, HVD_WALK_ABSENT);
	assert_string_equal(w.why.text, "page table entry of level 2: broken");
	m.how = HVD_READ_DAMAGED;
	w = walk(&m, HVD_PAGING_X86_4, 0x1000, VIRTUAL);
	assert_int_equal(w.result, HVD_WALK_DAMAGED);
	assert_int_equal(w.nr_steps, 3);
	assert_int_equal(w.steps[2].address, 0x3488);
}

/* A table that is its own: it ends, since levels do. */
static void cycles_and_far_tables(void **state)
{
	struct memory m = {{0}, 0, 0};
	struct hvd_pagewalk w;
	unsigned int i;

	(void)state;
	for (i = 0; i < 512; i++)
		put(&m, 0x1000 + i * 8, 0x1003, 8);
	w = walk(&m, HVD_PAGING_X86_5, 0x1000, VIRTUAL);
	assert_maps(&w, 0x1678, 4096, 5);
	put(&m, 0x1000 + 402 * 8, 0xffffffffff003, 8);
	w = walk(&m, HVD_PAGING_X86_4, 0x1000, VIRTUAL);
	assert_int_equal(w.result, HVD_WALK_ABSENT);
	w = walk(&m, HVD_PAGING_X86_4, UINT64_MAX, UINT64_MAX);
	assert_int_equal(w.result, HVD_WALK_ABSENT);
}

static void encrypted_entries(void **state)
{
	struct hvd_pagewalk_memory memory = {read_memory, NULL, 1ULL << 47};
	struct memory m = {{0}, 0, 0};
	struct hvd_pagewalk w;

	(void)state;
	memory.arg = &m;
	put(&m, 0x1000 + 402 * 8, 0x2003 | 1ULL << 47, 8);
	put(&m, 0x2000, 0x80000083 | 1ULL << 47, 8);
	hvd_pagewalk(&memory, HVD_PAGING_X86_4, 0x1000 | 1ULL << 47, VIRTUAL,
		     &w);
	assert_maps(&w, 0x92345678, 1 << 30, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_levels_down),
		cmocka_unit_test(large_pages),
		cmocka_unit_test(five_levels),
		cmocka_unit_test(canonical),
		cmocka_unit_test(thirty_two_bits),
		cmocka_unit_test(no_paging),
		cmocka_unit_test(reserved_bits),
		cmocka_unit_test(what_is_not_there),
		cmocka_unit_test(cycles_and_far_tables),
		cmocka_unit_test(encrypted_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
