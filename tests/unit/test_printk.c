// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ring of the kernel's log, written here as printk_ringbuffer.c writes it,
 * and rings that cannot be. Built with sanitizers.
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
#include "kernel/printk.h"

#define PRB    0xffffffff82000000ULL /* the pointer to the ring */
#define RING   0xffffffff82000100ULL
#define DESCS  0xffff888000100000ULL
#define INFOS  0xffff888000200000ULL
#define DATA   0xffff888000300000ULL

#define COUNT 16
#define SIZE  256

#define DESC_SIZE 24
#define INFO_SIZE 88

/* Of DESC_ID_MASK; IDs go over its end. */
#define ID_MASK	 (UINT64_MAX >> 2)
#define FIRST_ID (ID_MASK - 3)

enum state { RESERVED, COMMITTED, FINALIZED, REUSABLE };

struct fixture {
	struct hvd_kmem kmem;
	struct hvd_vmcoreinfo info;
	struct hvd_error err;
	uint64_t id, lpos; /* of the next record */
	bool exact;	   /* a block may end where the ring does */
	char told[4096];   /* what was read: a line a record */
	unsigned int stop; /* after so many */
};

static void put_info(struct hvd_vmcoreinfo *v)
{
	static const struct {
		const char *key;
		uint64_t value;
	} lines[] = {
		{"SYMBOL(prb)", PRB},
		{"OFFSET(printk_ringbuffer.desc_ring)", 0},
		{"OFFSET(printk_ringbuffer.text_data_ring)", 48},
		{"OFFSET(prb_desc_ring.count_bits)", 0},
		{"OFFSET(prb_desc_ring.descs)", 8},
		{"OFFSET(prb_desc_ring.infos)", 16},
		{"OFFSET(prb_desc_ring.head_id)", 24},
		{"OFFSET(prb_desc_ring.tail_id)", 32},
		{"OFFSET(prb_data_ring.size_bits)", 0},
		{"OFFSET(prb_data_ring.data)", 8},
		{"SIZE(prb_desc)", DESC_SIZE},
		{"OFFSET(prb_desc.state_var)", 0},
		{"OFFSET(prb_desc.text_blk_lpos)", 8},
		{"OFFSET(prb_data_blk_lpos.begin)", 0},
		{"OFFSET(prb_data_blk_lpos.next)", 8},
		{"SIZE(printk_info)", INFO_SIZE},
		{"OFFSET(printk_info.seq)", 0},
		{"OFFSET(printk_info.ts_nsec)", 8},
		{"OFFSET(printk_info.text_len)", 16},
		{"OFFSET(printk_info.caller_id)", 20},
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		fake_line(v, lines[i].key, lines[i].value);
}

static void put_ids(struct fixture *f, uint64_t tail, uint64_t head)
{
	put_le(fake_at(&f->kmem, RING + 24), head & ID_MASK, 8);
	put_le(fake_at(&f->kmem, RING + 32), tail & ID_MASK, 8);
}

/* As the kernel begins: one record that was never written, and is reusable. */
static void build(struct fixture *f)
{
	uint8_t *p;

	memset(f, 0, sizeof(*f));
	put_info(&f->info);
	put_le(fake_memory(&f->kmem, PRB, 8), RING, 8);
	p = fake_memory(&f->kmem, RING, 88);
	put_le(p, 4, 4);
	put_le(p + 8, DESCS, 8);
	put_le(p + 16, INFOS, 8);
	put_le(p + 48, 8, 4);
	put_le(p + 56, DATA, 8);
	p = fake_memory(&f->kmem, DESCS, COUNT * DESC_SIZE);
	fake_memory(&f->kmem, INFOS, COUNT * INFO_SIZE);
	fake_memory(&f->kmem, DATA, SIZE);
	f->id = FIRST_ID;
	put_le(p + (FIRST_ID - 1) % COUNT * DESC_SIZE,
	       (FIRST_ID - 1) | (uint64_t)REUSABLE << 62, 8);
	put_ids(f, f->id - 1, f->id - 1);
}

static uint8_t *desc_of(struct fixture *f, uint64_t id)
{
	return fake_at(&f->kmem, DESCS + id % COUNT * DESC_SIZE);
}

static uint8_t *info_of(struct fixture *f, uint64_t id)
{
	return fake_at(&f->kmem, INFOS + id % COUNT * INFO_SIZE);
}

static void put_state(struct fixture *f, uint64_t id, enum state state)
{
	put_le(desc_of(f, id), (id & ID_MASK) | (uint64_t)state << 62, 8);
}

static void put_block(struct fixture *f, uint64_t begin, uint64_t next)
{
	put_le(desc_of(f, f->id) + 8, begin, 8);
	put_le(desc_of(f, f->id) + 16, next, 8);
}

/* Time, level and so on follow from the number of the record. */
static void put_record(struct fixture *f, size_t length)
{
	uint64_t n = (f->id - FIRST_ID) & ID_MASK;
	uint8_t *p = info_of(f, f->id);

	put_le(p, n, 8);
	put_le(p + 8, 1000000 * n, 8);
	put_le(p + 16, length, 2);
	p[18] = n % 3;
	p[19] = (uint8_t)((n % 8) << 5 | 0x1f); /* flags below it */
	put_le(p + 20, n, 4);
	put_state(f, f->id, FINALIZED);
	put_ids(f, n < COUNT ? FIRST_ID : f->id - (COUNT - 1), f->id);
	f->id = (f->id + 1) & ID_MASK;
}

static void say(struct fixture *f, const char *text)
{
	size_t length = strlen(text), size = (8 + length + 7) / 8 * 8;
	uint64_t next = f->lpos + size, offset = f->lpos % SIZE;

	put_le(fake_at(&f->kmem, DATA + offset), f->id, 8);
	if (f->lpos / SIZE != (next - f->exact) / SIZE) {
		offset = 0;
		next = (f->lpos / SIZE + 1) * SIZE + size;
		put_le(fake_at(&f->kmem, DATA), f->id, 8);
	}
	if (length)
		memcpy(fake_at(&f->kmem, DATA + offset + 8), text, length);
	put_block(f, length ? f->lpos : 3, length ? next : 3);
	f->lpos = length ? next : f->lpos;
	put_record(f, length);
}

static int tell(void *arg, const struct hvd_log_record *r)
{
	struct fixture *f = arg;
	size_t used = strlen(f->told);

	assert_int_equal(r->nanoseconds, 1000000 * r->sequence);
	assert_int_equal(r->level, r->sequence % 8);
	assert_int_equal(r->facility, r->sequence % 3);
	assert_int_equal(r->caller, r->sequence);
	snprintf(f->told + used, sizeof(f->told) - used, "%d %.*s\n",
		 (int)r->sequence, (int)r->length, r->text);
	return f->stop && !--f->stop ? -1 : 0;
}

static int64_t read_log(struct fixture *f)
{
	f->told[0] = '\0';
	return hvd_log_read(&f->kmem, &f->info, tell, f, &f->err);
}

/* So many are lost, and of the first of these it says @why. */
static void expect(struct fixture *f, int64_t lost, const char *told,
		   const char *why)
{
	assert_int_equal(read_log(f), lost);
	assert_string_equal(f->told, told);
	if (lost && !strstr(f->err.text, why))
		fail_msg("expected \"%s\" in \"%s\"", why, f->err.text);
	fake_free(&f->kmem);
}

static void refused(struct fixture *f, const char *why)
{
	expect(f, -1, "", why);
}

static void records_in_order(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	say(&f, "first");
	say(&f, "");
	say(&f, "of two\nlines");
	say(&f, "8 bytes.");
	say(&f, "over the end of IDs");
	expect(&f, 0,
	       "0 first\n1 \n2 of two\nlines\n3 8 bytes.\n"
	       "4 over the end of IDs\n", NULL);
}

static void nothing_was_said(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	expect(&f, 0, "", NULL);
}

static void the_reader_has_enough(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	say(&f, "a");
	say(&f, "b");
	say(&f, "c");
	f.stop = 2;
	expect(&f, 0, "0 a\n1 b\n", NULL);
}

/* 48 bytes a block: the sixth does not fit in before the end. */
static void a_block_that_wraps(void **state)
{
	struct fixture f;
	char text[64], all[1024] = "";
	int i;

	(void)state;
	build(&f);
	for (i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "%d %037d", i, i);
		say(&f, text);
		if (i > 2)
			sprintf(all + strlen(all), "%d %s\n", i, text);
	}
	/* 5 lies at the start now, 6 and 7 behind it: 0 to 2 are gone. */
	put_ids(&f, FIRST_ID + 3, FIRST_ID + 7);
	expect(&f, 0, all, NULL);
}

