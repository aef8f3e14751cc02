// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a segment says about memory, and about who died: pages that are
 * referenced, copies, pages that a collector lacks, later calls of the hook.
 * Built with sanitizers.
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

#include "capture.h"
#include "encode.h"

#define CHUNK_SIZE 65536

/** A segment of one chunk being written. */
struct fixture {
	struct hvd_writer w;
	struct hvd_chunk chunk;
};

static void begin_sized(struct fixture *f, uint32_t size)
{
	f->chunk = (struct hvd_chunk){.base = calloc(1, size), .size = size};
	assert_non_null(f->chunk.base);
	hvd_writer_init(&f->w, &f->chunk, 1, HVD_ROLE_CAPTURE, 0x1234);
}

static void begin(struct fixture *f)
{
	begin_sized(f, CHUNK_SIZE);
}

static void captured(struct fixture *f, uint32_t reason, uint32_t hypervisor)
{
	struct hvd_capture r = {.reason = reason, .hypervisor = hypervisor};

	hvd_write_capture(&f->w, &r);
}

static void later(struct fixture *f, uint32_t hypervisor, uint32_t flags)
{
	struct hvd_stage r = {
		.call = 2, .hypervisor = hypervisor, .flags = flags};

	hvd_write_stage(&f->w, &r);
}

/* The model of what was written; the chunk is given back. */
static struct hvd_dump *finish(struct fixture *f)
{
	struct hvd_error err;
	struct hvd_dump *d;

	hvd_writer_finish(&f->w);
	d = hvd_dump_create(f->chunk.base, f->chunk.used, 0, &err);
	assert_non_null(d);
	free(f->chunk.base);
	return d;
}

static void pages_are_sorted_and_found(void **state)
{
	static const struct hvd_page first[] = {
		{1, 900, 0, HVD_PAGE_SIM, 0, 0},
		{1, 500, 3, HVD_PAGE_REGISTERS, 0, HVD_PAGE_GUARDED},
	}, second[] = {
		{2, 500, 1, HVD_PAGE_STATISTICS, 0, 0},
		{1, 500, 3, HVD_PAGE_REGISTERS, 0, HVD_PAGE_OVERWRITTEN},
		{~0ULL, UINT64_MAX >> 12, ~0U, HVD_PAGE_CRASH_AREA, 0, 0},
	};
	const struct hvd_page *found;
	struct hvd_dump *d;
	struct fixture f;

	(void)state;
	begin(&f);
	hvd_write_pages(&f.w, first, 2);
	hvd_write_pages(&f.w, second, 3);
	d = finish(&f);
	assert_int_equal(d->nr_damages, 0);
	assert_int_equal(d->unknown, 0);
	assert_int_equal(d->nr_pages, 4);
	assert_int_equal(d->duplicates, 1);
	found = hvd_dump_find_page(d, 500);
	assert_ptr_equal(found, d->pages);
	assert_int_equal(found[0].kind, HVD_PAGE_STATISTICS);
	assert_int_equal(found[1].kind, HVD_PAGE_REGISTERS);
	assert_int_equal(found[1].flags,
			 HVD_PAGE_GUARDED | HVD_PAGE_OVERWRITTEN);
	assert_int_equal(hvd_dump_find_page(d, 900)->kind, HVD_PAGE_SIM);
	assert_non_null(hvd_dump_find_page(d, UINT64_MAX >> 12));
	assert_null(hvd_dump_find_page(d, 501));
	assert_null(hvd_dump_find_page(d, 0));
	hvd_dump_destroy(d);
}

static void pages_that_cannot_be(void **state)
{
	static const struct hvd_page pages[] = {
		{1, (UINT64_MAX >> 12) + 1, 0, HVD_PAGE_SIM, 0, 0},
		{1, UINT64_MAX, 0, HVD_PAGE_SIM, 0, 0},
		{1, 7, 0, HVD_PAGE_SIM, 0, 0},
	};
	static const struct hvd_gap gaps[] = {
		{5, 0, 3, 0},
		{UINT64_MAX >> 12, 2, 3, 0},
		{6, UINT64_MAX, 3, 0},
		{8, 1, 3, 0},
	};
	struct hvd_dump *d;
	struct fixture f;

	(void)state;
	begin(&f);
	hvd_write_pages(&f.w, pages, 3);
	hvd_write_unread(&f.w, gaps, 4);
	d = finish(&f);
	assert_int_equal(d->nr_damages, 2); /* once a record */
	assert_int_equal(d->nr_pages, 1);
	assert_int_equal(d->pages[0].pfn, 7);
	assert_int_equal(d->nr_gaps, 1);
	assert_int_equal(d->gaps[0].pfn, 8);
	hvd_dump_destroy(d);
}

