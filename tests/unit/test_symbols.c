// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's table of symbols in its three encodings, made here after what
 * scripts/kallsyms.c says of the format; and tables that cannot be. Built with
 * sanitizers.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "fake_dump.h"
#include "kernel/kallsyms.h"
#include "kernel/name_index.h"
#include "kernel/symbols.h"

#define TEXT 0xffffffff81000000ULL

/* Where the tables are put; room between them is padding. */
#define NUM_SYMS     0xffffffff82000000ULL
#define NAMES	     0xffffffff82100000ULL
#define TOKEN_TABLE  0xffffffff82180000ULL
#define TOKEN_INDEX  0xffffffff82180800ULL
#define OFFSETS	     0xffffffff82200000ULL
#define RELATIVE     0xffffffff82300000ULL

enum encoding { PLAIN, BASE, BASE_PERCPU, PLACE };

struct sym {
	uint64_t address;
	const char *name; /* behind its type */
};

#define LONG_NAME(x) "T" x x x x x x x x x x x x x x x x

static const struct sym kernel[] = {
	{TEXT, "T_stext"},
	{TEXT, "Tstartup_64"},
	{TEXT + 0x40, "tcrash_nmi_callback"},
	{TEXT + 0x100, "Thv_call_get_vp_registers"},
	{TEXT + 0x180, LONG_NAME("_RNvMs_0123456789")},
	{TEXT + 0x200, "tcrash_nmi_callback"},
	{TEXT + 0x1000, "T_etext"},
	{TEXT + 0x2000, "Dmodules"},
	{TEXT + 0x2010, "dbtf_modules"},
	{TEXT + 0x3000, "T_sinittext"},
	{TEXT + 0x3008, "thv_init"},
	{TEXT + 0x3100, "T_einittext"},
	{TEXT + 0x4000, "B_end"},
};

#define NR_KERNEL (sizeof(kernel) / sizeof(kernel[0]))

struct fixture {
	struct hvd_kmem kmem;
	struct hvd_vmcoreinfo info;
	struct hvd_error err;
	struct hvd_symbols *s;
};

/* Each ASCII byte is a token; some stand for more. The longest fits. */
static const char *const longer[] = {"hv_", "_call", "crash_", "0123456789",
				     "T_", "_regi"};

static uint8_t token_for(const char **name)
{
	size_t i, best = 0, length = 0;

	for (i = 0; i < sizeof(longer) / sizeof(longer[0]); i++)
		if (strlen(longer[i]) > length &&
		    !strncmp(*name, longer[i], strlen(longer[i]))) {
			best = 128 + i;
			length = strlen(longer[i]);
		}
	if (!length)
		best = (uint8_t)**name;
	*name += length ? length : 1;
	return (uint8_t)best;
}

static size_t put_name(uint8_t *p, const char *name)
{
	uint8_t tokens[1024];
	size_t nr = 0, head = 0;

	while (*name)
		tokens[nr++] = token_for(&name);
	if (nr > 127)
		p[head++] = (uint8_t)(nr & 0x7f) | 0x80;
	p[head] = (uint8_t)(nr > 127 ? nr >> 7 : nr);
	memcpy(p + head + 1, tokens, nr);
	return head + 1 + nr;
}

static void put_tokens(struct fixture *f)
{
	uint8_t *table = fake_memory(&f->kmem, TOKEN_TABLE, 0x800);
	uint8_t *index = fake_memory(&f->kmem, TOKEN_INDEX, 512);
	size_t i, at = 0;

	for (i = 0; i < 256; i++) {
		put_le(index + 2 * i, at, 2);
		if (i > 0 && i < 128)
			table[at++] = (uint8_t)i;
		else if (i >= 128 &&
			 i - 128 < sizeof(longer) / sizeof(longer[0])) {
			strcpy((char *)table + at, longer[i - 128]);
			at += strlen(longer[i - 128]);
		}
		at++;
	}
	assert_true(at <= 0x800);
}

