// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The encoder at its limits, and as the kernel compiles it.
 *
 * formats/encode.c is here twice: as user space compiles it, and with
 * -D__KERNEL__ and stand-ins for the two kernel headers that it includes. Both
 * are given the same random sequences of records and must leave the same bytes
 * in every chunk. That shows that nothing which depends on __KERNEL__, on the
 * alignment of 64-bit integers or on the optimisation changes what is written.
 * It does not show that the real smp_store_release() and memcpy() do what they
 * should, nor what the kernel's own compiler options make of the source: for
 * that, tests/cli/test_module_encoder.py runs this program on the object that
 * was built for hvdump.ko. And what no test of one thread can show is the order
 * in which another CPU sees the stores.
 */
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
#include "decode.h"
#include "fuzz/sequence.h"

ENCODER_FUNCTIONS(ENCODER_KERNEL)

static const struct encoder user = {ENCODER_FUNCTIONS(ENCODER_OF_USER)};
static const struct encoder kernel = {ENCODER_FUNCTIONS(ENCODER_OF_KERNEL)};

/* All symbols of the second compilation have the prefix, these included. */
void *kernel_memcpy(void *to, const void *from, size_t len);
void *kernel_memset(void *to, int byte, size_t len);

void *kernel_memcpy(void *to, const void *from, size_t len)
{
	return memcpy(to, from, len);
}

void *kernel_memset(void *to, int byte, size_t len)
{
	return memset(to, byte, len);
}

#define NR_SEQUENCES 400

static void same_chunks(const struct sequence *a, const struct sequence *b)
{
	uint32_t i;

	assert_int_equal(a->nr_chunks, b->nr_chunks);
	for (i = 0; i < a->nr_chunks; i++) {
		assert_int_equal(a->chunks[i].size, b->chunks[i].size);
		assert_int_equal(a->chunks[i].used, b->chunks[i].used);
		assert_memory_equal(a->chunks[i].base, b->chunks[i].base,
				    a->chunks[i].size);
	}
}

static void same_answers(const struct sequence *a, const struct sequence *b)
{
	size_t i;

	assert_int_equal(a->nr_steps, b->nr_steps);
	for (i = 0; i < a->nr_steps; i++)
		assert_int_equal(a->steps[i].written, b->steps[i].written);
}

static void fill(uint8_t *data, size_t size, unsigned int *seed)
{
	while (size--)
		*data++ = (uint8_t)(rand_r(seed) >> 7);
}

/* HVDUMP_TEST_SEED repeats a run that failed. */
static unsigned int draw_seed(void)
{
	const char *given = getenv("HVDUMP_TEST_SEED");
	struct timespec now;

	if (given)
		return (unsigned int)strtoul(given, NULL, 0);
	clock_gettime(CLOCK_REALTIME, &now);
	return (unsigned int)(now.tv_sec ^ now.tv_nsec);
}

static void kernel_writes_the_same_bytes(void **state)
{
	static struct sequence a, b;
	unsigned int seed = draw_seed(), records = 0, dropped = 0, i;
	uint8_t data[600];

	(void)state;
	print_message("# HVDUMP_TEST_SEED=%u\n", seed);
	for (i = 0; i < NR_SEQUENCES; i++) {
		size_t size = 8 + (unsigned int)rand_r(&seed) % 592;

		fill(data, sizeof(data), &seed);
		sequence_run(&a, &user, data, size);
		sequence_run(&b, &kernel, data, size);
		same_answers(&a, &b);
		same_chunks(&a, &b);
		records += (unsigned int)a.nr_steps;
		dropped += a.nr_drops > 0;
		sequence_free(&a);
		sequence_free(&b);
	}
	/* Both ends were seen: what fits, and what does not. */
	assert_true(records > 10 * NR_SEQUENCES);
	assert_in_range(dropped, 1, NR_SEQUENCES);
}

static void kernel_crc_is_the_same(void **state)
{
	unsigned int seed = 1, len;
	uint8_t data[300];

	(void)state;
	fill(data, sizeof(data), &seed);
	for (len = 0; len <= sizeof(data); len++)
		assert_int_equal(kernel_hvd_crc32(len * 77, data, len),
				 hvd_crc32(len * 77, data, len));
}

