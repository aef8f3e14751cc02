// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * makedumpfile-compressed dumps, as written for 64-bit little-endian kernels:
 * the main header in block 0, the sub header in block 1, which says where the
 * notes are. Offsets were measured on files of makedumpfile 1.7.
 */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "input_file.h"

#define HEADER_SIZE	     464
#define HEADER_VERSION	     8
#define HEADER_MACHINE	     272 /* utsname.machine, 65 bytes */
#define HEADER_STATUS	     424
#define HEADER_BLOCK_SIZE    428
#define HEADER_SUB_HDR_SIZE  432 /* in blocks */
#define HEADER_BITMAP_BLOCKS 436

#define SUB_SIZE	104
#define SUB_SPLIT	12
#define SUB_OFFSET_NOTE 48
#define SUB_SIZE_NOTE	56

/* struct page_desc: offset, size, flags, page flags */
#define DESCRIPTOR_SIZE	 24
#define LAST_DESCRIPTORS 512

#define STATUS_INCOMPLETE	 0x8
#define FIRST_VERSION_WITH_NOTES 4

static uint16_t machine_of(const uint8_t *name)
{
	if (!memcmp(name, "x86_64", 7))
		return EM_X86_64;
	if (!memcmp(name, "aarch64", 8))
		return EM_AARCH64;
	return 0;
}

static bool is_page_size(uint32_t n)
{
	return n >= 4096 && n <= 65536 && !(n & (n - 1));
}

static int check_header(const uint8_t *h, size_t len, struct hvd_error *err)
{
	if (len < HEADER_SIZE)
		return hvd_error_set(err,
				     "offset 0: expected a kdump header of "
				     "%d bytes, found %zu",
				     HEADER_SIZE, len);
	if (!is_page_size(hvd_le32(h + HEADER_BLOCK_SIZE)))
		return hvd_error_set(err,
				     "offset %d: expected a block size of "
				     "4096 to 65536, found %" PRIu32,
				     HEADER_BLOCK_SIZE,
				     hvd_le32(h + HEADER_BLOCK_SIZE));
	if (hvd_le32(h + HEADER_VERSION) > 1024)
		return hvd_error_set(err,
				     "offset %d: expected a small header "
				     "version, found %" PRIu32,
				     HEADER_VERSION,
				     hvd_le32(h + HEADER_VERSION));
	return 0;
}

/** Where a dump's parts are, from its two headers. */
struct layout {
	uint64_t bitmap; /* the second one: which pages are in the file */
	uint64_t bitmap_size;
	uint64_t descriptors;
	uint64_t first_pfn; /* of a split file; otherwise all there are */
	uint64_t end_pfn;
};

static struct layout get_layout(const uint8_t *h, const uint8_t *sub)
{
	uint64_t block = hvd_le32(h + HEADER_BLOCK_SIZE);
	uint64_t bitmaps =
		(1 + (uint64_t)hvd_le32(h + HEADER_SUB_HDR_SIZE)) * block;
	uint64_t size = hvd_le32(h + HEADER_BITMAP_BLOCKS) / 2 * block;
	struct layout l = {
		.bitmap = bitmaps + size,
		.bitmap_size = size,
		.descriptors = bitmaps + 2 * size,
		.end_pfn = UINT64_MAX,
	};

	if (hvd_le32(sub + SUB_SPLIT)) {
		bool wide = hvd_le32(h + HEADER_VERSION) >= 6;

		l.first_pfn = hvd_le64(sub + (wide ? 80 : 16));
		l.end_pfn = hvd_le64(sub + (wide ? 88 : 24));
	}
	return l;
}

/* Bits of @byte, which stands for 8 pages from @pfn on, that are in the file.
 */
static unsigned int count_bits(const struct layout *l, uint64_t pfn,
			       uint8_t byte)
{
	unsigned int bit, count = 0;

	if (pfn >= l->first_pfn && l->end_pfn >= pfn + 8)
		return (unsigned int)__builtin_popcount(byte);
	for (bit = 0; byte && bit < 8; bit++)
		count += (byte >> bit & 1) && pfn + bit >= l->first_pfn &&
			 pfn + bit < l->end_pfn;
	return count;
}

