// SPDX-License-Identifier: GPL-2.0-or-later
/* Physical memory of an ELF vmcore: see vmcore.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "vmcore.h"

struct vmcore {
	const char *path;
	int fd;
	Elf *elf;
};

static int vmcore_open(struct vmcore *v, const char *path,
		       struct hvd_error *err)
{
	v->path = path;
	v->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (v->fd < 0)
		return hvd_error_set(err, "%s: cannot open: %s", path,
				     strerror(errno));
	elf_version(EV_CURRENT);
	v->elf = elf_begin(v->fd, ELF_C_READ, NULL);
	if (v->elf && elf_kind(v->elf) == ELF_K_ELF)
		return 0;
	elf_end(v->elf);
	close(v->fd);
	return hvd_error_set(err, "%s: is no ELF file", path);
}

static void vmcore_close(struct vmcore *v)
{
	elf_end(v->elf);
	close(v->fd);
}

uint16_t vmcore_machine(const char *path)
{
	struct hvd_error err;
	struct vmcore v;
	uint16_t machine = 0;
	GElf_Ehdr ehdr;

	if (vmcore_open(&v, path, &err))
		return 0;
	if (gelf_getehdr(v.elf, &ehdr))
		machine = ehdr.e_machine;
	vmcore_close(&v);
	return machine;
}

/* The segment whose file content holds @address. */
static bool find_load(Elf *elf, uint64_t address, GElf_Phdr *phdr)
{
	size_t i, n;

	if (elf_getphdrnum(elf, &n))
		return false;
	for (i = 0; i < n; i++)
		if (gelf_getphdr(elf, i, phdr) && phdr->p_type == PT_LOAD &&
		    address >= phdr->p_paddr &&
		    address - phdr->p_paddr < phdr->p_filesz)
			return true;
	return false;
}

/* Read up to @size bytes at @address, as far as one segment and pread() go. */
static ssize_t read_some(struct vmcore *v, uint64_t address, void *buf,
			 uint64_t size, struct hvd_error *err)
{
	GElf_Phdr phdr;
	uint64_t skip;
	ssize_t n;

	if (!find_load(v->elf, address, &phdr))
		return hvd_error_set(err,
				     "%s: address 0x%016" PRIx64
				     " is in no PT_LOAD segment",
				     v->path, address);
	skip = address - phdr.p_paddr;
	if (phdr.p_offset > INT64_MAX || skip > INT64_MAX - phdr.p_offset)
		return hvd_error_set(err, "%s: a PT_LOAD segment at offset 0x%"
				     PRIx64 " is beyond any file", v->path,
				     (uint64_t)phdr.p_offset);
	if (size > phdr.p_filesz - skip)
		size = phdr.p_filesz - skip;
	do
		n = pread(v->fd, buf, size, phdr.p_offset + skip);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return hvd_error_set(err, "%s: cannot read address 0x%016"
				     PRIx64 ": %s", v->path, address,
				     n ? strerror(errno) : "the file is cut");
	return n;
}

int vmcore_read(const char *path, uint64_t address, void *buf, uint64_t size,
		struct hvd_error *err)
{
	struct vmcore v;
	uint8_t *p = buf;
	ssize_t n = 0;

	if (vmcore_open(&v, path, err))
		return -1;
	while (size) {
		n = read_some(&v, address, p, size, err);
		if (n < 0)
			break;
		p += n;
		address += n;
		size -= n;
	}
	vmcore_close(&v);
	return n < 0 ? -1 : 0;
}
