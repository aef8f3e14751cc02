// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The list of modules with their parts, symbols and BTF, as 6.1 and 7.2 lay
 * them out; and lists that cannot be. Built with sanitizers.
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

#include "fake_dump.h"
#include "kernel/modules.h"

#define HEAD	 0xffffffff82000000ULL
#define BTF_HEAD 0xffffffff82000100ULL

/* Of module i. */
#define MODULE(i) (0xffffffffc0100000ULL + (uint64_t)(i) * 0x10000)
#define TEXT(i)	  (0xffffffffc0800000ULL + (uint64_t)(i) * 0x10000)
#define SYMTAB(i) (MODULE(i) + 0x2000)
#define STRTAB(i) (MODULE(i) + 0x4000)
#define TYPES(i)  (MODULE(i) + 0x6000)
#define BTF(i)	  (0xffff888000100000ULL + (uint64_t)(i) * 0x1000)

/* Offsets in struct module, and those of mod_kallsyms at KALLSYMS. */
enum {
	STATE = 0, LIST = 8, NAME = 24, NAME_SIZE = 56, KSYMS = 80,
	MEM = 0x100, MEM_SIZE = 0x40, KALLSYMS = 0x400, MODULE_SIZE = 0x800,
};

struct fixture {
	struct hvd_kmem kmem;
	struct hvd_types types;
	struct hvd_error err;
	struct hvd_modules m;
};

static void common_types(struct hvd_types *t)
{
	fake_member(t, "struct module", "state", STATE, 4);
	fake_member(t, "struct module", "list.next", LIST, 8);
	fake_member(t, "struct module", "name", NAME, NAME_SIZE);
	fake_member(t, "struct module", "kallsyms", KSYMS, 8);
	fake_member(t, "struct mod_kallsyms", "symtab", 0, 8);
	fake_member(t, "struct mod_kallsyms", "num_symtab", 8, 4);
	fake_member(t, "struct mod_kallsyms", "strtab", 16, 8);
	fake_member(t, "struct mod_kallsyms", "typetab", 24, 8);
	fake_member(t, "struct btf_module", "list.next", 0, 8);
	fake_member(t, "struct btf_module", "module", 16, 8);
	fake_member(t, "struct btf_module", "btf", 24, 8);
	fake_member(t, "struct btf", "data", 8, 8);
	fake_member(t, "struct btf", "data_size", 80, 4);
}

static void types_of_72(struct hvd_types *t)
{
	static const char *const paths[7][2] = {
		{"mem[0].base", "mem[0].size"}, {"mem[1].base", "mem[1].size"},
		{"mem[2].base", "mem[2].size"}, {"mem[3].base", "mem[3].size"},
		{"mem[4].base", "mem[4].size"}, {"mem[5].base", "mem[5].size"},
		{"mem[6].base", "mem[6].size"}};
	uint64_t i;

	common_types(t);
	for (i = 0; i < 7; i++) {
		fake_member(t, "struct module", paths[i][0],
			    MEM + i * MEM_SIZE, 8);
		fake_member(t, "struct module", paths[i][1],
			    MEM + i * MEM_SIZE + 12, 4);
	}
}

static void types_of_61(struct hvd_types *t)
{
	common_types(t);
	fake_member(t, "struct module", "core_layout.base", MEM, 8);
	fake_member(t, "struct module", "core_layout.size", MEM + 8, 4);
	fake_member(t, "struct module", "core_layout.text_size", MEM + 12, 4);
	fake_member(t, "struct module", "core_layout.ro_size", MEM + 16, 4);
	fake_member(t, "struct module", "core_layout.ro_after_init_size",
		    MEM + 20, 4);
	fake_member(t, "struct module", "init_layout.base", MEM + 64, 8);
	fake_member(t, "struct module", "init_layout.size", MEM + 72, 4);
	fake_member(t, "struct module", "init_layout.text_size", MEM + 76, 4);
	fake_member(t, "struct module", "init_layout.ro_size", MEM + 80, 4);
}

/* In the order of the list; the last one's next is the head. */
static uint8_t *put_module(struct fixture *f, int i, int nr, const char *name)
{
	uint8_t *p = fake_memory(&f->kmem, MODULE(i), MODULE_SIZE);

	put_le(p + LIST, i + 1 < nr ? MODULE(i + 1) + LIST : HEAD, 8);
	strcpy((char *)p + NAME, name);
	put_le(p + KSYMS, MODULE(i) + KALLSYMS, 8);
	put_le(p + KALLSYMS, SYMTAB(i), 8);
	put_le(p + KALLSYMS + 16, STRTAB(i), 8);
	put_le(p + KALLSYMS + 24, TYPES(i), 8);
	put_le(p + MEM, TEXT(i), 8);
	put_le(p + MEM + 12, 0x1000, 4);
	return p;
}

