// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The sets of pages of hvdump_vmcore.ko, compared with a table that has one byte
 * a page, and the text that they are written in.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel-hooks/ranges.h"

#define PAGES	2000u
#define NO_LIMIT UINT32_MAX

static bool table[PAGES + 1];

static void forget(void)
{
	memset(table, 0, sizeof(table));
}

/* The same pages, as few ranges as there can be, in order. */
static void compare(const struct hvd_ranges *r)
{
	uint32_t ranges = 0, pages = 0;
	const struct hvd_range *found;

	for (uint32_t i = 0; i < PAGES; i++) {
		found = hvd_ranges_find(r, i);
		assert_int_equal(!!found, table[i]);
		if (found) {
			assert_true(found->first <= i && i < found->end);
			pages++;
		}
		ranges += table[i] && (!i || !table[i - 1]);
	}
	assert_int_equal(r->nr, ranges);
	assert_int_equal(r->pages, pages);
	for (uint32_t i = 1; i < r->nr; i++)
		assert_true(r->list[i - 1].end < r->list[i].first);
}

static void test_any_order(void **state)
{
	struct hvd_ranges r;

	(void)state;
	srand(20261123);
	for (int round = 0; round < 40; round++) {
		hvd_ranges_init(&r, NO_LIMIT);
		forget();
		for (int i = 0; i < 60; i++) {
			uint32_t first = (uint32_t)rand() % PAGES;
			uint32_t count = 1 + (uint32_t)rand() %
					 (round % 2 ? 100 : 3);

			if (count > PAGES - first)
				count = PAGES - first;
			assert_int_equal(hvd_ranges_add(&r, first, count), 0);
			memset(table + first, 1, count);
			compare(&r);
		}
		hvd_ranges_free(&r);
		forget();
		compare(&r);
	}
}

/* As a reader goes through memory: one page after the other becomes one range. */
static void test_ascending(void **state)
{
	struct hvd_ranges r;

	(void)state;
	hvd_ranges_init(&r, 1);
	forget();
	for (uint32_t i = 5; i < PAGES; i++) {
		assert_int_equal(hvd_ranges_add(&r, i, 1), 0);
		table[i] = true;
	}
	compare(&r);
	hvd_ranges_free(&r);
}

static void test_limit(void **state)
{
	struct hvd_ranges r;

	(void)state;
	hvd_ranges_init(&r, 100);
	forget();
	for (uint32_t i = 0; i < 100; i++) {
		assert_int_equal(hvd_ranges_add(&r, i * 4, 2), 0);
		table[i * 4] = table[i * 4 + 1] = true;
	}
	assert_int_equal(hvd_ranges_add(&r, 1000, 1), -ENOSPC);
	assert_int_equal(hvd_ranges_add(&r, 3, 0), -EINVAL);
	compare(&r);
	/* What joins others needs no room. */
	assert_int_equal(hvd_ranges_add(&r, 2, 2), 0);
	table[2] = table[3] = true;
	compare(&r);
	assert_int_equal(hvd_ranges_add(&r, 1000, 1), 0);
	table[1000] = true;
	compare(&r);
	hvd_ranges_free(&r);
}

static void test_ends_of_the_world(void **state)
{
	struct hvd_ranges r;

	(void)state;
	hvd_ranges_init(&r, NO_LIMIT);
	assert_int_equal(hvd_ranges_add(&r, UINT64_MAX, 1), -EINVAL);
	assert_int_equal(hvd_ranges_add(&r, 2, UINT64_MAX), -EINVAL);
	assert_int_equal(hvd_ranges_add(&r, UINT64_MAX - 1, 1), 0);
	assert_non_null(hvd_ranges_find(&r, UINT64_MAX - 1));
	assert_null(hvd_ranges_find(&r, UINT64_MAX));
	assert_null(hvd_ranges_find(&r, 0));
	assert_int_equal(hvd_ranges_add(&r, 0, UINT64_MAX), 0);
	assert_int_equal(r.nr, 1);
	hvd_ranges_free(&r);
}

/* The text lies in memory of its exact size, without a NUL. */
static int parse(struct hvd_ranges *r, const char *text, size_t *taken)
{
	size_t len = strlen(text);
	char *copy = malloc(len ? len : 1);
	int ret;

	assert_non_null(copy);
	memcpy(copy, text, len);
	ret = hvd_ranges_parse(r, copy, len, taken);
	free(copy);
	return ret;
}

static void test_text(void **state)
{
	static const char good[] = "0x10 2\n# a remark\n\n  32\t0x3 \r\n0x11 1\n7 1";
	struct hvd_ranges r;
	size_t taken;

	(void)state;
	hvd_ranges_init(&r, NO_LIMIT);
	forget();
	/* The last line may have been cut: it is left, and comes again. */
	assert_int_equal(parse(&r, good, &taken), 0);
	assert_int_equal(taken, sizeof(good) - 1 - strlen("7 1"));
	table[16] = table[17] = table[32] = table[33] = table[34] = true;
	compare(&r);
	assert_int_equal(parse(&r, good + taken, &taken), 0);
	assert_int_equal(taken, 3);
	table[7] = true;
	compare(&r);
	hvd_ranges_free(&r);
}

static void test_bad_text(void **state)
{
	static const char *const bad[] = {
		"x", "1", "1 ", "0x 1", "1 0", "-1 1", "1 1 1", "1,1", "1 1x",
		"0x1g 1", "a 1", "18446744073709551616 1", "1 18446744073709551615",
		"0x10000000000000000 1",
	};
	char text[64];
	struct hvd_ranges r;
	size_t taken;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hvd_ranges_init(&r, NO_LIMIT);
		forget();
		snprintf(text, sizeof(text), "3 1\n%s\n5 1\n", bad[i]);
		assert_int_equal(parse(&r, text, &taken), -EINVAL);
		assert_int_equal(taken, strlen("3 1\n"));
		table[3] = true;
		compare(&r);
		hvd_ranges_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_ascending),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_ends_of_the_world),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bad_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
