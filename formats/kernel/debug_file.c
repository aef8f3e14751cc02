// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files with types: see debug_file.h. libdwfl opens what is compressed and
 * relocates the DWARF of a .ko; without it libelf reads what needs neither.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef HAVE_LIBDW
#include <elfutils/libdwfl.h>
#endif

#include "bytes.h"
#include "debug_file.h"

#define BTF_MAGIC     0xeb9f
#define MAX_BARE      (INT64_C(128) << 20)
#define NOTE_HEADER   12
#define TYPE_BUILD_ID 3 /* NT_GNU_BUILD_ID */

#ifdef HAVE_LIBDW

/* libdwfl's own search would ask debuginfod, for which nobody has asked. */
static int no_other_file(Dwfl_Module *m, void **user, const char *name,
			 Dwarf_Addr base, const char *file, const char *link,
			 GElf_Word crc, char **found)
{
	(void)m;
	(void)user;
	(void)name;
	(void)base;
	(void)file;
	(void)link;
	(void)crc;
	(void)found;
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_debuginfo = no_other_file,
	.section_address = dwfl_offline_section_address,
};

static int open_elf(struct hvd_debug_file *f, struct hvd_error *err)
{
	GElf_Addr bias;

	f->dwfl = dwfl_begin(&callbacks);
	if (f->dwfl)
		f->dwfl_module = dwfl_report_offline(f->dwfl, "", f->path, -1);
	if (f->dwfl_module && !dwfl_report_end(f->dwfl, NULL, NULL))
		f->elf = dwfl_module_getelf(f->dwfl_module, &bias);
	if (!f->elf)
		return hvd_error_set(err, "neither ELF nor BTF: %s",
				     dwfl_errmsg(-1));
	return 0;
}

static void close_elf(struct hvd_debug_file *f)
{
	if (f->dwfl)
		dwfl_end(f->dwfl);
}

#else

static int open_elf(struct hvd_debug_file *f, struct hvd_error *err)
{
	elf_version(EV_CURRENT);
	f->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	if (elf_kind(f->elf) != ELF_K_ELF)
		return hvd_error_set(err, "neither ELF nor BTF (compressed? "
					  "hvdump was built without libdw)");
	return 0;
}

static void close_elf(struct hvd_debug_file *f)
{
	elf_end(f->elf);
}

#endif

static bool is_bare(const struct hvd_debug_file *f)
{
	uint8_t magic[2];

	return pread(f->fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       hvd_le16(magic) == BTF_MAGIC;
}

static int read_bare(struct hvd_debug_file *f, off_t size,
		     struct hvd_error *err)
{
	if (size > MAX_BARE)
		return hvd_error_set(err, "%jd bytes of BTF are too many",
				     (intmax_t)size);
	f->bare_size = (size_t)size;
	f->bare = malloc(f->bare_size);
	if (!f->bare)
		return hvd_error_set(err, "out of memory");
	if (pread(f->fd, f->bare, f->bare_size, 0) != (ssize_t)f->bare_size)
		return hvd_error_set(err, "cannot be read");
	return 0;
}

static int open_any(struct hvd_debug_file *f, struct hvd_error *err)
{
	struct stat st;

	f->fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0 || fstat(f->fd, &st))
		return hvd_error_set(err, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return hvd_error_set(err, "not a file");
	return is_bare(f) ? read_bare(f, st.st_size, err) : open_elf(f, err);
}

struct hvd_debug_file *hvd_debug_file_open(const char *path,
					   struct hvd_error *err)
{
	struct hvd_debug_file *f = calloc(1, sizeof(*f));

	if (f) {
		f->fd = -1;
		f->path = strdup(path);
	}
	if (!f || !f->path)
		hvd_error_set(err, "out of memory");
	else if (!open_any(f, err))
		return f;
	hvd_error_prefix(err, "%s", path);
	hvd_debug_file_close(f);
	return NULL;
}

void hvd_debug_file_close(struct hvd_debug_file *f)
{
	if (!f)
		return;
	close_elf(f);
	if (f->fd >= 0)
		close(f->fd);
	free(f->bare);
	free(f->path);
	free(f);
}

static Elf_Scn *next_section(const struct hvd_debug_file *f, Elf_Scn *scn,
			     GElf_Shdr *sh)
{
	scn = f->elf ? elf_nextscn(f->elf, scn) : NULL;
	return scn && gelf_getshdr(scn, sh) ? scn : NULL;
}

const void *hvd_debug_file_section(const struct hvd_debug_file *f,
				   const char *name, size_t *size)
{
	Elf_Scn *scn = NULL;
	const char *found;
	size_t strings;
	Elf_Data *data;
	GElf_Shdr sh;

	if (!f->elf || elf_getshdrstrndx(f->elf, &strings))
		return NULL;
	while ((scn = next_section(f, scn, &sh))) {
		found = elf_strptr(f->elf, strings, sh.sh_name);
		if (!found || strcmp(found, name) || sh.sh_type == SHT_NOBITS)
			continue;
		data = elf_rawdata(scn, NULL);
		if (!data || !data->d_buf || !data->d_size)
			continue;
		*size = data->d_size;
		return data->d_buf;
	}
	return NULL;
}

void hvd_debug_file_build_id(const struct hvd_debug_file *f,
			     struct hvd_build_id *id)
{
	Elf_Scn *scn = NULL;
	Elf_Data *data;
	GElf_Shdr sh;

	id->size = 0;
	while ((scn = next_section(f, scn, &sh))) {
		data = sh.sh_type == SHT_NOTE ? elf_rawdata(scn, NULL) : NULL;
		if (data && data->d_buf &&
		    hvd_build_id_from_notes(data->d_buf, data->d_size, id))
			return;
	}
}

bool hvd_build_id_from_notes(const void *notes, size_t size,
			     struct hvd_build_id *id)
{
	const uint8_t *p = notes;

	while (size >= NOTE_HEADER) {
		uint64_t name = (hvd_le32(p) + UINT64_C(3)) & ~UINT64_C(3);
		uint64_t desc = hvd_le32(p + 4);
		uint64_t whole = NOTE_HEADER + name + desc;

		if (whole > size)
			return false;
		if (hvd_le32(p + 8) == TYPE_BUILD_ID && name == 4 &&
		    !memcmp(p + NOTE_HEADER, "GNU", 4) && desc &&
		    desc <= sizeof(id->bytes)) {
			memcpy(id->bytes, p + NOTE_HEADER + name, desc);
			id->size = desc;
			return true;
		}
		whole = (whole + 3) & ~UINT64_C(3);
		if (whole >= size)
			return false;
		p += whole;
		size -= whole;
	}
	return false;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

void hvd_build_id_parse(const char *text, struct hvd_build_id *id)
{
	size_t i, len = strlen(text);

	id->size = 0;
	if (len % 2 || len / 2 > sizeof(id->bytes))
		return;
	for (i = 0; i < len; i += 2) {
		int high = digit(text[i]), low = digit(text[i + 1]);

		if (high < 0 || low < 0)
			return;
		id->bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	id->size = len / 2;
}

const char *hvd_build_id_text(const struct hvd_build_id *id,
			      char text[2 * HVD_BUILD_ID_MAX + 1])
{
	size_t i;

	for (i = 0; i < id->size; i++)
		sprintf(text + 2 * i, "%02x", id->bytes[i]);
	text[2 * id->size] = '\0';
	return text;
}
