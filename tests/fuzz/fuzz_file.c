// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a file that hvdump is given: what can be derived, and a
 * command, as text and as JSON, as the program runs it.
 */
#include <jansson.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bytes.h"
#include "check.h"
#include "commands.h"
#include "derive.h"
#include "encode.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed);

/** A stream into memory. */
struct sink {
	FILE *stream;
	char *text;
	size_t len;
};

static void sink_open(struct sink *s)
{
	s->stream = open_memstream(&s->text, &s->len);
	CHECK(s->stream);
}

static void sink_close(struct sink *s)
{
	CHECK(!fclose(s->stream));
}

/* What comes out of a dump must not talk to the terminal. */
static void check_text(const struct sink *s)
{
	size_t i;

	for (i = 0; i < s->len; i++)
		CHECK(s->text[i] == '\n' ||
		      (s->text[i] >= 0x20 && s->text[i] <= 0x7e));
}

static void check_json(const struct sink *s)
{
	json_error_t error;
	json_t *root = json_loads(s->text, JSON_REJECT_DUPLICATES, &error);

	CHECK(json_is_object(root));
	json_decref(root);
}

static size_t count_lines(const struct sink *s)
{
	size_t i, lines = 0;

	for (i = 0; i < s->len; i++)
		lines += s->text[i] == '\n';
	return lines;
}

static int run(const struct command *c, const struct options *opt,
	       const char *path)
{
	struct sink out, err;
	const char *args[] = {path, "0x7000010"};
	struct session s = {.opt = *opt, .args = args};
	int status;

	s.nr_args = c->takes_page || c->takes_words ? 2 : 1;
	sink_open(&out);
	sink_open(&err);
	s.out = out.stream;
	s.err = err.stream;
	s.prefix = "";
	status = command_run(c, &s);
	sink_close(&out);
	sink_close(&err);
	CHECK(status == STATUS_DONE || status == STATUS_FAILED ||
	      status == STATUS_NO_STATE || status == STATUS_DAMAGED);
	CHECK(count_lines(&err) == (status != STATUS_DONE));
	check_text(&err);
	if (!opt->json)
		check_text(&out);
	else if (status != STATUS_FAILED)
		check_json(&out);
	free(out.text);
	free(err.text);
	return status;
}

/* Text and JSON are two forms of one outcome. */
static void run_both(const struct command *c, const char *path)
{
	struct options opt = {.all = c->takes_all, .code = c->takes_code};
	int status;

	/* An address is one of somebody's. */
	if (c->takes_words) {
		opt.partition = "self";
		opt.vp = "0";
	}
	status = run(c, &opt, path);
	opt.json = true;
	CHECK(run(c, &opt, path) == status);
}

static void run_selected(const struct command *c, const char *path)
{
	struct options opt = {.partition = "self", .vp = "0", .vtl = "0"};

	run(c, &opt, path);
}

/*
 * One command an input, since a few small ones are better than a slow one. What
 * writes a file would not write it twice.
 */
static void run_some(const char *path, uint32_t which)
{
	const struct command *c, *chosen[64];
	size_t i, nr = 0;

	for (i = 0; (c = command_at(i)) && nr < 64; i++)
		if (c->needs_file && !c->writes)
			chosen[nr++] = c;
	c = chosen[which % nr];
	run_both(c, path);
	if (c->takes_vp)
		run_selected(c, path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[32];
	static int fd = -1;
	struct hvd_error err;
	struct hvd_input *in;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		CHECK(fd >= 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	CHECK(!ftruncate(fd, 0));
	CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
	in = hvd_input_open(path, &err);
	if (in) {
		CHECK(in->notes_size <= size);
		derive_all(in->notes, in->notes_size, in->machine);
		hvd_input_close(in);
	}
	run_some(path, hvd_crc32(0, data, size));
	return 0;
}

/** Where a file says that its notes are, and where it says how many. */
struct segment {
	uint64_t at;
	uint64_t size;
	uint64_t size_at; /* 0: nowhere */
};

static struct segment find_in_elf(const uint8_t *data, size_t size)
{
	uint64_t at = hvd_le64(data + 32), i, nr = hvd_le16(data + 56);
	struct segment s = {.size = size};

	for (i = 0; i < nr && at <= size && size - at >= 56; i++, at += 56)
		if (hvd_le32(data + at) == 4) {
			s.at = hvd_le64(data + at + 8);
			s.size_at = at + 32;
			s.size = hvd_le64(data + s.size_at);
			break;
		}
	return s;
}

static struct segment find_in_kdump(const uint8_t *data, size_t size)
{
	uint64_t block = hvd_le32(data + 428);
	struct segment s = {.size = size};

	if (block > size || size - block < 64)
		return s;
	s.at = hvd_le64(data + block + 48);
	s.size_at = block + 56;
	s.size = hvd_le64(data + s.size_at);
	return s;
}

static struct segment find_segment(const uint8_t *data, size_t size)
{
	if (size >= 64 && !memcmp(data, "\177ELF", 4))
		return find_in_elf(data, size);
	if (size >= 464 && !memcmp(data, "KDUMP   ", 8))
		return find_in_kdump(data, size);
	return (struct segment){.size = size};
}

static void put_le64(uint8_t *p, uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Half of the time the file as such, else the notes in it. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	struct segment s = find_segment(data, size);
	size_t behind, changed;
	uint8_t *notes;

	if (seed & 1 || !s.size || s.at > size || s.size > size - s.at)
		return LLVMFuzzerMutate(data, size, max_size);
	behind = size - (size_t)(s.at + s.size);
	notes = malloc(max_size);
	CHECK(notes);
	memcpy(notes, data + s.at, s.size);
	changed =
		mutate_notes(notes, s.size, max_size - s.at - behind, seed / 2);
	memmove(data + s.at + changed, data + s.at + s.size, behind);
	memcpy(data + s.at, notes, changed);
	/* The table of headers may lie in what was moved. */
	if (s.size_at && s.size_at + 8 <= s.at)
		put_le64(data + s.size_at, changed);
	free(notes);
	return (size_t)s.at + changed + behind;
}
