// SPDX-License-Identifier: GPL-2.0-or-later
/* The small file: the note segment, saved as hvdump.elf. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"

/* The header record knows best; a segment without one may still be an ELF's. */
uint16_t elf_machine(const struct collector *c)
{
	const struct summary *s = &c->manifest.summary;

	if (s->has_header)
		return s->header.machine;
	return c->memory ? hvd_loads_machine(c->memory) : 0;
}

/* A reader pads a segment to a multiple of four bytes where it can. */
static bool same_notes(const struct hvd_input *in, const struct core *core)
{
	uint64_t size = core_notes_size(core);

	return in->notes_size - size < HVD_NOTE_ALIGN &&
	       memcmp(in->notes, core->notes, core->notes_size) == 0 &&
	       (!core->more ||
		memcmp(in->notes + size - core->more_size, core->more,
		       core->more_size) == 0);
}

int elf_check(const struct collector *c, const struct save_file *f,
	      const struct core *core, struct hvd_error *err)
{
	const struct summary *known = &c->manifest.summary;
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
	else if (!same_notes(in, core) || s.damages != known->damages ||
		 s.has_end != known->has_end)
		ret = hvd_error_set(err, "read back, it differs from the notes");
	hvd_input_close(in);
	return ret;
}

static int write_elf(struct collector *c, struct save_file *f,
		     struct hvd_error *err)
{
	const struct core core = {
		.machine = elf_machine(c),
		.notes = c->notes,
		.notes_size = c->notes_size,
	};

	if (core_write(f, &core, err) || save_sync(f, err) ||
	    elf_check(c, f, &core, err))
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

void step_notes(struct collector *c)
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