static void put_head(struct fixture *f, int nr)
{
	put_le(fake_memory(&f->kmem, HEAD, 16), nr ? MODULE(0) + LIST : HEAD,
	       8);
}

static void build(struct fixture *f, int nr)
{
	static const char *const names[] = {"hvdump", "mshv_root", "virtio_blk",
					    "ext4"};
	int i;

	memset(f, 0, sizeof(*f));
	f->m.kmem = &f->kmem;
	types_of_72(&f->types);
	put_head(f, nr);
	for (i = 0; i < nr; i++)
		put_module(f, i, nr, names[i]);
}

static int load(struct fixture *f, uint64_t btf)
{
	return hvd_modules_load(&f->m, &f->types, HEAD, btf, &f->err);
}

static void finish(struct fixture *f)
{
	hvd_modules_free(&f->m);
	fake_free(&f->kmem);
}

/* What ends with an error that says @why keeps @nr modules. */
static void breaks_off(struct fixture *f, uint64_t btf, size_t nr,
		       const char *why)
{
	assert_int_equal(load(f, btf), -1);
	if (!strstr(f->err.text, why))
		fail_msg("expected \"%s\" in \"%s\"", why, f->err.text);
	assert_int_equal(f->m.nr, nr);
	finish(f);
}

static void parts_since_6_4(void **state)
{
	const struct hvd_module_range *range;
	const struct hvd_module *m;
	struct fixture f;
	uint8_t *p;

	(void)state;
	build(&f, 2);
	p = fake_at(&f.kmem, MODULE(1) + MEM + 4 * MEM_SIZE);
	put_le(p, TEXT(5), 8);
	put_le(p + 12, 0x20, 4);
	assert_int_equal(load(&f, 0), 0);
	assert_int_equal(f.m.nr, 2);
	m = &f.m.entries[1]->module;
	assert_string_equal(m->name, "mshv_root");
	assert_int_equal(m->address, MODULE(1));
	assert_int_equal(m->nr_parts, 7);
	assert_int_equal(m->part[0].start, TEXT(1));
	assert_int_equal(m->part[0].size, 0x1000);
	assert_int_equal(m->part[1].size, 0);
	assert_null(m->why);
	range = hvd_modules_range(&f.m, TEXT(5) + 0x1f);
	assert_non_null(range);
	assert_int_equal(range->module, 1);
	assert_int_equal(range->part, 4);
	assert_null(hvd_modules_range(&f.m, TEXT(5) + 0x20));
	assert_null(hvd_modules_range(&f.m, TEXT(0) - 1));
	assert_int_equal(hvd_modules_range(&f.m, TEXT(0))->module, 0);
	finish(&f);
}

static void parts_up_to_6_3(void **state)
{
	const struct hvd_module *m;
	struct fixture f;
	uint8_t *p;

	(void)state;
	build(&f, 1);
	f.types.nr = 0;
	types_of_61(&f.types);
	p = fake_at(&f.kmem, MODULE(0) + MEM);
	put_le(p + 8, 0x5000, 4);
	put_le(p + 12, 0x1000, 4);
	put_le(p + 16, 0x3000, 4);
	put_le(p + 20, 0x4000, 4);
	put_le(p + 64, TEXT(7), 8);
	put_le(p + 72, 0x300, 4);
	put_le(p + 76, 0x100, 4);
	put_le(p + 80, 0x100, 4);
	assert_int_equal(load(&f, 0), 0);
	m = &f.m.entries[0]->module;
	assert_int_equal(m->part[0].start, TEXT(0));
	assert_int_equal(m->part[0].size, 0x1000);
	assert_int_equal(m->part[2].start, TEXT(0) + 0x1000);
	assert_int_equal(m->part[2].size, 0x2000);
	assert_int_equal(m->part[3].start, TEXT(0) + 0x3000);
	assert_int_equal(m->part[3].size, 0x1000);
	assert_int_equal(m->part[1].start, TEXT(0) + 0x4000);
	assert_int_equal(m->part[1].size, 0x1000);
	assert_int_equal(m->part[4].start, TEXT(7));
	assert_int_equal(m->part[4].size, 0x100);
	assert_int_equal(m->part[6].size, 0);
	assert_int_equal(m->part[5].size, 0x200);
	finish(&f);
}

static void lists_that_do_not_end(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, 3);
	put_le(fake_at(&f.kmem, MODULE(2) + LIST), MODULE(1) + LIST, 8);
	breaks_off(&f, 0, 3, "does not end: module 3");
	build(&f, 3);
	put_le(fake_at(&f.kmem, MODULE(1) + LIST), 0xdead, 8);
	breaks_off(&f, 0, 2, "behind 2 of them: 0x000000000000dea5: not");
	build(&f, 0);
	put_le(fake_at(&f.kmem, HEAD), 0, 8);
	breaks_off(&f, 0, 0, "not mapped");
	build(&f, 0);
	breaks_off(&f, 0xdead, 0, "modules' BTF");
}

