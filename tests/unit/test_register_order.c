// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registers put in order, from one, two and many ascending runs: the same as
 * the slow and obvious way, which looks for each code's first one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "register_order.h"

#define MAX   64
#define CODES 40

/* The first that was captured with each code, from the lowest code on. */
static size_t obvious(const struct hvd_dump_register *in, size_t nr,
		      struct hvd_dump_register *out)
{
	size_t i, kept = 0;
	uint32_t code;

	for (code = 0; code < CODES; code++) {
		for (i = 0; i < nr && in[i].code != code; i++)
			;
		if (i < nr)
			out[kept++] = in[i];
	}
	return kept;
}

static void check(struct hvd_order_room *room, struct hvd_dump_register *regs,
		  size_t nr)
{
	struct hvd_dump_register want[MAX];
	size_t i, wanted = obvious(regs, nr, want);

	assert_int_equal(hvd_order_registers(room, regs, nr), wanted);
	for (i = 0; i < wanted; i++) {
		assert_int_equal(regs[i].code, want[i].code);
		assert_int_equal(regs[i].order, want[i].order);
		assert_int_equal(regs[i].low, want[i].low);
	}
}

static void put(struct hvd_dump_register *reg, size_t order, uint32_t code)
{
	*reg = (struct hvd_dump_register){
		.code = code,
		.order = (uint32_t)order,
		.low = UINT64_C(0x9e3779b97f4a7c15) * (order + 1),
	};
}

/* @runs ascending ones, each with about every second code. */
static size_t fill(struct hvd_dump_register *regs, unsigned int runs)
{
	uint32_t code;
	size_t nr = 0;

	while (runs--)
		for (code = 0; code < CODES && nr < MAX; code++)
			if (rand() & 1) {
				put(&regs[nr], nr, code);
				nr++;
			}
	return nr;
}

static void test_runs(void **state)
{
	struct hvd_dump_register regs[MAX];
	struct hvd_order_room room = {0};
	unsigned int round;

	(void)state;
	srand(1);
	for (round = 0; round < 3000; round++)
		check(&room, regs, fill(regs, round % 4));
	hvd_order_room_free(&room);
}

static void test_any_order(void **state)
{
	struct hvd_dump_register regs[MAX];
	struct hvd_order_room room = {0};
	unsigned int round;
	size_t i;

	(void)state;
	srand(2);
	for (round = 0; round < 3000; round++) {
		for (i = 0; i < MAX; i++)
			put(&regs[i], i, (uint32_t)rand() % CODES);
		check(&room, regs, round % (MAX + 1));
	}
	hvd_order_room_free(&room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