static void kernel_chunk_table_is_the_same(void **state)
{
	uint8_t a[HVD_TABLE_SIZE] = {0}, b[HVD_TABLE_SIZE] = {0};
	struct hvd_chunk chunk = {.address = UINT64_C(0x123456789000)};
	uint32_t i, added = 0;

	(void)state;
	hvd_table_begin(a, 0x1122334455667788);
	kernel_hvd_table_begin(b, 0x1122334455667788);
	assert_memory_equal(a, b, sizeof(a));
	for (i = 0; i < HVD_TABLE_SIZE / HVD_TABLE_STRIDE; i++) {
		int ok;

		chunk.address += chunk.size = 4096 + 4 * i;
		ok = hvd_table_add(a, &chunk, i % 2);
		assert_int_equal(kernel_hvd_table_add(b, &chunk, i % 2), ok);
		assert_memory_equal(a, b, sizeof(a));
		added += (uint32_t)ok;
	}
	assert_int_equal(added,
			 (HVD_TABLE_SIZE - HVD_TABLE_HDR) / HVD_TABLE_STRIDE);
}

#define CHUNK_SIZE HVD_CHUNK_MIN

/* Chunks that lie one behind the other, as in memory. */
struct memory {
	struct hvd_writer w;
	struct hvd_chunk chunks[2];
	uint8_t bytes[2 * CHUNK_SIZE];
};

static void memory_begin(struct memory *m, uint32_t nr)
{
	uint32_t i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < nr; i++) {
		m->chunks[i].base = m->bytes + i * CHUNK_SIZE;
		m->chunks[i].size = CHUNK_SIZE;
	}
	hvd_writer_init(&m->w, m->chunks, nr, HVD_ROLE_CAPTURE, 1);
}

/* Write records until one does not fit into the chunk that is begun. */
static void fill_chunk(struct memory *m)
{
	struct hvd_vp vp = {.partition_id = 1};
	uint32_t kept = HVD_CHUNK_RESERVE + HVD_RECORD_SIZE(vp);

	if (m->w.nr_chunks == 1)
		kept += HVD_END_RESERVE;
	while (m->chunks[0].used + kept <= CHUNK_SIZE)
		assert_int_equal(hvd_write_vp(&m->w, &vp), 1);
}

static struct hvd_dump *finish_and_read(struct memory *m, uint32_t nr)
{
	struct hvd_error err;
	struct hvd_dump *d;

	hvd_writer_finish(&m->w);
	d = hvd_dump_create(m->bytes, nr * CHUNK_SIZE, 0, &err);
	assert_non_null(d);
	return d;
}

/*
 * The capture record is the first of the second chunk: what closes the first
 * one, and the second one's own record, come before it and do not count.
 */
static void capture_record_begins_a_chunk(void **state)
{
	struct hvd_capture capture = {.reason = HVD_REASON_LINUX_PANIC};
	struct hvd_dump *d;
	struct memory m;

	(void)state;
	memory_begin(&m, 2);
	fill_chunk(&m);
	assert_int_equal(hvd_write_capture(&m.w, &capture), 1);
	assert_int_equal(m.w.current_chunk, 1);
	d = finish_and_read(&m, 2);
	assert_true(d->has_capture && d->has_end);
	assert_int_equal(d->end.records, 2);
	assert_int_equal(d->end.bytes, m.chunks[1].used -
					       HVD_RECORD_SIZE(chunk_record) -
					       HVD_RECORD_SIZE(chunk_end));
	assert_int_equal(d->nr_damages, 0);
	assert_true(hvd_dump_is_complete(d));
	hvd_dump_destroy(d);
}

/* No room even for the capture record: that is loss, which is told, not damage.
 */
static void capture_record_does_not_fit(void **state)
{
	struct hvd_capture capture = {.reason = HVD_REASON_LINUX_PANIC};
	struct hvd_dump *d;
	struct memory m;

	(void)state;
	memory_begin(&m, 1);
	fill_chunk(&m);
	assert_int_equal(hvd_write_capture(&m.w, &capture), 0);
	d = finish_and_read(&m, 1);
	assert_true(!d->has_capture && d->has_end);
	assert_int_equal(d->nr_dropped, 1);
	assert_int_equal(d->dropped[0].type, HVD_TYPE_CAPTURE);
	assert_int_equal(d->nr_damages, 0);
	assert_false(hvd_dump_is_complete(d));
	hvd_dump_destroy(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_writes_the_same_bytes),
		cmocka_unit_test(kernel_crc_is_the_same),
		cmocka_unit_test(kernel_chunk_table_is_the_same),
		cmocka_unit_test(capture_record_begins_a_chunk),
		cmocka_unit_test(capture_record_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