static void put_addresses(struct fixture *f, enum encoding how,
			  const struct sym *syms, size_t nr)
{
	uint64_t base = TEXT - 0x1000;
	size_t i, width = how == PLAIN ? 8 : 4;
	uint8_t *p = fake_memory(&f->kmem, OFFSETS, nr * width);
	uint64_t n;

	for (i = 0; i < nr; i++, p += width) {
		n = syms[i].address;
		if (how == BASE)
			n -= base;
		else if (how == BASE_PERCPU && n >= base)
			n = base - 1 - n; /* as a negative number */
		else if (how == PLACE)
			n -= OFFSETS + 4 * i;
		put_le(p, n, width);
	}
	fake_line(&f->info, how == PLAIN ? "SYMBOL(kallsyms_addresses)"
					 : "SYMBOL(kallsyms_offsets)", OFFSETS);
	if (how != BASE && how != BASE_PERCPU)
		return;
	put_le(fake_memory(&f->kmem, RELATIVE, 8), base, 8);
	fake_line(&f->info, "SYMBOL(kallsyms_relative_base)", RELATIVE);
}

static void build_of(struct fixture *f, enum encoding how,
		     const struct sym *syms, size_t nr)
{
	uint8_t *names;
	size_t i;

	memset(f, 0, sizeof(*f));
	put_le(fake_memory(&f->kmem, NUM_SYMS, 4), nr, 4);
	names = fake_memory(&f->kmem, NAMES, TOKEN_TABLE - NAMES);
	for (i = 0; i < nr; i++)
		names += put_name(names, syms[i].name);
	put_tokens(f);
	put_addresses(f, how, syms, nr);
	fake_line(&f->info, "SYMBOL(kallsyms_num_syms)", NUM_SYMS);
	fake_line(&f->info, "SYMBOL(kallsyms_names)", NAMES);
	fake_line(&f->info, "SYMBOL(kallsyms_token_table)", TOKEN_TABLE);
	fake_line(&f->info, "SYMBOL(kallsyms_token_index)", TOKEN_INDEX);
	fake_line(&f->info, "SYMBOL(_stext)", TEXT);
}

static void build(struct fixture *f)
{
	build_of(f, PLACE, kernel, NR_KERNEL);
}

static void open_it(struct fixture *f)
{
	f->s = hvd_symbols_open(&f->kmem, &f->info, &f->err);
	if (!f->s)
		fail_msg("%s", f->err.text);
}

static void finish(struct fixture *f)
{
	hvd_symbols_close(f->s);
	fake_free(&f->kmem);
}

/* It cannot be opened, and the error says @why. */
static void refused(struct fixture *f, const char *why)
{
	f->s = hvd_symbols_open(&f->kmem, &f->info, &f->err);
	assert_null(f->s);
	if (!strstr(f->err.text, why))
		fail_msg("expected \"%s\" in \"%s\"", why, f->err.text);
	fake_free(&f->kmem);
}

static void every_symbol_is_there(struct fixture *f, const struct sym *syms,
				  size_t nr)
{
	struct hvd_symbol sym;
	unsigned int nth;
	uint64_t address;
	size_t i, k;

	for (i = 0; i < nr; i++) {
		for (nth = 0, k = 0; k < i; k++)
			nth += !strcmp(syms[k].name + 1, syms[i].name + 1);
		assert_true(hvd_symbols_find(f->s, NULL, syms[i].name + 1, nth,
					     &address));
		assert_int_equal(address, syms[i].address);
		assert_false(hvd_symbols_find(f->s, NULL, syms[i].name + 1,
					      nth + 2, &address));
		if (i && syms[i].address == syms[i - 1].address)
			continue; /* the first of several counts */
		assert_int_equal(hvd_symbols_at(f->s, syms[i].address, &sym),
				 syms[i].address >= TEXT);
		if (syms[i].address < TEXT)
			continue;
		assert_string_equal(sym.name, syms[i].name + 1);
		assert_int_equal(sym.type, syms[i].name[0]);
		assert_int_equal(sym.address, syms[i].address);
		assert_null(sym.module);
	}
}

