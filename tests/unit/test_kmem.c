// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's memory by its addresses, with a machine of 64 KiB: page tables,
 * pages of which one is absent and one is damaged. Built with sanitizers.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/kmem.h"

#define MAP	 0xffffffff80000000ULL
#define PHYSBASE 0x1000000ULL
#define VMALLOC	 0xffffc90000000000ULL

#define ABSENT	0x9000
#define DAMAGED 0xa000

struct hvd_physmem {
	uint8_t bytes[0x10000]; /* from PHYSBASE on */
	size_t reads;
};

/* In the place of physmem.c's. */
enum hvd_read hvd_physmem_read(struct hvd_physmem *m, uint64_t address,
			       void *buf, size_t size, struct hvd_error *err)
{
	uint64_t offset = address - PHYSBASE;

	m->reads++;
	hvd_error_set(err, "page 0x%llx", (unsigned long long)address / 4096);
	if (offset >= sizeof(m->bytes) || size > sizeof(m->bytes) - offset)
		return HVD_READ_ABSENT;
	if (offset < ABSENT + 4096 && offset + size > ABSENT)
		return HVD_READ_ABSENT;
	if (offset < DAMAGED + 4096 && offset + size > DAMAGED)
		return HVD_READ_DAMAGED;
	memcpy(buf, m->bytes + offset, size);
	return HVD_READ_DATA;
}

static void entry(struct hvd_physmem *m, unsigned int table, unsigned int i,
		  uint64_t value)
{
	memcpy(m->bytes + table + i * 8, &value, 8);
}

/*
 * Text: MAP on 16 pages, 1:1. VMALLOC: pages 0 to 4 on 0x8000, 0x7000, ABSENT,
 * DAMAGED, 0x6000 and no more.
 */
static void make_tables(struct hvd_physmem *m, uint64_t mask)
{
	static const unsigned int pages[] = {0x8000, 0x7000, ABSENT, DAMAGED,
					     0x6000};
	unsigned int i;

	memset(m, 0, sizeof(*m));
	entry(m, 0x1000, 511, (PHYSBASE + 0x2000) | 3 | mask);
	entry(m, 0x2000, 510, (PHYSBASE + 0x3000) | 3 | mask);
	entry(m, 0x3000, 0, PHYSBASE | 0x83 | mask); /* 2 MiB */
	entry(m, 0x1000, 402, (PHYSBASE + 0x4000) | 3 | mask);
	entry(m, 0x4000, 0, (PHYSBASE + 0x5000) | 3 | mask);
	entry(m, 0x5000, 0, (PHYSBASE + 0xb000) | 3 | mask);
	for (i = 0; i < 5; i++)
		entry(m, 0xb000, i, (PHYSBASE + pages[i]) | 3 | mask);
}

static struct hvd_vmcoreinfo *info(const char *lines)
{
	struct hvd_input in = {.path = (char *)"dump"};
	size_t len = strlen(lines), size = 24 + ((len + 3) & ~(size_t)3);
	uint32_t head[3] = {11, (uint32_t)len, 0};
	struct hvd_vmcoreinfo *v;
	struct hvd_error err;

	in.notes = calloc(1, size);
	assert_non_null(in.notes);
	memcpy(in.notes, head, 12);
	memcpy(in.notes + 12, "VMCOREINFO", 11);
	memcpy(in.notes + 24, lines, len);
	in.notes_size = size;
	v = hvd_vmcoreinfo_open(&in, &err);
	assert_non_null(v);
	free(in.notes);
	return v;
}

static const char good[] = "SYMBOL(swapper_pg_dir)=ffffffff80001000\n"
			   "NUMBER(phys_base)=16777216\n"
			   "NUMBER(pgtable_l5_enabled)=0\n";

struct fixture {
	struct hvd_physmem m;
	struct hvd_vmcoreinfo *v;
	struct hvd_kmem *k;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct hvd_error err;

	assert_non_null(f);
	make_tables(&f->m, 0);
	f->v = info(good);
	f->k = hvd_kmem_open(&f->m, f->v, &err);
	assert_non_null(f->k);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	hvd_kmem_close(f->k);
	hvd_vmcoreinfo_close(f->v);
	free(f);
	return 0;
}