/* How many pages the file has; there are as many descriptors. */
static uint64_t count_pages(const struct hvd_file *f, const struct layout *l)
{
	uint64_t pos = 0, pages = 0;
	uint8_t buf[16384];
	size_t len, i;

	while (pos < l->bitmap_size) {
		len = sizeof(buf);
		if (len > l->bitmap_size - pos)
			len = (size_t)(l->bitmap_size - pos);
		len = hvd_file_read(f, l->bitmap + pos, buf, len);
		if (!len)
			break;
		for (i = 0; i < len; i++)
			pages += count_bits(l, (pos + i) * 8, buf[i]);
		pos += len;
	}
	return pages;
}

/*
 * Where the page data ends: makedumpfile writes it in the order of the
 * descriptors, so the last of them tell. (A page of zeros may point back to a
 * block that all of those share.) 0: not even the descriptors are there.
 */
static uint64_t data_end(const struct hvd_file *f, const struct layout *l,
			 uint64_t pages)
{
	uint8_t buf[LAST_DESCRIPTORS * DESCRIPTOR_SIZE];
	uint64_t nr = pages < LAST_DESCRIPTORS ? pages : LAST_DESCRIPTORS;
	uint64_t end = l->descriptors, start, size, i;
	size_t len = (size_t)nr * DESCRIPTOR_SIZE;

	start = l->descriptors + (pages - nr) * DESCRIPTOR_SIZE;
	if (hvd_file_read(f, start, buf, len) < len)
		return 0;
	for (i = 0; i < nr; i++) {
		start = hvd_le64(buf + i * DESCRIPTOR_SIZE);
		size = hvd_le32(buf + i * DESCRIPTOR_SIZE + 8);
		if (start > UINT64_MAX - size)
			return UINT64_MAX;
		if (start + size > end)
			end = start + size;
	}
	return end;
}

static void check_size(struct hvd_input *in, const struct hvd_file *f,
		       const uint8_t *h, const uint8_t *sub)
{
	struct layout l = get_layout(h, sub);
	uint64_t end;

	if (l.descriptors > f->size) {
		hvd_input_damage(in,
				 "the file is cut: expected its bitmaps up to "
				 "offset %" PRIu64 ", found %" PRIu64 " bytes",
				 l.descriptors, f->size);
	} else {
		end = data_end(f, &l, count_pages(f, &l));
		if (!end)
			hvd_input_damage(in,
					 "the file is cut: expected its page "
					 "descriptors, found %" PRIu64 " bytes",
					 f->size);
		else if (end > f->size)
			hvd_input_damage(in,
					 "the file is cut: expected pages up "
					 "to offset %" PRIu64 ", found %" PRIu64
					 " bytes",
					 end, f->size);
	}
	if (hvd_le32(h + HEADER_STATUS) & STATUS_INCOMPLETE)
		hvd_input_damage(in, "makedumpfile marked this dump as "
				     "incomplete");
}

int hvd_input_read_kdump(struct hvd_input *in, const struct hvd_file *f,
			 struct hvd_error *err)
{
	uint8_t h[HEADER_SIZE], sub[SUB_SIZE];
	size_t len = hvd_file_read(f, 0, h, sizeof(h));
	uint32_t block;

	if (check_header(h, len, err))
		return -1;
	block = hvd_le32(h + HEADER_BLOCK_SIZE);
	in->machine = machine_of(h + HEADER_MACHINE);
	if (hvd_le32(h + HEADER_VERSION) < FIRST_VERSION_WITH_NOTES)
		return 0;
	len = hvd_file_read(f, block, sub, sizeof(sub));
	if (len < sizeof(sub))
		return hvd_error_set(err,
				     "offset %" PRIu32 ": expected a kdump "
				     "sub header of %d bytes, found %zu",
				     block, SUB_SIZE, len);
	if (hvd_input_add_notes(in, f, hvd_le64(sub + SUB_OFFSET_NOTE),
				hvd_le64(sub + SUB_SIZE_NOTE), err))
		return -1;
	check_size(in, f, h, sub);
	return 0;
}
