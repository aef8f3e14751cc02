// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdump.elf with the pages of memory that the notes refer to. The one without
 * is on disk already, and stays until this one is whole: reading memory is what
 * may go wrong.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "encode.h"
#include "wanted.h"

/* The largest page of any kernel. */
#define MAX_PAGE	65536

/* A page that could be read once and then cannot starts the file anew. */
#define MAX_ROUNDS	3

/** The file being made. */
struct copy {
	struct collector *c;
	struct wanted wanted;
	struct core core;
	struct core_load *loads;
	uint8_t *chunk;		/* notes of our own: what is lacking */
	uint8_t page[MAX_PAGE];
	bool again;		/* a page turned out unreadable */
	bool in_place;		/* the file with pages is there */
	uint64_t size;		/* of that file */
};

/* Read a page; what cannot be read is noted in it. */
static bool read_page(struct copy *copy, struct wanted_page *p)
{
	struct collector *c = copy->c;
	struct hvd_error err;

	if (!c->memory) {
		p->error = EOPNOTSUPP;
	} else if (hvd_loads_read(c->memory, p->pfn << copy->wanted.shift,
				  copy->page, 1u << copy->wanted.shift,
				  &err) == HVD_READ_DATA) {
		return true;
	} else {
		p->error = hvd_loads_errno(c->memory);
	}
	p->fate = WANTED_FAILED;
	return false;
}

/* Which pages can be read? The program headers must be right beforehand. */
static int probe(struct copy *copy, struct hvd_error *err)
{
	struct wanted *w = &copy->wanted;
	size_t i;

	for (i = 0; i < w->nr; i++) {
		if (child_stop())
			return hvd_error_set(err, "asked to stop");
		if (w->pages[i].fate == WANTED_COPY)
			read_page(copy, &w->pages[i]);
	}
	return 0;
}

/* Pages that follow one another are one segment. */
static void list_loads(struct copy *copy)
{
	const struct wanted *w = &copy->wanted;
	struct core_load *last = NULL;
	uint64_t address, size = UINT64_C(1) << w->shift;
	size_t i, nr = 0;

	for (i = 0; i < w->nr; i++) {
		if (w->pages[i].fate != WANTED_COPY)
			continue;
		address = w->pages[i].pfn << w->shift;
		if (last && last->address + last->size == address) {
			last->size += size;
			continue;
		}
		last = &copy->loads[nr++];
		*last = (struct core_load){ address, size };
	}
	copy->core.loads = copy->loads;
	copy->core.nr_loads = nr;
}

/* A chunk behind all others tells what is lacking, if anything is. */
static int write_unread(struct copy *copy, struct hvd_error *err)
{
	struct hvd_chunk chunk = { .base = NULL };
	struct hvd_writer writer;
	struct hvd_gap *gaps;
	size_t nr;

	free(copy->chunk);
	copy->chunk = NULL;
	copy->core.more = NULL;
	copy->core.more_size = 0;
	gaps = unread_gaps(&copy->c->unread, &copy->wanted, &nr);
	if (gaps && nr) {
		chunk.size = HVD_CHUNK_MIN + nr * HVD_WIRE_SIZE(gap);
		chunk.base = calloc(1, chunk.size);
	}
	if (!gaps || (nr && !chunk.base)) {
		free(gaps);
		return hvd_error_set(err, "out of memory");
	}
	if (nr) {
		hvd_writer_init(&writer, &chunk, 1, HVD_ROLE_COLLECTOR,
				copy->wanted.nonce);
		hvd_write_unread(&writer, gaps, nr);
		hvd_writer_finish(&writer);
		copy->chunk = chunk.base;
		copy->core.more = chunk.base;
		copy->core.more_size = chunk.used;
	}
	free(gaps);
	return 0;
}

static int append_pages(struct copy *copy, struct save_file *f,
			struct hvd_error *err)
{
	struct wanted *w = &copy->wanted;
	size_t i;

	for (i = 0; i < w->nr; i++) {
		if (w->pages[i].fate != WANTED_COPY)
			continue;
		if (child_stop())
			return hvd_error_set(err, "asked to stop");
		if (!read_page(copy, &w->pages[i])) {
			copy->again = true;
			return hvd_error_set(err, "page 0x%" PRIx64
					     " could be read once, and then "
					     "not", w->pages[i].pfn);
		}
		if (save_write(f, copy->page, UINT64_C(1) << w->shift, err))
			return -1;
	}
	return 0;
}

static int write_file(struct copy *copy, struct save_file *f,
		      struct hvd_error *err)
{
	list_loads(copy);
	if (write_unread(copy, err) || core_write(f, &copy->core, err) ||
	    append_pages(copy, f, err) || save_sync(f, err) ||
	    elf_check(copy->c, f, &copy->core, err))
		return -1;
	f->replaces = true;
	return save_commit(f, err);
}

