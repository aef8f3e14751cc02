// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory of makedumpfile-compressed dumps, by libkdumpfile: see
 * physmem_kdump.h. Without HAVE_LIBKDUMPFILE, as in the crash extension, such
 * dumps cannot be opened here; crash reads their memory itself.
 */
#include "config.h"

#include "physmem_kdump.h"

#ifdef HAVE_LIBKDUMPFILE

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

#define CACHED_PAGES 16

struct hvd_kdump {
	kdump_ctx_t *ctx;
	int *fds; /* one for each part of the dump */
	unsigned int nr_fds;
	kdump_num_t page_size;
	kdump_bmp_t *pages; /* those in the file; NULL: not known */
};

/* Which pages there are, for quick answers; nothing fails without. */
static void get_page_map(struct hvd_kdump *k)
{
	kdump_attr_t attr = {.type = KDUMP_BITMAP};

	k->page_size = 0;
	if (kdump_get_number_attr(k->ctx, KDUMP_ATTR_PAGE_SIZE,
				  &k->page_size) != KDUMP_OK ||
	    !k->page_size)
		return;
	if (kdump_get_typed_attr(k->ctx, KDUMP_ATTR_FILE_PAGEMAP, &attr) ==
	    KDUMP_OK) {
		k->pages = attr.val.bitmap;
		kdump_bmp_incref(k->pages);
	}
}

/* Does @size at @offset, two words at @p, lie in the file? 0, 0: none. */
static bool lies_in(const uint8_t *p, uint64_t file_size)
{
	uint64_t offset = hvd_le64(p), size = hvd_le64(p + 8);

	return offset <= file_size && size <= file_size - offset;
}

/*
 * libkdumpfile 0.5.1 believes the headers: it allocates what they claim, reads
 * beyond bitmaps that are too small for max_mapnr, and loops over notes that
 * are not there. What cannot be true is not given to it.
 */
static int check_header(int fd, struct hvd_error *err)
{
	uint64_t block, bitmaps, size;
	uint8_t h[464], sub[104];
	struct stat st;

	if (fstat(fd, &st) ||
	    pread(fd, h, sizeof(h), 0) != (ssize_t)sizeof(h))
		return hvd_error_set(err, "expected a kdump header");
	size = (uint64_t)st.st_size;
	block = hvd_le32(h + 428);
	bitmaps = hvd_le32(h + 436);
	if ((1 + (uint64_t)hvd_le32(h + 432) + bitmaps) * block > size)
		return hvd_error_set(err, "offset 432: expected headers and "
				     "bitmaps that the file has");
	if (pread(fd, sub, sizeof(sub), (off_t)block) != sizeof(sub))
		return hvd_error_set(err, "expected a kdump sub header");
	if (hvd_le32(h + 440) > bitmaps / 2 * block * 8 ||
	    (hvd_le32(h + 8) >= 6 &&
	     hvd_le64(sub + 96) > bitmaps / 2 * block * 8))
		return hvd_error_set(err, "offset 440: expected bitmaps for "
				     "all pages, found %" PRIu64 " blocks",
				     bitmaps);
	if (!lies_in(sub + 32, size) || !lies_in(sub + 48, size) ||
	    !lies_in(sub + 64, size))
		return hvd_error_set(err, "offset %" PRIu64 ": expected notes "
				     "that lie in the file", block + 32);
	return 0;
}

static int open_part(struct hvd_kdump *k, const char *path,
		     struct hvd_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return hvd_error_set(err, "%s: cannot open: %s", path,
				     strerror(errno));
	k->fds[k->nr_fds++] = fd;
	if (check_header(fd, err))
		return hvd_error_prefix(err, "%s", path);
	return 0;
}

static int open_parts(struct hvd_kdump *k, const struct hvd_input *in,
		      struct hvd_error *err)
{
	size_t i;

	k->fds = calloc(in->nr_parts + 1, sizeof(*k->fds));
	if (!k->fds)
		return hvd_error_set(err, "%s: no memory", in->path);
	if (open_part(k, in->path, err))
		return -1;
	for (i = 0; i < in->nr_parts; i++)
		if (open_part(k, in->parts[i], err))
			return -1;
	return 0;
}

