/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The makedumpfile-compressed format, as written for 64-bit little-endian
 * kernels: the main header in block 0, the sub header in block 1, two bitmaps
 * (which pages there were; which are in the file), a descriptor for each page
 * in the file, the pages. Offsets were measured on files of makedumpfile 1.7.
 */
#ifndef HVDUMP_KDUMP_H
#define HVDUMP_KDUMP_H

#include "input_file.h"

#define HVD_KDUMP_HEADER_SIZE 464
#define HVD_KDUMP_SUB_SIZE    104

/* struct page_desc: offset, size, flags, page flags */
#define HVD_KDUMP_DESCRIPTOR_SIZE 24

#define HVD_KDUMP_INCOMPLETE 0x8

/** What the two headers say. */
struct hvd_kdump_layout {
	uint32_t version, status;
	uint16_t machine;      /* ELF e_machine; 0: not known */
	uint64_t block;	       /* size of a block, and of a page */
	bool has_sub;	       /* versions before 4 have none of the following */
	uint32_t dump_level; /* makedumpfile's -d */
	uint64_t notes, notes_size;
	uint64_t bitmap;       /* the second one: which pages are in the file */
	uint64_t bitmap_size;
	uint64_t descriptors;
	uint64_t max_pfn;      /* as many pages have bits in the bitmap */
	bool is_part;	       /* of a split dump, which has only these: */
	uint64_t first_pfn;
	uint64_t end_pfn;      /* of a whole dump: max_pfn */
};

/**
 * hvd_kdump_layout_read() - read and check both headers
 * Returns 0, or -1 with @err set when they make no sense. The places that they
 * name may be behind the end of the file.
 */
int hvd_kdump_layout_read(const struct hvd_file *f, struct hvd_kdump_layout *l,
			  struct hvd_error *err);

/** hvd_kdump_count() - how many pages of @bytes from page @pfn on are there */
uint64_t hvd_kdump_count(const struct hvd_kdump_layout *l, uint64_t pfn,
			 const uint8_t *bytes, size_t size);

#endif /* HVDUMP_KDUMP_H */
