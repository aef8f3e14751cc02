// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that dumps lie in, flattened or not: see input_file.h. What reads a
 * format need not know whether its file came through a pipe.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "input_file.h"

/* The program headers of a flattened core: 2^20 and what is before them. */
#define MAX_ELF_HEAD (UINT64_C(128) << 20)

static int open_stream(struct hvd_file *f, struct hvd_flattened *flattened,
		       struct hvd_error *err)
{
	uint8_t head[16];
	size_t size;

	if (flattened) {
		f->flattened = hvd_flattened_hold(flattened);
	} else {
		size = hvd_file_read(f, 0, head, sizeof(head));
		if (!hvd_flattened_is(head, size))
			return 0;
		f->flattened = hvd_flattened_open(f->fd, f->size, err);
		if (!f->flattened)
			return -1;
	}
	f->size = hvd_flattened_size(f->flattened);
	return 0;
}

int hvd_file_open(struct hvd_file *f, const char *path,
		  struct hvd_flattened *flattened, struct hvd_error *err)
{
	struct stat st;

	*f = (struct hvd_file){.fd = -1};
	/* Opening a pipe or a device could wait for ever. */
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0 || fstat(f->fd, &st))
		hvd_error_set(err, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		hvd_error_set(err, "not a regular file");
	else {
		f->size = f->stored = (uint64_t)st.st_size;
		if (!open_stream(f, flattened, err))
			return 0;
	}
	hvd_file_close(f);
	return -1;
}

void hvd_file_close(struct hvd_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	hvd_flattened_release(f->flattened);
	f->flattened = NULL;
}

static size_t read_plain(int fd, uint64_t offset, uint8_t *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len && offset + done <= INT64_MAX) {
		n = pread(fd, buf + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

/*
 * What is in no piece was never written: zeros, as makedumpfile -R leaves them.
 * Of a stream that lacks its end nobody knows.
 */
static size_t read_flattened(const struct hvd_file *f, uint64_t offset,
			     uint8_t *buf, size_t len)
{
	size_t done = 0, part, got;
	uint64_t at, there;

	while (done < len && offset <= INT64_MAX - done) {
		there = hvd_flattened_find(f->flattened, offset + done, &at);
		part = there < len - done ? (size_t)there : len - done;
		if (!part || (at == UINT64_MAX &&
			      hvd_flattened_damage(f->flattened)))
			break;
		got = part;
		if (at == UINT64_MAX)
			memset(buf + done, 0, part);
		else
			got = read_plain(f->fd, at, buf + done, part);
		done += got;
		if (got < part)
			break;
	}
	return done;
}

size_t hvd_file_read(const struct hvd_file *f, uint64_t offset, void *buf,
		     size_t len)
{
	errno = 0;
	if (f->flattened)
		return read_flattened(f, offset, buf, len);
	return read_plain(f->fd, offset, buf, len);
}

/* Where the headers of an ELF core end; all that libelf has to see of it. */
static uint64_t elf_head_size(const struct hvd_file *f)
{
	uint64_t phdrs, shdr, end = sizeof(Elf64_Ehdr);
	uint8_t head[sizeof(Elf64_Ehdr)], section[sizeof(Elf64_Shdr)];
	uint64_t count;

	if (hvd_file_read(f, 0, head, sizeof(head)) < sizeof(head))
		return 0;
	phdrs = hvd_le64(head + offsetof(Elf64_Ehdr, e_phoff));
	shdr = hvd_le64(head + offsetof(Elf64_Ehdr, e_shoff));
	count = hvd_le16(head + offsetof(Elf64_Ehdr, e_phnum));
	if (phdrs > MAX_ELF_HEAD || shdr > MAX_ELF_HEAD)
		return UINT64_MAX;
	if (shdr)
		end = shdr + sizeof(section);
	if (count == PN_XNUM && hvd_file_read(f, shdr, section,
					      sizeof(section)) ==
					sizeof(section))
		count = hvd_le32(section + offsetof(Elf64_Shdr, sh_info));
	if (end < phdrs + count * sizeof(Elf64_Phdr))
		end = phdrs + count * sizeof(Elf64_Phdr);
	return end < f->size ? end : f->size;
}

static Elf *elf_of_stream(const struct hvd_file *f, void **head)
{
	uint64_t size = elf_head_size(f);

	if (!size || size > MAX_ELF_HEAD)
		return NULL;
	*head = calloc(1, (size_t)size);
	if (!*head)
		return NULL;
	/* A short read leaves zeros: headers of nothing. */
	hvd_file_read(f, 0, *head, (size_t)size);
	return elf_memory(*head, (size_t)size);
}

Elf *hvd_file_elf_begin(const struct hvd_file *f, void **head)
{
	*head = NULL;
	elf_version(EV_CURRENT);
	if (f->flattened)
		return elf_of_stream(f, head);
	return elf_begin(f->fd, ELF_C_READ, NULL);
}

void hvd_file_elf_end(Elf *elf, void *head)
{
	elf_end(elf);
	free(head);
}
