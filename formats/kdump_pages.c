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

/** One file: the whole dump, or a part of it. */
struct part {
	struct hvd_file file;
	struct hvd_kdump_layout layout;
	struct piece pieces[KEPT_PIECES];
	uint64_t *before; /* pages in the file before each piece */
	uint64_t nr_before;
};

struct hvd_kdump_pages {
	struct part *parts;
	size_t nr_parts;
	uint64_t block;
	uint64_t pfn; /* of what is in @page */
	uint8_t *page;
	uint8_t *compressed;
};

static int open_part(struct hvd_kdump_pages *k, const char *path,
		     struct hvd_flattened *flattened, struct hvd_error *err)
{
	struct part *p = &k->parts[k->nr_parts];

	if (hvd_file_open(&p->file, path, flattened, err))
		return -1;
	k->nr_parts++;
	if (hvd_kdump_layout_read(&p->file, &p->layout, err))
		return -1;
	if (p->layout.bitmap_size > p->file.stored)
		return hvd_error_set(err, "expected bitmaps that the file has, "
				     "found %" PRIu64 " bytes for each",
				     p->layout.bitmap_size);
	if (k->block && k->block != p->layout.block)
		return hvd_error_set(err, "expected blocks of %" PRIu64
				     " bytes, as in the first part, found "
				     "%" PRIu64, k->block, p->layout.block);
	k->block = p->layout.block;
	p->before = calloc(1, sizeof(*p->before));
	p->nr_before = 1;
	return p->before ? 0 : hvd_error_set(err, "no memory");
}

static int open_parts(struct hvd_kdump_pages *k, const struct hvd_input *in,
		      struct hvd_error *err)
{
	size_t i;

	k->parts = calloc(in->nr_parts + 1, sizeof(*k->parts));
	if (!k->parts)
		return hvd_error_set(err, "%s: no memory", in->path);
	if (open_part(k, in->path, in->flattened, err))
		return hvd_error_prefix(err, "%s", in->path);
	for (i = 0; i < in->nr_parts; i++)
		if (open_part(k, in->parts[i], NULL, err))
			return hvd_error_prefix(err, "%s", in->parts[i]);
	k->page = malloc(k->block);
	k->compressed = malloc(k->block);
	k->pfn = NO_PAGE;
	if (!k->page || !k->compressed)
		return hvd_error_set(err, "%s: no memory", in->path);
	return 0;
}

struct hvd_kdump_pages *hvd_kdump_pages_open(const struct hvd_input *in,
					     struct hvd_error *err)
{
	struct hvd_kdump_pages *k = calloc(1, sizeof(*k));

	if (!k) {
		hvd_error_set(err, "%s: no memory", in->path);
		return NULL;
	}
	if (!open_parts(k, in, err))
		return k;
	hvd_kdump_pages_close(k);
	return NULL;
}

void hvd_kdump_pages_close(struct hvd_kdump_pages *k)
{
	if (!k)
		return;
	while (k->nr_parts) {
		k->nr_parts--;
		hvd_file_close(&k->parts[k->nr_parts].file);
		free(k->parts[k->nr_parts].before);
	}
	free(k->parts);
	free(k->page);
	free(k->compressed);
	free(k);
}

static int read_whole(const struct part *p, uint64_t offset, void *buf,
		      size_t size, struct hvd_error *err)
{
	size_t got = hvd_file_read(&p->file, offset, buf, size);

	if (got == size)
		return 0;
	return hvd_error_set(err, "cannot read offset %" PRIu64 ": %s",
			     offset + got,
			     errno ? strerror(errno) : "the file is cut");
}

/* The bitmap's piece of that number; the last one may be short. */
static const struct piece *get_piece(struct part *p, uint64_t number,
				     struct hvd_error *err)
{
	struct piece *piece = &p->pieces[number % KEPT_PIECES];
	uint64_t begin = number * PIECE;
	size_t size = PIECE;

	if (piece->number == number + 1)
		return piece;
	if (size > p->layout.bitmap_size - begin)
		size = (size_t)(p->layout.bitmap_size - begin);
	memset(piece->bits, 0, sizeof(piece->bits));
	piece->number = 0;
	if (read_whole(p, p->layout.bitmap + begin, piece->bits, size, err)) {
		hvd_error_prefix(err, "the bitmap");
		return NULL;
	}
	piece->number = number + 1;
	return piece;
}

/* Count one more piece, the last of which it is not known. */
static int add_count(struct part *p, struct hvd_error *err)
{
	uint64_t last = p->nr_before - 1, *more;
	const struct piece *piece = get_piece(p, last, err);

	if (!piece)
		return -1;
	more = reallocarray(p->before, p->nr_before + 1, sizeof(*more));
	if (!more)
		return hvd_error_set(err, "no memory for counts of pages");
	p->before = more;
	more[p->nr_before++] = more[last] +
			       hvd_kdump_count(&p->layout, last * PIECE_PAGES,
					       piece->bits, PIECE);
	return 0;
}

