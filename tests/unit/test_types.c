// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types: hand-made BTF, sound and hostile; and a compiled file, of which the
 * compiler of this test knows what pahole's BTF and the DWARF have to say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "kernel/debug_find.h"
#include "kernel/type_store.h"
#include "kernel/types.h"
#include "types_encoder.h"
#include "types_sample.h"

/* Made by the build, beside this program: see tests/Makemodule.am. */
#define SAMPLE_DWARF4	"tests/unit/types_sample-4.o"
#define SAMPLE_DWARF5	"tests/unit/types_sample-5.o"
#define SAMPLE_BTF	"tests/unit/types_sample.btf"
#define SAMPLE_ELF_BTF	"tests/unit/types_sample-btf.o"
#define SAMPLE_LINKED	"tests/unit/types_sample.so"
/* What the linker was told to write into it. */
#define SAMPLE_BUILD_ID	"0123456789abcdef0011223344556677"

static struct hvd_types *must_read(struct encoder *e, struct hvd_types *base)
{
	struct hvd_error err = {""};
	size_t size = encoder_finish(e);
	struct hvd_types *t = hvd_types_from_btf(e->bytes, size, base, &err);

	if (!t)
		fail_msg("%s", err.text);
	return t;
}

static struct hvd_member must_find(const struct hvd_types *t, const char *type,
				   const char *path)
{
	struct hvd_member m;

	if (!hvd_types_member(t, type, path, &m))
		fail_msg("%s has no %s", type, path);
	return m;
}

static void must_not_find(const struct hvd_types *t, const char *type,
			  const char *path)
{
	struct hvd_member m;

	if (hvd_types_member(t, type, path, &m))
		fail_msg("%s has %s", type, path);
}

static void check_place(const struct hvd_types *t, const char *type,
			const char *path, uint64_t offset, uint64_t size,
			uint64_t elements, const char *inner)
{
	struct hvd_member m = must_find(t, type, path);

	assert_int_equal(m.offset, offset);
	assert_int_equal(m.size, size);
	assert_int_equal(m.elements, elements);
	assert_int_equal(m.bits, 0);
	assert_string_equal(m.type, inner);
}

/* What a kernel's BTF has, in miniature: 1 int, 2 unsigned long. */
static void encode_kernel(struct encoder *e)
{
	uint32_t list, array, pointer, alias;

	encoder_init(e);
	put_int(e, "int", 4, 1);
	put_int(e, "unsigned long", 8, 0);
	list = put_type(e, "list_head", K_STRUCT, 2, 16);
	put_member(e, "next", list + 1, 0);
	put_member(e, "prev", list + 1, 64);
	pointer = put_type(e, "", K_PTR, 0, list);
	array = put_array(e, pointer, 3);
	alias = put_type(e, "u64", K_TYPEDEF, 0, 2);
	alias = put_type(e, "", K_CONST, 0, alias);
	alias = put_type(e, "", K_VOLATILE, 0, alias);
	alias = put_type(e, "", K_TYPE_TAG, 0, alias);
	put_type(e, "task", K_STRUCT, 4, 64);
	put_member(e, "id", alias, 0);
	put_member(e, "lists", array, 64);
	put_member(e, "", e->next, 256); /* the next type */
	put_member(e, "tail", list, 384);
	put_type(e, "", K_UNION, 2, 16);
	put_member(e, "tag", 1, 0);
	put_member(e, "", e->next, 0);
	put_type(e, "", K_STRUCT | K_FLAG, 3, 16);
	put_member(e, "flag", 1, 1 << 24 | 64);
	put_member(e, "level", 1, 3 << 24 | 65);
	put_member(e, "wide", 2, 40 << 24 | 76);
	put_type(e, "state", K_ENUM | K_FLAG, 2, 4);
	put_enumerator(e, "GONE", (uint32_t)-1);
	put_enumerator(e, "LIVE", 5);
	put_type(e, "mask", K_ENUM64, 1, 8);
	put_word(e, put_name(e, "ALL"));
	put_word(e, 0xfffffff0);
	put_word(e, 0x7);
	put_type(e, "float", K_FLOAT, 0, 4);
	put_type(e, "unknown", K_FWD, 0, 0);
}

static void test_by_hand(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_types *t;
	uint64_t size = 0;

	(void)state;
	encode_kernel(e);
	t = must_read(e, NULL);
	assert_string_equal(hvd_types_source(t), "BTF");
	assert_null(hvd_types_doubt(t));
	assert_true(hvd_types_size(t, "struct task", &size));
	assert_int_equal(size, 64);
	assert_true(hvd_types_size(t, "u64", &size));
	assert_int_equal(size, 8);
	assert_true(hvd_types_size(t, "enum mask", &size));
	assert_int_equal(size, 8);
	check_place(t, "struct task", "id", 0, 8, 1, "");
	check_place(t, "struct task", "lists", 8, 24, 3, "struct list_head");
	check_place(t, "struct task", "lists[2]", 24, 8, 1, "struct list_head");
	check_place(t, "struct task", "tag", 32, 4, 1, "");
	check_place(t, "struct task", "tail", 48, 16, 1, "struct list_head");
	check_place(t, "struct task", "tail.prev", 56, 8, 1,
		    "struct list_head");
	free(e);
	hvd_types_close(t);
}