static void gaps_do_not_overlap(void **state)
{
	static const struct hvd_gap gaps[] = {
		{100, 10, 3, 5}, {105, 10, 3, 14}, {102, 2, 3, 0},
		{50, 1, 4, 0},	 {120, 1, 4, 0},
	};
	struct hvd_dump *d;
	struct fixture f;

	(void)state;
	begin(&f);
	hvd_write_unread(&f.w, gaps, 5);
	d = finish(&f);
	assert_int_equal(d->nr_damages, 0);
	assert_int_equal(d->nr_gaps, 4);
	assert_int_equal(d->duplicates, 2);
	assert_null(hvd_dump_find_gap(d, 49));
	assert_int_equal(hvd_dump_find_gap(d, 50)->kind, 4);
	assert_null(hvd_dump_find_gap(d, 51));
	assert_int_equal(hvd_dump_find_gap(d, 109)->error, 5);
	assert_int_equal(hvd_dump_find_gap(d, 110)->error, 14);
	assert_int_equal(hvd_dump_find_gap(d, 114)->pages, 5);
	assert_null(hvd_dump_find_gap(d, 115));
	hvd_dump_destroy(d);
}

static void copies_are_what_was_in_memory(void **state)
{
	struct hvd_memory r = {.partition_id = 1, .pfn = 9, .size = 4096,
			       .kind = HVD_PAGE_INPUT, .vp_index = 2};
	const struct hvd_dump_copy *copy;
	uint8_t page[4096] = {0};
	struct hvd_dump *d;
	struct fixture f;
	int i;

	(void)state;
	for (i = 0; i < 1001; i++)
		page[i] = (uint8_t)(i * 7 + 1);
	begin(&f);
	hvd_write_memory(&f.w, &r, page);
	r.pfn = 3;
	r.offset = 4000;
	r.size = 96;
	hvd_write_memory(&f.w, &r, page);
	memset(page, 0, sizeof(page));
	hvd_write_memory(&f.w, &r, page);
	d = finish(&f);
	assert_int_equal(d->nr_damages, 0);
	assert_int_equal(d->nr_copies, 3);
	copy = hvd_dump_find_copy(d, 3);
	assert_ptr_equal(copy, d->copies);
	assert_int_equal(copy->nr_bytes, 96);
	assert_int_equal(copy[1].nr_bytes, 0);
	assert_int_equal(copy[1].rec.size, 96);
	copy = hvd_dump_find_copy(d, 9);
	assert_int_equal(copy->nr_bytes, 1008);
	for (i = 0; i < 1001; i++)
		assert_int_equal(copy->bytes[i], (uint8_t)(i * 7 + 1));
	for (; i < 1008; i++)
		assert_int_equal(copy->bytes[i], 0);
	assert_null(hvd_dump_find_copy(d, 4));
	hvd_dump_destroy(d);
}

/* Out of its page, or of more words than bytes: not placed, and told. */
static void copies_that_cannot_be(void **state)
{
	static const struct hvd_memory bad[] = {
		{.pfn = 1, .offset = 4096, .size = 8},
		{.pfn = 1, .offset = 8, .size = 4096},
		{.pfn = 1, .offset = UINT32_MAX - 7, .size = 8},
		{.pfn = UINT64_MAX, .size = 8},
	};
	uint8_t page[4096] = {1};
	struct hvd_dump *d;
	struct fixture f;
	size_t i;

	(void)state;
	begin(&f);
	for (i = 0; i < 4; i++)
		hvd_write_memory(&f.w, &bad[i], page);
	d = finish(&f);
	assert_int_equal(d->nr_damages, 4);
	assert_int_equal(d->nr_copies, 0);
	hvd_dump_destroy(d);
}