static bool has_bit(const struct piece *piece, uint64_t bit)
{
	return piece->bits[bit / 8] >> bit % 8 & 1;
}

static enum hvd_read has_page(struct part *p, uint64_t pfn,
			      struct hvd_error *err)
{
	const struct piece *piece = get_piece(p, pfn / PIECE_PAGES, err);

	if (!piece)
		return HVD_READ_DAMAGED;
	if (has_bit(piece, pfn % PIECE_PAGES))
		return HVD_READ_DATA;
	hvd_error_set(err, "is not in the dump");
	return HVD_READ_ABSENT;
}

/* The number of the descriptor of a page that is there. */
static int find_descriptor(struct part *p, uint64_t pfn, uint64_t *number,
			   struct hvd_error *err)
{
	uint64_t n = pfn / PIECE_PAGES, bit = pfn % PIECE_PAGES;
	const struct piece *piece;
	uint8_t below;

	while (p->nr_before <= n)
		if (add_count(p, err))
			return -1;
	piece = get_piece(p, n, err);
	if (!piece)
		return -1;
	below = piece->bits[bit / 8] & ((1u << bit % 8) - 1);
	*number = p->before[n] +
		  hvd_kdump_count(&p->layout, n * PIECE_PAGES, piece->bits,
				  bit / 8) +
		  hvd_kdump_count(&p->layout, pfn - bit % 8, &below, 1);
	return 0;
}

/* Read a page that is there. */
static int read_page(struct hvd_kdump_pages *k, struct part *p, uint64_t pfn,
		     struct hvd_error *err)
{
	uint8_t d[HVD_KDUMP_DESCRIPTOR_SIZE];
	uint64_t number, offset;
	uint32_t size, how;

	if (find_descriptor(p, pfn, &number, err))
		return -1;
	offset = p->layout.descriptors + number * sizeof(d);
	if (read_whole(p, offset, d, sizeof(d), err))
		return hvd_error_prefix(err, "the page's descriptor");
	size = hvd_le32(d + 8);
	how = hvd_le32(d + 12) & HVD_COMPRESSED;
	if (size > k->block || (!how && size != k->block))
		return hvd_error_set(err, "offset %" PRIu64 ": expected a page "
				     "of at most %" PRIu64 " bytes, found "
				     "%" PRIu32, offset + 8, k->block, size);
	offset = hvd_le64(d);
	if (read_whole(p, offset, how ? k->compressed : k->page, size, err))
		return -1;
	if (how && hvd_decompress(how, k->compressed, size, k->page, k->block,
				  err))
		return hvd_error_prefix(err, "offset %" PRIu64, offset);
	return 0;
}

/* The part that has to hold the page, if it is in the dump. */
static struct part *part_of(struct hvd_kdump_pages *k, uint64_t pfn)
{
	size_t i;

	for (i = 0; i < k->nr_parts; i++)
		if (pfn >= k->parts[i].layout.first_pfn &&
		    pfn < k->parts[i].layout.end_pfn)
			return &k->parts[i];
	return NULL;
}

static enum hvd_read find_page(struct hvd_kdump_pages *k, uint64_t pfn,
			       struct part **part, struct hvd_error *err)
{
	*part = part_of(k, pfn);
	if (*part)
		return has_page(*part, pfn, err);
	hvd_error_set(err, "is behind the dump's memory%s",
		      k->parts[0].layout.is_part
			      ? ", or in a part that was not given" : "");
	return HVD_READ_ABSENT;
}

static enum hvd_read load_page(struct hvd_kdump_pages *k, uint64_t pfn,
			       struct hvd_error *err)
{
	enum hvd_read outcome;
	struct part *part;

	if (k->pfn == pfn)
		return HVD_READ_DATA;
	outcome = find_page(k, pfn, &part, err);
	if (outcome != HVD_READ_DATA)
		return outcome;
	k->pfn = NO_PAGE;
	if (read_page(k, part, pfn, err))
		return HVD_READ_DAMAGED;
	k->pfn = pfn;
	return HVD_READ_DATA;
}

enum hvd_read hvd_kdump_pages_read(struct hvd_kdump_pages *k, uint64_t address,
				   void *buf, size_t size,
				   struct hvd_error *err)
{
	enum hvd_read outcome;
	uint64_t in_page;
	uint8_t *p = buf;
	size_t len;

	while (size) {
		in_page = address % k->block;
		len = size < k->block - in_page ? size
						: (size_t)(k->block - in_page);
		outcome = load_page(k, address / k->block, err);
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
	enum hvd_read outcome = HVD_READ_DATA;
	uint64_t pfn = address / k->block;
	struct hvd_error err;
	struct part *part;

	if (!size)
		return outcome;
	size += address % k->block;
	for (; outcome == HVD_READ_DATA; pfn++) {
		outcome = find_page(k, pfn, &part, &err);
		if (size <= k->block)
			break;
		size -= k->block;
	}
	return outcome;
}