static void an_empty_list(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, 0);
	assert_int_equal(load(&f, 0), 0);
	assert_int_equal(f.m.nr, 0);
	assert_null(hvd_modules_range(&f.m, TEXT(0)));
	finish(&f);
}

/* Unformed: it has a name, and nothing in it can be believed. */
static void one_that_is_being_made(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, 3);
	put_le(fake_at(&f.kmem, MODULE(1) + STATE), 3, 4);
	assert_int_equal(load(&f, 0), 0);
	assert_int_equal(f.m.nr, 2);
	assert_string_equal(f.m.entries[1]->name, "virtio_blk");
	finish(&f);
}

static void one_that_is_broken(void **state)
{
	struct fixture f;
	uint8_t *p;

	(void)state;
	build(&f, 3);
	p = fake_at(&f.kmem, MODULE(1));
	memset(p + NAME, 'a', NAME_SIZE);
	put_le(p + KSYMS, 0xdead, 8);
	memcpy(p + NAME, "\033[2J", 4);
	assert_int_equal(load(&f, 0), 0);
	assert_int_equal(f.m.nr, 3);
	assert_non_null(strstr(f.m.entries[1]->module.why, "dead: not mapped"));
	assert_memory_equal(f.m.entries[1]->name, "?[2Jaaaa", 8);
	assert_int_equal(strlen(f.m.entries[1]->name), NAME_SIZE - 1);
	assert_null(f.m.entries[2]->module.why);
	finish(&f);
}

static void no_such_types(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, 1);
	f.types.nr = 0;
	breaks_off(&f, 0, 0, "the types have no struct module");
	build(&f, 1);
	f.types.nr = 0;
	common_types(&f.types);
	breaks_off(&f, 0, 0, "no member core_layout");
}

static void put_btf(struct fixture *f, int i, uint64_t module, uint64_t next)
{
	uint8_t *p = fake_memory(&f->kmem, BTF(i), 0x100);

	put_le(p, next, 8);
	put_le(p + 16, module, 8);
	put_le(p + 24, BTF(i) + 32, 8);
	put_le(p + 40, BTF(i) + 0x800, 8);
	put_le(p + 112, 0x1234 + (uint64_t)i, 4);
}

static void where_their_types_are(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, 3);
	put_le(fake_memory(&f.kmem, BTF_HEAD, 8), BTF(0), 8);
	put_btf(&f, 0, MODULE(2), BTF(1));
	put_btf(&f, 1, 0xdead, BTF(2)); /* of a module that is gone */
	put_btf(&f, 2, MODULE(0), BTF_HEAD);
	assert_int_equal(load(&f, BTF_HEAD), 0);
	assert_int_equal(f.m.entries[2]->module.btf, BTF(0) + 0x800);
	assert_int_equal(f.m.entries[2]->module.btf_size, 0x1234);
	assert_int_equal(f.m.entries[0]->module.btf_size, 0x1236);
	assert_int_equal(f.m.entries[1]->module.btf, 0);
	put_le(fake_at(&f.kmem, BTF(2)), BTF(0), 8);
	hvd_modules_free(&f.m);
	breaks_off(&f, BTF_HEAD, 3, "modules' BTF does not end");
}

/* --------------------------------------------------------------- symbols */

struct sym {
	uint64_t value;
	uint16_t section; /* 0: undefined */
	const char *name; /* behind its type */
};

static const struct sym symbols[] = {
	{0, 0, "?"},
	{TEXT(0) + 0x100, 1, "tsecond"},
	{TEXT(0), 1, "tfirst"},
	{TEXT(0) + 0x180, 1, "t.L12"},
	{TEXT(0) + 0x180, 1, "t$d"},
	{TEXT(0) + 0x180, 1, "t"},
	{0, 0, "Uprintk"},
	{TEXT(0) + 0x100, 1, "talias"},
	{TEXT(0) + 0x200, 1, "ttwice"},
	{TEXT(0) + 0x300, 1, "ttwice"},
};

#define NR_SYMBOLS ((int)(sizeof(symbols) / sizeof(symbols[0])))