static void who_died(void **state)
{
	static const struct {
		uint32_t reason, before; /* the capture's */
		uint32_t after, flags;	 /* the stage's; HVD_HV_UNKNOWN: none */
		enum hvd_death death;
		bool later_crash;
		enum hvd_devirtualised gone;
	} cases[] = {
		{HVD_REASON_LINUX_PANIC, HVD_HV_ALIVE, HVD_HV_UNKNOWN, 0,
		 HVD_DEATH_LINUX, false, HVD_DEVIRTUALISED_UNKNOWN},
		{HVD_REASON_LINUX_PANIC, HVD_HV_ALIVE, HVD_HV_GONE, 0,
		 HVD_DEATH_LINUX, false, HVD_DEVIRTUALISED_YES},
		{HVD_REASON_LINUX_PANIC, HVD_HV_ALIVE, HVD_HV_CRASHED, 0,
		 HVD_DEATH_LINUX, true, HVD_DEVIRTUALISED_NO},
		{HVD_REASON_LINUX_PANIC, HVD_HV_ALIVE, HVD_HV_GONE,
		 HVD_CAPTURE_CRASHED, HVD_DEATH_LINUX, true,
		 HVD_DEVIRTUALISED_YES},
		{HVD_REASON_HV_CRASH, HVD_HV_GONE, HVD_HV_UNKNOWN, 0,
		 HVD_DEATH_HYPERVISOR, false, HVD_DEVIRTUALISED_YES},
		{HVD_REASON_HV_CRASH, HVD_HV_CRASHED, HVD_HV_GONE,
		 HVD_CAPTURE_CRASHED, HVD_DEATH_HYPERVISOR, false,
		 HVD_DEVIRTUALISED_YES},
		{HVD_REASON_LIVE, HVD_HV_ALIVE, HVD_HV_UNKNOWN, 0,
		 HVD_DEATH_NOBODY, false, HVD_DEVIRTUALISED_UNKNOWN},
		{99, HVD_HV_ALIVE, HVD_HV_ALIVE, 0, HVD_DEATH_UNKNOWN, false,
		 HVD_DEVIRTUALISED_NO},
	};
	struct hvd_dump *d;
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&f);
		captured(&f, cases[i].reason, cases[i].before);
		if (cases[i].after)
			later(&f, cases[i].after, cases[i].flags);
		d = finish(&f);
		assert_int_equal(hvd_dump_death(d), cases[i].death);
		assert_int_equal(!!hvd_dump_later_crash(d),
				 cases[i].later_crash);
		assert_int_equal(hvd_dump_devirtualised(d), cases[i].gone);
		hvd_dump_destroy(d);
	}
}