static int set_number(struct hvd_kdump *k, const char *key, kdump_num_t value)
{
	return kdump_set_number_attr(k->ctx, key, value) == KDUMP_OK ? 0 : -1;
}

/*
 * addrxlat.ostype stays unset: physical addresses need no translation, and so
 * nothing of the dump's own memory is looked at. The library's cache is small,
 * since it is searched one by one, and physmem.c has another.
 */
static int open_dump(struct hvd_kdump *k, const struct hvd_input *in,
		     struct hvd_error *err)
{
	if (open_parts(k, in, err))
		return -1;
	k->ctx = kdump_new();
	if (!k->ctx)
		return hvd_error_set(err, "%s: no memory for libkdumpfile",
				     in->path);
	/* A file that becomes shorter must not end us by SIGBUS. */
	if (set_number(k, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_NEVER) ||
	    set_number(k, "cache.size", CACHED_PAGES) ||
	    kdump_open_fdset(k->ctx, k->nr_fds, k->fds) != KDUMP_OK)
		return hvd_error_set(err, "%s: libkdumpfile: %s", in->path,
				     kdump_get_err(k->ctx));
	get_page_map(k);
	return 0;
}

struct hvd_kdump *hvd_kdump_open(const struct hvd_input *in,
				 struct hvd_error *err)
{
	struct hvd_kdump *k = calloc(1, sizeof(*k));

	if (!k) {
		hvd_error_set(err, "%s: no memory", in->path);
		return NULL;
	}
	if (!open_dump(k, in, err))
		return k;
	hvd_kdump_close(k);
	return NULL;
}

void hvd_kdump_close(struct hvd_kdump *k)
{
	if (!k)
		return;
	if (k->pages)
		kdump_bmp_decref(k->pages);
	if (k->ctx)
		kdump_free(k->ctx);
	while (k->nr_fds)
		close(k->fds[--k->nr_fds]);
	free(k->fds);
	free(k);
}

enum hvd_read hvd_kdump_read(struct hvd_kdump *k, uint64_t address, void *buf,
			     size_t size, struct hvd_error *err)
{
	size_t got = size;
	kdump_status status;

	status = kdump_read(k->ctx, KDUMP_MACHPHYSADDR, address, buf, &got);
	if (status == KDUMP_OK)
		return HVD_READ_DATA;
	hvd_error_set(err, "address 0x%016" PRIx64 ": %s", address + got,
		      kdump_get_err(k->ctx));
	return status == KDUMP_ERR_NODATA ? HVD_READ_ABSENT : HVD_READ_DAMAGED;
}

enum hvd_read hvd_kdump_has(struct hvd_kdump *k, uint64_t address, size_t size)
{
	unsigned char bits[1];
	uint64_t pfn, last;

	if (!size || !k->pages)
		return HVD_READ_DATA;
	last = (address + (size - 1)) / k->page_size;
	for (pfn = address / k->page_size; pfn <= last; pfn++)
		if (kdump_bmp_get_bits(k->pages, pfn, pfn, bits) != KDUMP_OK ||
		    !(bits[0] & 1))
			return HVD_READ_ABSENT;
	return HVD_READ_DATA;
}

#else /* !HAVE_LIBKDUMPFILE */

struct hvd_kdump *hvd_kdump_open(const struct hvd_input *in,
				 struct hvd_error *err)
{
	hvd_error_set(err, "%s: this build has no libkdumpfile, which reads "
			   "the memory of compressed dumps",
		      in->path);
	return NULL;
}

void hvd_kdump_close(struct hvd_kdump *k)
{
	(void)k;
}

enum hvd_read hvd_kdump_read(struct hvd_kdump *k, uint64_t address, void *buf,
			     size_t size, struct hvd_error *err)
{
	(void)k;
	(void)address;
	(void)buf;
	(void)size;
	(void)err;
	return HVD_READ_DAMAGED;
}

enum hvd_read hvd_kdump_has(struct hvd_kdump *k, uint64_t address, size_t size)
{
	(void)k;
	(void)address;
	(void)size;
	return HVD_READ_DAMAGED;
}

#endif
