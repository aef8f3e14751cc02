// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ELF cores, by libelf: hvdump.elf, a vmcore that was copied, /proc/vmcore. Of
 * a core that is cut, libelf gives the program headers that are there; what is
 * missing is told from the counts. The notes are read by pread, since only the
 * part of them that exists is wanted.
 */
#include "config.h"

#include <gelf.h>
#include <inttypes.h>

#include "input_file.h"

/* libelf holds all program headers at once; no machine has so many ranges. */
#define MAX_PHDRS	(1u << 20)

static int check_header(const GElf_Ehdr *e, struct hvd_error *err)
{
	if (e->e_ident[EI_CLASS] != ELFCLASS64)
		return hvd_error_set(err, "offset 4: expected a 64-bit ELF "
				     "file, found class %u",
				     e->e_ident[EI_CLASS]);
	if (e->e_ident[EI_DATA] != ELFDATA2LSB)
		return hvd_error_set(err, "offset 5: expected a little-endian "
				     "ELF file, found encoding %u",
				     e->e_ident[EI_DATA]);
	if (e->e_type != ET_CORE)
		return hvd_error_set(err, "offset 16: expected an ELF core "
				     "(type 4), found type %u", e->e_type);
	if (e->e_phnum && e->e_phentsize != sizeof(Elf64_Phdr))
		return hvd_error_set(err, "offset 54: expected program headers "
				     "of 56 bytes, found %u", e->e_phentsize);
	return 0;
}

/* More than 65534 program headers: the first section header has the number. */
static int check_counter(Elf *elf, const GElf_Ehdr *e, struct hvd_error *err)
{
	GElf_Shdr sh;

	if (e->e_phnum != PN_XNUM || gelf_getshdr(elf_getscn(elf, 0), &sh))
		return 0;
	return hvd_error_set(err, "offset 40: expected the offset of the "
			     "section header that counts the program headers, "
			     "found %" PRIu64, (uint64_t)e->e_shoff);
}

/* libelf counts those that the file has room for. */
static int count_phdrs(struct hvd_input *in, Elf *elf, const GElf_Ehdr *e,
		       size_t *count, struct hvd_error *err)
{
	if (check_counter(elf, e, err))
		return -1;
	if (elf_getphdrnum(elf, count))
		return hvd_error_set(err, "offset %" PRIu64 ": expected %u "
				     "program headers, found none: %s",
				     (uint64_t)e->e_phoff, e->e_phnum,
				     elf_errmsg(-1));
	if (*count > MAX_PHDRS)
		return hvd_error_set(err, "offset 56: expected at most %u "
				     "program headers, found %zu", MAX_PHDRS,
				     *count);
	if (e->e_phnum != PN_XNUM && *count < e->e_phnum)
		hvd_input_damage(in, "offset %" PRIu64 ": expected %u program "
				 "headers, found %zu", (uint64_t)e->e_phoff,
				 e->e_phnum, *count);
	return 0;
}

/* A load that the file does not hold to its end: the file was cut. */
static void check_load(struct hvd_input *in, const struct hvd_file *f,
		       const GElf_Phdr *p)
{
	if (p->p_filesz &&
	    (p->p_offset > f->size || p->p_filesz > f->size - p->p_offset))
		hvd_input_damage(in, "the file is cut: expected memory up to "
				 "offset %" PRIu64 ", found %" PRIu64 " bytes",
				 (uint64_t)(p->p_offset + p->p_filesz),
				 f->size);
}

static int read_phdrs(struct hvd_input *in, const struct hvd_file *f, Elf *elf,
		      size_t count, struct hvd_error *err)
{
	GElf_Phdr p;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!gelf_getphdr(elf, (int)i, &p)) {
			hvd_input_damage(in, "program header %zu: %s", i,
					 elf_errmsg(-1));
			break;
		}
		if (p.p_type == PT_LOAD)
			check_load(in, f, &p);
		else if (p.p_type == PT_NOTE &&
			 hvd_input_add_notes(in, f, p.p_offset, p.p_filesz,
					     err))
			return -1;
	}
	return 0;
}

static int read_core(struct hvd_input *in, const struct hvd_file *f, Elf *elf,
		     struct hvd_error *err)
{
	GElf_Ehdr e;
	size_t count;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &e))
		return hvd_error_set(err, "offset 0: expected an ELF header, "
				     "found none that libelf reads");
	if (check_header(&e, err))
		return -1;
	in->machine = e.e_machine;
	if (count_phdrs(in, elf, &e, &count, err))
		return -1;
	return read_phdrs(in, f, elf, count, err);
}

int hvd_input_read_elf(struct hvd_input *in, const struct hvd_file *f,
		       struct hvd_error *err)
{
	void *head;
	int failed;
	Elf *elf;

	if (f->size < sizeof(Elf64_Ehdr))
		return hvd_error_set(err, "offset 0: expected an ELF header of "
				     "64 bytes, found %" PRIu64, f->size);
	elf = hvd_file_elf_begin(f, &head);
	if (!elf)
		failed = hvd_error_set(err, "offset 0: expected an ELF header: "
				       "%s", elf_errmsg(-1));
	else
		failed = read_core(in, f, elf, err);
	hvd_file_elf_end(elf, head);
	return failed;
}
