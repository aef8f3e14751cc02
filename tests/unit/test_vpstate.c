// SPDX-License-Identifier: GPL-2.0-or-later
/* A VP's state from its registers: a row a case. */
#include "config.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "abi_codes.h"
#include "vpstate.h"

#define MAX_REGS	    12
#define SEGMENT(attributes) ((uint64_t)(attributes) << 48)

static int by_code(const void *x, const void *y)
{
	const struct hvd_dump_register *a = x, *b = y;

	return (a->code > b->code) - (a->code < b->code);
}

/* From registers in any order. */
static struct hvd_vp_state
state_of(uint16_t machine, const struct hvd_dump_register *regs, size_t nr)
{
	struct hvd_dump_register sorted[MAX_REGS];
	struct hvd_dump dump = {.machine = machine};
	struct hvd_dump_vtl vtl = {.regs = sorted, .nr_regs = nr};
	struct hvd_vp_state state;

	assert_true(nr <= MAX_REGS);
	memcpy(sorted, regs, nr * sizeof(*regs));
	qsort(sorted, nr, sizeof(*sorted), by_code);
	hvd_vp_state_get(&dump, &vtl, &state);
	return state;
}

#define NR(regs) (sizeof(regs) / sizeof((regs)[0]))

static void test_activity(void **unused)
{
	static const struct {
		uint64_t explicit_, intercept, dispatch, activity;
		enum hvd_vp_activity expected;
	} cases[] = {
		{0, 0, 0, 0, HVD_VP_RUNNING},
		{0, 0, 0, 2, HVD_VP_HALTED},
		{0, 0, 0, 4, HVD_VP_IDLE},
		{0, 0, 1, 0, HVD_VP_DISPATCH},
		{0, 0, 1, 2, HVD_VP_HALTED},
		{1, 0, 0, 0, HVD_VP_SUSPENDED},
		{1, 0, 1, 2, HVD_VP_SUSPENDED},
		{0, 1, 0, 0, HVD_VP_INTERCEPT},
		{1, 1, 0, 2, HVD_VP_INTERCEPT},
		{0, 0, 0, 1, HVD_VP_STARTUP},
		{1, 1, 1, 7, HVD_VP_STARTUP},
		/* Only the bits that have a meaning count. */
		{2, 2, 2, 8, HVD_VP_RUNNING},
	};
	size_t i;

	(void)unused;
	for (i = 0; i < NR(cases); i++) {
		struct hvd_dump_register regs[] = {
			{.code = HVD_X64_EXPLICIT_SUSPEND,
			 .low = cases[i].explicit_},
			{.code = HVD_X64_INTERCEPT_SUSPEND,
			 .low = cases[i].intercept},
			{.code = HVD_X64_DISPATCH_SUSPEND,
			 .low = cases[i].dispatch},
			{.code = HVD_X64_INTERNAL_ACTIVITY_STATE,
			 .low = cases[i].activity},
		};

		assert_int_equal(state_of(EM_X86_64, regs, NR(regs)).activity,
				 cases[i].expected);
		assert_int_equal(state_of(EM_AARCH64, regs, NR(regs)).activity,
				 cases[i].expected);
	}
}

static void test_activity_unknown(void **unused)
{
	struct hvd_dump_register regs[] = {
		{.code = HVD_X64_EXPLICIT_SUSPEND},
		{.code = HVD_X64_INTERCEPT_SUSPEND},
		{.code = HVD_X64_INTERNAL_ACTIVITY_STATE, .status = 5},
	};

	(void)unused;
	assert_int_equal(state_of(EM_X86_64, regs, 0).activity,
			 HVD_VP_NOT_CAPTURED);
	/* One could not be read: nobody can say that nothing holds the VP. */
	assert_int_equal(state_of(EM_X86_64, regs, 3).activity, HVD_VP_UNKNOWN);
	/* But what was read counts. */
	regs[1].low = 1;
	assert_int_equal(state_of(EM_X86_64, regs, 3).activity,
			 HVD_VP_INTERCEPT);
	/* A value that was not asked for is none. */
	regs[1].flags = HVD_VALUE_NOT_ASKED;
	assert_int_equal(state_of(EM_X86_64, regs, 3).activity, HVD_VP_UNKNOWN);
}

