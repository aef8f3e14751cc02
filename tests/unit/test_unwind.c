// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stacks made by hand, unwound by hand-made ORC entries of both layouts, and
 * stacks that lie. Built with sanitizers.
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

#include "kernel/orc.h"
#include "kernel/unwind.h"
#include "kernel_fake.h"

/* Functions of 256 bytes each, one behind the other. */
#define TEXT  UINT64_C(0xffffffff81000000)
#define F(n)  (TEXT + 0x100 * (n))
#define NR_F  16
#define TEXTS (0x100 * NR_F)

#define TABLES UINT64_C(0xffffffff82000000)
#define LOOKUP (TABLES + 0x8000)
#define HASH   (TABLES + 0x9000)

#define STACK	   UINT64_C(0xffffc90000100000) /* of a task */
#define NMI_STACK  UINT64_C(0xfffffe0000010000)
#define STACK_SIZE 0x4000

#define USER UINT64_C(0x401000)

/* struct pt_regs: where its last five are. */
#define REGS_BP	  32
#define REGS_R10  56
#define REGS_DI	  112
#define REGS_IP	  128
#define REGS_CS	  136
#define REGS_SP	  152
#define REGS_SIZE 168

enum version { V6_1, V6_12, V7_2 };

struct row {
	uint64_t ip;
	enum hvd_orc_type type;
	enum hvd_orc_base sp;
	int sp_offset;
	enum hvd_orc_base bp;
	int bp_offset;
	bool signal;
};

#define CALL(at, base, offset)                                               \
	{                                                                    \
		.ip = (at), .type = HVD_ORC_TYPE_CALL, .sp = HVD_ORC_##base, \
		.sp_offset = (offset)                                        \
	}

/* A frame that rbp points to. */
#define FRAME(at)                                                        \
	{                                                                \
		.ip = (at), .type = HVD_ORC_TYPE_CALL, .sp = HVD_ORC_BP, \
		.sp_offset = 16, .bp = HVD_ORC_PREV_SP, .bp_offset = -16 \
	}

/* Registers on top of the stack: all of them, or the processor's five. */
#define SAVED(at, what)                                                    \
	{                                                                  \
		.ip = (at), .type = HVD_ORC_TYPE_##what, .sp = HVD_ORC_SP, \
		.signal = true                                             \
	}

/* What has no caller, and what nothing is known of. */
#define END(at)                                      \
	{                                            \
		.ip = (at), .type = HVD_ORC_TYPE_END \
	}
#define NOTHING(at)                                        \
	{                                                  \
		.ip = (at), .type = HVD_ORC_TYPE_UNDEFINED \
	}

/* The numbers of orc_types.h, as the two versions have them. */
static unsigned int number(enum version v, enum hvd_orc_base base)
{
	static const struct {
		enum hvd_orc_base base;
		unsigned int before, now;
	} numbers[] = {
		{HVD_ORC_UNDEFINED, 0, 0},    {HVD_ORC_PREV_SP, 1, 8},
		{HVD_ORC_DX, 2, 2},	      {HVD_ORC_DI, 3, 5},
		{HVD_ORC_BP, 4, 4},	      {HVD_ORC_SP, 5, 3},
		{HVD_ORC_R10, 6, 6},	      {HVD_ORC_R13, 7, 7},
		{HVD_ORC_BP_INDIRECT, 8, 10}, {HVD_ORC_SP_INDIRECT, 9, 9},
		{HVD_ORC_AX, 15, 1},
	};
	size_t i;

	for (i = 0; numbers[i].base != base; i++)
		assert_true(i + 1 < sizeof(numbers) / sizeof(numbers[0]));
	return v == V7_2 ? numbers[i].now : numbers[i].before;
}

static unsigned int type_byte(enum version v, const struct row *r)
{
	/* 6.1: the type in 2 bits, and the end in one. */
	if (v == V6_1)
		return (r->type == HVD_ORC_TYPE_REGS	  ? 1
			: r->type == HVD_ORC_TYPE_PARTIAL ? 2
							  : 0) |
		       (r->type == HVD_ORC_TYPE_END ? 4 : 0);
	return (unsigned int)r->type | (r->signal ? 8 : 0);
}

static const char *const hashes[] = {
	[V6_1] = NULL,
	/* As the images of these kernels have them. */
	[V6_12] = "\xfe\x5d\x32\xbf\x58\x1b\xd6\x3b\x2c\xa9"
		  "\xa5\xc6\x5b\xa5\xa6\x25\xea\xb3\xfe\x24",
	[V7_2] = "\x13\x7c\x36\xad\x76\x27\xc4\xdd\x55\x93"
		 "\x21\x76\xbb\x0e\xcd\xbd\x50\x41\xfc\x82",
};

