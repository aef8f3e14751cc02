// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the notes come from: the vmcore's own note segment, the chunk table
 * whose address the crash kernel was given on its command line, and --notes.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "collect.h"
#include "command_line.h"
#include "kernel/vmcoreinfo.h"
#include "table.h"

/* A table is one page; a larger one of a later version may be as long. */
#define MAX_TABLE	65536

#define PAGE		UINT64_C(4096)

/* Where the last note of a chunk ends: what follows is zeros, or never was. */
static uint64_t chunk_used(const uint8_t *chunk, uint64_t size)
{
	struct hvd_reader r;
	struct hvd_record rec;
	enum hvd_next next;
	uint64_t end = 0;

	hvd_reader_init(&r, chunk, size);
	while ((next = hvd_reader_next(&r, &rec)) != HVD_NEXT_END)
		if (next == HVD_NEXT_RECORD)
			end = rec.desc - chunk + ((rec.desc_size + UINT64_C(3)) &
						  ~UINT64_C(3));
	return end < size ? end : size;
}

/* Is the chunk that begins with @first in the segment already? */
static bool have_chunk(const struct collector *c,
		       const struct hvd_record *first)
{
	struct hvd_reader r;
	struct hvd_record rec;
	enum hvd_next next;

	hvd_reader_init(&r, c->notes, c->notes_size);
	while ((next = hvd_reader_next(&r, &rec)) != HVD_NEXT_END)
		if (next == HVD_NEXT_RECORD && rec.type == HVD_TYPE_CHUNK &&
		    rec.desc_size == first->desc_size &&
		    memcmp(rec.desc, first->desc, rec.desc_size) == 0)
			return true;
	return false;
}

/* Memory for @size more bytes behind the notes that we have; NULL: none. */
static uint8_t *room_for(struct collector *c, uint64_t start, uint64_t size)
{
	uint8_t *notes = realloc(c->own_notes, start + size);

	if (!notes)
		return NULL;
	if (!c->own_notes && c->notes_size)
		memcpy(notes, c->notes, c->notes_size);
	c->own_notes = notes;
	c->notes = notes;
	memset(notes + c->notes_size, 0, start - c->notes_size);
	return notes + start;
}

static bool all_zeros(const uint8_t *p, uint64_t size)
{
	return !p[0] && !memcmp(p, p + 1, size - 1);
}

static bool has_nonce(const struct hvd_record *first, uint64_t nonce)
{
	return first->desc_size >= HVD_COMMON_SIZE + 8 &&
	       hvd_le64(first->desc + HVD_COMMON_SIZE) == nonce;
}

/* Memory of the vmcore; all of it, or -1 with @err set. */
static int read_memory(struct collector *c, uint64_t address, void *buf,
		       uint64_t size, struct hvd_error *err)
{
	if (!c->memory)
		return hvd_error_set(err, "%s", c->memory_error.text);
	if (hvd_loads_read(c->memory, address, buf, size, err))
		return hvd_error_prefix(err, "%s", c->options.vmcore);
	return 0;
}

/*
 * What of a chunk can be read, with zeros for the pages that cannot: a reader of
 * notes steps over them. -1 with @err set if that is nothing.
 */
static int read_chunk(struct collector *c, const struct chunk_range *range,
		      uint8_t *chunk, struct hvd_error *err)
{
	uint64_t at, n, lost = 0;
	struct hvd_error why;

	if (!read_memory(c, range->address, chunk, range->size, err))
		return 0;
	for (at = 0; at < range->size; at += n) {
		n = PAGE - (range->address + at) % PAGE;
		if (n > range->size - at)
			n = range->size - at;
		if (!read_memory(c, range->address + at, chunk + at, n, &why))
			continue;
		memset(chunk + at, 0, n);
		lost += n;
	}
	if (lost == range->size)
		return -1;
	c->manifest.lost_chunks = true;
	manifest_say(&c->manifest, "notes at 0x%016" PRIx64 ": %" PRIu64
		     " bytes cannot be read: %s", range->address, lost,
		     err->text);
	return 0;
}

/*
 * Read one chunk behind the notes that we have. @table: the table that lists
 * it, or NULL. A table also lists the chunks that were not needed.
 */
static int add_chunk(struct collector *c, const struct chunk_range *range,
		     const struct hvd_table *table, struct hvd_error *err)
{
	/* The segment before it may lack its last padding. */
	uint64_t start = (c->notes_size + 3) & ~UINT64_C(3);
	uint8_t *chunk = room_for(c, start, range->size);
	struct hvd_record first;
	struct hvd_reader r;

	if (!chunk)
		return hvd_error_set(err, "no memory for %" PRIu64 " bytes",
				     range->size);
	if (read_chunk(c, range, chunk, err))
		return -1;
	if (table && all_zeros(chunk, range->size))
		return 0;
	hvd_reader_init(&r, chunk, range->size);
	if (hvd_reader_next(&r, &first) != HVD_NEXT_RECORD ||
	    first.type != HVD_TYPE_CHUNK)
		return hvd_error_set(err, "no chunk of notes is there");
	if (table && !has_nonce(&first, table->nonce))
		return hvd_error_set(err, "the chunk that is there belongs to"
				     " another table");
	if (!have_chunk(c, &first))
		c->notes_size = start + chunk_used(chunk, range->size);
	return 0;
}

