// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tree that is built from a note segment: what is where, what comes first,
 * what happens to duplicates, orphans and damage; and that no segment, however
 * it is broken, makes it slow or does harm (built with sanitizers).
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "capture.h"
#include "encode.h"
#include "vpstate.h"

#define CHUNK_SIZE 65536
#define NR_CHUNKS  4

/** A segment being written, and what is read back of it. */
struct fixture {
	struct hvd_writer w;
	struct hvd_chunk chunks[NR_CHUNKS];
	uint8_t *notes;
	size_t size;
	struct hvd_dump *dump;
};

static struct fixture *begin_sized(uint32_t chunks, uint32_t size)
{
	struct fixture *f = calloc(1, sizeof(*f));
	uint32_t i;

	assert_non_null(f);
	for (i = 0; i < chunks; i++) {
		f->chunks[i].base = calloc(1, size);
		f->chunks[i].size = size;
		assert_non_null(f->chunks[i].base);
	}
	hvd_writer_init(&f->w, f->chunks, chunks, HVD_ROLE_CAPTURE, 0x1234);
	return f;
}

static struct fixture *begin(void)
{
	return begin_sized(1, CHUNK_SIZE);
}

/* The chunks one behind the other, without their tails; and read. */
static struct hvd_dump *read_back(struct fixture *f)
{
	struct hvd_error err;
	uint32_t i;

	for (i = 0; i <= f->w.current_chunk; i++) {
		f->notes = realloc(f->notes, f->size + f->chunks[i].used);
		assert_non_null(f->notes);
		memcpy(f->notes + f->size, f->chunks[i].base,
		       f->chunks[i].used);
		f->size += f->chunks[i].used;
	}
	f->dump = hvd_dump_create(f->notes, f->size, 0, &err);
	assert_non_null(f->dump);
	return f->dump;
}

static struct hvd_dump *finish(struct fixture *f)
{
	hvd_writer_finish(&f->w);
	return read_back(f);
}

static void end(struct fixture *f)
{
	size_t i;

	hvd_dump_destroy(f->dump);
	for (i = 0; i < NR_CHUNKS; i++)
		free(f->chunks[i].base);
	free(f->notes);
	free(f);
}

static void header(struct fixture *f)
{
	struct hvd_header r = {.format = 1,
			       .machine = 62,
			       .partition_id = 1,
			       .ticks_khz = 2000000};

	hvd_write_header(&f->w, &r);
}

static void capture(struct fixture *f)
{
	struct hvd_capture r = {.reason = HVD_REASON_LINUX_PANIC,
				.ticks = 5000000,
				.wall_ns = 1000000,
				.anchor_ticks = 1000000};

	hvd_write_capture(&f->w, &r);
}

static void partition(struct fixture *f, uint64_t id, uint32_t kind)
{
	struct hvd_partition r = {.partition_id = id, .kind = kind};

	hvd_write_partition(&f->w, &r);
}

static void vp(struct fixture *f, uint64_t id, uint32_t index, uint32_t vtls)
{
	struct hvd_vp r = {.partition_id = id,
			   .vp_index = index,
			   .cpu = HVD_CPU_NONE,
			   .vtls = vtls};

	hvd_write_vp(&f->w, &r);
}

static void reg(struct fixture *f, uint64_t id, uint32_t index, uint16_t vtl,
		uint32_t code, uint64_t value)
{
	struct hvd_registers r = {
		.partition_id = id, .vp_index = index, .vtl = vtl};
	struct hvd_register e = {.code = code, .low = value};

	hvd_write_registers(&f->w, &r, &e, 1);
}

static void test_tree(void **state)
{
	struct fixture *f = begin();
	const struct hvd_dump_register *found;
	const struct hvd_dump_partition *p;
	struct hvd_dump *d;

	(void)state;
	header(f);
	capture(f);
	partition(f, 900, HVD_KIND_CHILD);
	partition(f, 1, HVD_KIND_ROOT);
	vp(f, 900, 7, 3);
	vp(f, 900, 2, 1);
	reg(f, 900, 7, 1, 0x20010, 71);
	reg(f, 900, 7, 0, 0x20010, 70);
	reg(f, 900, 7, 0, 0x20000, 69);
	d = finish(f);

	assert_true(hvd_dump_is_complete(d));
	assert_int_equal(d->nr_partitions, 2);
	assert_int_equal(d->partitions[0].rec.partition_id, 900);
	assert_int_equal(d->partitions[1].rec.partition_id, 1);
	assert_ptr_equal(hvd_dump_self(d), &d->partitions[1]);
	p = hvd_dump_find_partition(d, 900);
	assert_ptr_equal(p, &d->partitions[0]);
	assert_null(hvd_dump_find_partition(d, 899));
	assert_int_equal(p->nr_vps, 2);
	assert_int_equal(p->vps[0].rec.vp_index, 2);
	assert_ptr_equal(hvd_dump_find_vp(p, 7), &p->vps[1]);
	assert_int_equal(p->vps[1].nr_vtls, 2);
	assert_true(p->vps[1].vtls[0].active);
	assert_false(p->vps[1].vtls[1].active);
	assert_int_equal(p->vps[1].vtls[0].nr_regs, 2);
	found = hvd_dump_find_register(&p->vps[1].vtls[0], 0x20010);
	assert_non_null(found);
	assert_int_equal(found->low, 70);
	assert_null(hvd_dump_find_register(&p->vps[0].vtls[0], 0x20010));
	end(f);
}