static void put_symbols(struct fixture *f)
{
	uint8_t *sym = fake_memory(&f->kmem, SYMTAB(0), 24 * NR_SYMBOLS);
	uint8_t *str = fake_memory(&f->kmem, STRTAB(0), 128);
	uint8_t *types = fake_memory(&f->kmem, TYPES(0), NR_SYMBOLS);
	size_t at = 1;
	int i;

	put_le(fake_at(&f->kmem, MODULE(0) + KALLSYMS + 8), NR_SYMBOLS, 4);
	for (i = 0; i < NR_SYMBOLS; i++, sym += 24) {
		types[i] = (uint8_t)symbols[i].name[0];
		strcpy((char *)str + at, symbols[i].name + 1);
		put_le(sym, at, 4);
		put_le(sym + 6, symbols[i].section, 2);
		put_le(sym + 8, symbols[i].value, 8);
		at += strlen(symbols[i].name);
	}
}

static void read_symbols(struct fixture *f)
{
	assert_int_equal(load(f, 0), 0);
	hvd_module_read_symbols(&f->kmem, f->m.entries[0]);
}

static void their_symbols(void **state)
{
	static const char *const expected[] = {"first", "second", "alias",
					       "twice", "twice"};
	const struct hvd_module_entry *e;
	struct fixture f;
	size_t i;

	(void)state;
	build(&f, 1);
	put_symbols(&f);
	read_symbols(&f);
	e = f.m.entries[0];
	assert_null(e->module.why);
	assert_int_equal(e->nr_symbols, 5);
	for (i = 0; i < 5; i++)
		assert_string_equal(e->strings + e->symbols[i].name,
				    expected[i]);
	assert_int_equal(e->symbols[1].value, TEXT(0) + 0x100);
	assert_int_equal(e->symbols[1].type, 't');
	finish(&f);
}

static void symbols_that_cannot_be(void **state)
{
	static const struct {
		uint64_t place, value;
		size_t size;
		const char *why;
	} bad[] = {
		{MODULE(0) + KALLSYMS + 8, UINT32_MAX, 4, "expected at most"},
		{MODULE(0) + KALLSYMS + 8, NR_SYMBOLS + 1, 4, "symtab: 0x"},
		{MODULE(0) + KALLSYMS, 0, 8, "symtab: 0x"},
		{MODULE(0) + KALLSYMS + 16, 0, 8, "strtab: 0x"},
		{SYMTAB(0) + 24, UINT32_MAX, 4, "bytes of names: expected"},
		{SYMTAB(0) + 24, 0x1000, 4, "strtab: 0x"},
	};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		build(&f, 1);
		put_symbols(&f);
		put_le(fake_at(&f.kmem, bad[i].place), bad[i].value,
		       bad[i].size);
		read_symbols(&f);
		assert_non_null(f.m.entries[0]->module.why);
		if (!strstr(f.m.entries[0]->module.why, bad[i].why))
			fail_msg("expected \"%s\" in \"%s\"", bad[i].why,
				 f.m.entries[0]->module.why);
		assert_int_equal(f.m.entries[0]->nr_symbols, 0);
		finish(&f);
	}
}

/* What is not needed for names may be missing. */
static void without_their_types(void **state)
{
	struct fixture f;

	(void)state;
	build(&f, 1);
	put_symbols(&f);
	fake_cut(&f.kmem, TYPES(0), 1);
	read_symbols(&f);
	assert_int_equal(f.m.entries[0]->nr_symbols, 5);
	assert_int_equal(f.m.entries[0]->symbols[0].type, '?');
	finish(&f);
}

/* Whatever is damaged: an error, or answers; the sanitizers watch. */
static void damaged_anywhere(void **state)
{
	unsigned int seed, whole = 0;
	struct fixture f;
	size_t i;

	(void)state;
	for (seed = 0; seed < 3000; seed++) {
		build(&f, 3);
		put_symbols(&f);
		put_le(fake_memory(&f.kmem, BTF_HEAD, 8), BTF(0), 8);
		put_btf(&f, 0, MODULE(2), BTF_HEAD);
		fake_damage(&f.kmem, seed);
		whole += !load(&f, BTF_HEAD);
		for (i = 0; i < f.m.nr; i++)
			hvd_module_read_symbols(&f.kmem, f.m.entries[i]);
		hvd_modules_range(&f.m, TEXT(1) + 1);
		finish(&f);
	}
	assert_in_range(whole, 100, 2990);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_since_6_4),
		cmocka_unit_test(parts_up_to_6_3),
		cmocka_unit_test(lists_that_do_not_end),
		cmocka_unit_test(an_empty_list),
		cmocka_unit_test(one_that_is_being_made),
		cmocka_unit_test(one_that_is_broken),
		cmocka_unit_test(no_such_types),
		cmocka_unit_test(where_their_types_are),
		cmocka_unit_test(their_symbols),
		cmocka_unit_test(symbols_that_cannot_be),
		cmocka_unit_test(without_their_types),
		cmocka_unit_test(damaged_anywhere),
	};

	return cmocka_run_group_tests_name("modules", tests, NULL, NULL);
}
