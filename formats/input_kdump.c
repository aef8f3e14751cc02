// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * makedumpfile-compressed dumps: their notes, and whether the file holds all
 * that its headers promise.
 */
#include "config.h"

#include <inttypes.h>

#include "bytes.h"
#include "kdump.h"

#define LAST_DESCRIPTORS 512

/* How many pages the file has; there are as many descriptors. */
static uint64_t count_pages(const struct hvd_file *f,
			    const struct hvd_kdump_layout *l)
{
	uint64_t pos = 0, pages = 0;
	uint8_t buf[16384];
	size_t len;

	while (pos < l->bitmap_size) {
		len = sizeof(buf);
		if (len > l->bitmap_size - pos)
			len = (size_t)(l->bitmap_size - pos);
		len = hvd_file_read(f, l->bitmap + pos, buf, len);
		if (!len)
			break;
		pages += hvd_kdump_count(l, pos * 8, buf, len);
		pos += len;
	}
	return pages;
}

/*
 * Where the page data ends: makedumpfile writes it in the order of the
 * descriptors, so the last of them tell. (A page of zeros may point back to a
 * block that all of those share.) 0: not even the descriptors are there.
 */
static uint64_t data_end(const struct hvd_file *f,
			 const struct hvd_kdump_layout *l, uint64_t pages)
{
	uint8_t buf[LAST_DESCRIPTORS * HVD_KDUMP_DESCRIPTOR_SIZE];
	uint64_t nr = pages < LAST_DESCRIPTORS ? pages : LAST_DESCRIPTORS;
	uint64_t end = l->descriptors, start, size, i;
	size_t len = (size_t)nr * HVD_KDUMP_DESCRIPTOR_SIZE;
	const uint8_t *d;

	start = l->descriptors + (pages - nr) * HVD_KDUMP_DESCRIPTOR_SIZE;
	if (hvd_file_read(f, start, buf, len) < len)
		return 0;
	for (i = 0; i < nr; i++) {
		d = buf + i * HVD_KDUMP_DESCRIPTOR_SIZE;
		start = hvd_le64(d);
		size = hvd_le32(d + 8);
		if (start > UINT64_MAX - size)
			return UINT64_MAX;
		if (start + size > end)
			end = start + size;
	}
	return end;
}

static void check_size(struct hvd_input *in, const struct hvd_file *f,
		       const struct hvd_kdump_layout *l)
{
	uint64_t end;

	/* Gaps of a flattened file are free; bitmaps are written whole. */
	if (l->descriptors > f->size || l->bitmap_size > f->stored) {
		hvd_input_damage(in,
				 "the file is cut: expected its bitmaps up to "
				 "offset %" PRIu64 ", found %" PRIu64 " bytes",
				 l->descriptors, f->size);
		return;
	}
	end = data_end(f, l, count_pages(f, l));
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

int hvd_input_read_kdump(struct hvd_input *in, const struct hvd_file *f,
			 struct hvd_error *err)
{
	struct hvd_kdump_layout l;

	if (hvd_kdump_layout_read(f, &l, err))
		return -1;
	in->machine = l.machine;
	if (!l.has_sub)
		return 0;
	in->dump_level = l.dump_level;
	if (hvd_input_add_notes(in, f, l.notes, l.notes_size, err))
		return -1;
	check_size(in, f, &l);
	if (l.status & HVD_KDUMP_INCOMPLETE)
		hvd_input_damage(in, "makedumpfile marked this dump as "
				     "incomplete");
	hvd_input_check_part(in, &l);
	return 0;
}
