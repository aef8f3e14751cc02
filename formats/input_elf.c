// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ELF cores. Read by hand, not by libelf: a core may be cut anywhere or be
 * /proc/vmcore, and all that is wanted of it is a handful of program headers.
 * Offsets are those of Elf64_Ehdr, Elf64_Phdr and Elf64_Shdr.
 */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>

#include "bytes.h"
#include "input_file.h"

#define EHDR_SIZE     64
#define PHDR_SIZE     56
#define SHDR_SIZE     64
#define PHDRS_AT_ONCE 64

struct phdr_table {
	uint64_t offset;
	uint64_t count;
};

static int check_ident(const uint8_t *h, size_t len, struct hvd_error *err)
{
	if (len < EHDR_SIZE)
		return hvd_error_set(err,
				     "offset 0: expected an ELF header of "
				     "64 bytes, found %zu",
				     len);
	if (h[EI_CLASS] != ELFCLASS64)
		return hvd_error_set(err,
				     "offset 4: expected a 64-bit ELF file, "
				     "found class %u",
				     h[EI_CLASS]);
	if (h[EI_DATA] != ELFDATA2LSB)
		return hvd_error_set(err,
				     "offset 5: expected a little-endian "
				     "ELF file, found encoding %u",
				     h[EI_DATA]);
	if (hvd_le16(h + 16) != ET_CORE)
		return hvd_error_set(err,
				     "offset 16: expected an ELF core "
				     "(type 4), found type %u",
				     hvd_le16(h + 16));
	return 0;
}

/* More than 65534 program headers: the first section header counts them. */
static int count_in_section(const struct hvd_file *f, uint64_t shoff,
			    uint64_t *count, struct hvd_error *err)
{
	uint8_t shdr[SHDR_SIZE];

	if (!shoff || shoff > f->size ||
	    hvd_file_read(f, shoff, shdr, sizeof(shdr)) < sizeof(shdr))
		return hvd_error_set(err,
				     "offset 40: expected the offset of the "
				     "section header that counts the program "
				     "headers, found %" PRIu64,
				     shoff);
	*count = hvd_le32(shdr + 44);
	return 0;
}

static int read_header(struct hvd_input *in, const struct hvd_file *f,
		       struct phdr_table *table, struct hvd_error *err)
{
	uint8_t h[EHDR_SIZE];
	size_t len = hvd_file_read(f, 0, h, sizeof(h));

	if (check_ident(h, len, err))
		return -1;
	in->machine = hvd_le16(h + 18);
	table->offset = hvd_le64(h + 32);
	table->count = hvd_le16(h + 56);
	if (table->count && hvd_le16(h + 54) != PHDR_SIZE)
		return hvd_error_set(err,
				     "offset 54: expected program headers "
				     "of 56 bytes, found %u",
				     hvd_le16(h + 54));
	if (table->count == PN_XNUM)
		return count_in_section(f, hvd_le64(h + 40), &table->count,
					err);
	return 0;
}

/* A load that the file does not hold to its end: the file was cut. */
static void check_load(struct hvd_input *in, const struct hvd_file *f,
		       uint64_t offset, uint64_t size)
{
	if (size && (offset > f->size || size > f->size - offset))
		hvd_input_damage(in,
				 "the file is cut: expected memory up to "
				 "offset %" PRIu64 ", found %" PRIu64 " bytes",
				 offset + size, f->size);
}

static int read_phdr(struct hvd_input *in, const struct hvd_file *f,
		     const uint8_t *p, struct hvd_error *err)
{
	uint64_t offset = hvd_le64(p + 8), size = hvd_le64(p + 32);

	if (hvd_le32(p) == PT_NOTE)
		return hvd_input_add_notes(in, f, offset, size, err);
	if (hvd_le32(p) == PT_LOAD)
		check_load(in, f, offset, size);
	return 0;
}

int hvd_input_read_elf(struct hvd_input *in, const struct hvd_file *f,
		       struct hvd_error *err)
{
	uint8_t buf[PHDRS_AT_ONCE * PHDR_SIZE];
	struct phdr_table table;
	uint64_t pos, i;
	size_t len, n;

	if (read_header(in, f, &table, err))
		return -1;
	pos = table.offset;
	for (i = 0; i < table.count; i += n) {
		n = PHDRS_AT_ONCE;
		if (n > table.count - i)
			n = (size_t)(table.count - i);
		len = hvd_file_read(f, pos, buf, n * PHDR_SIZE);
		for (size_t k = 0; k < len / PHDR_SIZE; k++)
			if (read_phdr(in, f, buf + k * PHDR_SIZE, err))
				return -1;
		if (len < n * PHDR_SIZE) {
			hvd_input_damage(in,
					 "offset %" PRIu64 ": expected %" PRIu64
					 " program headers, found %" PRIu64,
					 table.offset, table.count,
					 i + len / PHDR_SIZE);
			break;
		}
		pos += len;
	}
	return 0;
}