static void put_table(enum version v, uint64_t ips, uint64_t entries,
		      const struct row *rows, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct row *r = &rows[i];
		uint64_t e = entries + 6 * i;

		fake_put(ips + 4 * i, r->ip - (ips + 4 * i), 4);
		fake_put(e, (uint64_t)r->sp_offset, 2);
		fake_put(e + 2, (uint64_t)r->bp_offset, 2);
		fake_put(e + 4, number(v, r->sp) | number(v, r->bp) << 4, 1);
		fake_put(e + 5, type_byte(v, r), 1);
	}
}

static void put_types(enum version v)
{
	static const char o[] = "struct orc_entry";

	fake_type(o, 6);
	fake_member(o, "sp_offset", 0, 2, 0, 0);
	fake_member(o, "bp_offset", 2, 2, 0, 0);
	fake_member(o, "sp_reg", 4, 4, 0, 4);
	fake_member(o, "bp_reg", 4, 4, 4, 4);
	fake_member(o, "type", 5, 4, 0, v == V6_1 ? 2 : 3);
	if (v == V6_1)
		fake_member(o, "end", 5, 4, 2, 1);
	else
		fake_member(o, "signal", 5, 4, 3, 1);
}

static void put_text(void)
{
	static char names[NR_F][8];
	unsigned int i;

	memset(fake_memory(TEXT, TEXTS), 0x90, TEXTS);
	fake_text(TEXT, TEXTS);
	fake_symbol("_stext", NULL, TEXT, 0);
	fake_symbol("_etext", NULL, TEXT + TEXTS, 0);
	for (i = 0; i < NR_F; i++) {
		snprintf(names[i], sizeof(names[i]), "f%u", i);
		fake_symbol(names[i], NULL, F(i), 0x100);
	}
}

/* A kernel with these entries, without a block table and without types. */
static void begin_bare(enum version v, const struct row *rows, size_t nr)
{
	fake_reset();
	fake_memory(TABLES, 0x10000);
	fake_memory(STACK, STACK_SIZE);
	fake_memory(NMI_STACK, STACK_SIZE);
	put_text();
	fake_symbol("__start_orc_unwind_ip", NULL, TABLES, 0);
	fake_symbol("__stop_orc_unwind_ip", NULL, TABLES + 4 * nr, 0);
	fake_symbol("__start_orc_unwind", NULL, TABLES + 4 * nr, 0);
	fake_symbol("__stop_orc_unwind", NULL, TABLES + 10 * nr, 0);
	put_table(v, TABLES, TABLES + 4 * nr, rows, nr);
	if (hashes[v]) {
		fake_symbol("__start_orc_header", NULL, HASH, 20);
		fake_bytes(HASH, hashes[v], 20);
	}
}

/* A word for each 256 bytes: the entry that its first byte belongs to. */
static void put_blocks(const struct row *rows, size_t nr)
{
	unsigned int block;
	uint64_t index = 0;

	for (block = 0; block <= NR_F; block++) {
		while (index + 1 < nr && rows[index + 1].ip <= F(block))
			index++;
		fake_put(LOOKUP + 4 * block, index, 4);
	}
	fake_symbol("orc_lookup", NULL, LOOKUP, 0);
	fake_symbol("orc_lookup_end", NULL, LOOKUP + 4 * (NR_F + 1), 0);
}

static void begin(enum version v, const struct row *rows, size_t nr)
{
	begin_bare(v, rows, nr);
	put_types(v);
	put_blocks(rows, nr);
}

#define BEGIN(version, rows) \
	begin(version, rows, sizeof(rows) / sizeof((rows)[0]))

/* A call of @target that returns to @back. */
static void put_call(uint64_t back, uint64_t target)
{
	fake_put(back - 5, 0xe8, 1);
	fake_put(back - 4, target - back, 4);
}

static void push(uint64_t slot, uint64_t value)
{
	fake_put(slot, value, 8);
}

static struct hvd_stack stack;

static struct hvd_unwinder *unwinder(void)
{
	struct hvd_error err;
	struct hvd_unwinder *u = hvd_unwinder_open(fake_kernel, &err);

	if (!u)
		fail_msg("%s", err.text);
	return u;
}

static void walk_regs(const struct hvd_regs_x86 *regs)
{
	struct hvd_unwinder *u = unwinder();

	hvd_unwind(u, regs, &stack);
	hvd_unwinder_close(u);
}

static void walk(uint64_t ip, uint64_t sp, uint64_t bp)
{
	const struct hvd_regs_x86 regs = {.ip = ip, .sp = sp, .bp = bp};

	walk_regs(&regs);
}

