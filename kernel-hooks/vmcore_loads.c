// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which memory the dump has: the program headers of /proc/vmcore. Between its
 * segments lie devices and firmware, which must not even be mapped as memory.
 *
 * The file shows the headers that the kernel made of the old kernel's when it
 * started; reading them touches no memory of the old one's.
 */
#include <linux/elf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "vmcore.h"

#define VMCORE	"/proc/vmcore"

static int read_at(struct file *f, void *buf, size_t size, loff_t at)
{
	ssize_t got = kernel_read(f, buf, size, &at);

	if (got < 0)
		return got;
	return got == size ? 0 : -EIO;
}

/* Whole pages only: what lies in the rest of the first and last may be anything. */
static int add_load(struct hvd_ranges *loads, const Elf64_Phdr *ph)
{
	u64 first, end;

	if (ph->p_type != PT_LOAD || ph->p_paddr + ph->p_memsz < ph->p_paddr)
		return 0;
	first = DIV_ROUND_UP(ph->p_paddr, PAGE_SIZE);
	end = (ph->p_paddr + ph->p_memsz) / PAGE_SIZE;
	return end > first ? hvd_ranges_add(loads, first, end - first) : 0;
}

static int read_headers(struct file *f, struct hvd_ranges *loads)
{
	Elf64_Phdr ph;
	Elf64_Ehdr eh;
	u32 i;
	int ret;

	ret = read_at(f, &eh, sizeof(eh), 0);
	if (ret)
		return ret;
	if (memcmp(eh.e_ident, ELFMAG, SELFMAG) ||
	    eh.e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh.e_phentsize != sizeof(ph) || eh.e_phoff > PAGE_SIZE)
		return -ENOEXEC;
	for (i = 0; i < eh.e_phnum; i++) {
		ret = read_at(f, &ph, sizeof(ph), eh.e_phoff + i * sizeof(ph));
		if (!ret)
			ret = add_load(loads, &ph);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * hvd_loads_read() - find out which pages the dump has
 * @loads: gets them; empty
 *
 * Return: 0; a negative errno when /proc/vmcore cannot be read, as before /proc
 * is mounted: @loads is empty then.
 */
int hvd_loads_read(struct hvd_ranges *loads)
{
	struct file *f = filp_open(VMCORE, O_RDONLY, 0);
	int ret;

	if (IS_ERR(f))
		return PTR_ERR(f);
	ret = read_headers(f, loads);
	filp_close(f, NULL);
	if (ret)
		hvd_ranges_free(loads);
	return ret;
}