static void each_encoding(void **state)
{
	static const enum encoding all[] = {PLAIN, BASE, PLACE};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		build_of(&f, all[i], kernel, NR_KERNEL);
		open_it(&f);
		every_symbol_is_there(&f, kernel, NR_KERNEL);
		finish(&f);
	}
}

static void per_cpu_symbols_are_absolute(void **state)
{
	struct sym syms[NR_KERNEL + 2] = {{0, "A__per_cpu_start"},
					  {0x1a340, "Acurrent_task"}};
	struct hvd_symbol sym;
	struct fixture f;

	(void)state;
	memcpy(syms + 2, kernel, sizeof(kernel));
	build_of(&f, BASE_PERCPU, syms, NR_KERNEL + 2);
	open_it(&f);
	every_symbol_is_there(&f, syms, NR_KERNEL + 2);
	assert_false(hvd_symbols_at(f.s, 0x1a348, &sym));
	finish(&f);
}

static void what_is_at_an_address(void **state)
{
	char text[64], small[8];
	struct fixture f;

	(void)state;
	build(&f);
	open_it(&f);
	assert_string_equal(hvd_symbols_text(f.s, TEXT + 0x107, text, 64),
			    "hv_call_get_vp_registers+0x7/0x80");
	assert_string_equal(hvd_symbols_text(f.s, TEXT + 0x10, text, 64),
			    "_stext+0x10/0x40");
	assert_string_equal(hvd_symbols_text(f.s, TEXT - 1, text, 64),
			    "0xffffffff80ffffff");
	assert_string_equal(hvd_symbols_text(f.s, TEXT + 0x4000, text, 64),
			    "_end+0x0/0x0");
	assert_string_equal(hvd_symbols_text(f.s, TEXT + 0x4001, text, 64),
			    "0xffffffff81004001");
	assert_string_equal(hvd_symbols_text(f.s, 0, text, 64),
			    "0x0000000000000000");
	assert_string_equal(hvd_symbols_text(f.s, UINT64_MAX, text, 64),
			    "0xffffffffffffffff");
	assert_string_equal(hvd_symbols_text(f.s, TEXT, small, 8), "_stext+");
	finish(&f);
}

static void what_is_text(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	open_it(&f);
	assert_true(hvd_symbols_is_text(f.s, TEXT));
	assert_true(hvd_symbols_is_text(f.s, TEXT + 0xfff));
	assert_false(hvd_symbols_is_text(f.s, TEXT + 0x1000));
	assert_true(hvd_symbols_is_text(f.s, TEXT + 0x3000));
	assert_false(hvd_symbols_is_text(f.s, TEXT + 0x3100));
	assert_false(hvd_symbols_is_text(f.s, TEXT - 1));
	assert_false(hvd_symbols_is_text(f.s, 0));
	finish(&f);
}

static void names_that_are_not_there(void **state)
{
	uint64_t address = 7;
	struct fixture f;

	(void)state;
	build(&f);
	open_it(&f);
	assert_false(hvd_symbols_find(f.s, NULL, "hv_cal", 0, &address));
	assert_false(hvd_symbols_find(f.s, NULL, "", 0, &address));
	assert_false(hvd_symbols_find(f.s, NULL, "modules", 1, &address));
	assert_false(hvd_symbols_find(f.s, "mshv_root", "modules", 0,
				      &address));
	assert_null(hvd_symbols_module(f.s, 0));
	assert_null(hvd_symbols_find_module(f.s, "mshv_root"));
	assert_int_equal(address, 7);
	finish(&f);
}

static void not_sorted(void **state)
{
	struct sym syms[NR_KERNEL];
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < NR_KERNEL; i++)
		syms[i] = kernel[NR_KERNEL - 1 - i];
	build_of(&f, PLACE, syms, NR_KERNEL);
	open_it(&f);
	assert_string_equal(
		hvd_symbols_text(f.s, TEXT + 0x107, (char[64]){0}, 64),
		"hv_call_get_vp_registers+0x7/0x80");
	finish(&f);
}

