// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a PE image in memory: see pe.h. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "pe.h"

#define DOS_SIZE	64
#define DOS_PE_AT	0x3c
#define MAX_PE_AT	0x10000 /* nobody's header lies further in */
#define FILE_SIZE	24 /* signature and file header */
#define OPTIONAL_FIXED	112 /* of PE32+, up to the directories */
#define PE32_PLUS	0x20b
#define SECTION_SIZE	40
#define DIRECTORY_SIZE	8
#define DEBUG_DIRECTORY 6
#define DEBUG_SIZE	28
#define DEBUG_CODEVIEW	2
#define MAX_DEBUG	32
#define RSDS_FIXED	24

static int get(const struct hvd_pe_memory *m, uint32_t rva, void *buf,
	       size_t size, const char *what, struct hvd_error *err)
{
	if (rva > UINT32_MAX - size)
		return hvd_error_set(err, "%s: at 0x%" PRIx32 ", beyond any "
				     "image", what, rva);
	if (m->read(m->arg, rva, buf, size, err) == HVD_READ_DATA)
		return 0;
	return hvd_error_prefix(err, "%s at 0x%" PRIx32, what, rva);
}

/* Where "PE\0\0" is. */
static int find_header(const struct hvd_pe_memory *m, uint32_t *at,
		       struct hvd_error *err)
{
	uint8_t dos[DOS_SIZE];

	if (get(m, 0, dos, sizeof(dos), "image header", err))
		return -1;
	if (dos[0] != 'M' || dos[1] != 'Z')
		return hvd_error_set(err, "image header: expected MZ, found "
				     "0x%02x 0x%02x", dos[0], dos[1]);
	*at = hvd_le32(dos + DOS_PE_AT);
	if (*at < 4 || *at > MAX_PE_AT)
		return hvd_error_set(err, "image header: expected the offset "
				     "of a PE header, found 0x%" PRIx32, *at);
	return 0;
}

static void take_section(struct hvd_pe *pe, const uint8_t *b)
{
	struct hvd_pe_section *s = &pe->sections[pe->nr_sections++];

	memcpy(s->name, b, 8);
	s->size = hvd_le32(b + 8);
	s->rva = hvd_le32(b + 12);
	s->flags = hvd_le32(b + 36);
}

static int read_sections(const struct hvd_pe_memory *m, struct hvd_pe *pe,
			 uint32_t at, uint16_t count, struct hvd_error *err)
{
	uint8_t section[SECTION_SIZE];
	uint16_t i;

	if (count > HVD_PE_SECTIONS)
		return hvd_error_set(err, "PE header: expected up to %d "
				     "sections, found %u", HVD_PE_SECTIONS,
				     count);
	for (i = 0; i < count; i++) {
		if (get(m, at + i * SECTION_SIZE, section, sizeof(section),
			"section header", err))
			return -1;
		take_section(pe, section);
	}
	return 0;
}

static void take_optional(struct hvd_pe *pe, const uint8_t *b)
{
	pe->entry = hvd_le32(b + 16);
	pe->base = hvd_le64(b + 24);
	pe->major = hvd_le16(b + 44);
	pe->minor = hvd_le16(b + 46);
	pe->size = hvd_le32(b + 56);
	pe->checksum = hvd_le32(b + 64);
}

/* The debug directory's place; size 0: there is none. */
static int find_debug(const struct hvd_pe_memory *m, uint32_t optional,
		      uint16_t optional_size, uint32_t nr, uint32_t *rva,
		      uint32_t *size, struct hvd_error *err)
{
	uint32_t at = OPTIONAL_FIXED + DEBUG_DIRECTORY * DIRECTORY_SIZE;
	uint8_t directory[DIRECTORY_SIZE];

	*rva = *size = 0;
	if (nr <= DEBUG_DIRECTORY || optional_size < at + DIRECTORY_SIZE)
		return 0;
	if (get(m, optional + at, directory, sizeof(directory),
		"data directory", err))
		return -1;
	*rva = hvd_le32(directory);
	*size = hvd_le32(directory + 4);
	return 0;
}