static void test_bit_fields(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_types *t;
	struct hvd_member m;

	(void)state;
	encode_kernel(e);
	t = must_read(e, NULL);
	m = must_find(t, "struct task", "flag");
	assert_int_equal(m.offset, 40);
	assert_int_equal(m.size, 1);
	assert_int_equal(m.bit_offset, 0);
	assert_int_equal(m.bits, 1);
	m = must_find(t, "struct task", "level");
	assert_int_equal(m.bit_offset, 1);
	assert_int_equal(m.bits, 3);
	assert_true(m.is_signed);
	/* 12 to 51 of the second word: not beyond it. */
	m = must_find(t, "struct task", "wide");
	assert_int_equal(m.offset, 40);
	assert_int_equal(m.size, 8);
	assert_int_equal(m.bit_offset, 12);
	assert_int_equal(m.bits, 40);
	free(e);
	hvd_types_close(t);
}

static void test_enums(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_types *t;
	int64_t value = 0;

	(void)state;
	encode_kernel(e);
	t = must_read(e, NULL);
	assert_true(hvd_types_enumerator(t, "GONE", &value));
	assert_int_equal(value, -1);
	assert_true(hvd_types_enumerator(t, "ALL", &value));
	assert_int_equal(value, 0x7fffffff0);
	assert_false(hvd_types_enumerator(t, "NONE", &value));
	assert_string_equal(hvd_types_enum_name(t, "enum state", 5), "LIVE");
	assert_string_equal(hvd_types_enum_name(t, "enum state", -1), "GONE");
	assert_string_equal(hvd_types_enum_name(t, "enum state", 0xffffffff),
			    "GONE");
	assert_null(hvd_types_enum_name(t, "enum state", 6));
	assert_null(hvd_types_enum_name(t, "enum nothing", 5));
	assert_null(hvd_types_enum_name(t, "struct task", 5));
	free(e);
	hvd_types_close(t);
}

/* Before 6.0 no enum says that it is signed, and each is. */
static void test_enums_of_old(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_types *t;
	int64_t value = 0;

	(void)state;
	encoder_init(e);
	put_type(e, "old", K_ENUM, 1, 4);
	put_enumerator(e, "MINUS", (uint32_t)-5);
	t = must_read(e, NULL);
	assert_true(hvd_types_enumerator(t, "MINUS", &value));
	assert_int_equal(value, -5);
	hvd_types_close(t);
	put_type(e, "newer", K_ENUM | K_FLAG, 1, 4);
	put_enumerator(e, "LESS", (uint32_t)-6);
	t = must_read(e, NULL);
	assert_true(hvd_types_enumerator(t, "MINUS", &value));
	assert_int_equal(value, 0xfffffffb);
	assert_true(hvd_types_enumerator(t, "LESS", &value));
	assert_int_equal(value, -6);
	hvd_types_close(t);
	free(e);
}

static void test_what_is_not_there(void **state)
{
	static const char *const wrong[] = {
		"", ".", "id.", ".id", "id.x", "lists[3]", "lists[-1]",
		"lists[", "lists[1", "lists[1]x", "lists[]", "lists[0].next",
		"lists[99999999999999999999]", "tail[0]", "tail..next",
		"nothing", "tail.nothing", "i", "idx",
	};
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_types *t;
	uint64_t size;
	size_t i;

	(void)state;
	encode_kernel(e);
	t = must_read(e, NULL);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		must_not_find(t, "struct task", wrong[i]);
	must_not_find(t, "union task", "id");
	must_not_find(t, "task", "id");
	must_not_find(t, "struct unknown", "id");
	must_not_find(t, "enum state", "GONE");
	assert_false(hvd_types_size(t, "struct unknown", &size));
	assert_false(hvd_types_size(t, "struct ", &size));
	assert_false(hvd_types_size(t, "", &size));
	free(e);
	hvd_types_close(t);
}

/* A module's types go on from the kernel's, and may share a name with them. */
static void test_split(void **state)
{
	struct encoder *kernel = malloc(sizeof(*kernel));
	struct encoder *module = malloc(sizeof(*module));
	struct hvd_types *base, *t;
	struct hvd_error err;
	uint64_t size = 0;
	int64_t value = 0;

	(void)state;
	encode_kernel(kernel);
	base = must_read(kernel, NULL);
	encoder_init_split(module, kernel);
	put_type(module, "partition", K_STRUCT, 2, 24);
	put_member(module, "id", 2, 0);
	put_member(module, "link", 3, 64);
	put_type(module, "list_head", K_STRUCT, 1, 8);
	put_member(module, "own", 2, 0);
	put_type(module, "kinds", K_ENUM, 1, 4);
	put_enumerator(module, "OWN_KIND", 3);
	t = must_read(module, base);
	check_place(t, "struct partition", "link.prev", 16, 8, 1,
		    "struct list_head");
	check_place(t, "struct task", "id", 0, 8, 1, "");
	check_place(t, "struct list_head", "own", 0, 8, 1, "");
	check_place(t, "struct list_head", "prev", 8, 8, 1, "struct list_head");
	assert_true(hvd_types_size(t, "struct list_head", &size));
	assert_int_equal(size, 8);
	assert_true(hvd_types_enumerator(t, "OWN_KIND", &value));
	assert_int_equal(value, 3);
	assert_true(hvd_types_enumerator(t, "LIVE", &value));
	must_not_find(base, "struct partition", "id");
	hvd_types_close(t);
	/* Its ids and strings mean nothing without the base. */
	t = hvd_types_from_btf(module->bytes, encoder_finish(module), NULL,
			       &err);
	assert_null(t);
	hvd_types_close(base);
	free(kernel);
	free(module);
}

