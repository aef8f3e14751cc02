// SPDX-License-Identifier: GPL-2.0-or-later
/* Walking through a structure by its rows: order, depth, arrays, bits, cuts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "layout_rows.h"
#include "layouts.h"

static const struct hvd_value_name colours[] = {{1, "red"}, {2, "blue"}};

static const struct hvd_field_row inner_rows[] = {
	HVD_ROW(NUMBER, small, 0, 1),
	HVD_ROW_NAMED(colour, 1, 1, colours),
};
static const HVD_LAYOUT(inner, "inner", 2, "L", inner_rows);

static const struct hvd_field_row outer_rows[] = {
	HVD_ROW(HEX, wide, 0, 16),
	HVD_ROW_FLAG(top, 16, 4, 31),
	HVD_ROW_BITS(HEX, middle, 16, 4, 4, 8),
	HVD_ROW_ARRAY(NUMBER, list, 20, 2, 3),
	HVD_ROW_PARTS(parts, 26, 2, 2, &inner),
};
static const HVD_LAYOUT(outer, "outer", 30, "L", outer_rows);

/* 16 bytes of a counter, a word of bits, three numbers, two structures. */
static const uint8_t bytes[30] = {
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	0xf0, 0x0a, 0, 0x80,
	1, 0, 2, 0, 3, 0x80,
	7, 1, 8, 9,
};

struct written {
	char text[512];
	unsigned int left; /* fields before the walk is ended; 0: never */
};

/* "depth name[index]=value(words)", or "cut"; one after the other */
static int write_field(const struct hvd_field *f, void *arg)
{
	struct written *w = arg;
	char *end = w->text + strlen(w->text);
	size_t room = sizeof(w->text) - strlen(w->text);
	const char *words = hvd_field_name_of(f);

	if (f->cut)
		snprintf(end, room, "%u %s[%u] cut;", f->depth, f->row->name,
			 f->index);
	else
		snprintf(end, room, "%u %s[%u]@%u=%llx%s%s;", f->depth,
			 f->row->name, f->index, f->offset,
			 (unsigned long long)f->value, words ? " " : "",
			 words ? words : "");
	return w->left && !--w->left ? 17 : 0;
}

static void test_all_fields(void **state)
{
	struct written w = {.text = ""};

	(void)state;
	assert_int_equal(hvd_layout_walk(&outer, bytes, sizeof(bytes),
					 write_field, &w), 0);
	assert_string_equal(w.text,
			    "0 wide[0]@0=807060504030201;"
			    "0 top[0]@16=1;"
			    "0 middle[0]@16=af;"
			    "0 list[0]@20=1;0 list[1]@22=2;0 list[2]@24=8003;"
			    "0 parts[0]@26=0;"
			    "1 small[0]@26=7;1 colour[0]@27=1 red;"
			    "0 parts[1]@28=0;"
			    "1 small[0]@28=8;1 colour[0]@29=9;");
}

static int high_half(const struct hvd_field *f, void *arg)
{
	*(uint64_t *)arg = f->high;
	return 1;
}

static void test_sixteen_bytes(void **state)
{
	uint64_t high = 0;

	(void)state;
	hvd_layout_walk(&outer, bytes, sizeof(bytes), high_half, &high);
	assert_true(high == 0x100f0e0d0c0b0a09);
}

/* Of every length: what is there is read, what is not is cut, nothing beyond. */
static void test_cut_anywhere(void **state)
{
	size_t size;

	(void)state;
	for (size = 0; size < sizeof(bytes); size++) {
		uint8_t *copy = test_malloc(size ? size : 1);
		struct written w = {.text = ""};

		memcpy(copy, bytes, size);
		assert_int_equal(hvd_layout_walk(&outer, copy, size,
						 write_field, &w), 0);
		assert_non_null(strstr(w.text, "cut"));
		assert_int_equal(!strstr(w.text, "1 small[0]@28"), size < 29);
		test_free(copy);
	}
}

static void test_it_ends_when_told(void **state)
{
	struct written w = {.text = "", .left = 7};

	(void)state;
	/* The seventh is a structure: what is in it does not come. */
	assert_int_equal(hvd_layout_walk(&outer, bytes, sizeof(bytes),
					 write_field, &w), 17);
	assert_null(strstr(w.text, "small"));
}

static unsigned int first_bit(const struct hvd_field_row *row)
{
	return row->offset * 8u + row->bit;
}

/* Of every structure there is: those who read a walk rely on it. */
static void test_rows_are_in_order(void **state)
{
	const struct hvd_layout_entry *e;
	size_t i, k;

	(void)state;
	for (i = 0; (e = hvd_layouts(i)); i++)
		for (k = 1; k < e->layout->nr_rows; k++) {
			const struct hvd_field_row *row = &e->layout->rows[k];

			if (first_bit(row - 1) > first_bit(row))
				fail_msg("%s: %s stands behind %s",
					 e->layout->name, row->name,
					 row[-1].name);
		}
	assert_true(i > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_fields),
		cmocka_unit_test(test_sixteen_bytes),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_it_ends_when_told),
		cmocka_unit_test(test_rows_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