/* The name ends with a NUL, or with the record. */
static int read_rsds(const struct hvd_pe_memory *m, struct hvd_pe *pe,
		     uint32_t rva, uint32_t size, struct hvd_error *err)
{
	uint8_t fixed[RSDS_FIXED];
	uint32_t room;

	if (size < RSDS_FIXED)
		return hvd_error_set(err, "CodeView record: expected at least "
				     "%d bytes, found %" PRIu32, RSDS_FIXED,
				     size);
	if (get(m, rva, fixed, sizeof(fixed), "CodeView record", err))
		return -1;
	if (memcmp(fixed, "RSDS", 4))
		return hvd_error_set(err, "CodeView record: expected RSDS, "
				     "found 0x%08" PRIx32, hvd_le32(fixed));
	room = size - RSDS_FIXED;
	if (room > sizeof(pe->pdb) - 1)
		room = sizeof(pe->pdb) - 1;
	if (get(m, rva + RSDS_FIXED, pe->pdb, room, "name of the symbols",
		err)) {
		memset(pe->pdb, 0, sizeof(pe->pdb));
		return -1;
	}
	memcpy(pe->guid, fixed + 4, sizeof(pe->guid));
	pe->age = hvd_le32(fixed + 20);
	pe->has_pdb = true;
	return 0;
}

static int read_debug(const struct hvd_pe_memory *m, struct hvd_pe *pe,
		      uint32_t rva, uint32_t size, struct hvd_error *err)
{
	uint8_t entry[DEBUG_SIZE];
	uint32_t i;

	for (i = 0; i < size / DEBUG_SIZE && i < MAX_DEBUG; i++) {
		if (get(m, rva + i * DEBUG_SIZE, entry, sizeof(entry),
			"debug directory", err))
			return -1;
		if (hvd_le32(entry + 12) == DEBUG_CODEVIEW)
			return read_rsds(m, pe, hvd_le32(entry + 20),
					 hvd_le32(entry + 16), err);
	}
	return hvd_error_set(err, "the image names no symbols");
}

int hvd_pe_read(const struct hvd_pe_memory *memory, struct hvd_pe *pe,
		struct hvd_error *err)
{
	uint8_t file[FILE_SIZE], optional[OPTIONAL_FIXED];
	uint32_t at = 0, debug = 0, debug_size = 0;
	uint16_t optional_size;

	memset(pe, 0, sizeof(*pe));
	if (find_header(memory, &at, err) ||
	    get(memory, at, file, sizeof(file), "PE header", err))
		return -1;
	if (memcmp(file, "PE\0\0", 4))
		return hvd_error_set(err, "PE header at 0x%" PRIx32 ": "
				     "expected PE, found 0x%08" PRIx32, at,
				     hvd_le32(file));
	pe->machine = hvd_le16(file + 4);
	pe->timestamp = hvd_le32(file + 8);
	optional_size = hvd_le16(file + 20);
	if (optional_size < OPTIONAL_FIXED)
		return hvd_error_set(err, "PE header: expected at least %d "
				     "bytes of optional header, found %u",
				     OPTIONAL_FIXED, optional_size);
	at += FILE_SIZE;
	if (get(memory, at, optional, sizeof(optional), "PE header", err))
		return -1;
	if (hvd_le16(optional) != PE32_PLUS)
		return hvd_error_set(err, "PE header: expected PE32+, found "
				     "0x%x", hvd_le16(optional));
	take_optional(pe, optional);
	if (read_sections(memory, pe, at + optional_size, hvd_le16(file + 6),
			  err))
		return -1;
	if (!find_debug(memory, at, optional_size, hvd_le32(optional + 108),
			&debug, &debug_size, &pe->no_pdb))
		read_debug(memory, pe, debug, debug_size, &pe->no_pdb);
	return 0;
}

const struct hvd_pe_section *hvd_pe_section_of(const struct hvd_pe *pe,
					       uint32_t rva)
{
	unsigned int i;

	for (i = 0; i < pe->nr_sections; i++)
		if (rva >= pe->sections[i].rva &&
		    rva - pe->sections[i].rva < pe->sections[i].size)
			return &pe->sections[i];
	return NULL;
}
