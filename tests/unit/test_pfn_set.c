// SPDX-License-Identifier: GPL-2.0-or-later
/* The collector's sets of pages, compared with a table that has one byte a page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "collector/pfn_set.h"

/* Several blocks, with borders within. */
#define PAGES	200000u

static bool table[PAGES];

static void compare(const struct pfn_set *s)
{
	uint64_t at = 0, first, count, i;

	while ((count = pfn_set_next(s, at, &first))) {
		for (i = at; i < first; i++)
			assert_false(table[i]);
		for (i = first; i < first + count; i++)
			assert_true(table[i]);
		at = first + count;
		/* No range touches the next. */
		assert_true(at >= PAGES || !table[at]);
	}
	for (i = at; i < PAGES; i++)
		assert_false(table[i]);
}

static void test_empty(void **state)
{
	struct pfn_set s = { NULL, 0, 0 };
	uint64_t first;

	(void)state;
	assert_int_equal(pfn_set_next(&s, 0, &first), 0);
	assert_int_equal(pfn_set_next(&s, 12345, &first), 0);
	pfn_set_free(&s);
}

static void test_against_a_table(void **state)
{
	struct pfn_set s = { NULL, 0, 0 };
	uint64_t expected = 0, pfn, length;
	unsigned int i;

	(void)state;
	memset(table, 0, sizeof(table));
	srand(7);
	for (i = 0; i < 300; i++) {
		pfn = rand() % PAGES;
		/* Runs, single pages, and runs over the borders of blocks. */
		length = i % 3 ? rand() % 64 : 1;
		if (i % 50 == 0)
			pfn = 32768 * (1 + i / 50 % 5) - 8;
		for (; length && pfn < PAGES; length--, pfn++) {
			expected += !table[pfn];
			table[pfn] = true;
			assert_int_equal(pfn_set_add(&s, pfn), 0);
		}
	}
	assert_int_equal(s.count, expected);
	compare(&s);
	pfn_set_free(&s);
	assert_int_equal(s.count, 0);
}

static void test_far_pages(void **state)
{
	struct pfn_set s = { NULL, 0, 0 };
	uint64_t first;

	(void)state;
	assert_int_equal(pfn_set_add(&s, PFN_SET_MAX), -1);
	assert_int_equal(pfn_set_add(&s, UINT64_MAX), -1);
	/* 64 TiB: the memory of the largest hosts. */
	assert_int_equal(pfn_set_add(&s, UINT64_C(1) << 34), 0);
	assert_int_equal(pfn_set_next(&s, 0, &first), 1);
	assert_int_equal(first, UINT64_C(1) << 34);
	assert_int_equal(pfn_set_next(&s, first + 1, &first), 0);
	pfn_set_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_against_a_table),
		cmocka_unit_test(test_far_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