static int write_once(struct copy *copy, struct hvd_error *err)
{
	const struct manifest *m = &copy->c->manifest;
	struct save_file f;
	int ret;

	copy->again = false;
	if (save_open(&f, copy->c->dirfd, m->files[FILE_ELF].name, err))
		return -1;
	ret = write_file(copy, &f, err);
	copy->size = f.size;
	copy->in_place = f.in_place;
	if (!f.in_place)
		save_drop(&f);
	return ret;
}

/* A reader would see zeros: no page of ours. */
static void leave_unread(struct wanted *w, const struct unread *u)
{
	struct wanted_page *p;

	for (p = w->pages; p < w->pages + w->nr; p++) {
		if (p->fate != WANTED_COPY || !unread_has(u, p->pfn))
			continue;
		p->fate = WANTED_GUARDED;
		p->error = EPERM;
	}
}

static void count(struct manifest_pages *p, const struct wanted *w)
{
	size_t i;

	p->known = true;
	p->referenced = w->nr;
	p->copied = wanted_count(w, WANTED_COPY);
	p->in_notes = wanted_count(w, WANTED_IN_NOTE);
	p->guarded = wanted_count(w, WANTED_GUARDED);
	p->beyond = w->pages_beyond;
	p->absent = p->failed = 0;
	for (i = 0; i < w->nr; i++) {
		if (w->pages[i].fate != WANTED_FAILED)
			continue;
		if (w->pages[i].error == ENXIO || w->pages[i].error == ENODATA)
			p->absent++;
		else
			p->failed++;
	}
}

static void say_missing(struct manifest *m, uint64_t n, const char *why)
{
	if (n)
		manifest_say(m, "%" PRIu64 " %s of memory %s not copied: %s", n,
			     n == 1 ? "page" : "pages", n == 1 ? "is" : "are",
			     why);
}

static void pages_are_there(struct copy *copy)
{
	struct manifest *m = &copy->c->manifest;
	struct manifest_pages *p = &m->pages;
	char sha256[DIGEST_HEX] = "";

	digest_file(copy->c->dirfd, m->files[FILE_ELF].name, sha256);
	manifest_replaced(m, FILE_ELF, copy->size, sha256);
	p->state = PAGES_DONE;
	p->ms = manifest_ms(m);
	printf("hvdump-collect: %s has %" PRIu64 " pages of memory (%" PRIu64
	       " bytes, %" PRId64 " ms)\n", m->files[FILE_ELF].name, p->copied,
	       copy->size, p->ms);
	say_missing(m, p->guarded, "the hypervisor guards them");
	say_missing(m, p->absent, "the vmcore does not have them");
	say_missing(m, p->failed, "they cannot be read");
	say_missing(m, p->beyond, "more than --pages allows");
}

static int copy_pages(struct copy *copy, struct hvd_error *err)
{
	int round, ret = -1;

	copy->loads = calloc(copy->wanted.nr + 1, sizeof(*copy->loads));
	if (!copy->loads)
		return hvd_error_set(err, "out of memory");
	if (probe(copy, err))
		return -1;
	for (round = 0; round < MAX_ROUNDS; round++) {
		ret = write_once(copy, err);
		if (!ret || !copy->again)
			break;
	}
	count(&copy->c->manifest.pages, &copy->wanted);
	return ret;
}

static void save_pages(struct copy *copy)
{
	struct collector *c = copy->c;
	struct manifest *m = &c->manifest;
	struct hvd_error err;
	int failed;

	if (wanted_make(&copy->wanted, c->notes, c->notes_size,
			c->options.max_pages)) {
		manifest_pages_failed(m, "out of memory");
		return;
	}
	leave_unread(&copy->wanted, &c->unread);
	count(&m->pages, &copy->wanted);
	if (!copy->wanted.nr && !copy->wanted.pages_beyond && !c->unread.nr) {
		m->pages.state = PAGES_NONE;
		return;
	}
	copy->core.machine = elf_machine(c);
	copy->core.notes = c->notes;
	copy->core.notes_size = c->notes_size;
	failed = copy_pages(copy, &err);
	if (failed && !copy->in_place) {
		manifest_pages_failed(m, "%s", err.text);
		return;
	}
	/* A power cut may still bring the older one back: that is said. */
	if (failed)
		manifest_say(m, "%s", err.text);
	m->pages.unsafe = failed;
	pages_are_there(copy);
}

void step_pages(struct collector *c)
{
	struct manifest *m = &c->manifest;
	struct copy *copy = NULL;

	if (m->files[FILE_ELF].state != STATE_COMPLETE ||
	    !c->options.max_pages) {
		m->pages.state = PAGES_NONE;
		snprintf(m->pages.why, sizeof(m->pages.why), "%s",
			 c->options.max_pages ? "no hvdump.elf" :
						"not asked for (--pages 0)");
	} else {
		copy = calloc(1, sizeof(*copy));
		if (!copy)
			manifest_pages_failed(m, "out of memory");
	}
	if (copy) {
		copy->c = c;
		save_pages(copy);
		wanted_free(&copy->wanted);
		free(copy->loads);
		free(copy->chunk);
		free(copy);
	}
	free_notes(c);
}