static void test_first_wins(void **state)
{
	struct fixture *f = begin();
	struct hvd_dump *d;

	(void)state;
	header(f);
	header(f);
	capture(f);
	capture(f);
	partition(f, 5, HVD_KIND_CHILD);
	partition(f, 5, HVD_KIND_ROOT);
	vp(f, 5, 0, 1);
	vp(f, 5, 0, 3);
	reg(f, 5, 0, 0, 0x20010, 1);
	reg(f, 5, 0, 0, 0x20010, 2);
	d = finish(f);

	assert_int_equal(d->duplicates, 5);
	assert_int_equal(d->nr_partitions, 1);
	assert_int_equal(d->partitions[0].rec.kind, HVD_KIND_CHILD);
	assert_int_equal(d->partitions[0].vps[0].nr_vtls, 1);
	assert_int_equal(d->partitions[0].vps[0].vtls[0].nr_regs, 1);
	assert_int_equal(d->partitions[0].vps[0].vtls[0].regs[0].low, 1);
	end(f);
}

/* Registers and VPs whose owners have no record of their own. */
static void test_orphans(void **state)
{
	struct fixture *f = begin();
	struct hvd_dump *d;

	(void)state;
	capture(f);
	reg(f, 30, 4, 2, 0x20010, 1);
	vp(f, 20, 0, 1);
	partition(f, 40, HVD_KIND_CHILD);
	d = finish(f);

	assert_int_equal(d->nr_partitions, 3);
	assert_int_equal(d->partitions[0].rec.partition_id, 40);
	assert_true(d->partitions[0].recorded);
	assert_int_equal(d->partitions[1].rec.partition_id, 20);
	assert_false(d->partitions[1].recorded);
	assert_int_equal(d->partitions[2].rec.partition_id, 30);
	assert_false(d->partitions[2].vps[0].recorded);
	assert_int_equal(d->partitions[2].vps[0].vtls[0].vtl, 2);
	assert_false(d->partitions[2].vps[0].vtls[0].recorded);
	end(f);
}

static void test_properties(void **state)
{
	struct hvd_properties r = {.partition_id = 3};
	struct hvd_property props[] = {
		{.code = 9, .value = 1},
		{.code = 4, .status = 6},
		{.code = 9, .value = 2},
	};
	struct fixture *f = begin();
	struct hvd_dump *d;

	(void)state;
	capture(f);
	hvd_write_properties(&f->w, &r, props, 3);
	d = finish(f);
	assert_int_equal(d->partitions[0].nr_props, 2);
	assert_int_equal(d->partitions[0].props[0].code, 4);
	assert_int_equal(d->partitions[0].props[0].status, 6);
	assert_int_equal(d->partitions[0].props[1].value, 1);
	end(f);
}

static void test_time(void **state)
{
	struct fixture *f = begin();
	struct hvd_dump *d;
	uint64_t ns;

	(void)state;
	header(f);
	capture(f);
	f->w.time = 3000000;
	d = finish(f);
	/* 4,000,000 ticks of 2 GHz are 2 ms after the anchor. */
	assert_int_equal(hvd_dump_wall_ns(d, &ns), 0);
	assert_int_equal(ns, 1000000 + 2000000);
	assert_int_equal(hvd_dump_ticks_ns(d, d->end_time, &ns), 0);
	assert_int_equal(ns, 1500000);
	/* Too much for 64 bits, and an unknown rate. */
	assert_int_equal(hvd_dump_ticks_ns(d, UINT64_MAX, &ns), 0);
	d->header.ticks_khz = 1;
	assert_int_equal(hvd_dump_ticks_ns(d, UINT64_MAX, &ns), -1);
	d->header.ticks_khz = 0;
	assert_int_equal(hvd_dump_wall_ns(d, &ns), -1);
	end(f);
}