/* One chunk, or a word on why not. Is there more than before? */
static bool try_chunk(struct collector *c, const struct chunk_range *range,
		      const struct hvd_table *table)
{
	uint64_t before = c->notes_size;
	struct hvd_error err;

	if (add_chunk(c, range, table, &err)) {
		c->manifest.lost_chunks = true;
		manifest_say(&c->manifest, "notes at 0x%016" PRIx64 ": %s",
			     range->address, err.text);
	}
	return c->notes_size != before;
}

/* The kernel's release, by VMCOREINFO or the header record. */
static void gather_release(struct collector *c)
{
	struct summary *s = &c->manifest.summary;
	struct hvd_vmcoreinfo *info = NULL;
	const char *release = NULL;
	struct hvd_error err;

	if (c->input)
		info = hvd_vmcoreinfo_open(c->input, &err);
	if (info)
		release = hvd_vmcoreinfo_text(info, "OSRELEASE");
	if (release)
		snprintf(c->release, sizeof(c->release), "%s", release);
	else if (s->has_header)
		snprintf(c->release, sizeof(c->release), "%.64s",
			 (const char *)s->header.release);
	hvd_vmcoreinfo_close(info);
}

static void gather_input(struct collector *c)
{
	struct manifest_source *s = &c->manifest.source;
	struct hvd_input *in;

	c->memory = hvd_loads_open(c->options.vmcore, NULL, &c->memory_error);
	in = hvd_input_open(c->options.vmcore, &c->input_error);
	if (!in) {
		manifest_say(&c->manifest, "%s", c->input_error.text);
		return;
	}
	c->input = in;
	c->notes = in->notes;
	c->notes_size = in->notes_size;
	s->open = true;
	s->format = in->format_name;
	s->notes_size = in->notes_size;
	c->source_size = in->file_size;
	if (in->damage) {
		snprintf(s->damage, sizeof(s->damage), "%s", in->damage);
		manifest_say(&c->manifest, "%s: %s", c->options.vmcore,
			     in->damage);
	}
}

void free_notes(struct collector *c)
{
	free(c->own_notes);
	hvd_input_close(c->input);
	hvd_loads_close(c->memory);
	c->memory = NULL;
	c->own_notes = NULL;
	c->input = NULL;
	c->notes = NULL;
	c->notes_size = 0;
}

static int read_table(struct collector *c, const struct chunk_range *where,
		      struct hvd_table *table, struct hvd_error *err)
{
	uint8_t *data;
	int ret;

	if (where->size > MAX_TABLE)
		return hvd_error_set(err, "no chunk table has %" PRIu64
				     " bytes", where->size);
	data = malloc(where->size);
	if (!data)
		return hvd_error_set(err, "out of memory");
	ret = read_memory(c, where->address, data, where->size, err);
	if (ret == 0)
		ret = hvd_table_read(table, data, where->size, err);
	free(data);
	return ret;
}

/* What is wrong with a table that could be read all the same. */
static void say_table(struct manifest *m, const struct hvd_table *table)
{
	if (table->damaged)
		manifest_say(m, "the chunk table is damaged: its CRC differs");
	if (table->bad)
		manifest_say(m, "the chunk table lists %" PRIu32
			     " chunks that cannot be", table->bad);
	if (table->damaged || table->bad)
		m->lost_chunks = true;
}

static void gather_listed(struct collector *c, const struct hvd_table *table)
{
	struct manifest *m = &c->manifest;
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < table->count; i++) {
		const struct chunk_range range = {
			.address = table->chunks[i].address,
			.size = table->chunks[i].length,
		};

		if (range.size > OPTIONS_NOTES_MAX - sum) {
			m->lost_chunks = true;
			manifest_say(m, "the chunk table lists more than %u"
				     " MiB", (unsigned int)
				     (OPTIONS_NOTES_MAX >> 20));
			return;
		}
		sum += range.size;
		if (try_chunk(c, &range, table))
			m->source.road = ROAD_COMMAND_LINE;
	}
}

static void gather_table(struct collector *c)
{
	struct manifest *m = &c->manifest;
	struct chunk_range where;
	struct hvd_table table;
	struct hvd_error err;
	int found = command_line_table(c->options.cmdline, &where, &err);

	if (!found)
		return;
	if (found > 0 && read_table(c, &where, &table, &err) == 0) {
		say_table(m, &table);
		gather_listed(c, &table);
		return;
	}
	m->lost_chunks = true;
	manifest_say(m, "%s: hvdump=: %s", c->options.cmdline, err.text);
}

static void gather_options(struct collector *c)
{
	struct manifest_source *s = &c->manifest.source;
	size_t i;

	for (i = 0; i < c->options.nr_chunks; i++)
		if (try_chunk(c, &c->options.chunks[i], NULL) && !s->road)
			s->road = ROAD_OPTION;
}

void step_gather(struct collector *c)
{
	struct manifest *m = &c->manifest;

	gather_input(c);
	summary_make(&m->summary, c->notes, c->notes_size);
	if (summary_any(&m->summary))
		m->source.road = ROAD_NOTES;
	else if (!c->options.offline)
		gather_table(c);
	gather_options(c);
	summary_make(&m->summary, c->notes, c->notes_size);
	m->has_summary = true;
	gather_release(c);
}
