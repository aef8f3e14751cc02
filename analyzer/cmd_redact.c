// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdump redact: a copy of hvdump.elf, or of bare notes, that may be mailed. Of
 * an ELF file the pages that may hold what is a guest's are left out of its
 * memory, and listed as such; everything else keeps its bytes.
 */
#include "config.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "memory.h"
#include "new_file.h"
#include "redact.h"

#define CHUNK_SIZE (256u << 10)
#define MAX_GAPS   4096
#define MAX_LOADS  65000

/** The copy, while it is made. */
struct copy {
	struct session *s;
	struct memory memory;
	unsigned int shift;
	struct hvd_redacted done;
	uint8_t *notes; /* redacted, then our own chunk */
	uint64_t notes_size;
	uint64_t *kept; /* page numbers, ascending */
	size_t nr_kept;
	struct hvd_gap gaps[MAX_GAPS];
	uint32_t nr_gaps;
	uint64_t nr_redacted;
	struct new_file out;
	struct hvd_error err;
};

/* May the page stay? All that is known of it says so. */
static bool is_kept(const struct hvd_dump *d, const struct hvd_page *use)
{
	const struct hvd_page *end = d->pages + d->nr_pages;
	uint64_t pfn = use->pfn;

	for (; use < end && use->pfn == pfn; use++)
		if (hvd_redact_page(use->kind))
			return false;
	return true;
}

static void add_gap(struct copy *c, const struct hvd_page *use)
{
	struct hvd_gap *last = c->nr_gaps ? &c->gaps[c->nr_gaps - 1] : NULL;

	c->nr_redacted++;
	if (last && last->pfn + last->pages == use->pfn &&
	    last->kind == use->kind)
		last->pages++;
	else if (c->nr_gaps < MAX_GAPS)
		c->gaps[c->nr_gaps++] = (struct hvd_gap){
			.pfn = use->pfn, .pages = 1, .kind = use->kind,
			.error = ECANCELED};
}

static bool has_page(const struct copy *c, uint64_t pfn)
{
	return c->memory.file &&
	       hvd_physmem_has(c->memory.file, pfn << c->shift,
			       (size_t)1 << c->shift) == HVD_READ_DATA;
}

/* A copy of it in the notes, which is taken out there. */
static bool has_copy(const struct copy *c, uint64_t pfn)
{
	const struct hvd_dump_copy *copy =
		hvd_dump_find_copy(c->s->dump, pfn);

	return copy && hvd_redact_page(copy->rec.kind) &&
	       !hvd_dump_find_gap(c->s->dump, pfn);
}

/* The pages that the file holds: each is kept, or becomes a gap. */
static int sort_pages(struct copy *c)
{
	const struct hvd_dump *d = c->s->dump;
	size_t i;

	c->kept = malloc((d->nr_pages + 1) * sizeof(*c->kept));
	if (!c->kept)
		return hvd_error_set(&c->err, "no memory");
	for (i = 0; i < d->nr_pages; i++) {
		const struct hvd_page *use = &d->pages[i];
		bool has = has_page(c, use->pfn);

		if (i && d->pages[i - 1].pfn == use->pfn)
			continue;
		if (has && is_kept(d, use))
			c->kept[c->nr_kept++] = use->pfn;
		else if (has || has_copy(c, use->pfn))
			add_gap(c, use);
	}
	return 0;
}

/* Notes and gaps, in memory that is the segment of the copy. */
static int make_notes(struct copy *c)
{
	const struct hvd_input *in = c->s->input;
	struct hvd_chunk chunk = {.size = CHUNK_SIZE};
	struct hvd_writer w;

	c->notes = calloc(1, in->notes_size + CHUNK_SIZE);
	if (!c->notes)
		return hvd_error_set(&c->err, "no memory");
	memcpy(c->notes, in->notes, in->notes_size);
	c->notes_size = in->notes_size;
	if (hvd_redact_notes(c->notes, c->notes_size, &c->done))
		return hvd_error_set(&c->err, "no memory");
	if (!c->nr_gaps || c->notes_size % HVD_NOTE_ALIGN)
		return 0;
	chunk.base = c->notes + c->notes_size;
	hvd_writer_init(&w, &chunk, 1, HVD_ROLE_COLLECTOR,
			c->done.nonce);
	hvd_write_unread(&w, c->gaps, c->nr_gaps);
	hvd_writer_finish(&w);
	c->notes_size += chunk.used;
	return 0;
}