/* 64 bytes a block: the fourth ends where the ring does. */
static void a_block_that_fits_exactly(void **state)
{
	struct fixture f;
	char text[64], all[1024] = "";
	int i;

	(void)state;
	build(&f);
	f.exact = true;
	for (i = 0; i < 6; i++) {
		snprintf(text, sizeof(text), "%055d", i);
		say(&f, text);
		if (i > 1)
			sprintf(all + strlen(all), "%d %s\n", i, text);
	}
	assert_int_equal(f.lpos, 6 * 64);
	put_ids(&f, FIRST_ID + 2, FIRST_ID + 5);
	expect(&f, 0, all, NULL);
}

static void more_records_than_descriptors(void **state)
{
	char text[16], all[1024] = "";
	struct fixture f;
	int i;

	(void)state;
	build(&f);
	f.exact = true;
	for (i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "%d", i);
		say(&f, text);
		if (i >= 40 - COUNT)
			sprintf(all + strlen(all), "%d %d\n", i, i);
	}
	expect(&f, 0, all, NULL);
}

/* The states that a panic may meet. */
static void states(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	say(&f, "given up");
	say(&f, "whole");
	say(&f, "might be continued");
	say(&f, "being written");
	say(&f, "last");
	put_state(&f, FIRST_ID, REUSABLE);
	put_state(&f, FIRST_ID + 2, COMMITTED);
	put_state(&f, FIRST_ID + 3, RESERVED);
	expect(&f, 1, "1 whole\n2 might be continued\n4 last\n",
	       "it was being written");
}