static void what_is_missing_is_named(void **state)
{
	static const char *const lines[] = {
		"SYMBOL(kallsyms_names)", "SYMBOL(kallsyms_num_syms)",
		"SYMBOL(kallsyms_token_table)", "SYMBOL(kallsyms_token_index)",
		"SYMBOL(kallsyms_offsets)", "SYMBOL(_stext)"};
	static const struct {
		uint64_t address;
		const char *name;
	} pieces[] = {
		{NAMES, "kallsyms_names"}, {NUM_SYMS, "kallsyms_num_syms"},
		{TOKEN_TABLE, "kallsyms_token_table"},
		{TOKEN_INDEX, "kallsyms_token_index"},
		{OFFSETS, "kallsyms_offsets"},
	};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		build(&f);
		fake_no_line(&f.info, lines[i]);
		refused(&f, lines[i]);
	}
	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		build(&f);
		fake_cut(&f.kmem, pieces[i].address, 1);
		refused(&f, pieces[i].name);
	}
}

static void counts_that_cannot_be(void **state)
{
	static const uint64_t counts[] = {0, (TOKEN_TABLE - NAMES) / 2 + 1,
					  UINT32_MAX};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		build(&f);
		put_le(fake_at(&f.kmem, NUM_SYMS), counts[i], 4);
		refused(&f, "kallsyms_num_syms: expected 1 to 262144");
	}
	/* One more than there are: what follows the names are zeros. */
	build(&f);
	put_le(fake_at(&f.kmem, NUM_SYMS), NR_KERNEL + 1, 4);
	refused(&f, "expected symbol 13 of 14, found a name of length 0");
}

static void tables_in_no_order(void **state)
{
	static const uint64_t places[] = {NAMES, NAMES - 1, 0, UINT64_MAX,
					  NAMES + (65u << 20)};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		build(&f);
		fake_line(&f.info, "SYMBOL(kallsyms_token_table)", places[i]);
		refused(&f, "expected at most");
	}
}

static void names_beyond_the_end(void **state)
{
	struct fixture f;
	uint8_t *names;

	(void)state;
	build(&f);
	names = fake_at(&f.kmem, NAMES);
	names[0] = 0xff;
	names[1] = 0xff;
	fake_line(&f.info, "SYMBOL(kallsyms_token_table)", NAMES + 0x400);
	fake_memory(&f.kmem, NAMES + 0x400,
		    TOKEN_INDEX - NAMES - 0x400);
	fake_line(&f.info, "SYMBOL(kallsyms_token_index)", NAMES + 0x800);
	fake_memory(&f.kmem, NAMES + 0x800, 512);
	refused(&f, "offset 0: expected symbol 0 of 13, found a name beyond");
}

static void tokens_beyond_the_end(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	put_le(fake_at(&f.kmem, TOKEN_INDEX + 2 * 255), 0x800, 2);
	refused(&f, "token 255: expected an offset below 2048, found 2048");
}

static void another_encoding(void **state)
{
	struct fixture f;

	(void)state;
	build_of(&f, BASE, kernel, NR_KERNEL);
	fake_no_line(&f.info, "SYMBOL(kallsyms_relative_base)");
	refused(&f, "expected _stext at 0xffffffff81000000");
}

