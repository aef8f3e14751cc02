// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing hvdump.elf: see core.h. */
#include "config.h"

#include <libelf.h>
#include <string.h>

#include "core.h"

/* Program headers that are made and written at once. */
#define BLOCK	64

/*
 * Readers of vmcores (is_netdump() in crash 8.0, for one) take a file for a
 * core of a kernel only if a PT_LOAD stands behind the PT_NOTE, and take the
 * notes to end where it begins. Where there is no memory to write, the PT_LOAD
 * is an empty one that begins and ends at the end of the notes.
 */
static uint32_t nr_phdrs(const struct core *core)
{
	return core->nr_loads ? core->nr_loads + 1 : 2;
}

static uint64_t notes_offset(const struct core *core)
{
	return sizeof(Elf64_Ehdr) + nr_phdrs(core) * sizeof(Elf64_Phdr);
}

/* A segment may lack its last padding. */
static uint64_t padding(const struct core *core)
{
	return core->more ? -core->notes_size & 3 : 0;
}

uint64_t core_notes_size(const struct core *core)
{
	return core->notes_size + padding(core) + core->more_size;
}

static void fill_ehdr(Elf64_Ehdr *e, const struct core *core)
{
	memset(e, 0, sizeof(*e));
	memcpy(e->e_ident, ELFMAG, SELFMAG);
	e->e_ident[EI_CLASS] = ELFCLASS64;
	/* Notes of ours are little-endian, and so is every such host. */
	e->e_ident[EI_DATA] = ELFDATA2LSB;
	e->e_ident[EI_VERSION] = EV_CURRENT;
	e->e_type = ET_CORE;
	e->e_machine = core->machine;
	e->e_version = EV_CURRENT;
	e->e_phoff = sizeof(Elf64_Ehdr);
	e->e_ehsize = sizeof(Elf64_Ehdr);
	e->e_phentsize = sizeof(Elf64_Phdr);
	e->e_phnum = nr_phdrs(core);
}

/*
 * Program header @i. Where its memory is mapped is not said: that is the dead
 * kernel's affair, and readers of vmcores go by physical addresses.
 */
static void fill_phdr(Elf64_Phdr *p, const struct core *core, size_t i,
		      uint64_t *offset)
{
	memset(p, 0, sizeof(*p));
	p->p_offset = *offset;
	if (i == 0) {
		p->p_type = PT_NOTE;
		p->p_filesz = core_notes_size(core);
		p->p_align = 4;
	} else {
		p->p_type = PT_LOAD;
		p->p_flags = PF_R;
		p->p_paddr = core->nr_loads ? core->loads[i - 1].address : 0;
		p->p_filesz = core->nr_loads ? core->loads[i - 1].size : 0;
	}
	p->p_memsz = p->p_filesz;
	*offset += p->p_filesz;
}

/* Turn @src from the machine's form into the file's, and write it. */
static int write_header(struct save_file *f, Elf_Type type, void *src,
			size_t size, struct hvd_error *err)
{
	char bytes[BLOCK * sizeof(Elf64_Phdr)];
	Elf_Data from = { .d_buf = src, .d_type = type, .d_size = size,
			  .d_version = EV_CURRENT };
	Elf_Data to = { .d_buf = bytes, .d_type = type,
			.d_size = sizeof(bytes), .d_version = EV_CURRENT };

	if (!elf64_xlatetof(&to, &from, ELFDATA2LSB))
		return hvd_error_set(err, "%s: libelf: %s", f->partial,
				     elf_errmsg(-1));
	return save_write(f, bytes, to.d_size, err);
}

static int write_phdrs(struct save_file *f, const struct core *core,
		       struct hvd_error *err)
{
	uint64_t offset = notes_offset(core);
	Elf64_Phdr block[BLOCK];
	size_t i, n = 0;

	for (i = 0; i < nr_phdrs(core); i++) {
		fill_phdr(&block[n++], core, i, &offset);
		if (n < BLOCK && i + 1 < nr_phdrs(core))
			continue;
		if (write_header(f, ELF_T_PHDR, block, n * sizeof(block[0]),
				 err))
			return -1;
		n = 0;
	}
	return 0;
}

int core_write(struct save_file *f, const struct core *core,
	       struct hvd_error *err)
{
	static const char zeros[4];
	Elf64_Ehdr ehdr;

	if (core->nr_loads > CORE_MAX_LOADS)
		return hvd_error_set(err, "%s: too many pieces of memory",
				     f->partial);
	elf_version(EV_CURRENT);
	fill_ehdr(&ehdr, core);
	if (write_header(f, ELF_T_EHDR, &ehdr, sizeof(ehdr), err) ||
	    write_phdrs(f, core, err) ||
	    save_write(f, core->notes, core->notes_size, err))
		return -1;
	if (!core->more)
		return 0;
	if (save_write(f, zeros, padding(core), err))
		return -1;
	return save_write(f, core->more, core->more_size, err);
}
