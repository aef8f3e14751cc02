// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The flattened format: see flattened.h. A header of 4096 bytes, then pieces:
 * the offset and the size, 64 bits each and big-endian, and the data. Offset
 * and size of -1 end the stream. makedumpfile writes some places of the file
 * twice: what comes later in the stream counts.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flattened.h"

#define SIGNATURE   "makedumpfile"
#define HEADER_SIZE 4096
#define PIECE_SIZE  16 /* the header of a piece */

/* 64 KiB each: 1 TiB. A hostile stream may have one byte in each. */
#define MAX_PIECES (1u << 24)

struct piece {
	uint64_t start; /* in the file */
	uint64_t size;
	uint64_t at; /* in the stream */
};

struct hvd_flattened {
	unsigned int holders;
	struct piece *pieces; /* do not overlap, by start */
	size_t nr;
	size_t room;
	struct hvd_error damage;
};

bool hvd_flattened_is(const uint8_t *head, size_t size)
{
	return size >= sizeof(SIGNATURE) &&
	       !memcmp(head, SIGNATURE, sizeof(SIGNATURE));
}

static uint64_t be64(const uint8_t *p)
{
	uint64_t value = 0;
	int i;

	for (i = 0; i < 8; i++)
		value = value << 8 | p[i];
	return value;
}

static bool read_at(int fd, uint64_t offset, void *buf, size_t size)
{
	ssize_t n;

	do
		n = pread(fd, buf, size, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)size;
}

static int add_piece(struct hvd_flattened *f, const struct piece *piece,
		     struct hvd_error *err)
{
	struct piece *more;
	size_t room;

	if (f->nr == f->room) {
		room = f->room ? 2 * f->room : 256;
		more = reallocarray(f->pieces, room, sizeof(*more));
		if (!more)
			return hvd_error_set(err, "no memory for %zu pieces of "
					     "a flattened dump", room);
		f->pieces = more;
		f->room = room;
	}
	f->pieces[f->nr++] = *piece;
	return 0;
}

/*
 * The piece whose header is at @pos, of a stream of @size bytes. 0: it is the
 * end mark; -1: what is there is no piece, or only the beginning of one, which
 * is then as long as it is.
 */
static int read_piece(int fd, uint64_t pos, uint64_t size, struct piece *piece,
		      struct hvd_error *why)
{
	uint8_t head[PIECE_SIZE];
	uint64_t left;

	piece->size = 0;
	if (size - pos < sizeof(head) || !read_at(fd, pos, head, sizeof(head)))
		return hvd_error_set(why, "offset %" PRIu64 ": expected a "
				     "piece of the flattened dump or its end "
				     "mark, found the end of the file", pos);
	piece->start = be64(head);
	piece->size = be64(head + 8);
	piece->at = pos + sizeof(head);
	if (piece->start == UINT64_MAX && piece->size == UINT64_MAX)
		return 0;
	if (piece->start > INT64_MAX ||
	    piece->size > INT64_MAX - piece->start) {
		hvd_error_set(why, "offset %" PRIu64 ": expected a place in "
			      "the flattened dump, found 0x%" PRIx64
			      " and size 0x%" PRIx64, pos, piece->start,
			      piece->size);
		piece->size = 0;
		return -1;
	}
	left = size - piece->at;
	if (piece->size <= left)
		return 1;
	hvd_error_set(why, "offset %" PRIu64 ": expected %" PRIu64
		      " bytes of the flattened dump, found %" PRIu64,
		      piece->at, piece->size, left);
	piece->size = left;
	return -1;
}

/* In the stream's order, up to its end or to where it breaks. */
static int read_pieces(struct hvd_flattened *f, int fd, uint64_t size,
		       struct hvd_error *err)
{
	uint64_t pos = HEADER_SIZE;
	struct piece piece = {0};
	int more = 1;

	while (more > 0) {
		more = read_piece(fd, pos, size, &piece, &f->damage);
		if (more && piece.size && add_piece(f, &piece, err))
			return -1;
		pos = piece.at + piece.size;
		if (f->nr == MAX_PIECES)
			more = hvd_error_set(&f->damage, "offset %" PRIu64
					     ": expected at most %u pieces of "
					     "the flattened dump", pos,
					     MAX_PIECES);
	}
	if (!f->nr)
		return hvd_error_set(err, "%s", f->damage.text[0]
						? f->damage.text
						: "the stream is empty");
	return 0;
}

