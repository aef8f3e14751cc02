/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening any file that may hold a note segment. Says what it was given, finds
 * its notes, and reads them; memory pages are not its subject.
 */
#ifndef HVDUMP_INPUT_H
#define HVDUMP_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "flattened.h"

enum hvd_format {
	HVD_FORMAT_NOTES,     /* a bare note segment */
	HVD_FORMAT_ELF,	      /* an ELF core: hvdump.elf or a vmcore */
	HVD_FORMAT_KDUMP,     /* makedumpfile-compressed */
};

/** One open input. Fields are for reading. */
struct hvd_input {
	char *path;
	char *directory; /* that was given instead of a file; or NULL */
	char **parts;	 /* the other files of a split dump; or NULL */
	size_t nr_parts;
	enum hvd_format format;
	const char *format_name; /* "notes", "elf", "kdump"; "flattened", "split" */
	struct hvd_flattened *flattened; /* the pieces of one; or NULL */
	uint16_t machine; /* ELF e_machine as the file has it; 0: unknown */
	uint32_t dump_level; /* kdump: makedumpfile's -d; else 0 */
	uint8_t *notes;	  /* the note segment, all owners */
	uint64_t notes_size;
	uint64_t notes_offset; /* of the (first) segment in the file */
	uint64_t file_size;
	char *damage; /* the file is cut or damaged: how; or NULL */
	bool lacks_parts; /* that is all the damage: more files were split off */
};

/*
 * More notes than this are not read: the crash kernel that has to carry them
 * breaks down far below, and a hostile header may claim anything.
 */
#define HVD_INPUT_MAX_NOTES (UINT64_C(256) << 20)

/**
 * hvd_input_open() - open @path and read its note segment
 * A directory is taken for a collector's: its hvdump.elf is opened, or else its
 * vmcore, and @path then names that file. Several PT_NOTEs are read one behind
 * the other. Every size and offset in the file is checked against the file's
 * own size; what is readable of a cut note segment is kept, and @damage says
 * what is missing. Returns NULL, with @err set ("PATH: offset N: expected ...,
 * found
 * ..."), when the file cannot be read or is of no known kind. Release with
 * hvd_input_close().
 */
struct hvd_input *hvd_input_open(const char *path, struct hvd_error *err);

/** hvd_input_is_part() - is it a file of a dump that makedumpfile split? */
bool hvd_input_is_part(const char *path);

/**
 * hvd_input_open_parts() - open the files of a split dump, in any order
 * What is said of hvd_input_open() holds; a part that is missing is damage.
 * NULL with @err also where they are not parts of one dump.
 */
struct hvd_input *hvd_input_open_parts(const char *const *paths, size_t nr,
				       struct hvd_error *err);

/** hvd_input_close() - release; NULL is allowed */
void hvd_input_close(struct hvd_input *in);

#endif /* HVDUMP_INPUT_H */