static void expect(size_t i, uint64_t ip, uint64_t sp, enum hvd_frame_how how)
{
	assert_true(i < stack.nr);
	assert_int_equal(stack.frames[i].ip, ip);
	assert_int_equal(stack.frames[i].sp, sp);
	assert_int_equal(stack.frames[i].how, how);
}

static void expect_end(size_t nr)
{
	assert_int_equal(stack.nr, nr);
	assert_string_equal(stack.why.text, "");
	assert_true(stack.complete);
}

static void expect_why(size_t nr, const char *why)
{
	assert_int_equal(stack.nr, nr);
	assert_false(stack.complete);
	if (!strstr(stack.why.text, why))
		fail_msg("expected \"%s\" in \"%s\"", why, stack.why.text);
}

/* ------------------------------------------------------------------ calls */

static const struct row three[] = {END(F(0)), CALL(F(1), SP, 8),
				   CALL(F(2), SP, 8)};

static void play_three(void)
{
	push(STACK + 0x100, F(1) + 0x20);
	push(STACK + 0x108, F(0) + 0x30);
	walk(F(2) + 4, STACK + 0x100, 0);
	expect(0, F(2) + 4, STACK + 0x100, HVD_FRAME_REGS);
	expect(1, F(1) + 0x20, STACK + 0x108, HVD_FRAME_ORC);
	expect(2, F(0) + 0x30, STACK + 0x110, HVD_FRAME_ORC);
	expect_end(3);
}

static void test_calls(void **state)
{
	enum version v;

	(void)state;
	for (v = V6_1; v <= V7_2; v++) {
		BEGIN(v, three);
		play_three();
		assert_false(stack.frames[0].is_call);
		assert_true(stack.frames[1].is_call);
	}
}

static void test_layout_without_types(void **state)
{
	enum version v;

	(void)state;
	for (v = V6_1; v <= V7_2; v++) {
		begin_bare(v, three, 3);
		play_three();
	}
}

/* A call that never returns is the last instruction: the next function's. */
static void test_a_return_address_belongs_to_the_call(void **state)
{
	static const struct row rows[] = {END(F(0)), CALL(F(1), SP, 24),
					  END(F(2)), CALL(F(3), SP, 8)};

	(void)state;
	BEGIN(V7_2, rows);
	push(STACK + 0x100, F(2)); /* behind the last byte of f1 */
	push(STACK + 0x118, F(0) + 8);
	walk(F(3), STACK + 0x100, 0);
	expect(1, F(2), STACK + 0x108, HVD_FRAME_ORC);
	expect(2, F(0) + 8, STACK + 0x120, HVD_FRAME_ORC);
	expect_end(3);
}

/* ------------------------------------------------------------- the tables */

static struct hvd_orc_entry entry;

static int find(uint64_t ip)
{
	struct hvd_error err;
	struct hvd_orc *o = hvd_orc_open(fake_kernel, &err);
	int found;

	assert_non_null(o);
	found = hvd_orc_find(o, ip, &entry, &err);
	hvd_orc_close(o);
	return found;
}

/* Several in a block, none in another; a section's end where another begins. */
static const struct row many[] = {
	CALL(F(1), SP, 8), CALL(F(1) + 1, SP, 16), FRAME(F(1) + 9),
	NOTHING(F(4)),	   CALL(F(4), SP, 32),	   NOTHING(F(4) + 0x80),
};

static void check_many(void)
{
	assert_int_equal(find(F(1) - 1), -1);
	assert_int_equal(find(F(1)), 0);
	assert_int_equal(entry.sp_offset, 8);
	assert_int_equal(find(F(1) + 1), 0);
	assert_int_equal(entry.sp_offset, 16);
	assert_int_equal(find(F(1) + 8), 0);
	assert_int_equal(entry.ip, F(1) + 1);
	assert_int_equal(find(F(1) + 9), 0);
	assert_int_equal(entry.sp, HVD_ORC_BP);
	assert_int_equal(entry.bp, HVD_ORC_PREV_SP);
	assert_int_equal(entry.bp_offset, -16);
	assert_int_equal(find(F(3) + 0xff), 0);
	assert_int_equal(entry.ip, F(1) + 9);
	assert_int_equal(find(F(4)), 0);
	assert_int_equal(entry.sp_offset, 32);
	assert_int_equal(find(F(9)), 0);
	assert_int_equal(entry.type, HVD_ORC_TYPE_UNDEFINED);
}

static void test_search(void **state)
{
	enum version v;

	(void)state;
	for (v = V6_1; v <= V7_2; v++) {
		BEGIN(v, many);
		check_many();
		begin_bare(v, many, sizeof(many) / sizeof(many[0]));
		check_many();
	}
}

