// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages of a makedumpfile-compressed dump: see kdump_pages.h.
 *
 * Descriptors stand in the order of the bits in the bitmap: a page's is found
 * by counting the bits before its own. The counts at the beginning of each
 * piece of the bitmap are kept, up to the furthest that was needed.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "decompress.h"
#include "kdump.h"
#include "kdump_pages.h"

#define PIECE	      4096 /* bytes of the bitmap */
#define PIECE_PAGES   ((uint64_t)PIECE * 8)
#define KEPT_PIECES   16
#define NO_PAGE	      UINT64_MAX

/** A piece of the bitmap. */
struct piece {
	uint64_t number; /* + 1; 0: none */
	uint8_t bits[PIECE];
};

struct hvd_kdump_pages {
	struct hvd_file file;
	struct hvd_kdump_layout layout;
	struct piece pieces[KEPT_PIECES];
	uint64_t *before; /* pages in the file before each piece */
	uint64_t nr_before;
	uint64_t pfn; /* of what is in @page */
	uint8_t *page;
	uint8_t *compressed;
};

static int open_pages(struct hvd_kdump_pages *k, const char *path,
		      struct hvd_flattened *flattened, struct hvd_error *err)
{
	if (hvd_file_open(&k->file, path, flattened, err) ||
	    hvd_kdump_layout_read(&k->file, &k->layout, err))
		return -1;
	if (k->layout.bitmap_size > k->file.stored)
		return hvd_error_set(err, "expected bitmaps that the file has, "
				     "found %" PRIu64 " bytes for each",
				     k->layout.bitmap_size);
	k->page = malloc(k->layout.block);
	k->compressed = malloc(k->layout.block);
	k->before = calloc(1, sizeof(*k->before));
	k->nr_before = 1;
	k->pfn = NO_PAGE;
	if (!k->page || !k->compressed || !k->before)
		return hvd_error_set(err, "no memory for a page");
	return 0;
}

struct hvd_kdump_pages *hvd_kdump_pages_open(const char *path,
					     struct hvd_flattened *flattened,
					     struct hvd_error *err)
{
	struct hvd_kdump_pages *k = calloc(1, sizeof(*k));

	if (!k) {
		hvd_error_set(err, "%s: no memory", path);
		return NULL;
	}
	k->file.fd = -1;
	if (!open_pages(k, path, flattened, err))
		return k;
	hvd_error_prefix(err, "%s", path);
	hvd_kdump_pages_close(k);
	return NULL;
}

void hvd_kdump_pages_close(struct hvd_kdump_pages *k)
{
	if (!k)
		return;
	hvd_file_close(&k->file);
	free(k->before);
	free(k->page);
	free(k->compressed);
	free(k);
}

static int read_whole(const struct hvd_kdump_pages *k, uint64_t offset,
		      void *buf, size_t size, struct hvd_error *err)
{
	size_t got = hvd_file_read(&k->file, offset, buf, size);

	if (got == size)
		return 0;
	return hvd_error_set(err, "cannot read offset %" PRIu64 ": %s",
			     offset + got,
			     errno ? strerror(errno) : "the file is cut");
}

/* The bitmap's piece of that number; the last one may be short. */
static const struct piece *get_piece(struct hvd_kdump_pages *k, uint64_t number,
				     struct hvd_error *err)
{
	struct piece *p = &k->pieces[number % KEPT_PIECES];
	uint64_t begin = number * PIECE;
	size_t size = PIECE;

	if (p->number == number + 1)
		return p;
	if (size > k->layout.bitmap_size - begin)
		size = (size_t)(k->layout.bitmap_size - begin);
	memset(p->bits, 0, sizeof(p->bits));
	p->number = 0;
	if (read_whole(k, k->layout.bitmap + begin, p->bits, size, err)) {
		hvd_error_prefix(err, "the bitmap");
		return NULL;
	}
	p->number = number + 1;
	return p;
}

static int add_count(struct hvd_kdump_pages *k, struct hvd_error *err)
{
	uint64_t last = k->nr_before - 1, *more;
	const struct piece *p = get_piece(k, last, err);

	if (!p)
		return -1;
	more = reallocarray(k->before, k->nr_before + 1, sizeof(*more));
	if (!more)
		return hvd_error_set(err, "no memory for counts of pages");
	k->before = more;
	more[k->nr_before++] = more[last] +
			       hvd_kdump_count(&k->layout, last * PIECE_PAGES,
					       p->bits, PIECE);
	return 0;
}

