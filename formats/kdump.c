// SPDX-License-Identifier: GPL-2.0-or-later
/* The headers of the makedumpfile-compressed format: see kdump.h. */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "kdump.h"

#define HEADER_VERSION	     8
#define HEADER_MACHINE	     272 /* utsname.machine, 65 bytes */
#define HEADER_STATUS	     424
#define HEADER_BLOCK_SIZE    428
#define HEADER_SUB_HDR_SIZE  432 /* in blocks */
#define HEADER_BITMAP_BLOCKS 436
#define HEADER_MAX_MAPNR     440 /* 32 bits; since version 6 also below */

#define SUB_DUMP_LEVEL 8
#define SUB_SPLIT	 12
#define SUB_START_PFN	 16 /* up to version 5 */
#define SUB_END_PFN	 24
#define SUB_OFFSET_NOTE	 48
#define SUB_SIZE_NOTE	 56
#define SUB_START_PFN_64 80 /* since version 6 */
#define SUB_END_PFN_64	 88
#define SUB_MAX_MAPNR_64 96

#define FIRST_VERSION_WITH_NOTES 4
#define FIRST_VERSION_WITH_64	 6
#define MAX_VERSION		 1024

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
	if (len < HVD_KDUMP_HEADER_SIZE)
		return hvd_error_set(err,
				     "offset 0: expected a kdump header of "
				     "%d bytes, found %zu",
				     HVD_KDUMP_HEADER_SIZE, len);
	if (!is_page_size(hvd_le32(h + HEADER_BLOCK_SIZE)))
		return hvd_error_set(err,
				     "offset %d: expected a block size of "
				     "4096 to 65536, found %" PRIu32,
				     HEADER_BLOCK_SIZE,
				     hvd_le32(h + HEADER_BLOCK_SIZE));
	if (hvd_le32(h + HEADER_VERSION) > MAX_VERSION)
		return hvd_error_set(err,
				     "offset %d: expected a small header "
				     "version, found %" PRIu32,
				     HEADER_VERSION,
				     hvd_le32(h + HEADER_VERSION));
	return 0;
}

static void take_header(struct hvd_kdump_layout *l, const uint8_t *h)
{
	uint64_t bitmaps;

	l->version = hvd_le32(h + HEADER_VERSION);
	l->status = hvd_le32(h + HEADER_STATUS);
	l->machine = machine_of(h + HEADER_MACHINE);
	l->block = hvd_le32(h + HEADER_BLOCK_SIZE);
	l->max_pfn = hvd_le32(h + HEADER_MAX_MAPNR);
	/* None of these can overflow: 32 bits times 17. */
	bitmaps = (1 + (uint64_t)hvd_le32(h + HEADER_SUB_HDR_SIZE)) * l->block;
	l->bitmap_size = hvd_le32(h + HEADER_BITMAP_BLOCKS) / 2 * l->block;
	l->bitmap = bitmaps + l->bitmap_size;
	l->descriptors = l->bitmap + l->bitmap_size;
}

static void take_sub_header(struct hvd_kdump_layout *l, const uint8_t *sub)
{
	bool wide = l->version >= FIRST_VERSION_WITH_64;

	l->has_sub = true;
	l->dump_level = hvd_le32(sub + SUB_DUMP_LEVEL);
	l->notes = hvd_le64(sub + SUB_OFFSET_NOTE);
	l->notes_size = hvd_le64(sub + SUB_SIZE_NOTE);
	if (wide)
		l->max_pfn = hvd_le64(sub + SUB_MAX_MAPNR_64);
	l->is_part = hvd_le32(sub + SUB_SPLIT) != 0;
	if (!l->is_part)
		return;
	l->first_pfn = hvd_le64(sub + (wide ? SUB_START_PFN_64
					    : SUB_START_PFN));
	l->end_pfn = hvd_le64(sub + (wide ? SUB_END_PFN_64 : SUB_END_PFN));
}

/* Pages for which there are no bits are no pages. */
static void limit_pages(struct hvd_kdump_layout *l)
{
	if (l->max_pfn > l->bitmap_size * 8)
		l->max_pfn = l->bitmap_size * 8;
	if (!l->is_part || l->end_pfn > l->max_pfn)
		l->end_pfn = l->max_pfn;
	if (l->first_pfn > l->end_pfn)
		l->first_pfn = l->end_pfn;
}

int hvd_kdump_layout_read(const struct hvd_file *f, struct hvd_kdump_layout *l,
			  struct hvd_error *err)
{
	uint8_t h[HVD_KDUMP_HEADER_SIZE], sub[HVD_KDUMP_SUB_SIZE];
	size_t len = hvd_file_read(f, 0, h, sizeof(h));

	*l = (struct hvd_kdump_layout){0};
	if (check_header(h, len, err))
		return -1;
	take_header(l, h);
	if (l->version >= FIRST_VERSION_WITH_NOTES) {
		len = hvd_file_read(f, l->block, sub, sizeof(sub));
		if (len < sizeof(sub))
			return hvd_error_set(err,
					     "offset %" PRIu64 ": expected a "
					     "kdump sub header of %d bytes, "
					     "found %zu",
					     l->block, HVD_KDUMP_SUB_SIZE, len);
		take_sub_header(l, sub);
	}
	limit_pages(l);
	return 0;
}

/* A whole page's descriptor is found by this: eight bytes at a time. */
static uint64_t count_words(const uint8_t *bytes, size_t words)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < words; i++)
		count += (unsigned int)__builtin_popcountll(
			hvd_le64(bytes + 8 * i));
	return count;
}

uint64_t hvd_kdump_count(const struct hvd_kdump_layout *l, uint64_t pfn,
			 const uint8_t *bytes, size_t size)
{
	uint64_t count = 0;
	unsigned int bit;
	size_t i = 0;

	if (pfn >= l->first_pfn && pfn <= l->end_pfn &&
	    size <= (l->end_pfn - pfn) / 8) {
		count = count_words(bytes, size / 8);
		i = size - size % 8;
		pfn += 8 * i;
	}
	for (; i < size; i++, pfn += 8) {
		if (!bytes[i])
			continue;
		if (pfn >= l->first_pfn && l->end_pfn >= pfn + 8) {
			count += (unsigned int)__builtin_popcount(bytes[i]);
			continue;
		}
		for (bit = 0; bit < 8; bit++)
			count += (bytes[i] >> bit & 1) &&
				 pfn + bit >= l->first_pfn &&
				 pfn + bit < l->end_pfn;
	}
	return count;
}