/* What the block table says is checked; then all is searched. */
static void test_a_block_table_that_lies(void **state)
{
	unsigned int block;

	(void)state;
	BEGIN(V7_2, many);
	for (block = 0; block <= NR_F; block++)
		fake_put(LOOKUP + 4 * block, UINT32_MAX - block, 4);
	check_many();
}

/* A kernel that nobody knows yet: most code finds its caller by SP. */
static void test_numbers_of_an_unknown_version(void **state)
{
	enum version v;

	(void)state;
	for (v = V6_12; v <= V7_2; v++) {
		BEGIN(v, many);
		fake_put(HASH, 0, 8);
		check_many();
	}
}

static void test_numbers_that_make_no_sense(void **state)
{
	static const struct row rows[] = {CALL(F(1), R13, 8)};
	struct hvd_error err;

	(void)state;
	BEGIN(V7_2, rows);
	fake_put(HASH, 0, 8);
	assert_null(hvd_orc_open(fake_kernel, &err));
	assert_non_null(strstr(err.text, "found 7 in most"));
}

static void test_tables_of_different_length(void **state)
{
	struct hvd_error err;

	(void)state;
	fake_reset();
	fake_memory(TABLES, 0x10000);
	fake_symbol("__start_orc_unwind_ip", NULL, TABLES, 0);
	fake_symbol("__stop_orc_unwind_ip", NULL, TABLES + 40, 0);
	fake_symbol("__start_orc_unwind", NULL, TABLES + 40, 0);
	fake_symbol("__stop_orc_unwind", NULL, TABLES + 94, 0);
	assert_null(hvd_orc_open(fake_kernel, &err));
	assert_non_null(strstr(err.text, "one length"));
	fake_reset();
	assert_null(hvd_orc_open(fake_kernel, &err));
	assert_non_null(strstr(err.text, "CONFIG_UNWINDER_ORC"));
}

#define MODULE	    UINT64_C(0xffffffffc0000000)
#define MODULE_CODE (MODULE + 0x1000)

static const struct row of_module[] = {CALL(MODULE_CODE, SP, 8),
				       CALL(MODULE_CODE + 0x40, SP, 40)};

static void put_module(enum version v, unsigned int claimed)
{
	fake_memory(MODULE, 0x3000);
	fake_text(MODULE_CODE, 0x1000);
	fake_symbol("of_module", "breaker", MODULE_CODE, 0x1000);
	fake_module("breaker", MODULE, MODULE_CODE, 0x1000);
	fake_member("struct module", "arch.num_orcs", 0x10, 4, 0, 0);
	fake_member("struct module", "arch.orc_unwind_ip", 0x18, 8, 0, 0);
	fake_member("struct module", "arch.orc_unwind", 0x20, 8, 0, 0);
	fake_put(MODULE + 0x10, claimed, 4);
	fake_put(MODULE + 0x18, MODULE + 0x2000, 8);
	fake_put(MODULE + 0x20, MODULE + 0x2800, 8);
	put_table(v, MODULE + 0x2000, MODULE + 0x2800, of_module, 2);
}

static void test_module(void **state)
{
	enum version v;

	(void)state;
	for (v = V6_1; v <= V7_2; v++) {
		BEGIN(v, three);
		put_module(v, 2);
		push(STACK + 0x120, F(0) + 8);
		walk(MODULE_CODE + 0x50, STACK + 0x100, 0);
		expect(1, F(0) + 8, STACK + 0x128, HVD_FRAME_ORC);
		expect_end(2);
	}
}

static void test_a_module_that_lies(void **state)
{
	(void)state;
	BEGIN(V7_2, three);
	put_module(V7_2, 0x7fffffff);
	walk(MODULE_CODE + 0x50, STACK + 0x100, 0);
	expect_why(1, "module breaker");
	BEGIN(V7_2, three);
	put_module(V7_2, 4000000); /* goes on where nothing is mapped */
	walk(MODULE_CODE + 0x50, STACK + 0x100, 0);
	expect_why(1, "module breaker");
}

/* ------------------------------------------------------------- exceptions */

/* f1 was interrupted, f3 pushes what was saved, f4 is the handler. */
static const struct row exceptions[] = {END(F(0)),
					FRAME(F(1)),
					CALL(F(2), SP, 8),
					SAVED(F(3), REGS),
					SAVED(F(3) + 0x80, PARTIAL),
					CALL(F(4), SP, 8)};

static void put_regs(uint64_t at, uint64_t ip, uint64_t sp, uint64_t bp,
		     unsigned int cs)
{
	push(at + REGS_BP, bp);
	push(at + REGS_R10, 0x1010);
	push(at + REGS_IP, ip);
	push(at + REGS_CS, cs);
	push(at + REGS_SP, sp);
}

