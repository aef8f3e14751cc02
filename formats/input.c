// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening a file that may hold notes: see input.h. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"
#include "input.h"
#include "input_file.h"
#include "note.h"

/* A bare segment's first note of ours is looked for in so many bytes. */
#define PROBE_SIZE 4096
/* What of a file a failing read costs. */
#define READ_UNIT 4096

void hvd_input_damage(struct hvd_input *in, const char *format, ...)
{
	va_list args;

	if (in->damage)
		return;
	va_start(args, format);
	if (vasprintf(&in->damage, format, args) < 0)
		in->damage = NULL;
	va_end(args);
}

/* How many of @size bytes at @offset may be taken; the rest is damage. */
static uint64_t usable_size(struct hvd_input *in, const struct hvd_file *f,
			    uint64_t offset, uint64_t size)
{
	uint64_t room = HVD_INPUT_MAX_NOTES - in->notes_size;
	uint64_t left = offset < f->size ? f->size - offset : 0;

	/* Notes that overlap again and again would outgrow the file. */
	if (room > f->stored - in->notes_size)
		room = f->stored - in->notes_size;
	if (size > left) {
		hvd_input_damage(in,
				 "offset %" PRIu64 ": expected %" PRIu64
				 " bytes of notes, found %" PRIu64,
				 offset, size, left);
		size = left;
	}
	if (size > room) {
		hvd_input_damage(in,
				 "offset %" PRIu64 ": expected at most %" PRIu64
				 " more bytes of notes, found %" PRIu64,
				 offset, room, size);
		size = room;
	}
	return size;
}

/*
 * A place that cannot be read costs its page, not all that is behind it: there
 * are zeros in its stead, which readers of notes step over. Returns how many
 * bytes there are, up to the end of the file.
 */
static uint64_t read_notes(struct hvd_input *in, const struct hvd_file *f,
			   uint64_t offset, uint8_t *notes, uint64_t size)
{
	uint64_t done = 0, lost = 0, skip;

	while (done < size) {
		done += hvd_file_read(f, offset + done, notes + done,
				      size - done);
		if (done == size)
			break;
		hvd_input_damage(in, "offset %" PRIu64 ": cannot read notes: "
				 "%s", offset + done,
				 errno ? strerror(errno) : "the file ends");
		if (errno != EIO)
			break;
		skip = READ_UNIT - (offset + done) % READ_UNIT;
		if (skip > size - done)
			skip = size - done;
		memset(notes + done, 0, skip);
		done += skip;
		lost += skip;
	}
	return lost < done ? done : 0;
}

int hvd_input_add_notes(struct hvd_input *in, const struct hvd_file *f,
			uint64_t offset, uint64_t size, struct hvd_error *err)
{
	uint64_t padded;
	uint8_t *notes;

	size = usable_size(in, f, offset, size);
	if (!size)
		return 0;
	if (!in->notes_size)
		in->notes_offset = offset;
	padded = (size + HVD_NOTE_ALIGN - 1) & ~(uint64_t)(HVD_NOTE_ALIGN - 1);
	notes = realloc(in->notes, in->notes_size + padded);
	if (!notes)
		return hvd_error_set(err,
				     "no memory for %" PRIu64 " bytes of notes",
				     in->notes_size + size);
	in->notes = notes;
	notes += in->notes_size;
	size = read_notes(in, f, offset, notes, size);
	/* Only between two segments: the last may end where it ends. */
	padded = (size + HVD_NOTE_ALIGN - 1) & ~(uint64_t)(HVD_NOTE_ALIGN - 1);
	memset(notes + size, 0, padded - size);
	in->notes_size += padded <= f->stored - in->notes_size ? padded : size;
	return 0;
}

static bool is_our_note(const uint8_t *p, size_t len)
{
	return len >= HVD_NOTE_HDR && hvd_le32(p) == HVD_NOTE_NAMESZ &&
	       !memcmp(p + 12, HVD_NOTE_OWNER "\0", 8);
}

/* Is one of our notes near the beginning, behind notes of other owners? */
static bool looks_like_notes(const uint8_t *head, size_t len)
{
	size_t pos;

	for (pos = 0; pos < len; pos += HVD_NOTE_ALIGN)
		if (is_our_note(head + pos, len - pos))
			return true;
	return false;
}

struct magic {
	const char *bytes;
	size_t len;
	const char *what;
};

#define MAGIC(bytes, what)                     \
	{                                      \
		bytes, sizeof(bytes) - 1, what \
	}