static void across_pages(void **state)
{
	struct fixture *f = *state;
	struct hvd_error err;
	char buf[32] = "";
	uint64_t value;

	memcpy(f->m.bytes + 0x8ff8, "pages th", 8);
	memcpy(f->m.bytes + 0x7000, "at are not next", 16);
	assert_int_equal(hvd_kmem_read(f->k, VMALLOC + 0xff8, buf, 24, &err),
			 HVD_READ_DATA);
	assert_string_equal(buf, "pages that are not next");
	assert_int_equal(hvd_kmem_word(f->k, VMALLOC + 0xffe, 4, &value, &err),
			 HVD_READ_DATA);
	assert_int_equal(value, 0x74616874); /* "that" */
	assert_int_equal(hvd_kmem_word(f->k, VMALLOC, 9, &value, &err),
			 HVD_READ_DAMAGED);
	assert_int_equal(hvd_kmem_translate(f->k, VMALLOC + 0x1234, &value,
					    &err), HVD_READ_DATA);
	assert_int_equal(value, PHYSBASE + 0x7234);
	assert_int_equal(hvd_kmem_translate(f->k, MAP + 0x123456, &value, &err),
			 HVD_READ_DATA);
	assert_int_equal(value, PHYSBASE + 0x123456);
}

/* The three outcomes stay apart, and the reason names the address. */
static void three_outcomes(void **state)
{
	static const struct {
		uint64_t address;
		enum hvd_read outcome;
		const char *says;
	} cases[] = {
		{VMALLOC, HVD_READ_DATA, ""},
		{VMALLOC + 0x2010, HVD_READ_ABSENT,
		 "0xffffc90000002010: physical: page 0x1009"},
		{VMALLOC + 0x3010, HVD_READ_DAMAGED,
		 "0xffffc90000003010: physical: page 0x100a"},
		{VMALLOC + 0x1ffc, HVD_READ_ABSENT, "0xffffc90000002000: "},
		{VMALLOC + 0x5000, HVD_READ_ABSENT,
		 "0xffffc90000005000: not mapped"},
		{0x123456789abcdef0, HVD_READ_ABSENT,
		 "0x123456789abcdef0: not an address"},
		{0, HVD_READ_ABSENT, "0x0000000000000000: not mapped"},
		{UINT64_MAX - 3, HVD_READ_ABSENT,
		 "0xfffffffffffffffc: 8 bytes reach beyond"},
		{MAP + 0x10000, HVD_READ_ABSENT, "0xffffffff80010000: "},
	};
	struct fixture *f = *state;
	struct hvd_error err;
	uint64_t value;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(hvd_kmem_word(f->k, cases[i].address, 8,
					       &value, &err),
				 cases[i].outcome);
		if (cases[i].outcome != HVD_READ_DATA)
			assert_ptr_equal(strstr(err.text, cases[i].says),
					 err.text);
	}
}

/* Only the tables' entries are what a second read has no need of. */
static void translations_are_kept(void **state)
{
	struct fixture *f = *state;
	struct hvd_error err;
	uint64_t value;
	size_t before;

	assert_int_equal(hvd_kmem_word(f->k, VMALLOC + 8, 8, &value, &err),
			 HVD_READ_DATA);
	before = f->m.reads;
	assert_int_equal(hvd_kmem_word(f->k, VMALLOC + 16, 8, &value, &err),
			 HVD_READ_DATA);
	assert_int_equal(f->m.reads, before + 1);
}

/* What is contiguous is read at once; where that fails the page is named. */
static void long_reads(void **state)
{
	static uint8_t buf[0x10000];
	struct fixture *f = *state;
	struct hvd_error err;
	size_t before;

	f->m.bytes[0x7fff] = 0x5a;
	assert_int_equal(hvd_kmem_read(f->k, MAP, buf, 0x8000, &err),
			 HVD_READ_DATA);
	assert_memory_equal(buf, f->m.bytes, 0x8000);
	before = f->m.reads;
	assert_int_equal(hvd_kmem_read(f->k, MAP, buf, 0x8000, &err),
			 HVD_READ_DATA);
	assert_int_equal(f->m.reads, before + 1);
	assert_int_equal(hvd_kmem_read(f->k, MAP + 8, buf, 0xfff8, &err),
			 HVD_READ_ABSENT);
	assert_ptr_equal(strstr(err.text, "0xffffffff80009000: physical: page "
				"0x1009"), err.text);
	assert_memory_equal(buf, f->m.bytes + 8, 0x8ff8);
	/* Once as a whole, then each page up to the one that fails. */
	assert_true(f->m.reads - before < 40);
}