static void put_nmi(void)
{
	push(NMI_STACK + 0x100, F(3) + 0x10);
	/* At the first byte of f1: were it ip - 1, f0's entry would be taken.
	 */
	put_regs(NMI_STACK + 0x108, F(1), STACK + 0x200, STACK + 0x300, 0x10);
	push(STACK + 0x300, 0x5555);
	push(STACK + 0x308, F(0) + 8);
}

static void test_exception(void **state)
{
	enum version v;

	(void)state;
	for (v = V6_1; v <= V7_2; v++) {
		BEGIN(v, exceptions);
		put_nmi();
		walk(F(4), NMI_STACK + 0x100, 0);
		expect(1, F(3) + 0x10, NMI_STACK + 0x108, HVD_FRAME_ORC);
		expect(2, F(1), STACK + 0x200, HVD_FRAME_EXCEPTION);
		assert_false(stack.frames[2].is_call);
		assert_true(stack.frames[2].has_regs);
		assert_int_equal(stack.frames[2].regs.r10, 0x1010);
		expect(3, F(0) + 8, STACK + 0x310, HVD_FRAME_ORC);
		expect_end(4);
	}
}

/* Only the processor's five words: rbp is still what it was. */
static void test_partial(void **state)
{
	enum version v;

	(void)state;
	for (v = V6_1; v <= V7_2; v++) {
		BEGIN(v, exceptions);
		put_nmi();
		walk(F(3) + 0x90, NMI_STACK + 0x108 + REGS_IP, STACK + 0x300);
		expect(1, F(1), STACK + 0x200, HVD_FRAME_EXCEPTION);
		expect(2, F(0) + 8, STACK + 0x310, HVD_FRAME_ORC);
		expect_end(3);
	}
}

static void test_user_space(void **state)
{
	(void)state;
	BEGIN(V7_2, exceptions);
	push(STACK + 0x100, F(3) + 0x10);
	put_regs(STACK + 0x108, USER, 0x7ffe0001, 0, 0x33);
	walk(F(4), STACK + 0x100, 0);
	expect(2, USER, 0x7ffe0001, HVD_FRAME_EXCEPTION);
	expect_end(3);
	/* A CPU that was in user space when it was stopped. */
	walk_regs(&stack.frames[2].regs);
	expect_end(1);
}

/* The interrupt's stack ends in a word that leads back. */
static void test_interrupt_stack(void **state)
{
	static const struct row rows[] = {END(F(0)), CALL(F(1), SP_INDIRECT, 8),
					  CALL(F(2), SP, 8)};
	enum version v;

	(void)state;
	for (v = V6_1; v <= V7_2; v++) {
		BEGIN(v, rows);
		push(NMI_STACK + 0x100, F(1) + 8);
		push(NMI_STACK + 0x108, STACK + 0x200);
		push(STACK + 0x200, F(0) + 8);
		walk(F(2), NMI_STACK + 0x100, 0);
		expect(2, F(0) + 8, STACK + 0x208, HVD_FRAME_ORC);
		expect_end(3);
	}
}

/* GCC realigns a stack through r10; only an exception has kept that. */
static void test_registers_that_were_kept(void **state)
{
	static const struct row rows[] = {END(F(0)), CALL(F(1), R10, 0),
					  CALL(F(2), SP, 8), SAVED(F(3), REGS)};

	(void)state;
	BEGIN(V7_2, rows);
	put_regs(STACK + 0x100, F(1) + 4, STACK + 0x200, 0, 0x10);
	push(STACK + 0x100 + REGS_R10, STACK + 0x300);
	push(STACK + 0x2f8, F(0) + 8);
	walk(F(3), STACK + 0x100, 0);
	expect(2, F(0) + 8, STACK + 0x300, HVD_FRAME_ORC);
	expect_end(3);
	push(STACK + 0x100, F(1) + 4);
	walk(F(2), STACK + 0x100, 0);
	expect_why(2, "not kept");
}

/* ------------------------------------------------------- what ORC lacks */

static const struct row nonstandard[] = {END(F(0)), FRAME(F(1)), NOTHING(F(2)),
					 CALL(F(3), SP, 8), CALL(F(4), SP, 8)};

/* push %r12; push %rbp; push %rbx: rbp is two words below */
static void put_prologue(uint64_t function)
{
	static const uint8_t code[] = {0xf3, 0x0f, 0x1e, 0xfa, 0x0f, 0x1f,
				       0x44, 0x00, 0x00, 0x41, 0x54, 0x55,
				       0x53, 0x48, 0x83, 0xec, 0x80};

	fake_bytes(function, code, sizeof(code));
}