/* The file of a module that another build of the kernel has. */
static void test_wrong_base(void **state)
{
	struct encoder *kernel = malloc(sizeof(*kernel));
	struct encoder *module = malloc(sizeof(*module));
	struct hvd_types *base, *t;
	struct hvd_error err = {""};

	(void)state;
	encode_kernel(kernel);
	encoder_init_split(module, kernel);
	put_type(module, "partition", K_STRUCT, 1, 8);
	put_member(module, "id", 2, 0);
	put_type(module, "processor", K_STRUCT, 0, 8);
	put_type(kernel, "more", K_STRUCT, 0, 8);
	base = must_read(kernel, NULL);
	t = hvd_types_from_btf(module->bytes, encoder_finish(module), base,
			       &err);
	assert_null(t);
	assert_non_null(strstr(err.text, "does not go on from"));
	hvd_types_close(base);
	free(kernel);
	free(module);
}

/** A header that does not tell the truth, and what is said of it. */
static const struct {
	int at;
	uint32_t value;
	const char *text;
} lies[] = {
	{0, 0x0001eb9e, "magic"},	{0, 0x0002eb9f, "version"},
	{0, 0x01009feb, "magic"},	{4, 20, "sections"},
	{4, 26, "sections"},		{4, 0x7ffffff0, "sections"},
	{8, 2, "sections"},		{8, 0xfffffffc, "sections"},
	{12, 0xfffffff0, "sections"},	{16, 0, "sections"},
	{16, 0xffffffff, "sections"},	{20, 0xffffffff, "sections"},
	{20, 0, "strings"},		{20, 7, "strings"},
};

static void test_headers(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_error err;
	size_t i, size, cut;

	(void)state;
	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		encode_kernel(e);
		size = encoder_finish(e);
		put_le32(e->bytes + lies[i].at, lies[i].value);
		assert_null(hvd_types_from_btf(e->bytes, size, NULL, &err));
		if (!strstr(err.text, lies[i].text))
			fail_msg("lie %zu: %s", i, err.text);
	}
	encode_kernel(e);
	size = encoder_finish(e);
	for (cut = 0; cut < size; cut++) {
		/* Of its own size, so that a read behind it is seen. */
		uint8_t *part = malloc(cut ? cut : 1);

		memcpy(part, e->bytes, cut);
		assert_null(hvd_types_from_btf(part, cut, NULL, &err));
		assert_true(strlen(err.text) > 0);
		free(part);
	}
	free(e);
}

/* Chains without an end, in each way that BTF can have them. */
static void test_cycles(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_types *t;
	uint64_t size;

	(void)state;
	encoder_init(e);
	put_type(e, "a", K_TYPEDEF, 0, 2);
	put_type(e, "b", K_TYPEDEF, 0, 1);
	put_array(e, 3, 2);
	put_type(e, "s", K_STRUCT, 4, 64);
	put_member(e, "loop", 1, 0);
	put_member(e, "array", 3, 0);
	put_member(e, "", 4, 0);
	put_member(e, "pointer", 5, 0);
	put_type(e, "", K_PTR, 0, 2);
	put_type(e, "", K_CONST, 0, 6);
	put_type(e, "t", K_STRUCT, 2, 64);
	put_member(e, "", 7, 0);
	put_member(e, "", 7, 0);
	t = must_read(e, NULL);
	assert_false(hvd_types_size(t, "a", &size));
	must_not_find(t, "struct s", "loop");
	must_not_find(t, "struct s", "array");
	must_not_find(t, "struct s", "nowhere");
	must_not_find(t, "struct t", "nowhere");
	must_not_find(t, "a", "x");
	check_place(t, "struct s", "pointer", 0, 8, 1, "");
	hvd_types_close(t);
	free(e);
}

/* Each level has the next one many times: 200 to the 100th without a limit. */
static void test_explosion(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_types *t;
	int level, i;

	(void)state;
	encoder_init(e);
	put_type(e, "top", K_STRUCT, 1, 8);
	put_member(e, "", 2, 0);
	for (level = 0; level < 20; level++) {
		put_type(e, "", K_STRUCT, 200, 8);
		for (i = 0; i < 200; i++)
			put_member(e, "", e->next, 0);
	}
	put_type(e, "", K_STRUCT, 0, 8);
	t = must_read(e, NULL);
	must_not_find(t, "struct top", "nowhere");
	hvd_types_close(t);
	free(e);
}

static void test_beyond(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	uint32_t huge, i;
	struct hvd_types *t;
	uint64_t size;

	(void)state;
	encoder_init(e);
	put_int(e, "int", 4, 1);
	huge = put_array(e, 1, UINT32_MAX);
	for (i = 0; i < 3; i++)
		huge = put_array(e, huge, UINT32_MAX);
	put_type(e, "huge", K_TYPEDEF, 0, huge);
	put_type(e, "s", K_STRUCT, 6, 8);
	put_member(e, "fits", 1, 32);
	put_member(e, "out", 1, 33);
	put_member(e, "far", 1, 0xfffffff8);
	put_member(e, "huge", huge, 0);
	put_member(e, "nothing", 0, 0);
	put_member(e, "unknown", 4711, 0);
	put_type(e, "f", K_STRUCT | K_FLAG, 2, 8);
	put_member(e, "fits", 1, 4 << 24 | 60);
	put_member(e, "out", 1, 4 << 24 | 61);
	t = must_read(e, NULL);
	assert_false(hvd_types_size(t, "huge", &size));
	check_place(t, "struct s", "fits", 4, 4, 1, "");
	must_not_find(t, "struct s", "out");
	must_not_find(t, "struct s", "far");
	must_not_find(t, "struct s", "huge");
	must_not_find(t, "struct s", "nothing");
	must_not_find(t, "struct s", "unknown");
	assert_int_equal(must_find(t, "struct f", "fits").bit_offset, 4);
	must_not_find(t, "struct f", "out");
	hvd_types_close(t);
	free(e);
}