/* A writer that knows no "seen" has one source. */
static void who_saw_a_partition(void **state)
{
	struct hvd_partition r = {.partition_id = 1, .source = 2};
	struct hvd_dump *d;
	struct fixture f;

	(void)state;
	begin(&f);
	hvd_write_partition(&f.w, &r);
	r.partition_id = 2;
	r.seen = HVD_SEEN_BY(2) | HVD_SEEN_BY(3);
	hvd_write_partition(&f.w, &r);
	d = finish(&f);
	assert_int_equal(d->partitions[0].rec.seen, 4);
	assert_int_equal(d->partitions[1].rec.seen, 12);
	hvd_dump_destroy(d);
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A million elements in the worst order: no quadratic time. */
static void many_pages(void **state)
{
	const uint32_t nr = 1000000;
	struct hvd_page *pages = calloc(nr, sizeof(*pages));
	struct hvd_gap *gaps = calloc(nr, sizeof(*gaps));
	struct hvd_dump *d;
	struct fixture f;
	double start;
	uint32_t i;

	(void)state;
	assert_true(pages && gaps);
	for (i = 0; i < nr; i++) {
		pages[i].pfn = (nr - i) / 2;
		gaps[i] = (struct hvd_gap){nr - i, 1 + i % 7, 1, 5};
	}
	begin_sized(&f, 64 << 20);
	hvd_write_pages(&f.w, pages, nr);
	hvd_write_unread(&f.w, gaps, nr);
	start = seconds();
	d = finish(&f);
	for (i = 0; i < nr; i++)
		hvd_dump_find_gap(d, i);
	assert_int_equal(d->nr_pages, nr / 2 + 1);
	assert_true(seconds() - start < 30);
	hvd_dump_destroy(d);
	free(pages);
	free(gaps);
}

static void put_state(struct fixture *f, uint64_t partition, uint32_t vp,
		      uint32_t type, uint32_t size, uint8_t first)
{
	uint8_t data[4096] = {0};
	struct hvd_state r = {.partition_id = partition,
			      .vp_index = vp,
			      .type = type,
			      .size = size};

	data[0] = first;
	hvd_write_state(&f->w, &r, data);
}

static void states_are_sorted_and_found(void **state)
{
	const struct hvd_dump_state *found;
	struct fixture f;
	struct hvd_dump *d;

	(void)state;
	begin(&f);
	put_state(&f, 2, 0, HVD_STATE_SIM, 4096, 1);
	put_state(&f, 1, 7, HVD_STATE_TIMERS, 200, 2);
	put_state(&f, 1, 7, HVD_STATE_LOCAL_APIC, 4096, 0);
	put_state(&f, 1, 7, HVD_STATE_TIMERS, 200, 3);
	d = finish(&f);
	assert_int_equal(d->nr_damages, 0);
	assert_int_equal(d->nr_states, 4);
	found = hvd_dump_find_state(d, 1, 7, 0, HVD_STATE_TIMERS);
	/* Of two the first in the segment; it speaks for zeros, too. */
	assert_int_equal(found->bytes[0], 2);
	assert_int_equal(found->nr_bytes, 8);
	assert_int_equal(found->rec.size, 200);
	found = hvd_dump_find_state(d, 1, 7, 0, HVD_STATE_LOCAL_APIC);
	assert_int_equal(found->nr_bytes, 0);
	assert_non_null(hvd_dump_find_state(d, 2, 0, 0, HVD_STATE_SIM));
	assert_null(hvd_dump_find_state(d, 2, 0, 1, HVD_STATE_SIM));
	assert_null(hvd_dump_find_state(d, 3, 0, 0, HVD_STATE_SIM));
	hvd_dump_destroy(d);
}

/* Its first word counts 2 elements; a size of 8 admits one. */
static void states_that_cannot_be(void **state)
{
	const uint32_t size_at = HVD_NOTE_HDR + HVD_COMMON_SIZE + 20;
	struct hvd_dump *d;
	struct fixture f;
	uint8_t data[16];
	uint32_t at;
	struct hvd_state r = {.partition_id = 1, .size = sizeof(data)};

	(void)state;
	memset(data, 0xff, sizeof(data));
	begin(&f);
	at = f.chunk.used;
	hvd_write_state(&f.w, &r, data);
	f.chunk.base[at + size_at] = 8;
	d = finish(&f);
	assert_int_equal(d->nr_damages, 1);
	assert_non_null(strstr(d->damages[0].what, "found 2 words"));
	assert_int_equal(d->nr_states, 0);
	hvd_dump_destroy(d);
}

static void balances_and_run_times_are_sorted(void **state)
{
	const struct hvd_run_time times[] = {{.lp = 3, .global = 30},
					     {.lp = 1, .hypervisor = 10}};
	const struct hvd_balance balances[] = {{2, 20, 21}, {1, 10, 11}};
	struct hvd_dump *d;
	struct fixture f;

	(void)state;
	begin(&f);
	hvd_write_run_times(&f.w, times, 2);
	hvd_write_balance(&f.w, &balances[0]);
	hvd_write_balance(&f.w, &balances[1]);
	d = finish(&f);
	assert_int_equal(d->nr_run_times, 2);
	assert_int_equal(d->run_times[0].lp, 1);
	assert_int_equal(d->run_times[0].hypervisor, 10);
	assert_int_equal(d->run_times[1].global, 30);
	assert_int_equal(hvd_dump_find_balance(d, 2)->second, 21);
	assert_int_equal(hvd_dump_find_balance(d, 1)->first, 10);
	assert_null(hvd_dump_find_balance(d, 3));
	hvd_dump_destroy(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_sorted_and_found),
		cmocka_unit_test(pages_that_cannot_be),
		cmocka_unit_test(gaps_do_not_overlap),
		cmocka_unit_test(copies_are_what_was_in_memory),
		cmocka_unit_test(copies_that_cannot_be),
		cmocka_unit_test(who_died),
		cmocka_unit_test(who_saw_a_partition),
		cmocka_unit_test(many_pages),
		cmocka_unit_test(states_are_sorted_and_found),
		cmocka_unit_test(states_that_cannot_be),
		cmocka_unit_test(balances_and_run_times_are_sorted),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
