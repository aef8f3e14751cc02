// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing a stream: see stream.h.
 *
 * The header is POSIX's ustar (IEEE Std 1003.1, pax, "ustar Interchange
 * Format"), written here: a crash kernel's image need not have a tar, libarchive
 * brings a megabyte of libraries along, and the header is one block.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "stream.h"

/* Where fields begin, and how long they are. */
#define NAME_AT		0
#define MODE_AT		100
#define UID_AT		108
#define GID_AT		116
#define SIZE_AT		124
#define TIME_AT		136
#define SUM_AT		148
#define TYPE_AT		156
#define MAGIC_AT	257
#define SUM_SIZE	8
#define ID_SIZE		8
#define NUMBER_SIZE	12

/* 11 octal digits. */
#define SIZE_LIMIT	(UINT64_C(1) << 33)

static int put(int fd, const void *data, size_t size, struct hvd_error *err)
{
	const char *p = data;

	while (size) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return hvd_error_set(err, "the stream: %s",
					     strerror(n ? errno : EIO));
		p += n;
		size -= n;
	}
	return 0;
}

/* @size - 1 octal digits and a NUL. */
static void put_octal(char *header, size_t at, size_t size, uint64_t value)
{
	size_t i;

	for (i = size - 1; i-- > 0; value >>= 3)
		header[at + i] = '0' + (value & 7);
}

static void make_header(char *header, const char *name, uint64_t size,
			time_t time)
{
	unsigned int sum = 0, i;

	memset(header, 0, STREAM_BLOCK);
	strncpy(header + NAME_AT, name, STREAM_NAME_MAX);
	put_octal(header, MODE_AT, ID_SIZE, 0600);
	put_octal(header, UID_AT, ID_SIZE, 0);
	put_octal(header, GID_AT, ID_SIZE, 0);
	put_octal(header, SIZE_AT, NUMBER_SIZE, size);
	put_octal(header, TIME_AT, NUMBER_SIZE, time > 0 ? time : 0);
	header[TYPE_AT] = '0';
	memcpy(header + MAGIC_AT, "ustar\00000", 8);
	memset(header + SUM_AT, ' ', SUM_SIZE);
	for (i = 0; i < STREAM_BLOCK; i++)
		sum += (unsigned char)header[i];
	put_octal(header, SUM_AT, SUM_SIZE - 1, sum);
}

/* What the header promised must come: what cannot be read is zeros, and said. */
static int put_content(int out, int in, uint64_t size, struct hvd_error *err)
{
	char buf[16384];
	bool broken = false;

	while (size) {
		size_t want = size < sizeof(buf) ? size : sizeof(buf);
		ssize_t n = broken ? 0 : read(in, buf, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			broken = true;
			n = want;
			memset(buf, 0, n);
		}
		if (put(out, buf, n, err))
			return -1;
		size -= n;
	}
	return broken ? hvd_error_set(err, "cannot be read") : 0;
}

int stream_file(int out, int in, const char *name, uint64_t size, time_t time,
		struct hvd_error *err)
{
	static const char zeros[STREAM_BLOCK];
	char header[STREAM_BLOCK];
	int ret;

	if (size >= SIZE_LIMIT || strlen(name) > STREAM_NAME_MAX)
		return hvd_error_set(err, "too large for a tar");
	make_header(header, name, size, time);
	if (put(out, header, sizeof(header), err))
		return -1;
	ret = put_content(out, in, size, err);
	if (put(out, zeros, -size & (STREAM_BLOCK - 1), err))
		return -1;
	return ret;
}

int stream_end(int out, struct hvd_error *err)
{
	char blocks[3 * STREAM_BLOCK] = "";

	memcpy(blocks + 2 * STREAM_BLOCK, STREAM_MARK, strlen(STREAM_MARK));
	return put(out, blocks, sizeof(blocks), err);
}