/* What is in a structure of eight bytes that is a bit field lies beyond it. */
static void test_bit_fields_of_no_number(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	uint32_t number, array, inner, pointer;
	struct hvd_types *t;

	(void)state;
	encoder_init(e);
	number = put_int(e, "unsigned int", 4, 0);
	array = put_array(e, number, 2);
	pointer = put_type(e, "", K_PTR, 0, number);
	inner = put_type(e, "inner", K_STRUCT, 2, 8);
	put_member(e, "first", number, 0);
	put_member(e, "last", number, 32);
	put_type(e, "s", K_STRUCT | K_FLAG, 5, 8);
	put_member(e, "number", number, 1 << 24 | 60);
	put_member(e, "array", array, 1 << 24 | 0);
	put_member(e, "inner", inner, 8 << 24 | 56);
	put_member(e, "", inner, 8 << 24 | 56);
	put_member(e, "pointer", pointer, 1 << 24 | 0);
	t = must_read(e, NULL);
	assert_int_equal(must_find(t, "struct s", "number").bits, 1);
	must_not_find(t, "struct s", "array");
	must_not_find(t, "struct s", "array[1]");
	must_not_find(t, "struct s", "inner");
	must_not_find(t, "struct s", "inner.last");
	must_not_find(t, "struct s", "last");
	must_not_find(t, "struct s", "pointer");
	hvd_types_close(t);
	free(e);
}

/* An array without a length has any element, up to where numbers end. */
static void test_flexible(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_types *t;

	(void)state;
	encoder_init(e);
	put_int(e, "unsigned long", 8, 0);
	put_array(e, 1, 0);
	put_type(e, "s", K_STRUCT, 2, 8);
	put_member(e, "nr", 1, 0);
	put_member(e, "rest", 2, 64);
	t = must_read(e, NULL);
	check_place(t, "struct s", "rest", 8, 0, 0, "");
	check_place(t, "struct s", "rest[1000]", 8008, 8, 1, "");
	must_not_find(t, "struct s", "rest[2305843009213693951]");
	must_not_find(t, "struct s", "rest[18446744073709551615]");
	hvd_types_close(t);
	free(e);
}

/* What is called something that no C compiler would call it. */
static void test_names(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_types *t;
	uint64_t size;
	int i;

	(void)state;
	encoder_init(e);
	put_int(e, "int", 4, 1);
	put_type(e, "\033[2J", K_STRUCT, 0, 4);
	put_type(e, "s", K_STRUCT, 2, 8);
	put_member(e, "escape", 2, 0);
	put_word(e, 0x00ffffff); /* a name beyond all strings */
	put_word(e, 1);
	put_word(e, 32);
	put_type(e, "e", K_ENUM, 1, 4);
	put_enumerator(e, "\033[2J", 1);
	for (i = 0; i < 1000; i++)
		put_type(e, "same", K_STRUCT, 0, 4);
	t = must_read(e, NULL);
	check_place(t, "struct s", "escape", 0, 4, 1, "");
	assert_null(hvd_types_enum_name(t, "enum e", 1));
	assert_true(hvd_types_size(t, "struct same", &size));
	must_not_find(t, "struct same", "x");
	hvd_types_close(t);
	free(e);
}

static void test_damaged_types(void **state)
{
	struct encoder *e = malloc(sizeof(*e));
	struct hvd_error err;
	size_t size;

	(void)state;
	encoder_init(e);
	put_type(e, "later", 25, 0, 4); /* a kind of a kernel to come */
	size = encoder_finish(e);
	assert_null(hvd_types_from_btf(e->bytes, size, NULL, &err));
	assert_non_null(strstr(err.text, "libbpf"));
	encoder_init(e);
	put_type(e, "s", K_STRUCT, 65535, 4); /* members that are not there */
	size = encoder_finish(e);
	assert_null(hvd_types_from_btf(e->bytes, size, NULL, &err));
	/* In our words, not printed by libbpf. */
	assert_non_null(strstr(err.text, "type [1] is malformed"));
	/* Kinds that have no members claim some, at the end. */
	encoder_init(e);
	put_type(e, "f", K_FWD, 65535, 0);
	put_type(e, "s", K_STRUCT, 1, 4);
	put_member(e, "", 1, 0);
	put_type(e, "g", K_FWD, 65535, 0);
	put_type(e, "p", K_TYPEDEF, 0, 3);
	size = encoder_finish(e);
	{
		struct hvd_types *t = must_read(e, NULL);

		must_not_find(t, "struct s", "x");
		must_not_find(t, "p", "x");
		hvd_types_close(t);
	}
	free(e);
}

/* A file whole; NULL when it is empty: pahole is not installed. */
static uint8_t *read_whole(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long end;

	if (!f)
		fail_msg("%s: not there", path);
	fseek(f, 0, SEEK_END);
	end = ftell(f);
	rewind(f);
	data = end > 0 ? malloc((size_t)end) : NULL;
	*size = data ? fread(data, 1, (size_t)end, f) : 0;
	fclose(f);
	return data;
}

/* cmocka 1.1 does not say why something is skipped. */
static struct hvd_types *sample_of(const char *path)
{
	struct hvd_error err = {""};
	struct hvd_types *t;
	size_t size;