static void strings(void **state)
{
	struct fixture *f = *state;
	struct hvd_error err;
	char buf[16];

	/* It ends with the last page that is mapped. */
	memcpy(f->m.bytes + 0x6ffb, "last", 5);
	assert_int_equal(hvd_kmem_string(f->k, VMALLOC + 0x4ffb, buf,
					 sizeof(buf), &err), HVD_READ_DATA);
	assert_string_equal(buf, "last");
	/* Longer than there is room for. */
	memset(f->m.bytes + 0x8000, 'x', 100);
	assert_int_equal(hvd_kmem_string(f->k, VMALLOC, buf, sizeof(buf),
					 &err), HVD_READ_DATA);
	assert_int_equal(strlen(buf), 15);
	/* Goes on where nothing is. */
	memset(f->m.bytes + 0x6000, 'x', 4096);
	assert_int_equal(hvd_kmem_string(f->k, VMALLOC + 0x4ffe, buf,
					 sizeof(buf), &err), HVD_READ_ABSENT);
	assert_int_equal(hvd_kmem_string(f->k, VMALLOC, buf, 1, &err),
			 HVD_READ_DATA);
	assert_string_equal(buf, "");
}

static void memory_encryption(void **state)
{
	struct hvd_vmcoreinfo *v;
	struct hvd_physmem m;
	struct hvd_error err;
	struct hvd_kmem *k;
	uint64_t value;
	char lines[256];

	(void)state;
	make_tables(&m, 1ULL << 47);
	snprintf(lines, sizeof(lines), "%sNUMBER(sme_mask)=%lld\n", good,
		 1LL << 47);
	v = info(lines);
	k = hvd_kmem_open(&m, v, &err);
	assert_non_null(k);
	assert_int_equal(hvd_kmem_translate(k, VMALLOC, &value, &err),
			 HVD_READ_DATA);
	assert_int_equal(value, PHYSBASE + 0x8000);
	hvd_kmem_close(k);
	hvd_vmcoreinfo_close(v);
}

/* What is no page table, or not where VMCOREINFO says. */
static void refused(void **state)
{
	static const struct {
		const char *lines, *says;
	} cases[] = {
		{"NUMBER(phys_base)=0\n", "SYMBOL(swapper_pg_dir)"},
		{"SYMBOL(swapper_pg_dir)=ffffffff80001000\n",
		 "NUMBER(phys_base)"},
		{"SYMBOL(swapper_pg_dir)=ffff888000001000\n"
		 "NUMBER(phys_base)=0\n", "in the kernel's image"},
		{"SYMBOL(swapper_pg_dir)=ffffffff80001001\n"
		 "NUMBER(phys_base)=0\n", "in the kernel's image"},
		{"SYMBOL(swapper_pg_dir)=ffffffff80002000\n"
		 "NUMBER(phys_base)=16777216\n", "not mapped"},
		{"SYMBOL(swapper_pg_dir)=ffffffff80001000\n"
		 "NUMBER(phys_base)=16777216\nNUMBER(pgtable_l5_enabled)=1\n",
		 "expected the kernel's page table at 0x1001000"},
	};
	struct hvd_vmcoreinfo *v;
	struct hvd_physmem m;
	struct hvd_error err;
	size_t i;

	(void)state;
	make_tables(&m, 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		v = info(cases[i].lines);
		assert_null(hvd_kmem_open(&m, v, &err));
		assert_non_null(strstr(err.text, cases[i].says));
		hvd_vmcoreinfo_close(v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(across_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(three_outcomes, setup,
						teardown),
		cmocka_unit_test_setup_teardown(translations_are_kept, setup,
						teardown),
		cmocka_unit_test_setup_teardown(long_reads, setup, teardown),
		cmocka_unit_test_setup_teardown(strings, setup, teardown),
		cmocka_unit_test(memory_encryption),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
