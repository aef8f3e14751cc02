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
#define SUB_OFFSET_NOTE 48
#define SUB_SIZE_NOTE	56

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

/* The page data's size is not known without reading all descriptors. */
static void check_size(struct hvd_input *in, const struct hvd_file *f,
		       const uint8_t *h)
{
	uint64_t block = hvd_le32(h + HEADER_BLOCK_SIZE);
	uint64_t blocks = UINT64_C(1) + hvd_le32(h + HEADER_SUB_HDR_SIZE) +
			  hvd_le32(h + HEADER_BITMAP_BLOCKS);

	if (blocks * block > f->size)
		hvd_input_damage(in,
				 "the file is cut: expected its bitmaps up "
				 "to offset %" PRIu64 ", found %" PRIu64
				 " bytes",
				 blocks * block, f->size);
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
	check_size(in, f, h);
	return 0;
}