static void text_that_was_lost(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	say(&f, "a");
	put_block(&f, 1, 1);
	put_record(&f, 5);
	say(&f, "c");
	expect(&f, 1, "0 a\n2 c\n", "no room for it");
}

static void of_another_time(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	say(&f, "a");
	say(&f, "b");
	put_state(&f, FIRST_ID + 1, FINALIZED);
	put_le(desc_of(&f, FIRST_ID + 1),
	       (FIRST_ID + 1 - COUNT) | (uint64_t)FINALIZED << 62, 8);
	expect(&f, 1, "0 a\n", "damaged, or was being made");
}

static void blocks_that_cannot_be(void **state)
{
	static const uint64_t blocks[][2] = {
		{0, 0}, {16, 8}, {4, 24}, {8, 20}, {0, 8}, {0, 2 * SIZE + 16},
		{0, SIZE + 8}, {1, 16}, {8, 3}, {UINT64_MAX - 7, 0},
		{UINT64_MAX - 7, 8},
	};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		build(&f);
		say(&f, "a");
		put_block(&f, blocks[i][0], blocks[i][1]);
		put_record(&f, 5);
		expect(&f, 1, "0 a\n", "no place that could be");
	}
	build(&f);
	say(&f, "a");
	put_block(&f, 0, 16); /* the first one's */
	put_record(&f, 5);
	expect(&f, 1, "0 a\n", "of another record");
}

/* No more text than the block has, whatever the record says. */
static void lengths_that_cannot_be(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	say(&f, "eight...");
	put_le(info_of(&f, FIRST_ID) + 16, 0xffff, 2);
	expect(&f, 0, "0 eight...\n", NULL);
}

static void counts_that_cannot_be(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	put_le(fake_at(&f.kmem, RING), 27, 4);
	refused(&f, "expected at most 2^26 records");
	build(&f);
	put_le(fake_at(&f.kmem, RING + 48), 64, 4);
	refused(&f, "in 2^64");
	/* From the tail on there would be 2^62 of them. */
	build(&f);
	say(&f, "a");
	say(&f, "b");
	put_ids(&f, FIRST_ID + 2, FIRST_ID + 1);
	assert_int_equal(read_log(&f), COUNT - 3 + 1);
	assert_string_equal(f.told, "0 a\n1 b\n");
	assert_non_null(strstr(f.err.text, "expected at most 16 records"));
	fake_free(&f.kmem);
}

