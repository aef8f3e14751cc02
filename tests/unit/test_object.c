// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects and lists of a kernel: sound ones, and what a dump could hold in
 * their place. On a kernel of the tests' own making; built with sanitizers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/object.h"
#include "kernel_fake.h"

#define THING	"struct thing"
#define AT	0xffff888000001000
#define HEAD	0xffff888000000100
#define SIZE	64
#define OF_LINK 16
#define MAX	16

static struct hvd_object_source from;
static struct hvd_error err;

/** What a walk has seen. */
struct seen {
	uint64_t at[MAX];
	size_t nr, most;
};

static uint64_t thing(size_t i)
{
	return AT + 0x100 * i;
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake_memory(HEAD, 16);
	fake_type(THING, SIZE);
	fake_type("struct hlist_node", 16);
	fake_type("struct list_head", 16);
	fake_member(THING, "link", OF_LINK, 16, 0, 0);
	fake_member("struct hlist_node", "next", 0, 8, 0, 0);
	fake_member("struct hlist_node", "pprev", 8, 8, 0, 0);
	fake_member("struct list_head", "next", 0, 8, 0, 0);
	fake_member("struct list_head", "prev", 8, 8, 0, 0);
	from.kmem = hvd_kernel_kmem(fake_kernel, &err);
	from.types = hvd_kernel_types(fake_kernel, &err);
	return 0;
}

static int see(void *arg, uint64_t address, struct hvd_error *why)
{
	struct seen *s = arg;

	if (s->nr == s->most)
		return hvd_error_set(why, "enough");
	s->at[s->nr++] = address;
	return 0;
}

static struct hvd_list list_of(struct seen *s)
{
	s->most = MAX;
	return (struct hvd_list){.from = &from, .type = THING,
				 .member = "link", .head = HEAD, .each = see,
				 .arg = s};
}

/* Things 0 to @nr - 1 behind the head; each points back to the word before. */
static void make_hlist(size_t nr)
{
	uint64_t word = HEAD;
	size_t i;

	for (i = 0; i < nr; i++) {
		fake_memory(thing(i), SIZE);
		fake_put(word, thing(i) + OF_LINK, 8);
		fake_put(thing(i) + OF_LINK + 8, word, 8);
		word = thing(i) + OF_LINK;
	}
}

static void make_ring(size_t nr)
{
	uint64_t before = HEAD;
	size_t i;

	for (i = 0; i < nr; i++) {
		fake_memory(thing(i), SIZE);
		fake_put(before, thing(i) + OF_LINK, 8);
		fake_put(thing(i) + OF_LINK + 8, before, 8);
		before = thing(i) + OF_LINK;
	}
	fake_put(before, HEAD, 8);
	fake_put(HEAD + 8, before, 8);
}

static void assert_saw(const struct seen *s, size_t nr)
{
	size_t i;

	assert_int_equal(s->nr, nr);
	for (i = 0; i < nr; i++)
		assert_int_equal(s->at[i], thing(i));
}

static void test_numbers(void **state)
{
	struct hvd_object o;
	uint64_t value = 7;

	(void)state;
	fake_memory(AT, SIZE);
	fake_put(AT, 0x8877665544332211, 8);
	fake_member(THING, "byte", 1, 1, 0, 0);
	fake_member(THING, "word", 0, 8, 0, 0);
	fake_member(THING, "bits", 0, 4, 4, 9);
	fake_member(THING, "last", SIZE - 1, 1, 0, 0);
	fake_member(THING, "behind", SIZE - 1, 2, 0, 0);
	fake_member(THING, "nowhere", UINT64_MAX - 3, 8, 0, 0);
	fake_member(THING, "long", 0, 9, 0, 0);
	fake_member(THING, "none", 0, 0, 0, 0);
	fake_member(THING, "wild bits", 0, 8, 200, 3);
	assert_int_equal(hvd_object_read(&o, &from, THING, AT, &err),
			 HVD_READ_DATA);
	assert_int_equal(hvd_object_value(&o, "byte"), 0x22);
	assert_int_equal(hvd_object_value(&o, "word"), 0x8877665544332211);
	assert_int_equal(hvd_object_value(&o, "bits"), 0x21);
	assert_int_equal(hvd_object_value(&o, "last"), 0);
	assert_int_equal(hvd_object_value(&o, "wild bits"), 0x8877665544332211);
	assert_false(hvd_object_get(&o, "behind", &value));
	assert_false(hvd_object_get(&o, "nowhere", &value));
	assert_false(hvd_object_get(&o, "long", &value));
	assert_false(hvd_object_get(&o, "none", &value));
	assert_false(hvd_object_get(&o, "never heard of", &value));
	assert_int_equal(value, 7);
	assert_int_equal(hvd_object_where(&o, "byte"), AT + 1);
	assert_int_equal(hvd_object_where(&o, "nowhere"), 0);
	hvd_object_free(&o);
}

/* However many the types say there are, those inside the object count. */
static void test_elements(void **state)
{
	static const struct hvd_member good = {.offset = 8, .size = 24,
					       .elements = 3};
	static const struct hvd_member more = {.offset = 8, .size = 8ull << 40,
					       .elements = 1ull << 40};
	static const struct hvd_member none = {.offset = 8, .size = 24};
	static const struct hvd_member thin = {.offset = 8, .size = 24,
					       .elements = UINT64_MAX};
	static const struct hvd_member far = {.offset = UINT64_MAX - 7,
					      .size = 24, .elements = 3};
	struct hvd_object o;
	uint64_t value;

	(void)state;
	fake_memory(AT, SIZE);
	fake_put(AT + 24, 5, 8);
	assert_int_equal(hvd_object_read(&o, &from, THING, AT, &err),
			 HVD_READ_DATA);
	assert_true(hvd_object_element(&o, &good, 2, &value));
	assert_int_equal(value, 5);
	assert_false(hvd_object_element(&o, &good, 3, &value));
	assert_true(hvd_object_element(&o, &more, 6, &value));
	assert_false(hvd_object_element(&o, &more, 7, &value));
	assert_false(hvd_object_element(&o, &none, 0, &value));
	assert_false(hvd_object_element(&o, &thin, 0, &value));
	assert_false(hvd_object_element(&o, &far, 1, &value));
	hvd_object_free(&o);
}

