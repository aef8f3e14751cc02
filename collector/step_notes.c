// SPDX-License-Identifier: GPL-2.0-or-later
/* The small file: the note segment, put together and saved as hvdump.elf. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "core.h"
#include "vmcore.h"

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

/* Read one chunk behind the notes that we have. */
static int add_chunk(struct collector *c, const struct chunk_range *range,
		     struct hvd_error *err)
{
	/* The segment before it may lack its last padding. */
	uint64_t start = (c->notes_size + 3) & ~UINT64_C(3);
	uint8_t *notes = realloc(c->own_notes, start + range->size);
	struct hvd_record first;
	struct hvd_reader r;

	if (!notes)
		return hvd_error_set(err, "no memory for %" PRIu64 " bytes",
				     range->size);
	if (!c->own_notes && c->notes_size)
		memcpy(notes, c->notes, c->notes_size);
	c->own_notes = notes;
	c->notes = notes;
	memset(notes + c->notes_size, 0, start - c->notes_size);
	if (vmcore_read(c->options.vmcore, range->address, notes + start,
			range->size, err))
		return -1;
	hvd_reader_init(&r, notes + start, range->size);
	if (hvd_reader_next(&r, &first) != HVD_NEXT_RECORD ||
	    first.type != HVD_TYPE_CHUNK)
		return hvd_error_set(err, "no chunk of notes is there");
	if (!have_chunk(c, &first))
		c->notes_size = start + chunk_used(notes + start, range->size);
	return 0;
}

static void gather_input(struct collector *c)
{
	struct manifest_source *s = &c->manifest.source;
	struct hvd_input *in;

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
	c->own_notes = NULL;
	c->input = NULL;
	c->notes = NULL;
	c->notes_size = 0;
}

void step_gather(struct collector *c)
{
	struct manifest *m = &c->manifest;
	struct hvd_error err;
	size_t i;

	gather_input(c);
	for (i = 0; i < c->options.nr_chunks; i++) {
		const struct chunk_range *range = &c->options.chunks[i];

		if (add_chunk(c, range, &err) == 0)
			continue;
		m->lost_chunks = true;
		manifest_say(m, "notes at 0x%016" PRIx64 ": %s",
			     range->address, err.text);
	}
	summary_make(&m->summary, c->notes, c->notes_size);
	m->has_summary = true;
}

/* The header record knows best; a segment without one may still be an ELF's. */
static uint16_t machine_of(const struct collector *c)
{
	const struct summary *s = &c->manifest.summary;

	return s->has_header ? s->header.machine :
			       vmcore_machine(c->options.vmcore);
}

/* Read the file back: is it what every reader will take for our notes? */
static int check(const struct collector *c, const struct save_file *f,
		 struct hvd_error *err)
{
	struct hvd_input *in;
	struct summary s;
	char *path;
	int ret = 0;

	if (asprintf(&path, "%s/%s", c->dir, f->partial) < 0)
		return hvd_error_set(err, "out of memory");
	in = hvd_input_open(path, err);
	free(path);
	if (!in)
		return -1;
	summary_make(&s, in->notes, in->notes_size);
	if (in->damage)
		ret = hvd_error_set(err, "%s", in->damage);
	else if (in->notes_size != c->notes_size ||
		 memcmp(in->notes, c->notes, c->notes_size) != 0 ||
		 !summary_same(&s, &c->manifest.summary))
		ret = hvd_error_set(err, "read back, it differs from the notes");
	hvd_input_close(in);
	return ret;
}

static int write_elf(struct collector *c, struct save_file *f,
		     struct hvd_error *err)
{
	if (core_write(f, c->notes, c->notes_size, machine_of(c), err) ||
	    save_sync(f, err) || check(c, f, err))
		return -1;
	return save_commit(f, err);
}

static void say_capture(struct manifest *m)
{
	const struct summary *s = &m->summary;

	if (s->damages)
		manifest_say(m, "the notes are damaged in %" PRIu64
			     " places, first at offset 0x%" PRIx64 ": %s",
			     s->damages, s->first_damage.offset,
			     s->first_damage.what);
	if (!s->has_header)
		manifest_say(m, "the notes have no header record");
	else if (!s->has_capture)
		manifest_say(m, "hvdump.ko was armed, but captured nothing");
	else if (!s->has_end)
		manifest_say(m, "the capture was cut off");
	else if (s->nr_dropped)
		manifest_say(m, "the capture left something out");
}

static void elf_is_safe(struct collector *c, const struct save_file *f)
{
	struct manifest *m = &c->manifest;
	char sha256[DIGEST_HEX];

	manifest_complete(m, FILE_ELF, f->size, "");
	printf("hvdump-collect: %s is safe (%" PRIu64 " bytes, %" PRId64
	       " ms)\n", f->name, f->size, m->files[FILE_ELF].ms);
	if (digest_file(c->dirfd, f->name, sha256) == 0)
		strcpy(m->files[FILE_ELF].sha256, sha256);
	say_capture(m);
}

static void save_notes(struct collector *c)
{
	struct manifest *m = &c->manifest;
	struct hvd_error err;
	struct save_file f;

	if (!c->input && !c->own_notes) {
		manifest_set(m, FILE_ELF, STATE_MISSING, "%s",
			     c->input_error.text);
		return;
	}
	if (!summary_any(&m->summary)) {
		/* Nothing failed, unless something could not be looked at. */
		m->files[FILE_ELF].wanted = m->lost_chunks;
		manifest_set(m, FILE_ELF, STATE_MISSING,
			     "no hypervisor state in %s", c->options.vmcore);
		manifest_say(m, "no hypervisor state in %s",
			     c->options.vmcore);
		return;
	}
	if (save_open(&f, c->dirfd, m->files[FILE_ELF].name, &err)) {
		manifest_set(m, FILE_ELF, STATE_MISSING, "%s", err.text);
		return;
	}
	if (write_elf(c, &f, &err) == 0)
		elf_is_safe(c, &f);
	else
		manifest_set(m, FILE_ELF, STATE_PARTIAL, "%s", err.text);
	save_close(&f);
}

void step_notes(struct collector *c)
{
	save_notes(c);
	free_notes(c);
}
