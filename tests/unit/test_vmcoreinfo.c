// SPDX-License-Identifier: GPL-2.0-or-later
/* VMCOREINFO: every kind of line, and notes that lie. Built with sanitizers. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/vmcoreinfo.h"

/** Notes one behind the other, in memory of exactly their size. */
struct notes {
	struct hvd_input in;
};

static void add(struct notes *n, const char *owner, size_t namesz,
		uint32_t claimed, const char *text, size_t size)
{
	size_t name = (namesz + 3) & ~(size_t)3, desc = (size + 3) & ~(size_t)3;
	uint32_t head[3] = {(uint32_t)namesz, claimed, 0};
	uint8_t *p;

	n->in.path = (char *)"dump";
	p = realloc(n->in.notes, n->in.notes_size + 12 + name + desc);
	assert_non_null(p);
	n->in.notes = p;
	p += n->in.notes_size;
	memset(p, 0, 12 + name + desc);
	memcpy(p, head, 12);
	memcpy(p + 12, owner, namesz);
	memcpy(p + 12 + name, text, size);
	n->in.notes_size += 12 + name + desc;
}

static struct hvd_vmcoreinfo *of(const char *text)
{
	struct hvd_vmcoreinfo *v;
	struct notes n = {0};
	struct hvd_error err;

	add(&n, "CORE", 5, 8, "registers", 8);
	add(&n, "VMCOREINFO", 11, (uint32_t)strlen(text), text, strlen(text));
	v = hvd_vmcoreinfo_open(&n.in, &err);
	free(n.in.notes);
	assert_non_null(v);
	return v;
}

static void all_kinds(void **state)
{
	struct hvd_vmcoreinfo *v = of(
		"OSRELEASE=6.1.0-56-cloud-amd64\nSYMBOL(init_uts_ns)="
		"ffffffff82a1a940\nOFFSET(list_head.next)=8\nSIZE(page)=64\n"
		"LENGTH(zone.free_area)=11\nNUMBER(phys_base)=-16777216\n"
		"NUMBER(mask)=0x8000000000000000\nNUMBER(n)=4096\n"
		"KERNELOFFSET=1a00000\nEMPTY=\nODD=a=b");
	uint64_t u;
	int64_t n;

	(void)state;
	assert_string_equal(hvd_vmcoreinfo_text(v, "OSRELEASE"),
			    "6.1.0-56-cloud-amd64");
	assert_string_equal(hvd_vmcoreinfo_text(v, "KERNELOFFSET"), "1a00000");
	assert_string_equal(hvd_vmcoreinfo_text(v, "EMPTY"), "");
	assert_string_equal(hvd_vmcoreinfo_text(v, "ODD"), "a=b");
	assert_null(hvd_vmcoreinfo_text(v, "OSRELEAS"));
	assert_null(hvd_vmcoreinfo_text(v, ""));
	assert_true(hvd_vmcoreinfo_symbol(v, "init_uts_ns", &u));
	assert_int_equal(u, 0xffffffff82a1a940);
	assert_true(hvd_vmcoreinfo_offset(v, "list_head.next", &u));
	assert_int_equal(u, 8);
	assert_true(hvd_vmcoreinfo_size(v, "page", &u));
	assert_int_equal(u, 64);
	assert_true(hvd_vmcoreinfo_length(v, "zone.free_area", &u));
	assert_int_equal(u, 11);
	assert_true(hvd_vmcoreinfo_number(v, "phys_base", &n));
	assert_int_equal(n, -16777216);
	assert_true(hvd_vmcoreinfo_number(v, "mask", &n));
	assert_int_equal(n, INT64_MIN);
	assert_true(hvd_vmcoreinfo_number(v, "n", &n));
	assert_int_equal(n, 4096);
	hvd_vmcoreinfo_close(v);
}

static void what_is_no_number(void **state)
{
	struct hvd_vmcoreinfo *v = of(
		"SIZE(a)=\nSIZE(b)= 1\nSIZE(c)=-1\nSIZE(d)=1x\nSIZE(e)=ff\n"
		"SIZE(f)=99999999999999999999\nSIZE(g)=0x\nNUMBER(h)=--1\n"
		"NUMBER(i)=9223372036854775808\nSYMBOL(j)=10000000000000000\n"
		"SYMBOL(k)=xyz\nno equals sign\n=nothing\n");
	static const char *const sizes[] = {"a", "b", "c", "d", "e", "f", "g",
					    "nowhere"};
	uint64_t u = 5;
	int64_t n = 5;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		assert_false(hvd_vmcoreinfo_size(v, sizes[i], &u));
	assert_false(hvd_vmcoreinfo_number(v, "h", &n));
	assert_false(hvd_vmcoreinfo_number(v, "i", &n));
	assert_false(hvd_vmcoreinfo_symbol(v, "j", &u));
	assert_false(hvd_vmcoreinfo_symbol(v, "k", &u));
	assert_true(u == 5 && n == 5);
	hvd_vmcoreinfo_close(v);
}

static void the_first_counts(void **state)
{
	struct hvd_vmcoreinfo *v = of("A=1\nB=2\nA=3\n");

	(void)state;
	assert_string_equal(hvd_vmcoreinfo_text(v, "A"), "1");
	hvd_vmcoreinfo_close(v);
}

static void without_the_note(void **state)
{
	struct notes n = {0};
	struct hvd_error err;

	(void)state;
	n.in.path = (char *)"dump";
	assert_null(hvd_vmcoreinfo_open(&n.in, &err));
	add(&n, "VMCOREINFX", 11, 3, "A=1", 3);
	assert_null(hvd_vmcoreinfo_open(&n.in, &err));
	assert_string_equal(err.text, "dump: holds no VMCOREINFO note of a "
				      "Linux kernel");
	free(n.in.notes);
}

/* A length that lies, before it or in it, costs nothing that is there. */
static void lying_lengths(void **state)
{
	struct hvd_vmcoreinfo *v;
	struct notes n = {0};
	struct hvd_error err;

	(void)state;
	add(&n, "CORE", 5, UINT32_MAX, "registers", 8);
	add(&n, "VMCOREINFO", 11, UINT32_MAX, "A=1\nB=2\0C=3", 11);
	v = hvd_vmcoreinfo_open(&n.in, &err);
	assert_non_null(v);
	assert_string_equal(hvd_vmcoreinfo_text(v, "A"), "1");
	assert_string_equal(hvd_vmcoreinfo_text(v, "B"), "2");
	assert_null(hvd_vmcoreinfo_text(v, "C"));
	hvd_vmcoreinfo_close(v);
	/* Cut anywhere. */
	while (n.in.notes_size) {
		n.in.notes = realloc(n.in.notes, --n.in.notes_size + 1);
		hvd_vmcoreinfo_close(hvd_vmcoreinfo_open(&n.in, &err));
	}
	free(n.in.notes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds),
		cmocka_unit_test(what_is_no_number),
		cmocka_unit_test(the_first_counts),
		cmocka_unit_test(without_the_note),
		cmocka_unit_test(lying_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