static void test_objects_that_are_none(void **state)
{
	struct hvd_object o;

	(void)state;
	fake_memory(AT, SIZE - 1);
	fake_type("struct empty", 0);
	fake_type("struct huge", UINT64_MAX);
	assert_int_equal(hvd_object_read(&o, &from, THING, AT, &err),
			 HVD_READ_ABSENT);
	assert_non_null(strstr(err.text, THING ": 0xffff888000001000"));
	assert_int_equal(hvd_object_read(&o, &from, THING, 0, &err),
			 HVD_READ_DAMAGED);
	assert_string_equal(err.text, THING ": expected an address, found 0");
	assert_int_equal(hvd_object_read(&o, &from, THING, UINT64_MAX, &err),
			 HVD_READ_ABSENT);
	assert_int_equal(hvd_object_read(&o, &from, "struct huge", AT, &err),
			 HVD_READ_DAMAGED);
	assert_int_equal(hvd_object_read(&o, &from, "struct empty", AT, &err),
			 HVD_READ_DAMAGED);
	assert_int_equal(hvd_object_read(&o, &from, "struct other", AT, &err),
			 HVD_READ_DAMAGED);
	assert_string_equal(err.text,
			    "struct other: the kernel's types have none");
	/* There is nothing in it to be asked for. */
	assert_int_equal(hvd_object_value(&o, "link"), HVD_UNKNOWN);
}

static void test_sound_lists(void **state)
{
	size_t nr;

	for (nr = 0; nr < 4; nr++) {
		struct seen a = {0}, b = {0};
		struct hvd_list list = list_of(&a);

		setup(state);
		make_hlist(nr);
		assert_int_equal(hvd_hlist_walk(&list, &err), 0);
		assert_saw(&a, nr);
		setup(state);
		make_ring(nr);
		list = list_of(&b);
		assert_int_equal(hvd_list_walk(&list, &err), 0);
		assert_saw(&b, nr);
	}
}

/* Where the second of three leads to instead, and what is said of it. */
static const struct {
	uint64_t to;
	const char *says;
} wrong[] = {
	{AT + OF_LINK, "expected a link back to 0x"},	   /* to the first */
	{AT + 0x100 + OF_LINK, "expected a link back to"}, /* to itself */
	{HEAD + 8, "not mapped"},			   /* half a node */
	{0x1234567, "0x0000000001234567"},		   /* unaligned, user's */
	{UINT64_MAX, "not mapped"},
};

static void test_broken_lists(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct seen a = {0}, b = {0};
		struct hvd_list list = list_of(&a);

		setup(state);
		make_hlist(3);
		fake_put(thing(1) + OF_LINK, wrong[i].to, 8);
		assert_int_equal(hvd_hlist_walk(&list, &err), -1);
		assert_saw(&a, 2);
		assert_non_null(strstr(err.text, wrong[i].says));
		setup(state);
		make_ring(3);
		fake_put(thing(1) + OF_LINK, wrong[i].to, 8);
		list = list_of(&b);
		assert_int_equal(hvd_list_walk(&list, &err), -1);
		assert_saw(&b, 2);
		assert_non_null(strstr(err.text, "list of " THING ", node 0x"));
	}
}

static void test_a_ring_that_ends_and_a_list_that_returns(void **state)
{
	struct seen a = {0}, b = {0};
	struct hvd_list list = list_of(&a);

	make_ring(2);
	fake_put(thing(1) + OF_LINK, 0, 8);
	assert_int_equal(hvd_list_walk(&list, &err), -1);
	assert_saw(&a, 2);
	setup(state);
	make_hlist(2);
	fake_put(thing(1) + OF_LINK, HEAD, 8);
	list = list_of(&b);
	assert_int_equal(hvd_hlist_walk(&list, &err), -1);
	assert_saw(&b, 2);
}

static void test_a_walk_can_be_ended(void **state)
{
	struct seen s = {0};
	struct hvd_list list = list_of(&s);

	(void)state;
	s.most = 1;
	make_hlist(3);
	assert_int_equal(hvd_hlist_walk(&list, &err), -1);
	assert_string_equal(err.text, "enough");
	assert_saw(&s, 1);
	list.member = "lonk";
	assert_int_equal(hvd_hlist_walk(&list, &err), -1);
	assert_string_equal(err.text,
			    THING ": expected a member lonk, found none");
	list.member = "link";
	list.head = 0x10;
	assert_int_equal(hvd_list_walk(&list, &err), -1);
	assert_non_null(strstr(err.text, "list of " THING ": "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_numbers, setup),
		cmocka_unit_test_setup(test_elements, setup),
		cmocka_unit_test_setup(test_objects_that_are_none, setup),
		cmocka_unit_test_setup(test_sound_lists, setup),
		cmocka_unit_test_setup(test_broken_lists, setup),
		cmocka_unit_test_setup(
			test_a_ring_that_ends_and_a_list_that_returns, setup),
		cmocka_unit_test_setup(test_a_walk_can_be_ended, setup),
	};

	return cmocka_run_group_tests(tests, NULL, fake_teardown);
}