static void test_armed_only(void **state)
{
	struct fixture *f = begin();
	struct hvd_dump *d;

	(void)state;
	header(f);
	d = read_back(f);
	assert_true(hvd_dump_is_ours(d));
	assert_false(hvd_dump_has_state(d));
	assert_false(hvd_dump_is_complete(d));
	assert_int_equal(d->nr_damages, 0);
	end(f);
}

static void test_cut_off(void **state)
{
	struct fixture *f = begin();
	struct hvd_dump *d;

	(void)state;
	header(f);
	capture(f);
	partition(f, 1, HVD_KIND_ROOT);
	d = read_back(f);
	assert_true(hvd_dump_has_state(d));
	assert_false(d->has_end);
	assert_false(hvd_dump_is_complete(d));
	assert_int_equal(d->nr_damages, 0);
	end(f);
}

static void test_dropped(void **state)
{
	struct fixture *f = begin();
	struct hvd_dump *d;

	(void)state;
	capture(f);
	hvd_drop(&f->w, HVD_TYPE_VP, HVD_WHY_TIME, 12);
	d = finish(f);
	assert_int_equal(d->nr_dropped, 1);
	assert_int_equal(d->dropped[0].amount, 12);
	assert_false(hvd_dump_is_complete(d));
	end(f);
}

/* Enough records for all chunks; then one chunk is left out. */
static void test_lost_chunk(void **state)
{
	struct fixture *f = begin_sized(3, 4096);
	struct hvd_error err;
	struct hvd_dump *d;
	uint64_t id;
	uint32_t first, second;

	(void)state;
	header(f);
	capture(f);
	for (id = 0; f->w.current_chunk < 2; id++)
		partition(f, id, HVD_KIND_CHILD);
	d = finish(f);
	assert_true(hvd_dump_is_complete(d));
	assert_int_equal(d->captured, d->end.records);

	first = f->chunks[0].used;
	second = f->chunks[1].used;
	memmove(f->notes + first, f->notes + first + second,
		f->size - first - second);
	hvd_dump_destroy(f->dump);
	f->dump = d = hvd_dump_create(f->notes, f->size - second, 0, &err);
	assert_non_null(d);
	assert_int_equal(d->nr_damages, 1);
	assert_string_equal(d->damages[0].what,
			    "expected chunk 1, found chunk 2");
	assert_int_equal(d->damages[0].offset, first);
	end(f);
}

/* The end record counts records: one that vanished is missed. */
static void test_lost_record(void **state)
{
	struct fixture *f = begin();
	struct hvd_error err;
	struct hvd_dump *d;
	uint32_t before, after;

	(void)state;
	capture(f);
	before = f->chunks[0].used;
	partition(f, 1, HVD_KIND_ROOT);
	after = f->chunks[0].used;
	/* Without its chunk's end the length of the chunk is not known. */
	hvd_writer_finish(&f->w);
	f->chunks[0].used -= HVD_RECORD_SIZE(chunk_end);
	read_back(f);
	assert_int_equal(f->dump->nr_damages, 1);
	assert_string_equal(f->dump->damages[0].what,
			    "expected the end of "
			    "chunk 0, found the end of the notes");

	memmove(f->notes + before, f->notes + after, f->size - after);
	hvd_dump_destroy(f->dump);
	f->dump = d =
		hvd_dump_create(f->notes, f->size - (after - before), 0, &err);
	assert_int_equal(d->nr_damages, 2);
	assert_string_equal(d->damages[0].what, "expected 3 records of this "
						"capture, found 2");
	end(f);
}

/* Look at everything; the sanitizers look on. */
static uint64_t touch(const struct hvd_dump *d)
{
	const struct hvd_dump_partition *p;
	struct hvd_vp_state state;
	uint64_t sum = d->nr_damages, ns;
	size_t i, k, l, m;

	for (i = 0; i < d->nr_partitions; i++) {
		p = &d->partitions[i];
		assert_ptr_equal(
			hvd_dump_find_partition(d, p->rec.partition_id), p);
		for (k = 0; k < p->nr_props; k++)
			sum += p->props[k].value;
		for (k = 0; k < p->nr_vps; k++) {
			assert_ptr_equal(
				hvd_dump_find_vp(p, p->vps[k].rec.vp_index),
				&p->vps[k]);
			for (l = 0; l < p->vps[k].nr_vtls; l++) {
				hvd_vp_state_get(d, &p->vps[k].vtls[l], &state);
				sum += state.pc;
				for (m = 0; m < p->vps[k].vtls[l].nr_regs; m++)
					sum += p->vps[k].vtls[l].regs[m].high;
			}
		}
	}
	if (!hvd_dump_wall_ns(d, &ns))
		sum += ns;
	return sum;
}

