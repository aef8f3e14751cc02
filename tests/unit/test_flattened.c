// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Flattened streams made here, against a plain array that the pieces are
 * written into one after the other. Built with sanitizers.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "input_file.h"

/** A stream being written, and the file that it stands for. */
struct stream {
	char path[32];
	int fd;
	uint8_t file[4096];
	uint64_t size;
};

static void write_be64(int fd, uint64_t value)
{
	uint8_t b[8];
	int i;

	for (i = 0; i < 8; i++)
		b[i] = (uint8_t)(value >> (56 - 8 * i));
	assert_int_equal(write(fd, b, 8), 8);
}

static void begin(struct stream *s)
{
	uint8_t head[4096] = "makedumpfile";

	memset(s, 0, sizeof(*s));
	strcpy(s->path, "/tmp/hvdump-XXXXXX");
	s->fd = mkstemp(s->path);
	assert_true(s->fd >= 0);
	assert_int_equal(write(s->fd, head, sizeof(head)), sizeof(head));
}

static void piece(struct stream *s, uint64_t offset, uint64_t size, int fill)
{
	uint8_t data[4096];
	size_t i;

	for (i = 0; i < size; i++)
		data[i] = (uint8_t)(fill + (int)i);
	write_be64(s->fd, offset);
	write_be64(s->fd, size);
	assert_int_equal(write(s->fd, data, size), (ssize_t)size);
	memcpy(s->file + offset, data, size);
	if (offset + size > s->size)
		s->size = offset + size;
}

static void end_mark(struct stream *s)
{
	write_be64(s->fd, UINT64_MAX);
	write_be64(s->fd, UINT64_MAX);
}

static void drop(struct stream *s)
{
	close(s->fd);
	unlink(s->path);
}

/* Every range of the file reads as the array has it. */
static void assert_same(struct stream *s)
{
	struct hvd_error err;
	struct hvd_file f;
	uint8_t buf[4096];
	uint64_t at, len;

	assert_int_equal(hvd_file_open(&f, s->path, NULL, &err), 0);
	assert_int_equal(f.size, s->size);
	assert_null(hvd_flattened_damage(f.flattened));
	for (at = 0; at < s->size; at += 7) {
		len = at * 31 % 300;
		if (len > s->size - at)
			len = s->size - at;
		assert_int_equal(hvd_file_read(&f, at, buf, len), len);
		assert_memory_equal(buf, s->file + at, len);
	}
	assert_int_equal(hvd_file_read(&f, s->size - 3, buf, 10), 3);
	assert_int_equal(hvd_file_read(&f, s->size, buf, 10), 0);
	assert_int_equal(hvd_file_read(&f, UINT64_MAX - 2, buf, 10), 0);
	hvd_file_close(&f);
}

static void in_any_order(void **state)
{
	struct stream s;

	(void)state;
	begin(&s);
	piece(&s, 1000, 500, 1);
	piece(&s, 0, 600, 2); /* 600 to 1000 is never written: zeros */
	piece(&s, 1500, 100, 3);
	piece(&s, 10, 0, 4);
	end_mark(&s);
	/* Behind the end nothing counts. */
	write_be64(s.fd, 0);
	write_be64(s.fd, 1);
	assert_int_equal(write(s.fd, "x", 1), 1);
	assert_same(&s);
	drop(&s);
}

static void the_last_counts(void **state)
{
	unsigned int seed = 48560, round, n;
	struct stream s;

	(void)state;
	for (round = 0; round < 50; round++) {
		begin(&s);
		for (n = 0; n < 12; n++) {
			seed = seed * 1103515245 + 12345;
			piece(&s, (seed >> 8) % 1500, (seed >> 20) % 400 + 1,
			      (int)(seed >> 16));
		}
		end_mark(&s);
		assert_same(&s);
		drop(&s);
	}
}

/* What comes before the cut is there; what does not is not taken for zeros. */
static void cut_streams(void **state)
{
	struct hvd_error err;
	struct hvd_file f;
	uint8_t buf[64];
	struct stream s;

	(void)state;
	begin(&s);
	piece(&s, 0, 100, 1);
	piece(&s, 200, 100, 2);
	assert_int_equal(ftruncate(s.fd, 4096 + 16 + 100 + 16 + 40), 0);
	assert_int_equal(hvd_file_open(&f, s.path, NULL, &err), 0);
	assert_non_null(strstr(hvd_flattened_damage(f.flattened),
			       "expected 100 bytes of the flattened dump, "
			       "found 40"));
	assert_int_equal(f.size, 240);
	assert_int_equal(hvd_file_read(&f, 90, buf, 20), 10);
	assert_int_equal(hvd_file_read(&f, 220, buf, 30), 20);
	hvd_file_close(&f);
	assert_int_equal(ftruncate(s.fd, 4096 + 16 + 100), 0);
	assert_int_equal(hvd_file_open(&f, s.path, NULL, &err), 0);
	assert_non_null(hvd_flattened_damage(f.flattened));
	hvd_file_close(&f);
	assert_int_equal(ftruncate(s.fd, 4096), 0);
	assert_int_equal(hvd_file_open(&f, s.path, NULL, &err), -1);
	assert_int_equal(ftruncate(s.fd, 100), 0);
	assert_int_equal(hvd_file_open(&f, s.path, NULL, &err), -1);
	drop(&s);
}

static void hostile_headers(void **state)
{
	static const uint64_t cases[][2] = {
		{UINT64_MAX, 1},	   {1, UINT64_MAX},
		{INT64_MAX, 1},		   {INT64_MAX, INT64_MAX},
		{1, INT64_MAX},		   {(uint64_t)1 << 63, 0},
		{UINT64_MAX - 1, UINT64_MAX},
	};
	struct hvd_error err;
	struct hvd_file f;
	struct stream s;
	uint8_t buf[8];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&s);
		piece(&s, 0, 100, 1);
		write_be64(s.fd, cases[i][0]);
		write_be64(s.fd, cases[i][1]);
		assert_int_equal(hvd_file_open(&f, s.path, NULL, &err), 0);
		assert_non_null(hvd_flattened_damage(f.flattened));
		assert_int_equal(hvd_file_read(&f, 92, buf, 8), 8);
		hvd_file_close(&f);
		drop(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_any_order),
		cmocka_unit_test(the_last_counts),
		cmocka_unit_test(cut_streams),
		cmocka_unit_test(hostile_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