static void play_scan(void)
{
	put_prologue(F(2));
	/* Return addresses that were left behind: of other calls, of none. */
	put_call(F(3) + 0x40, F(3));
	push(STACK + 0x108, F(3) + 0x40);
	push(STACK + 0x110, F(1) + 0x80);
	push(STACK + 0x150, STACK + 0x200); /* rbp */
	push(STACK + 0x160, F(1) + 0x20);
	push(STACK + 0x200, 0);
	push(STACK + 0x208, F(0) + 8);
	walk(F(2) + 0x90, STACK + 0x100, 0xdead);
	expect(1, F(1) + 0x20, STACK + 0x168, HVD_FRAME_SCAN);
	expect(2, F(0) + 8, STACK + 0x210, HVD_FRAME_ORC);
	expect_end(3);
}

static void test_scan(void **state)
{
	(void)state;
	BEGIN(V7_2, nonstandard);
	put_call(F(1) + 0x20, F(2));
	play_scan();
	/* A call that skips the endbr64. */
	BEGIN(V6_1, nonstandard);
	put_call(F(1) + 0x20, F(2) + 4);
	play_scan();
}

/* call *%rax; call *%r11; call *8(%rdi); call *disp32(%rip); call
 * *(%r12,%rax,8) */
static void test_scan_indirect(void **state)
{
	static const struct {
		uint8_t code[8];
		unsigned int size;
	} calls[] = {{{0xff, 0xd0}, 2},
		     {{0x41, 0xff, 0xd3}, 3},
		     {{0xff, 0x57, 0x08}, 3},
		     {{0xff, 0x15, 1, 2, 3, 4}, 6},
		     {{0x41, 0xff, 0x14, 0xc4}, 4}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		BEGIN(V7_2, nonstandard);
		fake_bytes(F(1) + 0x20 - calls[i].size, calls[i].code,
			   calls[i].size);
		play_scan();
	}
	BEGIN(V7_2, nonstandard);
	fake_symbol("__x86_indirect_thunk_rax", NULL, TEXT + TEXTS, 0x20);
	put_call(F(1) + 0x20, TEXT + TEXTS);
	play_scan();
}

/* ff d0 ends it, and so does ff 60 08 (a jump): not a call. */
static void test_scan_takes_no_jump(void **state)
{
	(void)state;
	BEGIN(V7_2, nonstandard);
	fake_put(F(1) + 0x1d, 0x0860ff, 3);
	push(STACK + 0x160, F(1) + 0x20);
	walk(F(2) + 0x90, STACK + 0x100, 0);
	expect_why(1, "f2: ORC knows no caller");
}

static void test_scan_finds_nothing(void **state)
{
	(void)state;
	BEGIN(V7_2, nonstandard);
	put_call(F(1) + 0x20, F(2));
	push(STACK + 0x100 + 512, F(1) + 0x20); /* too far up */
	walk(F(2) + 0x90, STACK + 0x100, 0);
	expect_why(1, "f2: ORC knows no caller");
}

/* A jump to NULL, or to anywhere: the return address is on top. */
static void test_jump_to_nowhere(void **state)
{
	(void)state;
	BEGIN(V7_2, three);
	put_call(F(1) + 0x20, 0);
	push(STACK + 0x100, F(1) + 0x20);
	push(STACK + 0x108, F(0) + 8);
	walk(0, STACK + 0x100, 0);
	expect(1, F(1) + 0x20, STACK + 0x108, HVD_FRAME_SCAN);
	expect_end(3);
	walk(UINT64_C(0xdead00000000), STACK + 0x100, 0);
	expect_end(3);
	push(STACK + 0x100, F(1) + 0x21);
	walk(0, STACK + 0x100, 0);
	expect_why(1, "no code, and no return address");
}

/* BPF: no symbol, a call before the address, a frame pointer. */
static void test_generated_code(void **state)
{
	const uint64_t bpf = UINT64_C(0xffffffffc1000000);

	(void)state;
	BEGIN(V7_2, three);
	fake_memory(bpf, 0x100);
	put_call(bpf + 0x40, F(2));
	put_call(F(1) + 0x20, bpf);
	push(STACK + 0x100, bpf + 0x40);
	push(STACK + 0x140, 0x77);
	push(STACK + 0x148, F(1) + 0x20);
	push(STACK + 0x150, F(0) + 8);
	walk(F(2), STACK + 0x100, STACK + 0x140);
	expect(1, bpf + 0x40, STACK + 0x108, HVD_FRAME_ORC);
	expect(2, F(1) + 0x20, STACK + 0x150, HVD_FRAME_POINTER);
	expect_end(4);
}

