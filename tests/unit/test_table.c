// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The chunk table: what the encoder writes is what doc/note-format.md says, and
 * the reader reads it back, whole or damaged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>

#include "encode.h"
#include "table.h"

#define NONCE	UINT64_C(0x1122334455667788)
#define CHUNKS	3

/* By hand, from the specification; 0xcc stands where the CRC goes. */
static const uint8_t wanted[32 + 16 * CHUNKS] = {
	'H', 'V', 'D', 'T', 'A', 'B', 'L', 'E',
	1, 0, 0, 0,				/* version */
	3, 0, 0, 0,				/* count */
	0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,	/* nonce */
	16, 0, 0, 0,				/* stride */
	0xcc, 0xcc, 0xcc, 0xcc,			/* crc */
	0x00, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0x0c,	/* address */
	0x00, 0x00, 0x08, 0x00,			/* length */
	0, 0, 0, 0,				/* role */
	0x00, 0x00, 0x08, 0x07, 0, 0, 0, 0,
	0x00, 0x00, 0x04, 0x00,
	0, 0, 0, 0,
	0x00, 0xe0, 0x06, 0x07, 0, 0, 0, 0,
	0x00, 0x10, 0x00, 0x00,
	1, 0, 0, 0,
};

static const struct hvd_chunk chunks[CHUNKS] = {
	{ .address = UINT64_C(0x0cba987654321000), .size = 0x80000 },
	{ .address = 0x7080000, .size = 0x40000 },
	{ .address = 0x706e000, .size = 0x1000 },
};

static void make(uint8_t page[HVD_TABLE_SIZE])
{
	memset(page, 0, HVD_TABLE_SIZE);
	hvd_table_begin(page, NONCE);
	for (int i = 0; i < CHUNKS; i++)
		assert_int_equal(hvd_table_add(page, &chunks[i],
					       i == 2 ? HVD_ROLE_STAGE :
							HVD_ROLE_CAPTURE), 1);
}

static uint32_t crc_of(const uint8_t *page, size_t elements)
{
	return crc32(crc32(0, page, 28), page + 32, elements);
}

static void test_bytes(void **state)
{
	uint8_t page[HVD_TABLE_SIZE];
	uint32_t crc;

	(void)state;
	make(page);
	assert_memory_equal(page, wanted, 28);
	assert_memory_equal(page + 32, wanted + 32, sizeof(wanted) - 32);
	crc = page[28] | page[29] << 8 | page[30] << 16 |
	      (uint32_t)page[31] << 24;
	assert_int_equal(crc, crc_of(page, 16 * CHUNKS));
	for (size_t i = sizeof(wanted); i < sizeof(page); i++)
		assert_int_equal(page[i], 0);
}

static void test_read_back(void **state)
{
	uint8_t page[HVD_TABLE_SIZE];
	struct hvd_table t;
	struct hvd_error err;

	(void)state;
	make(page);
	assert_int_equal(hvd_table_read(&t, page, sizeof(page), &err), 0);
	assert_false(t.damaged);
	assert_int_equal(t.bad, 0);
	assert_int_equal(t.nonce, NONCE);
	assert_int_equal(t.count, CHUNKS);
	for (int i = 0; i < CHUNKS; i++) {
		assert_int_equal(t.chunks[i].address, chunks[i].address);
		assert_int_equal(t.chunks[i].length, chunks[i].size);
		assert_int_equal(t.chunks[i].role, i == 2);
	}
	/* As many bytes as it takes are enough; one less is not. */
	assert_int_equal(hvd_table_read(&t, page, sizeof(wanted), &err), 0);
	assert_int_equal(hvd_table_read(&t, page, sizeof(wanted) - 1, &err), -1);
	assert_int_equal(hvd_table_read(&t, page, 31, &err), -1);
	assert_int_equal(hvd_table_read(&t, page, 0, &err), -1);
}

/* A page takes 254 chunks, and says so when it is full. */
static void test_full(void **state)
{
	uint8_t page[HVD_TABLE_SIZE + 16];
	struct hvd_table t;
	struct hvd_error err;
	int n = 0;

	(void)state;
	memset(page, 0, sizeof(page));
	hvd_table_begin(page, NONCE);
	while (n < 300 && hvd_table_add(page, &chunks[1], 0))
		n++;
	assert_int_equal(n, HVD_TABLE_CHUNKS);
	for (int i = 0; i < 16; i++)
		assert_int_equal(page[HVD_TABLE_SIZE + i], 0);
	assert_int_equal(hvd_table_read(&t, page, HVD_TABLE_SIZE, &err), 0);
	assert_int_equal(t.count, HVD_TABLE_CHUNKS);
	assert_false(t.damaged);
}

/* Every bit of it: another table, none, or one that is called damaged. */
static void test_flipped_bits(void **state)
{
	uint8_t page[HVD_TABLE_SIZE];
	struct hvd_table t;
	struct hvd_error err;

	(void)state;
	make(page);
	for (size_t bit = 0; bit < 8 * sizeof(wanted); bit++) {
		page[bit / 8] ^= 1 << bit % 8;
		if (hvd_table_read(&t, page, sizeof(page), &err) == 0)
			assert_true(t.damaged);
		page[bit / 8] ^= 1 << bit % 8;
	}
}

static void test_impossible_chunks(void **state)
{
	const struct hvd_chunk empty = { .address = 0x1000 };
	const struct hvd_chunk beyond = { .address = UINT64_MAX, .size = 4096 };
	uint8_t page[HVD_TABLE_SIZE];
	struct hvd_table t;
	struct hvd_error err;

	(void)state;
	make(page);
	hvd_table_add(page, &empty, 0);
	hvd_table_add(page, &beyond, 0);
	assert_int_equal(hvd_table_read(&t, page, sizeof(page), &err), 0);
	assert_int_equal(t.count, CHUNKS);
	assert_int_equal(t.bad, 2);
	assert_false(t.damaged);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_impossible_chunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