	free(read_whole(path, &size));
	if (!size) {
		print_message("# %s is empty: no pahole when it was built\n",
			      path);
		skip();
	}
	t = hvd_types_from_file(path, NULL, "", 0, &err);
	if (!t)
		fail_msg("%s", err.text);
	return t;
}

#define SIZE_OF(type_name)                                            \
	do {                                                          \
		uint64_t size = 0;                                    \
		assert_true(hvd_types_size(t, #type_name, &size));    \
		assert_int_equal(size, sizeof(type_name));            \
	} while (0)

#define PLACE_OF(type_name, path, nr, inner)                             \
	check_place(t, #type_name, #path, offsetof(type_name, path),     \
		    sizeof(((type_name *)NULL)->path), nr, inner)

static void check_places(const struct hvd_types *t)
{
	SIZE_OF(struct sample_all);
	SIZE_OF(struct sample_bits);
	SIZE_OF(struct sample_packed);
	SIZE_OF(union sample_union);
	SIZE_OF(enum sample_wide);
	SIZE_OF(enum sample_signed);
	SIZE_OF(sample_alias);
	SIZE_OF(sample_atomic);
	PLACE_OF(struct sample_all, letter, 1, "");
	PLACE_OF(struct sample_all, small, 1, "");
	PLACE_OF(struct sample_all, truth, 1, "");
	PLACE_OF(struct sample_all, far, 1, "");
	PLACE_OF(struct sample_all, real, 1, "");
	PLACE_OF(struct sample_all, colour, 1, "enum sample_signed");
	PLACE_OF(struct sample_all, wide, 1, "enum sample_wide");
	PLACE_OF(struct sample_all, count, 1, "");
	PLACE_OF(struct sample_all, count.counter, 1, "");
	PLACE_OF(struct sample_all, pointer, 1, "struct sample_inner");
	PLACE_OF(struct sample_all, pointers, 5, "");
	PLACE_OF(struct sample_all, pointers[4], 1, "");
	PLACE_OF(struct sample_all, unknown, 1, "struct sample_unknown");
	PLACE_OF(struct sample_all, function, 1, "");
	PLACE_OF(struct sample_all, nothing, 1, "");
	PLACE_OF(struct sample_all, alias, 1, "struct sample_inner");
	PLACE_OF(struct sample_all, alias.value, 1, "");
	PLACE_OF(struct sample_all, many, 4, "struct sample_inner");
	PLACE_OF(struct sample_all, many[3], 1, "struct sample_inner");
	PLACE_OF(struct sample_all, many[2].name, 12, "");
	PLACE_OF(struct sample_all, many[2].name[11], 1, "");
	PLACE_OF(struct sample_all, grid, 15, "");
	PLACE_OF(struct sample_all, both, 1, "union sample_union");
	PLACE_OF(struct sample_all, both.high, 1, "");
	PLACE_OF(struct sample_all, both.inner.value, 1, "");
	PLACE_OF(struct sample_all, deep, 1, "");
	PLACE_OF(struct sample_all, deeper, 1, "");
	PLACE_OF(struct sample_all, deepest, 1, "");
	PLACE_OF(struct sample_all, right, 1, "");
	PLACE_OF(struct sample_all, nested, 2, "");
	PLACE_OF(struct sample_all, nested[1].y, 1, "");
	PLACE_OF(struct sample_all, huge, 1, "");
	PLACE_OF(struct sample_all, none, 0, "");
	PLACE_OF(struct sample_all, rest[9], 1, "");
	PLACE_OF(struct sample_bits, before, 1, "");
	PLACE_OF(struct sample_bits, behind, 1, "");
	PLACE_OF(struct sample_packed, second, 1, "");
	PLACE_OF(struct sample_packed, last, 1, "");
	/* offsetof() asks for both indices here. */
	check_place(t, "struct sample_all", "grid[14]",
		    offsetof(struct sample_all, grid[2][4]), 2, 1, "");
	check_place(t, "struct sample_all", "rest",
		    offsetof(struct sample_all, rest), 0, 0, "");
	must_not_find(t, "struct sample_all", "grid[15]");
	must_not_find(t, "struct sample_unknown", "x");
}

static void check_signs(const struct hvd_types *t)
{
	static const struct {
		const char *path;
		bool is_signed, is_pointer;
	} all[] = {
		{"small", true, false},	     {"truth", false, false},
		{"far", true, false},	     {"colour", true, false},
		{"wide", false, false},	     {"count.counter", true, false},
		{"pointer", false, true},    {"pointers", false, true},
		{"function", false, true},   {"nothing", false, true},
		{"alias.value", false, false}, {"grid", false, false},
		{"deep", true, false},	     {"deeper", true, false},
		{"huge", true, false},	     {"rest", false, false},
	};
	struct hvd_member m;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		m = must_find(t, "struct sample_all", all[i].path);
		if (m.is_signed != all[i].is_signed ||
		    m.is_pointer != all[i].is_pointer)
			fail_msg("%s: signed %d, pointer %d", all[i].path,
				 m.is_signed, m.is_pointer);
	}
}

/* All bits of a field set by the compiler are where they are said to be. */
static void check_bits(const struct hvd_types *t, const char *type,
		       const char *path, unsigned int bits, const void *object,
		       size_t size)
{
	struct hvd_member m = must_find(t, type, path);
	uint8_t wanted[sizeof(struct sample_bits)] = {0};
	uint64_t ones = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
	size_t i;

	assert_int_equal(m.bits, bits);
	assert_true(m.size == 1 || m.size == 2 || m.size == 4 || m.size == 8);
	assert_true(m.bit_offset + m.bits <= 8 * m.size);
	assert_true(m.offset + m.size <= size);
	ones <<= m.bit_offset;
	for (i = 0; i < m.size; i++)
		wanted[m.offset + i] = (uint8_t)(ones >> 8 * i);
	assert_memory_equal(wanted, object, size);
}

static void check_bit_fields(const struct hvd_types *t)
{
	const volatile uint64_t ones = UINT64_MAX; /* cut without a warning */
	struct sample_bits b;
	struct sample_packed p;

#define ONES(object, type_name, path, nr)                                \
	do {                                                             \
		memset(&(object), 0, sizeof(object));                    \
		(object).path = ones;                                     \
		check_bits(t, type_name, #path, nr, &(object),           \
			   sizeof(object));                              \
	} while (0)
	ONES(b, "struct sample_bits", one, 1);
	ONES(b, "struct sample_bits", three, 3);
	ONES(b, "struct sample_bits", minus, 5);
	ONES(b, "struct sample_bits", across, 20);
	ONES(b, "struct sample_bits", page, 52);
	ONES(b, "struct sample_bits", low, 12);
	ONES(b, "struct sample_bits", flag, 1);
	ONES(b, "struct sample_bits", kind, 9);
	ONES(p, "struct sample_packed", straddling, 13);
	ONES(p, "struct sample_packed", behind, 19);
#undef ONES
	assert_true(must_find(t, "struct sample_bits", "minus").is_signed);
	assert_false(must_find(t, "struct sample_bits", "page").is_signed);
	assert_string_equal(must_find(t, "struct sample_bits", "kind").type,
			    "enum sample_signed");
}

static void check_value(const struct hvd_types *t, const char *name,
			int64_t wanted)
{
	int64_t value = 0;

	assert_true(hvd_types_enumerator(t, name, &value));
	assert_int_equal(value, wanted);
}

static void check_enums(const struct hvd_types *t)
{
	int64_t value;

	check_value(t, "SAMPLE_MINUS", SAMPLE_MINUS);
	check_value(t, "SAMPLE_SEVEN", SAMPLE_SEVEN);
	check_value(t, "SAMPLE_200", SAMPLE_200);
	check_value(t, "SAMPLE_HIGH", SAMPLE_HIGH);
	check_value(t, "SAMPLE_WIDE", SAMPLE_WIDE);
	check_value(t, "SAMPLE_NAMELESS", SAMPLE_NAMELESS);
	assert_false(hvd_types_enumerator(t, "SAMPLE_", &value));
	assert_string_equal(hvd_types_enum_name(t, "enum sample_signed", 7),
			    "SAMPLE_SEVEN");
	assert_string_equal(hvd_types_enum_name(t, "enum sample_signed", -2),
			    "SAMPLE_MINUS");
	assert_string_equal(hvd_types_enum_name(t, "enum sample_unsigned",
						0xfffffff0),
			    "SAMPLE_HIGH");
	assert_null(hvd_types_enum_name(t, "enum sample_wide", 0x789abc));
}

static void check_sample(const char *path, const char *source)
{
	struct hvd_types *t = sample_of(path);

	assert_string_equal(hvd_types_source(t), source);
	assert_non_null(strstr(hvd_types_doubt(t), "build-id"));
	check_places(t);
	check_signs(t);
	check_bit_fields(t);
	check_enums(t);
	hvd_types_close(t);
}

static void test_sample_dwarf4(void **state)
{
	(void)state;
	check_sample(SAMPLE_DWARF4, "DWARF");
}

static void test_sample_dwarf5(void **state)
{
	(void)state;
	check_sample(SAMPLE_DWARF5, "DWARF");
}

static void test_sample_btf(void **state)
{
	(void)state;
	check_sample(SAMPLE_BTF, "BTF");
}

static void test_sample_elf_btf(void **state)
{
	(void)state;
	check_sample(SAMPLE_ELF_BTF, "BTF");
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Bytes of any value, and words that may be ids, lengths or kinds. */
static void mutate(uint8_t *data, size_t size, uint32_t *seed)
{
	uint32_t nr = 1 + next_random(seed) % 8;
	size_t at;

	while (nr--) {
		at = next_random(seed) % size;
		if (next_random(seed) % 2) {
			data[at] = (uint8_t)next_random(seed);
			continue;
		}
		at = at / 4 * 4;
		if (at + 4 <= size)
			put_le32(data + at, next_random(seed) % 128);
	}
}

/* Whatever is asked, the answer is sound: the sanitizers see the rest. */
static void ask(const struct hvd_types *t, const char *name)
{
	static const char *const kinds[] = {"struct ", "union ", "enum ", ""};
	static const char *const paths[] = {"value", "name[3]", "many[2].name",
					    "counter", "deepest", "three"};
	struct hvd_member m;
	char type[300];
	int64_t value;
	uint64_t size;
	size_t i, j;

	for (i = 0; i < 4; i++) {
		snprintf(type, sizeof(type), "%s%s", kinds[i], name);
		hvd_types_size(t, type, &size);
		hvd_types_enum_name(t, type, 7);
		for (j = 0; j < sizeof(paths) / sizeof(paths[0]); j++)
			if (hvd_types_member(t, type, paths[j], &m))
				assert_true(strlen(m.type) < sizeof(m.type));
		hvd_types_member(t, "struct sample_all", name, &m);
		hvd_types_member(t, "struct sample_bits", name, &m);
	}
	hvd_types_enumerator(t, name, &value);
}

static void ask_all(const struct hvd_types *t, const char *strings, size_t size)
{
	const char *end = strings + size, *name = strings;

	for (; name < end; name += strlen(name) + 1)
		ask(t, name);
}

static void test_mutations(void **state)
{
	uint32_t seed = 20261123, accepted = 0, i;
	uint8_t *data, *copy;
	struct hvd_error err;
	struct hvd_types *t;
	size_t size, strings;

	(void)state;
	data = read_whole(SAMPLE_BTF, &size);
	if (!size) {
		print_message("# %s is empty: no pahole\n", SAMPLE_BTF);
		skip();
	}
	strings = BTF_HEADER + (data[16] | (size_t)data[17] << 8);
	copy = malloc(size);
	for (i = 0; i < 4000; i++) {
		memcpy(copy, data, size);
		mutate(copy, size, &seed);
		t = hvd_types_from_btf(copy, size, NULL, &err);
		if (!t)
			continue;
		accepted++;
		/* By the names that there were: those in it may be wrong. */
		ask_all(t, (const char *)data + strings, size - strings);
		hvd_types_close(t);
	}
	assert_in_range(accepted, 1000, 3999);
	free(copy);
	free(data);
}

static void test_build_id(void **state)
{
	struct hvd_build_id id;
	struct hvd_error err = {""};
	struct hvd_types *t;

	(void)state;
	hvd_build_id_parse(SAMPLE_BUILD_ID, &id);
	assert_int_equal(id.size, 16);
	t = hvd_types_from_file(SAMPLE_LINKED, NULL, id.bytes, id.size, &err);
	assert_non_null(t);
	assert_null(hvd_types_doubt(t));
	check_places(t);
	hvd_types_close(t);
	id.bytes[3] ^= 1;
	assert_null(hvd_types_from_file(SAMPLE_LINKED, NULL, id.bytes, id.size,
					&err));
	assert_non_null(strstr(err.text, "expected build-id 01234566"));
	assert_non_null(strstr(err.text, "found " SAMPLE_BUILD_ID));
	assert_null(hvd_types_from_file(SAMPLE_LINKED, NULL, id.bytes, 8, &err));
}

static void test_build_id_text(void **state)
{
	static const char *const wrong[] = {"0", "0g", "XY", "0x12"};
	struct hvd_build_id id;
	char text[2 * HVD_BUILD_ID_MAX + 1], many[2 * HVD_BUILD_ID_MAX + 3];
	size_t i;

	(void)state;
	hvd_build_id_parse("00ff7f", &id);
	assert_int_equal(id.size, 3);
	assert_string_equal(hvd_build_id_text(&id, text), "00ff7f");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		hvd_build_id_parse(wrong[i], &id);
		assert_int_equal(id.size, 0);
	}
	memset(many, 'a', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	hvd_build_id_parse(many, &id);
	assert_int_equal(id.size, 0);
}

static void test_build_id_notes(void **state)
{
	static const uint8_t notes[] = {
		4, 0, 0, 0, 2, 0, 0, 0, 6, 0, 0, 0, 'X', 'e', 'n', 0,
		9, 9, 0, 0, /* another's */
		4, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0,
		7, 8, 9,
	};
	struct hvd_build_id id = {.size = 0};
	size_t size;

	(void)state;
	assert_true(hvd_build_id_from_notes(notes, sizeof(notes), &id));
	assert_int_equal(id.size, 3);
	assert_int_equal(id.bytes[2], 9);
	for (size = 0; size < sizeof(notes); size++) {
		uint8_t *part = malloc(size ? size : 1);

		memcpy(part, notes, size);
		assert_false(hvd_build_id_from_notes(part, size, &id));
		free(part);
	}
}

static void test_wrong_files(void **state)
{
	char path[] = "/tmp/hvdump-types-XXXXXX";
	struct hvd_error err = {""};
	int fd = mkstemp(path);

	(void)state;
	assert_null(hvd_types_from_file("/nonexistent", NULL, "", 0, &err));
	assert_non_null(strstr(err.text, "/nonexistent: No such file"));
	assert_null(hvd_types_from_file("/", NULL, "", 0, &err));
	assert_non_null(strstr(err.text, "not a file"));
	assert_null(hvd_types_from_file(path, NULL, "", 0, &err));
	assert_non_null(strstr(err.text, "neither ELF nor BTF"));
	assert_int_equal(write(fd, "\x9f\xeb\1", 3), 3);
	assert_null(hvd_types_from_file(path, NULL, "", 0, &err));
	assert_non_null(strstr(err.text, path));
	assert_non_null(strstr(err.text, "too few"));
	close(fd);
	unlink(path);
	/* This program has neither, or DWARF without such a type. */
	assert_null(hvd_types_from_file("/bin/true", NULL, "", 0, &err));
	assert_non_null(strstr(err.text, "neither DWARF nor BTF"));
}

/** A directory with files, and what was tried of it. */
struct tree {
	char top[64];
	char tried[2048];
	const char *right; /* the one that is taken; NULL: none */
};

static bool note_path(void *arg, const char *path)
{
	struct tree *tree = arg;
	const char *rest = path + strlen(tree->top) + 1;

	strcat(tree->tried, rest);
	strcat(tree->tried, "\n");
	return tree->right && !strcmp(rest, tree->right);
}

static void add_file(const struct tree *tree, const char *rest)
{
	char path[512], *slash;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", tree->top, rest);
	for (slash = path + strlen(tree->top) + 1;
	     (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
}

static const char *find_in(struct tree *tree, const char *module,
			   const char *build_id, const char *right)
{
	struct hvd_debug_wanted wanted = {.release = "6.1.0-9-amd64",
					  .module = module};

	hvd_build_id_parse(build_id, &wanted.build_id);
	tree->tried[0] = '\0';
	tree->right = right;
	assert_int_equal(hvd_debug_find(tree->top, &wanted, note_path, tree),
			 right != NULL);
	return tree->tried;
}

static void remove_tree(const struct tree *tree)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", tree->top);
	assert_int_equal(system(command), 0);
}

/* Paths as the packages linux-image-*-dbg and kernel-debuginfo have them. */
static void test_find(void **state)
{
	struct tree tree = {.top = "/tmp/hvdump-types-XXXXXX"};

	(void)state;
	assert_non_null(mkdtemp(tree.top));
	add_file(&tree, "usr/lib/debug/boot/vmlinux-6.1.0-9-amd64");
	add_file(&tree, "usr/lib/debug/boot/vmlinux-6.1.0-10-amd64");
	add_file(&tree, "usr/lib/debug/.build-id/ab/cdef.debug");
	add_file(&tree, "usr/lib/debug/lib/modules/6.1.0-9-amd64/kernel/"
			"drivers/hv/hv-vmbus.ko");
	add_file(&tree, "usr/lib/modules/6.1.0-9-amd64/kernel/drivers/hv/"
			"hv_vmbus.ko.xz");
	add_file(&tree, "usr/lib/modules/6.1.0-9-amd64/hv_vmbus2.ko");
	add_file(&tree, "vmlinux");
	assert_string_equal(
		find_in(&tree, NULL, "abcdef",
			"usr/lib/debug/.build-id/ab/cdef.debug"),
		"usr/lib/debug/.build-id/ab/cdef.debug\n");
	assert_string_equal(find_in(&tree, NULL, "", NULL),
			    "usr/lib/debug/boot/vmlinux-6.1.0-9-amd64\n"
			    "vmlinux\n");
	assert_string_equal(
		find_in(&tree, "hv_vmbus", "abcd", NULL),
		"usr/lib/debug/lib/modules/6.1.0-9-amd64/kernel/drivers/hv/"
		"hv-vmbus.ko\n"
		"usr/lib/modules/6.1.0-9-amd64/kernel/drivers/hv/"
		"hv_vmbus.ko.xz\n");
	remove_tree(&tree);
}

/* Loose files, and what a hostile dump says of its release. */
static void test_find_loose(void **state)
{
	struct tree tree = {.top = "/tmp/hvdump-types-XXXXXX"};
	struct hvd_debug_wanted wanted = {.release = "/../../x"};

	(void)state;
	assert_non_null(mkdtemp(tree.top));
	add_file(&tree, "x/vmlinux");
	add_file(&tree, "drivers/hv/mshv_root.ko");
	add_file(&tree, "mshv_root");
	assert_string_equal(find_in(&tree, NULL, "", NULL), "");
	find_in(&tree, "mshv_root", "", NULL);
	assert_non_null(strstr(tree.tried, "drivers/hv/mshv_root.ko\n"));
	assert_int_equal(strlen(tree.tried),
			 strlen("drivers/hv/mshv_root.ko\nmshv_root\n"));
	tree.tried[0] = '\0';
	assert_false(hvd_debug_find(tree.top, &wanted, note_path, &tree));
	assert_string_equal(tree.tried, "");
	remove_tree(&tree);
}

/* Nothing but files: no memory, no symbols. */
static void test_store(void **state)
{
	struct hvd_kernel_files files = {.vmlinux = SAMPLE_LINKED};
	struct hvd_type_sources from = {.files = &files,
					.why = {"no kernel memory"}};
	struct hvd_type_store store = {0};
	struct hvd_module module = {.name = "types_sample", .address = 1};
	struct hvd_error err = {""};
	struct hvd_types *t;

	(void)state;
	t = hvd_type_store_kernel(&store, &from, &err);
	assert_non_null(t);
	assert_ptr_equal(hvd_type_store_kernel(&store, &from, &err), t);
	check_places(t);
	assert_null(hvd_type_store_module(&store, &from, &module, &err));
	assert_non_null(strstr(err.text, "BTF of types_sample"));
	assert_non_null(strstr(err.text, "give --debuginfo DIR"));
	hvd_type_store_close(&store);
	files.vmlinux = NULL;
	assert_null(hvd_type_store_kernel(&store, &from, &err));
	assert_non_null(strstr(err.text, "BTF of the kernel: no kernel memory"));
	assert_non_null(strstr(err.text, "give --vmlinux FILE"));
	hvd_type_store_close(&store);
	files.debuginfo = "tests/unit";
	module.name = "types_sample_4";
	assert_null(hvd_type_store_kernel(&store, &from, &err));
	assert_non_null(strstr(err.text, "tests/unit: no file of the kernel"));
	hvd_type_store_close(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_bit_fields),
		cmocka_unit_test(test_enums),
		cmocka_unit_test(test_enums_of_old),
		cmocka_unit_test(test_what_is_not_there),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_wrong_base),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_cycles),
		cmocka_unit_test(test_explosion),
		cmocka_unit_test(test_beyond),
		cmocka_unit_test(test_bit_fields_of_no_number),
		cmocka_unit_test(test_flexible),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_damaged_types),
		cmocka_unit_test(test_sample_dwarf4),
		cmocka_unit_test(test_sample_dwarf5),
		cmocka_unit_test(test_sample_btf),
		cmocka_unit_test(test_sample_elf_btf),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_build_id),
		cmocka_unit_test(test_build_id_text),
		cmocka_unit_test(test_build_id_notes),
		cmocka_unit_test(test_wrong_files),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_loose),
		cmocka_unit_test(test_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