/* What people hand us by mistake, and what they should do about it. */
static const struct magic refused[] = {
	MAGIC("\x1f\x8b", "a gzip file: decompress it first"),
	MAGIC("\xfd"
	      "7zXZ",
	      "an xz file: decompress it first"),
	MAGIC("\x28\xb5\x2f\xfd", "a zstd file: decompress it first"),
	MAGIC("BZh", "a bzip2 file: decompress it first"),
	MAGIC("\x04\x22\x4d\x18", "an lz4 file: decompress it first"),
	MAGIC("DISKDUMP", "a diskdump file, which cannot hold notes"),
};

static int refuse(const uint8_t *head, size_t len, struct hvd_error *err)
{
	size_t i;

	if (len == 0)
		return hvd_error_set(err, "the file is empty");
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (len >= refused[i].len &&
		    !memcmp(head, refused[i].bytes, refused[i].len))
			return hvd_error_set(err, "this is %s",
					     refused[i].what);
	return hvd_error_set(
		err,
		"offset 0: expected an ELF core, a kdump file "
		"or notes of owner HVDUMP, found 0x%02x%02x%02x%02x",
		head[0], len > 1 ? head[1] : 0, len > 2 ? head[2] : 0,
		len > 3 ? head[3] : 0);
}

/* Find out what the file is, and have its notes read. */
static int read_any(struct hvd_input *in, const struct hvd_file *f,
		    struct hvd_error *err)
{
	uint8_t head[PROBE_SIZE];
	size_t len = hvd_file_read(f, 0, head, sizeof(head));

	if (len == 0 && errno)
		return hvd_error_set(err, "cannot read: %s", strerror(errno));
	if (len >= 4 && !memcmp(head, "\177ELF", 4)) {
		in->format = HVD_FORMAT_ELF;
		in->format_name = "elf";
		return hvd_input_read_elf(in, f, err);
	}
	if (len >= 8 && !memcmp(head, "KDUMP   ", 8)) {
		in->format = HVD_FORMAT_KDUMP;
		in->format_name = "kdump";
		return hvd_input_read_kdump(in, f, err);
	}
	if (!looks_like_notes(head, len))
		return refuse(head, len, err);
	in->format = HVD_FORMAT_NOTES;
	in->format_name = "notes";
	return hvd_input_add_notes(in, f, 0, f->size, err);
}

/* A collector's directory stands for the file in it that is read fastest. */
static int enter_directory(struct hvd_input *in, struct hvd_error *err)
{
	static const char *const names[] = {"hvdump.elf", "vmcore"};
	struct stat st;
	char *path;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (asprintf(&path, "%s/%s", in->path, names[i]) < 0)
			return hvd_error_set(err, "no memory");
		if (!stat(path, &st) && S_ISREG(st.st_mode)) {
			in->directory = in->path;
			in->path = path;
			return 0;
		}
		free(path);
	}
	return hvd_error_set(err, "expected hvdump.elf or vmcore in this "
				  "directory, found neither");
}

static int open_path(struct hvd_input *in, struct hvd_file *f,
		     struct hvd_error *err)
{
	struct stat st;

	if (stat(in->path, &st))
		return hvd_error_set(err, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode) && enter_directory(in, err))
		return -1;
	if (hvd_file_open(f, in->path, NULL, err))
		return -1;
	in->file_size = f->stored;
	if (f->flattened) {
		in->flattened = hvd_flattened_hold(f->flattened);
		if (hvd_flattened_damage(f->flattened))
			hvd_input_damage(in, "%s",
					 hvd_flattened_damage(f->flattened));
	}
	return 0;
}

struct hvd_input *hvd_input_open(const char *path, struct hvd_error *err)
{
	struct hvd_input *in = calloc(1, sizeof(*in));
	struct hvd_file f = {.fd = -1};
	int failed;

	if (in)
		in->path = strdup(path);
	if (!in || !in->path) {
		hvd_input_close(in);
		hvd_error_set(err, "%s: no memory", path);
		return NULL;
	}
	failed = open_path(in, &f, err) || read_any(in, &f, err);
	if (in->flattened)
		in->format_name = "flattened";
	hvd_file_close(&f);
	if (!failed)
		return in;
	hvd_error_prefix(err, "%s", in->path);
	hvd_input_close(in);
	return NULL;
}

void hvd_input_close(struct hvd_input *in)
{
	if (!in)
		return;
	free(in->path);
	free(in->directory);
	while (in->nr_parts)
		free(in->parts[--in->nr_parts]);
	free(in->parts);
	free(in->notes);
	free(in->damage);
	hvd_flattened_release(in->flattened);
	free(in);
}
