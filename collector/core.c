// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing hvdump.elf: see core.h. */
#include "config.h"

#include <libelf.h>
#include <string.h>

#include "core.h"

/*
 * Readers of vmcores (is_netdump() in crash 8.0, for one) take a file for a
 * core of a kernel only if a PT_LOAD stands behind the PT_NOTE, and take the
 * notes to end where it begins. There is no memory in this file yet, so the
 * PT_LOAD is an empty one that begins and ends at the end of the notes.
 */
#define NR_PHDRS	2
#define NOTES_OFFSET	(sizeof(Elf64_Ehdr) + NR_PHDRS * sizeof(Elf64_Phdr))

static void fill_ehdr(Elf64_Ehdr *e, uint16_t machine)
{
	memset(e, 0, sizeof(*e));
	memcpy(e->e_ident, ELFMAG, SELFMAG);
	e->e_ident[EI_CLASS] = ELFCLASS64;
	/* Notes of ours are little-endian, and so is every such host. */
	e->e_ident[EI_DATA] = ELFDATA2LSB;
	e->e_ident[EI_VERSION] = EV_CURRENT;
	e->e_type = ET_CORE;
	e->e_machine = machine;
	e->e_version = EV_CURRENT;
	e->e_phoff = sizeof(Elf64_Ehdr);
	e->e_ehsize = sizeof(Elf64_Ehdr);
	e->e_phentsize = sizeof(Elf64_Phdr);
	e->e_phnum = NR_PHDRS;
}

static void fill_phdrs(Elf64_Phdr *p, uint64_t size)
{
	memset(p, 0, NR_PHDRS * sizeof(*p));
	p[0].p_type = PT_NOTE;
	p[0].p_offset = NOTES_OFFSET;
	p[0].p_filesz = size;
	p[0].p_memsz = size;
	p[0].p_align = 4;
	p[1].p_type = PT_LOAD;
	p[1].p_flags = PF_R;
	p[1].p_offset = NOTES_OFFSET + size;
}

/* Turn @src from the machine's form into the file's, and write it. */
static int write_header(struct save_file *f, Elf_Type type, void *src,
			size_t size, struct hvd_error *err)
{
	char bytes[NR_PHDRS * sizeof(Elf64_Phdr)];
	Elf_Data from = { .d_buf = src, .d_type = type, .d_size = size,
			  .d_version = EV_CURRENT };
	Elf_Data to = { .d_buf = bytes, .d_type = type,
			.d_size = sizeof(bytes), .d_version = EV_CURRENT };

	if (!elf64_xlatetof(&to, &from, ELFDATA2LSB))
		return hvd_error_set(err, "%s: libelf: %s", f->partial,
				     elf_errmsg(-1));
	return save_write(f, bytes, to.d_size, err);
}

int core_write(struct save_file *f, const void *notes, uint64_t size,
	       uint16_t machine, struct hvd_error *err)
{
	Elf64_Phdr phdrs[NR_PHDRS];
	Elf64_Ehdr ehdr;

	elf_version(EV_CURRENT);
	fill_ehdr(&ehdr, machine);
	fill_phdrs(phdrs, size);
	if (write_header(f, ELF_T_EHDR, &ehdr, sizeof(ehdr), err) ||
	    write_header(f, ELF_T_PHDR, phdrs, sizeof(phdrs), err))
		return -1;
	return save_write(f, notes, size, err);
}