static int compare(const void *x, const void *y)
{
	const struct piece *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static bool overlap(const struct hvd_flattened *f)
{
	size_t i;

	for (i = 1; i < f->nr; i++)
		if (f->pieces[i].start - f->pieces[i - 1].start <
		    f->pieces[i - 1].size)
			return true;
	return false;
}

/** Pieces that hold one place; the last in the stream at the root. */
struct heap {
	struct piece *at;
	size_t nr;
};

static void swap(struct piece *a, struct piece *b)
{
	struct piece c = *a;

	*a = *b;
	*b = c;
}

static void heap_add(struct heap *h, const struct piece *piece)
{
	size_t i = h->nr++;

	h->at[i] = *piece;
	for (; i && h->at[i].at > h->at[(i - 1) / 2].at; i = (i - 1) / 2)
		swap(&h->at[i], &h->at[(i - 1) / 2]);
}

static void heap_drop(struct heap *h)
{
	size_t i = 0, child;

	h->at[0] = h->at[--h->nr];
	while ((child = 2 * i + 1) < h->nr) {
		if (child + 1 < h->nr && h->at[child + 1].at > h->at[child].at)
			child++;
		if (h->at[i].at >= h->at[child].at)
			break;
		swap(&h->at[i], &h->at[child]);
		i = child;
	}
}

/* The part of the heap's first piece that begins at @pos, up to @stop. */
static struct piece part_of(const struct piece *p, uint64_t pos, uint64_t stop)
{
	uint64_t end = p->start + p->size;

	return (struct piece){
		.start = pos,
		.size = (stop < end ? stop : end) - pos,
		.at = p->at + (pos - p->start),
	};
}

/*
 * Sweep over the file: at each place the last piece in the stream counts, up
 * to its end or to where the next one begins. At most two parts for a piece.
 */
static int sweep(struct hvd_flattened *f, struct heap *h,
		 struct hvd_flattened *to, struct hvd_error *err)
{
	uint64_t pos = 0, stop;
	struct piece part;
	size_t i = 0;

	while (i < f->nr || h->nr) {
		if (!h->nr)
			pos = f->pieces[i].start;
		while (i < f->nr && f->pieces[i].start == pos)
			heap_add(h, &f->pieces[i++]);
		while (h->nr && h->at[0].start + h->at[0].size <= pos)
			heap_drop(h);
		if (!h->nr)
			continue;
		stop = i < f->nr ? f->pieces[i].start : UINT64_MAX;
		part = part_of(&h->at[0], pos, stop);
		if (add_piece(to, &part, err))
			return -1;
		pos += part.size;
	}
	return 0;
}

static int make_disjoint(struct hvd_flattened *f, struct hvd_error *err)
{
	struct hvd_flattened to = {0};
	struct heap h = {0};
	int failed;

	qsort(f->pieces, f->nr, sizeof(*f->pieces), compare);
	if (!overlap(f))
		return 0;
	h.at = calloc(f->nr, sizeof(*h.at));
	if (!h.at)
		return hvd_error_set(err, "no memory for %zu pieces", f->nr);
	failed = sweep(f, &h, &to, err);
	free(h.at);
	free(f->pieces);
	f->pieces = to.pieces;
	f->nr = to.nr;
	return failed;
}

struct hvd_flattened *hvd_flattened_open(int fd, uint64_t size,
					 struct hvd_error *err)
{
	struct hvd_flattened *f = calloc(1, sizeof(*f));

	if (!f) {
		hvd_error_set(err, "no memory");
		return NULL;
	}
	f->holders = 1;
	if (size < HEADER_SIZE)
		hvd_error_set(err, "offset 0: expected the header of a "
			      "flattened dump, %u bytes, found %" PRIu64,
			      HEADER_SIZE, size);
	else if (!read_pieces(f, fd, size, err) && !make_disjoint(f, err))
		return f;
	hvd_flattened_release(f);
	return NULL;
}

struct hvd_flattened *hvd_flattened_hold(struct hvd_flattened *f)
{
	f->holders++;
	return f;
}

void hvd_flattened_release(struct hvd_flattened *f)
{
	if (!f || --f->holders)
		return;
	free(f->pieces);
	free(f);
}

uint64_t hvd_flattened_size(const struct hvd_flattened *f)
{
	const struct piece *last = &f->pieces[f->nr - 1];

	return last->start + last->size;
}

const char *hvd_flattened_damage(const struct hvd_flattened *f)
{
	return f->damage.text[0] ? f->damage.text : NULL;
}

uint64_t hvd_flattened_find(const struct hvd_flattened *f, uint64_t offset,
			    uint64_t *at)
{
	size_t low = 0, high = f->nr, middle;
	const struct piece *p;

	/* low: the first that begins behind @offset */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (f->pieces[middle].start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	p = low ? &f->pieces[low - 1] : NULL;
	if (p && offset - p->start < p->size) {
		*at = p->at + (offset - p->start);
		return p->size - (offset - p->start);
	}
	*at = UINT64_MAX;
	return low < f->nr ? f->pieces[low].start - offset : 0;
}