static void memory_that_is_missing(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	fake_cut(&f.kmem, PRB, 0);
	refused(&f, "the kernel's log: 0xffffffff82000000: not mapped");
	build(&f);
	fake_cut(&f.kmem, RING, 50);
	refused(&f, "not mapped");
	build(&f);
	say(&f, "a");
	say(&f, "this one is beyond");
	fake_cut(&f.kmem, DATA, 32);
	expect(&f, 1, "0 a\n", "not mapped");
	build(&f);
	say(&f, "a");
	fake_cut(&f.kmem, INFOS, 0);
	expect(&f, 1, "", "not mapped");
}

static void vmcoreinfo_without(void **state)
{
	struct fixture f;

	(void)state;
	build(&f);
	fake_no_line(&f.info, "SYMBOL(prb)");
	refused(&f, "no CONFIG_PRINTK");
	build(&f);
	fake_no_line(&f.info, "SYMBOL(prb)");
	fake_line(&f.info, "SYMBOL(log_buf)", 1);
	refused(&f, "older than 5.10");
	build(&f);
	fake_no_line(&f.info, "OFFSET(printk_info.seq)");
	refused(&f, "OFFSET(printk_info.seq)");
	build(&f);
	fake_no_line(&f.info, "SIZE(prb_desc)");
	refused(&f, "SIZE(prb_desc)");
}

static void vmcoreinfo_that_cannot_be(void **state)
{
	static const struct {
		const char *key;
		uint64_t value;
		const char *why;
	} lines[] = {
		{"OFFSET(prb_desc.state_var)", UINT64_MAX, "of at most 512"},
		{"OFFSET(prb_desc.state_var)", 17, "within 24 and 88 bytes"},
		{"OFFSET(prb_data_blk_lpos.next)", 9, "within 24 and 88"},
		{"OFFSET(printk_info.text_len)", 85, "within 24 and 88 bytes"},
		{"OFFSET(printk_info.caller_id)", 86, "within 24 and 88"},
		{"SIZE(printk_info)", UINT64_MAX, "within 24 and"},
		{"SIZE(prb_desc)", 513, "within 513 and"},
		{"SIZE(prb_desc)", 0, "within 0 and"},
	};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		build(&f);
		fake_line(&f.info, lines[i].key, lines[i].value);
		refused(&f, lines[i].why);
	}
}

static int take(void *arg, const struct hvd_log_record *r)
{
	size_t *bytes = arg, i;

	for (i = 0; i < r->length; i++)
		*bytes += (size_t)r->text[i] & 1;
	return 0;
}

/* Whatever is damaged: an error, or records; the sanitizers watch. */
static void damaged_anywhere(void **state)
{
	unsigned int seed, whole = 0;
	struct fixture f;
	size_t bytes = 0;
	int i;

	(void)state;
	for (seed = 0; seed < 3000; seed++) {
		build(&f);
		for (i = 0; i < 20; i++)
			say(&f, i % 3 ? "a record" : "one that takes more");
		fake_damage(&f.kmem, seed);
		whole += hvd_log_read(&f.kmem, &f.info, take, &bytes,
				      &f.err) >= 0;
		fake_free(&f.kmem);
	}
	assert_in_range(whole, 100, 2990);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_in_order),
		cmocka_unit_test(nothing_was_said),
		cmocka_unit_test(the_reader_has_enough),
		cmocka_unit_test(a_block_that_wraps),
		cmocka_unit_test(a_block_that_fits_exactly),
		cmocka_unit_test(more_records_than_descriptors),
		cmocka_unit_test(states),
		cmocka_unit_test(text_that_was_lost),
		cmocka_unit_test(of_another_time),
		cmocka_unit_test(blocks_that_cannot_be),
		cmocka_unit_test(lengths_that_cannot_be),
		cmocka_unit_test(counts_that_cannot_be),
		cmocka_unit_test(memory_that_is_missing),
		cmocka_unit_test(vmcoreinfo_without),
		cmocka_unit_test(vmcoreinfo_that_cannot_be),
		cmocka_unit_test(damaged_anywhere),
	};

	return cmocka_run_group_tests_name("printk", tests, NULL, NULL);
}