static void test_x64_mode(void **unused)
{
	static const struct {
		uint64_t cr0, efer, rflags;
		uint16_t cs, ss;
		enum hvd_vp_mode mode;
		int level;
	} cases[] = {
		{0x60000010, 0, 2, 0x009b, 0x0093, HVD_MODE_REAL, 0},
		{0x80050033, 0xd01, 0x246, 0xa09b, 0xc093, HVD_MODE_LONG, 0},
		{0x80050033, 0xd01, 0x246, 0xa0fb, 0xc0f3, HVD_MODE_LONG, 3},
		{0x80050033, 0xd01, 0x246, 0xc0fb, 0xc0f3, HVD_MODE_COMPAT, 3},
		{0x80000011, 0, 0x202, 0xc09b, 0xc093, HVD_MODE_PROTECTED_32,
		 0},
		{0x00000011, 0, 0x2, 0x009b, 0x0093, HVD_MODE_PROTECTED_16, 0},
		{0x80000011, 0, 0x20202, 0x00fb, 0x00f3, HVD_MODE_V86, 3},
		/* LME set, LMA not yet: still protected mode. */
		{0x00000011, 0x100, 0x2, 0xc09b, 0xc093, HVD_MODE_PROTECTED_32,
		 0},
	};
	size_t i;

	(void)unused;
	for (i = 0; i < NR(cases); i++) {
		struct hvd_dump_register regs[] = {
			{.code = HVD_X64_CR0, .low = cases[i].cr0},
			{.code = HVD_X64_EFER, .low = cases[i].efer},
			{.code = HVD_X64_RFLAGS, .low = cases[i].rflags},
			{.code = HVD_X64_CS, .high = SEGMENT(cases[i].cs)},
			{.code = HVD_X64_SS, .high = SEGMENT(cases[i].ss)},
			{.code = HVD_X64_RIP, .low = 0x1234},
			{.code = HVD_X64_RSP, .low = 0x5678, .status = 5},
		};
		struct hvd_vp_state s = state_of(EM_X86_64, regs, NR(regs));

		assert_int_equal(s.mode, cases[i].mode);
		assert_int_equal(s.level, cases[i].level);
		assert_true(s.has_pc);
		assert_int_equal(s.pc, 0x1234);
		assert_false(s.has_sp);
	}
}

static void test_arm64_mode(void **unused)
{
	struct hvd_dump_register regs[] = {
		{.code = HVD_ARM64_PC, .low = 0xffff800080010000},
		{.code = HVD_ARM64_PSTATE, .low = 0x604000c5},
	};
	struct hvd_vp_state s = state_of(EM_AARCH64, regs, 2);

	(void)unused;
	assert_int_equal(s.mode, HVD_MODE_AARCH64);
	assert_int_equal(s.level, 1);
	assert_int_equal(s.pc, 0xffff800080010000);
	regs[1].low = 0x60000010;
	s = state_of(EM_AARCH64, regs, 2);
	assert_int_equal(s.mode, HVD_MODE_AARCH32);
	assert_int_equal(s.level, -1);
}

/* Without a machine there are no modes, and no guesses. */
static void test_no_machine(void **unused)
{
	struct hvd_dump_register regs[] = {
		{.code = HVD_X64_CR0, .low = 0x60000010},
		{.code = HVD_X64_RIP, .low = 1},
	};
	struct hvd_vp_state s = state_of(0, regs, 2);

	(void)unused;
	assert_int_equal(s.mode, HVD_MODE_UNKNOWN);
	assert_int_equal(s.level, -1);
	assert_false(s.has_pc);
}

static void test_segment(void **unused)
{
	/* hv_x64_segment_register: base, limit, selector, attributes. */
	struct hvd_dump_register reg = {.low = 0xffffffff80000000,
					.high = 0xa09b0010ffffffff};
	struct hvd_segment s = hvd_segment_get(&reg);

	(void)unused;
	assert_int_equal(s.base, 0xffffffff80000000);
	assert_int_equal(s.limit, 0xffffffff);
	assert_int_equal(s.selector, 0x10);
	assert_int_equal(s.attributes, 0xa09b);
	assert_true(s.attributes & HVD_SEGMENT_LONG);
	assert_int_equal(HVD_SEGMENT_DPL(0xa0fb), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_activity),
		cmocka_unit_test(test_activity_unknown),
		cmocka_unit_test(test_x64_mode),
		cmocka_unit_test(test_arm64_mode),
		cmocka_unit_test(test_no_machine),
		cmocka_unit_test(test_segment),
	};

	return cmocka_run_group_tests_name("vpstate", tests, NULL, NULL);
}
