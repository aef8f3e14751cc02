// SPDX-License-Identifier: GPL-2.0-or-later
/* Physical memory of an ELF core: see loads.h. */
#include "config.h"

#include <errno.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "input_file.h"
#include "loads.h"

/* As many as hvd_input_open() takes. */
#define MAX_PHDRS (1u << 20)

/** A piece of memory, from one PT_LOAD. */
struct load {
	uint64_t address;
	uint64_t size;
	uint64_t offset; /* in the file */
};

/** Pieces that do not overlap, by address. */
struct pieces {
	struct load *at;
	size_t nr;
};

struct hvd_loads {
	struct hvd_file file;
	uint16_t machine;
	struct pieces data;   /* what the file holds */
	struct pieces memory; /* what there was, the filtered included */
	int error;
};

static int compare_loads(const void *x, const void *y)
{
	const struct load *a = x, *b = y;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	/* Of two with one start the longer; then the first in the file. */
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Sort, and cut from each what the one before it holds. */
static void make_disjoint(struct pieces *p)
{
	uint64_t end = 0;
	size_t i, kept = 0;

	if (p->nr)
		qsort(p->at, p->nr, sizeof(*p->at), compare_loads);
	for (i = 0; i < p->nr; i++) {
		struct load load = p->at[i];
		uint64_t cut = end > load.address ? end - load.address : 0;

		if (cut >= load.size)
			continue;
		load.address += cut;
		load.offset += cut;
		load.size -= cut;
		end = load.address + load.size;
		p->at[kept++] = load;
	}
	p->nr = kept;
}

static void add_piece(struct pieces *p, const GElf_Phdr *phdr, uint64_t size)
{
	struct load load = {phdr->p_paddr, size, phdr->p_offset};

	/* Neither addresses nor offsets may overflow later. */
	if (load.size > UINT64_MAX - load.address)
		load.size = UINT64_MAX - load.address;
	if (load.offset > INT64_MAX)
		load.size = 0;
	else if (load.size > INT64_MAX - load.offset)
		load.size = INT64_MAX - load.offset;
	if (load.size)
		p->at[p->nr++] = load;
}

static int list_loads(struct hvd_loads *l, Elf *elf, struct hvd_error *err)
{
	GElf_Phdr phdr;
	size_t i, nr;

	if (elf_getphdrnum(elf, &nr) || nr > MAX_PHDRS)
		return hvd_error_set(err, "expected program headers, found "
					  "none that libelf reads");
	l->data.at = calloc(nr + 1, sizeof(*l->data.at));
	l->memory.at = calloc(nr + 1, sizeof(*l->memory.at));
	if (!l->data.at || !l->memory.at)
		return hvd_error_set(err, "no memory for %zu program headers",
				     nr);
	for (i = 0; i < nr; i++) {
		if (!gelf_getphdr(elf, (int)i, &phdr) ||
		    phdr.p_type != PT_LOAD)
			continue;
		add_piece(&l->data, &phdr, phdr.p_filesz);
		add_piece(&l->memory, &phdr,
			  phdr.p_memsz > phdr.p_filesz ? phdr.p_memsz
						       : phdr.p_filesz);
	}
	make_disjoint(&l->data);
	make_disjoint(&l->memory);
	return 0;
}

static int read_elf(struct hvd_loads *l, struct hvd_error *err)
{
	GElf_Ehdr ehdr;
	int failed = -1;
	void *head;
	Elf *elf;

	elf = hvd_file_elf_begin(&l->file, &head);
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &ehdr)) {
		hvd_error_set(err, "is no ELF file");
	} else {
		l->machine = ehdr.e_machine;
		failed = list_loads(l, elf, err);
	}
	hvd_file_elf_end(elf, head);
	return failed;
}

struct hvd_loads *hvd_loads_open(const char *path,
				 struct hvd_flattened *flattened,
				 struct hvd_error *err)
{
	struct hvd_loads *l = calloc(1, sizeof(*l));
	int failed;

	if (!l) {
		hvd_error_set(err, "%s: no memory", path);
		return NULL;
	}
	failed = hvd_file_open(&l->file, path, flattened, err) ||
		 read_elf(l, err);
	if (!failed)
		return l;
	hvd_error_prefix(err, "%s", path);
	hvd_loads_close(l);
	return NULL;
}

void hvd_loads_close(struct hvd_loads *l)
{
	if (!l)
		return;
	hvd_file_close(&l->file);
	free(l->data.at);
	free(l->memory.at);
	free(l);
}

uint16_t hvd_loads_machine(const struct hvd_loads *l)
{
	return l->machine;
}

int hvd_loads_errno(const struct hvd_loads *l)
{
	return l->error;
}

/* The piece that holds @address. */
static const struct load *find(const struct pieces *p, uint64_t address)
{
	size_t low = 0, high = p->nr, middle;

	/* low: the first that begins behind @address */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (p->at[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address - p->at[low - 1].address >= p->at[low - 1].size)
		return NULL;
	return &p->at[low - 1];
}

static enum hvd_read absent(struct hvd_loads *l, uint64_t address,
			    struct hvd_error *err)
{
	bool was_there = find(&l->memory, address) != NULL;

	l->error = was_there ? ENODATA : ENXIO;
	hvd_error_set(err, "address 0x%016" PRIx64 "%s", address,
		      was_there ? " was filtered out of the dump"
				: " is in no PT_LOAD segment");
	return HVD_READ_ABSENT;
}

static enum hvd_read read_piece(struct hvd_loads *l, const struct load *load,
				uint64_t address, void *buf, size_t size,
				struct hvd_error *err)
{
	uint64_t offset = load->offset + (address - load->address);
	size_t got = hvd_file_read(&l->file, offset, buf, size);

	if (got == size)
		return HVD_READ_DATA;
	l->error = errno ? errno : EIO;
	hvd_error_set(err, "cannot read address 0x%016" PRIx64
		      " at offset %" PRIu64 ": %s", address + got, offset + got,
		      errno ? strerror(errno) : "the file is cut");
	return HVD_READ_DAMAGED;
}

/* @buf is NULL for hvd_loads_has(). */
static enum hvd_read walk(struct hvd_loads *l, uint64_t address, uint8_t *buf,
			  size_t size, struct hvd_error *err)
{
	enum hvd_read outcome = HVD_READ_DATA;
	const struct load *load;
	size_t len;

	while (size && outcome == HVD_READ_DATA) {
		load = find(&l->data, address);
		if (!load)
			return absent(l, address, err);
		len = size;
		if (len > load->size - (address - load->address))
			len = (size_t)(load->size - (address - load->address));
		if (buf) {
			outcome = read_piece(l, load, address, buf, len, err);
			buf += len;
		}
		address += len;
		size -= len;
	}
	return outcome;
}

enum hvd_read hvd_loads_read(struct hvd_loads *l, uint64_t address, void *buf,
			     size_t size, struct hvd_error *err)
{
	return walk(l, address, buf, size, err);
}

enum hvd_read hvd_loads_has(struct hvd_loads *l, uint64_t address, size_t size)
{
	struct hvd_error err;

	return walk(l, address, NULL, size, &err);
}