static void nothing_for_a_terminal(void **state)
{
	struct hvd_symbol sym;
	struct fixture f;
	uint8_t *p;

	(void)state;
	build(&f);
	for (p = fake_at(&f.kmem, TOKEN_TABLE); memcmp(p, "hv_", 4); p++)
		;
	memcpy(p, "\033\n\200", 3);
	open_it(&f);
	assert_true(hvd_symbols_at(f.s, TEXT + 0x100, &sym));
	assert_string_equal(sym.name, "???call_get_vp_registers");
	finish(&f);
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Behind _stext, names of 16383 tokens of 1023 bytes each. */
static void no_name_takes_long(void **state)
{
	enum { NR = 30, TOKEN = 200, MANY = 16383 };
	double start = seconds();
	struct sym syms[NR];
	struct hvd_symbol sym;
	struct fixture f;
	uint64_t address;
	uint8_t *p;
	int i;

	(void)state;
	for (i = 0; i < NR; i++)
		syms[i] = (struct sym){TEXT + (uint64_t)i, kernel[0].name};
	build_of(&f, PLACE, syms, NR);
	p = fake_at(&f.kmem, NAMES);
	p += 1 + p[0];
	for (i = 1; i < NR; i++, p += 2 + MANY) {
		put_le(p, 0x7f00 | 0xff, 2);
		memset(p + 2, TOKEN, MANY);
	}
	memset(fake_at(&f.kmem, TOKEN_TABLE) + 0x400, 'x', 0x3ff);
	put_le(fake_at(&f.kmem, TOKEN_INDEX + 2 * TOKEN), 0x400, 2);
	open_it(&f);
	assert_true(hvd_symbols_at(f.s, TEXT + 5, &sym));
	assert_int_equal(strlen(sym.name), HVD_KALLSYMS_NAME - 1);
	assert_false(hvd_symbols_find(f.s, NULL, "xxx", 0, &address));
	assert_true(seconds() - start < 5);
	finish(&f);
}

/* Whatever is damaged: an error, or answers; the sanitizers watch. */
static void damaged_anywhere(void **state)
{
	unsigned int seed, opened = 0;
	char text[64];
	struct fixture f;
	uint64_t address;

	(void)state;
	for (seed = 0; seed < 1500; seed++) {
		build(&f);
		fake_damage(&f.kmem, seed);
		f.s = hvd_symbols_open(&f.kmem, &f.info, &f.err);
		opened += f.s != NULL;
		if (f.s) {
			hvd_symbols_find(f.s, NULL, "modules", 0, &address);
			hvd_symbols_text(f.s, TEXT + 0x107, text, 64);
			hvd_symbols_text(f.s, UINT64_MAX, text, 64);
		}
		finish(&f);
	}
	assert_in_range(opened, 100, 1490);
}

/* A million times the same name, and one other. */
static void the_index_of_names(void **state)
{
	struct hvd_name_index x = {0};
	struct hvd_name_walk w;
	double start = seconds();
	uint32_t i;

	(void)state;
	hvd_name_walk_init(&w, &x, "same");
	assert_int_equal(hvd_name_walk_next(&w), 0);
	for (i = 1; i <= 1000000; i++)
		assert_int_equal(hvd_name_index_add(
			&x, i == 5000 ? "other" : "same", i), 0);
	hvd_name_walk_init(&w, &x, "other");
	assert_int_equal(hvd_name_walk_next(&w), 5000);
	assert_int_equal(hvd_name_walk_next(&w), 0);
	assert_int_equal(hvd_name_walk_next(&w), 0);
	hvd_name_walk_init(&w, &x, "same");
	for (i = 1; i <= 1000000; i++)
		if (i != 5000)
			assert_int_equal(hvd_name_walk_next(&w), i);
	assert_int_equal(hvd_name_walk_next(&w), 0);
	hvd_name_walk_init(&w, &x, "neither");
	assert_int_equal(hvd_name_walk_next(&w), 0);
	hvd_name_index_free(&x);
	assert_true(seconds() - start < 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_encoding),
		cmocka_unit_test(per_cpu_symbols_are_absolute),
		cmocka_unit_test(what_is_at_an_address),
		cmocka_unit_test(what_is_text),
		cmocka_unit_test(names_that_are_not_there),
		cmocka_unit_test(not_sorted),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(counts_that_cannot_be),
		cmocka_unit_test(tables_in_no_order),
		cmocka_unit_test(names_beyond_the_end),
		cmocka_unit_test(tokens_beyond_the_end),
		cmocka_unit_test(another_encoding),
		cmocka_unit_test(nothing_for_a_terminal),
		cmocka_unit_test(no_name_takes_long),
		cmocka_unit_test(damaged_anywhere),
		cmocka_unit_test(the_index_of_names),
	};

	return cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
}