/* f5 is hv_crash_handle, f6 crash_nmi_callback, f7 calls it. */
static void test_devirtualisation(void **state)
{
	static const struct row rows[] = {
		END(F(0)), CALL(F(1), SP, 8), NOTHING(F(2)),
		/* As objtool sees it: as if it had been called. */
		CALL(F(5), SP, 8), CALL(F(6), SP, 0x40), CALL(F(7), SP, 16)};
	(void)state;
	/* The functions' right names: a table in which these come first. */
	fake_reset();
	fake_symbol("hv_crash_handle", NULL, F(5), 0x100);
	fake_symbol("crash_nmi_callback", NULL, F(9), 0x100);
	fake_symbol("crash_nmi_callback", NULL, F(6), 0x100);
	fake_symbol("hv_crash_ctxt", NULL, TABLES + 0xa000, 8);
	fake_memory(TABLES, 0x10000);
	fake_memory(STACK, STACK_SIZE);
	put_text();
	fake_symbol("__start_orc_unwind_ip", NULL, TABLES, 0);
	fake_symbol("__stop_orc_unwind_ip", NULL, TABLES + 24, 0);
	fake_symbol("__start_orc_unwind", NULL, TABLES + 24, 0);
	fake_symbol("__stop_orc_unwind", NULL, TABLES + 60, 0);
	fake_symbol("__start_orc_header", NULL, HASH, 20);
	fake_bytes(HASH, hashes[V7_2], 20);
	put_table(V7_2, TABLES, TABLES + 24, rows, 6);

	put_call(F(5) + 0x20, F(2)); /* __crash_kexec, of hv_crash_handle */
	put_call(F(7) + 0x30, F(6));
	push(STACK + 0x140, F(5) + 0x20);
	push(TABLES + 0xa000, STACK + 0x160);
	push(STACK + 0x170, F(1) + 0x77); /* left behind by others */
	push(STACK + 0x180, F(7) + 0x30);
	push(STACK + 0x190, F(0) + 8);
	walk(F(2) + 0x10, STACK + 0x100, 0);
	expect(1, F(5) + 0x20, STACK + 0x148, HVD_FRAME_SCAN);
	expect(2, F(6), STACK + 0x160, HVD_FRAME_SAVED);
	expect(3, F(7) + 0x30, STACK + 0x188, HVD_FRAME_SCAN);
	expect(4, F(0) + 8, STACK + 0x198, HVD_FRAME_ORC);
	expect_end(5);

	/* A context that leads nowhere, or back. */
	push(TABLES + 0xa000, 0);
	walk(F(2) + 0x10, STACK + 0x100, 0);
	expect_why(2, "hv_crash");
	push(TABLES + 0xa000, STACK + 0x100);
	walk(F(2) + 0x10, STACK + 0x100, 0);
	expect_why(2, "hv_crash");
	push(TABLES + 0xa000, STACK + 0x1000);
	walk(F(2) + 0x10, STACK + 0x100, 0);
	expect_why(2, "no call of crash_nmi_callback");
}

/* ------------------------------------------------------------ stacks that lie
 */

static void test_no_stack(void **state)
{
	(void)state;
	BEGIN(V7_2, three);
	walk(F(2), UINT64_C(0xffffc90000900000), 0);
	expect_why(1, "not mapped");
	walk(F(2), UINT64_MAX - 7, 0);
	expect_why(1, "not mapped");
	walk(F(2), 3, 0);
	expect_why(1, "not mapped");
}

static void test_no_return_address(void **state)
{
	(void)state;
	BEGIN(V7_2, three);
	push(STACK + 0x100, 0x1234);
	walk(F(2), STACK + 0x100, 0);
	expect_why(1, "expected a return address, found 0x0000000000001234");
}

/* Each frame the same function, up to the end of the stack. */
static void test_a_very_deep_stack(void **state)
{
	unsigned int i;

	(void)state;
	BEGIN(V7_2, three);
	for (i = 0; i < STACK_SIZE; i += 8)
		push(STACK + i, F(2) + 8);
	walk(F(2), STACK, 0);
	expect_why(HVD_STACK_FRAMES, "expected at most 128 frames");
}

static void test_a_stack_that_runs_backwards(void **state)
{
	static const struct row rows[] = {END(F(0)), CALL(F(1), SP, -16),
					  CALL(F(2), SP, 0),
					  CALL(F(3), BP, 16)};

	(void)state;
	BEGIN(V7_2, rows);
	push(STACK + 0xe8, F(1) + 8);
	push(STACK + 0xf8, F(2) + 8);
	walk(F(1), STACK + 0x100, 0);
	expect_why(1, "expected the stack above");
	walk(F(2), STACK + 0x100, 0);
	expect_why(1, "expected the stack above");
	push(STACK + 0x88, F(2) + 8);
	walk(F(3), STACK + 0x100, STACK + 0x80);
	expect_why(1, "expected the stack above");
}