static void sample(struct fixture *f)
{
	struct hvd_properties props = {.partition_id = 2};
	struct hvd_property prop = {.code = 0x20000, .value = 1};
	struct hvd_stage stage = {.call = 2};
	struct hvd_failure failure = {.call = 0x50, .status = 5};
	struct hvd_leaf leaf = {.code = 0x40000002};
	uint32_t i;

	header(f);
	hvd_write_hypervisor(&f->w, &leaf, 1);
	capture(f);
	partition(f, 1, HVD_KIND_ROOT);
	partition(f, 2, HVD_KIND_CHILD);
	for (i = 0; i < 3; i++) {
		vp(f, 2, i, 3);
		reg(f, 2, i, 0, 0x20010, i);
		reg(f, 2, i, 1, 0x40000, i);
	}
	hvd_write_properties(&f->w, &props, &prop, 1);
	hvd_write_failure(&f->w, &failure);
	hvd_write_stage(&f->w, &stage);
}

static uint64_t touch_bytes(const uint8_t *notes, size_t size)
{
	struct hvd_error err;
	/* A copy of its own, so that reading beyond its end is noticed. */
	uint8_t *copy = malloc(size ? size : 1);
	struct hvd_dump *d;
	uint64_t sum;

	assert_non_null(copy);
	memcpy(copy, notes, size);
	d = hvd_dump_create(copy, size, 62, &err);
	assert_non_null(d);
	sum = touch(d);
	hvd_dump_destroy(d);
	free(copy);
	return sum;
}

static void test_truncated(void **state)
{
	struct fixture *f = begin();
	size_t size;

	(void)state;
	sample(f);
	finish(f);
	for (size = 0; size < f->size; size++)
		touch_bytes(f->notes, size);
	end(f);
}

/* What a chunk's CRC does not cover, and nobody needs: its end's own version,
 * flags and time.
 */
static bool is_unprotected(const struct fixture *f, size_t byte)
{
	size_t desc = f->size - HVD_RECORD_SIZE(chunk_end) + HVD_NOTE_HDR;

	return (byte >= desc && byte < desc + 4) ||
	       (byte >= desc + 8 && byte < desc + HVD_COMMON_SIZE);
}

static void test_flipped_bits(void **state)
{
	struct fixture *f = begin();
	struct hvd_error err;
	struct hvd_dump *d;
	size_t bit;

	(void)state;
	sample(f);
	finish(f);
	for (bit = 0; bit < f->size * 8; bit++) {
		f->notes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		touch_bytes(f->notes, f->size);
		d = hvd_dump_create(f->notes, f->size, 62, &err);
		/* No single flipped bit passes for a good capture. */
		assert_int_equal(hvd_dump_is_complete(d),
				 is_unprotected(f, bit / 8));
		hvd_dump_destroy(d);
		f->notes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	end(f);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Words that lengths, counts and strides do not like. */
static void test_hostile_words(void **state)
{
	static const uint32_t words[] = {
		0,	    1,		3,	    7,		20,
		0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff, 0x10000,
		0x48560000, 0x48560013, 0x55445648,
	};
	struct fixture *f = begin();
	uint32_t seed = 1, word;
	uint8_t *copy;
	int i, k;

	(void)state;
	sample(f);
	finish(f);
	copy = malloc(f->size);
	assert_non_null(copy);
	for (i = 0; i < 20000; i++) {
		memcpy(copy, f->notes, f->size);
		for (k = 0; k < 1 + i % 4; k++) {
			word = words[next_random(&seed) % 13];
			memcpy(copy + next_random(&seed) % (f->size / 4) * 4,
			       &word, 4);
		}
		touch_bytes(copy, f->size);
	}
	free(copy);
	end(f);
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* As many objects as fit, in the worst order: still no quadratic time. */
static void test_many(void **state)
{
	struct fixture *f = begin_sized(1, 16 << 20);
	double start;
	uint64_t i;

	(void)state;
	capture(f);
	for (i = 100000; i; i--) {
		vp(f, i % 317, (uint32_t)i, 0xffff);
		reg(f, 5, 6, (uint16_t)(i % 3), (uint32_t)i, i);
	}
	start = seconds();
	finish(f);
	touch(f->dump);
	assert_true(seconds() - start < 20);
	assert_int_equal(f->dump->nr_partitions, 317);
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_first_wins),
		cmocka_unit_test(test_orphans),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_armed_only),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_lost_chunk),
		cmocka_unit_test(test_lost_record),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_hostile_words),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