/* DATA: its descriptor is the one of that number. */
static enum hvd_read find_page(struct hvd_kdump_pages *k, uint64_t pfn,
			       uint64_t *number, struct hvd_error *err)
{
	uint64_t piece = pfn / PIECE_PAGES, in_piece = pfn % PIECE_PAGES;
	const struct hvd_kdump_layout *l = &k->layout;
	const struct piece *p;
	uint8_t before;

	if (pfn < l->first_pfn || pfn >= l->end_pfn)
		return HVD_READ_ABSENT;
	p = get_piece(k, piece, err);
	if (!p)
		return HVD_READ_DAMAGED;
	if (!(p->bits[in_piece / 8] >> in_piece % 8 & 1))
		return HVD_READ_ABSENT;
	while (k->nr_before <= piece)
		if (add_count(k, err))
			return HVD_READ_DAMAGED;
	p = get_piece(k, piece, err);
	if (!p)
		return HVD_READ_DAMAGED;
	before = p->bits[in_piece / 8] & ((1u << in_piece % 8) - 1);
	*number = k->before[piece] +
		  hvd_kdump_count(l, piece * PIECE_PAGES, p->bits,
				  in_piece / 8) +
		  hvd_kdump_count(l, pfn & ~UINT64_C(7), &before, 1);
	return HVD_READ_DATA;
}

/* Read the page that the descriptor of that number stands for. */
static int read_page(struct hvd_kdump_pages *k, uint64_t number,
		     struct hvd_error *err)
{
	uint64_t block = k->layout.block, offset;
	uint8_t d[HVD_KDUMP_DESCRIPTOR_SIZE];
	uint32_t size, flags;

	offset = k->layout.descriptors + number * sizeof(d);
	if (read_whole(k, offset, d, sizeof(d), err))
		return hvd_error_prefix(err, "the page's descriptor");
	size = hvd_le32(d + 8);
	flags = hvd_le32(d + 12) & HVD_COMPRESSED;
	if (size > block || (!flags && size != block))
		return hvd_error_set(err, "offset %" PRIu64 ": expected a page "
				     "of at most %" PRIu64 " bytes, found "
				     "%" PRIu32, offset + 8, block, size);
	offset = hvd_le64(d);
	if (read_whole(k, offset, flags ? k->compressed : k->page, size, err))
		return -1;
	if (flags && hvd_decompress(flags, k->compressed, size, k->page,
				    block, err))
		return hvd_error_prefix(err, "offset %" PRIu64, offset);
	return 0;
}

static enum hvd_read load_page(struct hvd_kdump_pages *k, uint64_t pfn,
			       struct hvd_error *err)
{
	enum hvd_read outcome;
	uint64_t number;

	if (k->pfn == pfn)
		return HVD_READ_DATA;
	outcome = find_page(k, pfn, &number, err);
	if (outcome == HVD_READ_ABSENT)
		hvd_error_set(err, "is not in the dump");
	if (outcome != HVD_READ_DATA)
		return outcome;
	k->pfn = NO_PAGE;
	if (read_page(k, number, err))
		return HVD_READ_DAMAGED;
	k->pfn = pfn;
	return HVD_READ_DATA;
}

enum hvd_read hvd_kdump_pages_read(struct hvd_kdump_pages *k, uint64_t address,
				   void *buf, size_t size,
				   struct hvd_error *err)
{
	uint64_t block = k->layout.block, in_page;
	enum hvd_read outcome;
	uint8_t *p = buf;
	size_t len;

	while (size) {
		in_page = address % block;
		len = size < block - in_page ? size : (size_t)(block - in_page);
		outcome = load_page(k, address / block, err);
		if (outcome != HVD_READ_DATA) {
			hvd_error_prefix(err, "address 0x%016" PRIx64,
					 address);
			return outcome;
		}
		memcpy(p, k->page + in_page, len);
		address += len;
		p += len;
		size -= len;
	}
	return HVD_READ_DATA;
}

enum hvd_read hvd_kdump_pages_has(struct hvd_kdump_pages *k, uint64_t address,
				  size_t size)
{
	uint64_t pfn = address / k->layout.block, last, number;
	enum hvd_read outcome = HVD_READ_DATA;
	struct hvd_error err;

	if (!size)
		return outcome;
	last = (address + (size - 1)) / k->layout.block;
	for (; pfn <= last && outcome == HVD_READ_DATA; pfn++)
		outcome = find_page(k, pfn, &number, &err);
	return outcome;
}