/* Memory that the notes do not refer to is not ours to judge. */
static int refuse_vmcore(struct copy *c)
{
	const struct hvd_input *in = c->s->input;
	uint64_t most = in->notes_size + (c->nr_kept << c->shift) +
			(UINT64_C(1) << 20);
	uint32_t i;

	for (i = 0; i < c->nr_gaps; i++)
		most += c->gaps[i].pages << c->shift;
	if (in->format == HVD_FORMAT_NOTES ||
	    (in->format == HVD_FORMAT_ELF && !in->flattened &&
	     in->file_size <= most))
		return 0;
	return hvd_error_set(&c->err, "%s: expected hvdump.elf or bare notes, "
			     "found a vmcore: its memory is the kernel's and "
			     "the guests', and nobody can tell what in it is "
			     "whose", in->path);
}

/* Runs of pages that follow one another, each a segment. */
static size_t count_loads(const struct copy *c)
{
	size_t i, nr = 0;

	for (i = 0; i < c->nr_kept; i++)
		nr += !i || c->kept[i] != c->kept[i - 1] + 1;
	return nr;
}

static void write_headers(struct copy *c, size_t loads)
{
	Elf64_Ehdr e = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			    ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = c->s->input->machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(e),
		.e_ehsize = sizeof(e),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (Elf64_Half)(loads + 1),
	};
	Elf64_Phdr p = {
		.p_type = PT_NOTE,
		.p_offset = sizeof(e) + (loads + 1) * sizeof(Elf64_Phdr),
		.p_filesz = c->notes_size,
		.p_memsz = c->notes_size,
		.p_align = HVD_NOTE_ALIGN,
	};
	uint64_t offset = p.p_offset + c->notes_size;
	size_t i, k;

	fwrite(&e, sizeof(e), 1, c->out.out);
	fwrite(&p, sizeof(p), 1, c->out.out);
	for (i = 0; i < c->nr_kept; i = k) {
		for (k = i + 1; k < c->nr_kept && c->kept[k] == c->kept[k - 1] + 1;)
			k++;
		p = (Elf64_Phdr){
			.p_type = PT_LOAD,
			.p_flags = PF_R | PF_W | PF_X,
			.p_offset = offset,
			.p_vaddr = c->kept[i] << c->shift,
			.p_paddr = c->kept[i] << c->shift,
			.p_filesz = (uint64_t)(k - i) << c->shift,
			.p_memsz = (uint64_t)(k - i) << c->shift,
		};
		offset += p.p_filesz;
		fwrite(&p, sizeof(p), 1, c->out.out);
	}
}

static int write_pages(struct copy *c)
{
	size_t i, size = (size_t)1 << c->shift;
	uint8_t *page = malloc(size);
	int failed = 0;

	if (!page)
		return hvd_error_set(&c->err, "no memory");
	for (i = 0; i < c->nr_kept && !failed; i++) {
		failed = hvd_physmem_read(c->memory.file,
					  c->kept[i] << c->shift, page, size,
					  &c->err) != HVD_READ_DATA;
		if (!failed)
			fwrite(page, size, 1, c->out.out);
	}
	free(page);
	return failed ? -1 : 0;
}

static int write_copy(struct copy *c, const char *path)
{
	bool elf = c->s->input->format == HVD_FORMAT_ELF;
	size_t loads = count_loads(c);

	if (loads > MAX_LOADS)
		return hvd_error_set(&c->err, "too many pieces of memory");
	if (new_file_open(&c->out, path, &c->err))
		return -1;
	if (elf)
		write_headers(c, loads);
	fwrite(c->notes, c->notes_size, 1, c->out.out);
	if (elf && write_pages(c)) {
		new_file_abandon(&c->out);
		return -1;
	}
	return new_file_finish(&c->out, &c->err);
}

static void tell(const struct copy *c)
{
	const struct hvd_redacted *r = &c->done;

	if (c->s->opt.quiet)
		return;
	fprintf(c->s->out, "taken out: %" PRIu64 " registers, %" PRIu64
		" states, %" PRIu64 " copies of pages, %" PRIu64 " pages",
		r->registers, r->states, r->copies, c->nr_redacted);
	if (r->wiped)
		fprintf(c->s->out, ", %" PRIu64 " bytes that are no notes",
			r->wiped);
	fputc('\n', c->s->out);
}

int cmd_redact(struct session *s)
{
	struct copy *c = calloc(1, sizeof(*c));
	int failed;

	if (!c)
		return STATUS_FAILED;
	c->s = s;
	c->shift = hvd_dump_page_shift(s->dump);
	memory_open(s, &c->memory);
	failed = sort_pages(c) || refuse_vmcore(c) || make_notes(c) ||
		 write_copy(c, s->page);
	if (failed)
		complain(s, "%s", c->err.text);
	else
		tell(c);
	memory_close(&c->memory);
	free(c->kept);
	free(c->notes);
	free(c);
	return failed ? STATUS_FAILED : STATUS_DONE;
}