/* Exceptions that interrupted each other, for ever. */
static void test_two_stacks_in_a_circle(void **state)
{
	static const struct row rows[] = {END(F(0)), SAVED(F(3), REGS)};

	(void)state;
	BEGIN(V7_2, rows);
	put_regs(STACK + 0x100, F(3) + 8, NMI_STACK + 0x100, 0, 0x10);
	put_regs(NMI_STACK + 0x100, F(3) + 8, STACK + 0x100, 0, 0x10);
	walk(F(3), STACK + 0x100, 0);
	expect_why(2, "expected the stack above");
	/* To itself. */
	put_regs(STACK + 0x100, F(3) + 8, STACK + 0x100, 0, 0x10);
	walk(F(3), STACK + 0x100, 0);
	expect_why(1, "expected the stack above");
}

static void test_more_stacks_than_a_cpu_has(void **state)
{
	static const struct row rows[] = {END(F(0)), SAVED(F(3), REGS)};
	uint64_t at = STACK + 0x3000;

	(void)state;
	BEGIN(V7_2, rows);
	for (; at > STACK + 0x200; at -= 0x100)
		put_regs(at, F(3) + 8, at - 0x100, 0, 0x10);
	walk(F(3), STACK + 0x3000, 0);
	expect_why(8, "expected at most 8 stacks");
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* A word that may mean something: code, a stack, or nothing. */
static uint64_t any_word(uint64_t *seed)
{
	uint64_t r = next_random(seed);

	switch (r >> 60 & 3) {
	case 0:
		return TEXT + r % TEXTS;
	case 1:
		return STACK + r % STACK_SIZE / 8 * 8;
	case 2:
		return NMI_STACK + r % STACK_SIZE / 8 * 8;
	default:
		return r;
	}
}

static void fill(uint64_t address, uint64_t size, uint64_t *seed)
{
	uint64_t i;

	for (i = 0; i + 8 <= size; i += 8)
		push(address + i, any_word(seed));
}

/* Whatever entries, code and stacks hold: it ends, and says why. */
static void make_noise(uint64_t *seed)
{
	unsigned int i;

	fill(TEXT, TEXTS, seed);
	fill(STACK, STACK_SIZE, seed);
	fill(NMI_STACK, STACK_SIZE, seed);
	for (i = 0; i < 6 * sizeof(many) / sizeof(many[0]); i++)
		fake_put(TABLES + sizeof(many) / sizeof(many[0]) * 4 + i,
			 next_random(seed) >> 32, 1);
}

static void test_noise(void **state)
{
	uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
	struct hvd_unwinder *u;
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 60; round++) {
		BEGIN(round % 3, many);
		u = unwinder();
		make_noise(&seed);
		for (i = 0; i < 200; i++) {
			const struct hvd_regs_x86 regs = {
				.ip = TEXT + next_random(&seed) % TEXTS,
				.sp = any_word(&seed),
				.bp = any_word(&seed),
				.cs = 0x10};

			hvd_unwind(u, &regs, &stack);
			assert_in_range(stack.nr, 1, HVD_STACK_FRAMES);
			assert_int_equal(stack.complete, !stack.why.text[0]);
		}
		hvd_unwinder_close(u);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_layout_without_types),
		cmocka_unit_test(test_a_return_address_belongs_to_the_call),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_a_block_table_that_lies),
		cmocka_unit_test(test_numbers_of_an_unknown_version),
		cmocka_unit_test(test_numbers_that_make_no_sense),
		cmocka_unit_test(test_tables_of_different_length),
		cmocka_unit_test(test_module),
		cmocka_unit_test(test_a_module_that_lies),
		cmocka_unit_test(test_exception),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_user_space),
		cmocka_unit_test(test_interrupt_stack),
		cmocka_unit_test(test_registers_that_were_kept),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_scan_indirect),
		cmocka_unit_test(test_scan_takes_no_jump),
		cmocka_unit_test(test_scan_finds_nothing),
		cmocka_unit_test(test_jump_to_nowhere),
		cmocka_unit_test(test_generated_code),
		cmocka_unit_test(test_devirtualisation),
		cmocka_unit_test(test_no_stack),
		cmocka_unit_test(test_no_return_address),
		cmocka_unit_test(test_a_very_deep_stack),
		cmocka_unit_test(test_a_stack_that_runs_backwards),
		cmocka_unit_test(test_two_stacks_in_a_circle),
		cmocka_unit_test(test_more_stacks_than_a_cpu_has),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, fake_teardown);
}
