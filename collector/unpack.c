// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdumpctl unpack: see unpack.h; the stream is described in hvdump-collect(8),
 * its end in makedumpfile's flattened format: a block of 4096 bytes, and pieces
 * of an offset, a size, and as many bytes.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stream.h"
#include "unpack.h"

#define FLAT_HEADER	4096
#define FLAT_MARK	"makedumpfile"
#define SIZE_AT		124
#define SIZE_DIGITS	11
#define SUM_AT		148
#define SUM_SIZE	8
#define BUFFER		65536

/** One unpacking. */
struct unpacking {
	FILE *in;
	int dirfd;			/* of the output */
	char folder[STREAM_NAME_MAX + 1];	/* the stream's own name */
	char buffer[BUFFER];
};

static int wrong(const char *what, const char *why)
{
	fprintf(stderr, "hvdumpctl: %s: %s\n", what, why);
	return -1;
}

static bool get(struct unpacking *u, void *data, size_t size)
{
	return fread(data, 1, size, u->in) == size;
}

/* Write all of @size bytes at @at. */
static int put_at(int fd, const char *data, size_t size, uint64_t at)
{
	while (size) {
		ssize_t n = pwrite(fd, data, size, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data += n;
		size -= n;
		at += n;
	}
	return 0;
}

/* @size bytes of the stream to @at of the file. */
static int copy(struct unpacking *u, int fd, uint64_t at, uint64_t size,
		const char *name)
{
	while (size) {
		size_t n = size < BUFFER ? size : BUFFER;

		if (!get(u, u->buffer, n))
			return wrong(name, "the stream ends before it");
		if (put_at(fd, u->buffer, n, at))
			return wrong(name, strerror(errno));
		at += n;
		size -= n;
	}
	return 0;
}

static int create(struct unpacking *u, const char *name, char *partial,
		  size_t size)
{
	int fd;

	snprintf(partial, size, "%s.partial", name);
	fd = openat(u->dirfd, partial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		    O_CLOEXEC, 0600);
	if (fd < 0)
		wrong(partial, strerror(errno));
	return fd;
}

static int finish(struct unpacking *u, int fd, const char *partial,
		  const char *name)
{
	if (fsync(fd) || close(fd))
		return wrong(name, strerror(errno));
	/* Nothing is written over; where there are no links, no name is taken twice. */
	if (!linkat(u->dirfd, partial, u->dirfd, name, 0))
		unlinkat(u->dirfd, partial, 0);
	else if (errno == EEXIST || renameat(u->dirfd, partial, u->dirfd, name))
		return wrong(name, strerror(errno));
	return 0;
}

/* FOLDER/NAME, both plain: a stream must not write anywhere else. */
static bool split_name(struct unpacking *u, char *path, char **name)
{
	char *slash = strchr(path, '/');

	if (!slash || slash == path || strchr(slash + 1, '/') || !slash[1] ||
	    path[0] == '.' || slash[1] == '.')
		return false;
	*slash = '\0';
	*name = slash + 1;
	if (u->folder[0])
		return !strcmp(u->folder, path);
	snprintf(u->folder, sizeof(u->folder), "%s", path);
	return true;
}

static int enter(struct unpacking *u)
{
	int fd;

	if (mkdirat(u->dirfd, u->folder, 0700))
		return wrong(u->folder, strerror(errno));
	fd = openat(u->dirfd, u->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		    O_CLOEXEC);
	if (fd < 0)
		return wrong(u->folder, strerror(errno));
	close(u->dirfd);
	u->dirfd = fd;
	return 0;
}

static bool sum_is_right(const char *header)
{
	unsigned int sum = 0, i;

	for (i = 0; i < STREAM_BLOCK; i++)
		sum += i >= SUM_AT && i < SUM_AT + SUM_SIZE ?
			       ' ' : (unsigned char)header[i];
	return strtoul(header + SUM_AT, NULL, 8) == sum;
}

static int take_file(struct unpacking *u, const char *header)
{
	char path[STREAM_NAME_MAX + 1], partial[STREAM_NAME_MAX + 16];
	char digits[SIZE_DIGITS + 1] = "", *name;
	bool first = !u->folder[0];
	uint64_t size;
	int fd;

	snprintf(path, sizeof(path), "%.*s", STREAM_NAME_MAX, header);
	memcpy(digits, header + SIZE_AT, SIZE_DIGITS);
	size = strtoull(digits, NULL, 8);
	if (!sum_is_right(header) || !split_name(u, path, &name))
		return wrong("the stream", "expected a file, found something"
			     " else");
	if (first && enter(u))
		return -1;
	fd = create(u, name, partial, sizeof(partial));
	if (fd < 0)
		return -1;
	if (copy(u, fd, 0, size, name)) {
		close(fd);
		return -1;
	}
	if (!get(u, u->buffer, -size & (STREAM_BLOCK - 1)))
		return wrong("the stream", "it ends within a file");
	return finish(u, fd, partial, name);
}

static int64_t big_endian(const char *p)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < 8; i++)
		n = n << 8 | (unsigned char)p[i];
	return (int64_t)n;
}

static int take_pieces(struct unpacking *u, int fd)
{
	char piece[16];
	int64_t at, size;

	for (;;) {
		if (!get(u, piece, sizeof(piece)))
			return wrong("vmcore", "the stream ends before it");
		at = big_endian(piece);
		size = big_endian(piece + 8);
		if (at == -1 && size == -1)
			return 0;
		if (at < 0 || size < 0 || at > INT64_MAX - size)
			return wrong("vmcore", "expected an offset and a size,"
				     " found neither");
		if (copy(u, fd, at, size, "vmcore"))
			return -1;
	}
}

static int take_vmcore(struct unpacking *u)
{
	char partial[32];
	size_t n = fread(u->buffer, 1, FLAT_HEADER, u->in);
	int fd;

	if (n == 0)
		return 0;	/* --no-vmcore */
	if (n < FLAT_HEADER ||
	    memcmp(u->buffer, FLAT_MARK, strlen(FLAT_MARK)) != 0)
		return wrong("vmcore", "expected a flattened dump, found"
			     " something else");
	fd = create(u, "vmcore", partial, sizeof(partial));
	if (fd < 0)
		return -1;
	if (take_pieces(u, fd)) {
		close(fd);
		return -1;
	}
	return finish(u, fd, partial, "vmcore");
}

static int take_all(struct unpacking *u)
{
	static const char zeros[STREAM_BLOCK];
	char block[STREAM_BLOCK];

	for (;;) {
		if (!get(u, block, sizeof(block)))
			return wrong("the stream", "it has no end");
		if (!memcmp(block, zeros, sizeof(block)))
			break;
		if (take_file(u, block))
			return -1;
	}
	if (!get(u, block, sizeof(block)) || !get(u, block, sizeof(block)) ||
	    memcmp(block, STREAM_MARK, strlen(STREAM_MARK)) != 0)
		return wrong("the stream", "expected the mark behind the tar,"
			     " found none");
	return take_vmcore(u);
}

int unpack(const char *path, const char *output)
{
	struct unpacking *u = calloc(1, sizeof(*u));
	int ret = -1;

	if (!u)
		return wrong("unpack", "out of memory");
	u->in = path ? fopen(path, "re") : stdin;
	u->dirfd = open(output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!u->in)
		wrong(path, strerror(errno));
	else if (u->dirfd < 0)
		wrong(output, strerror(errno));
	else
		ret = take_all(u);
	if (u->in && path)
		fclose(u->in);
	if (u->dirfd >= 0)
		close(u->dirfd);
	free(u);
	return ret;
}
