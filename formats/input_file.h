/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the readers of the file formats share: bounded reads, and the place
 * where they put notes and damage. Nobody but input*.c needs it.
 */
#ifndef HVDUMP_INPUT_FILE_H
#define HVDUMP_INPUT_FILE_H

#include <gelf.h>
#include <stddef.h>
#include <stdint.h>

#include "flattened.h"
#include "input.h"

/** An open file. */
struct hvd_file {
	int fd;
	uint64_t size;	 /* of the dump */
	uint64_t stored; /* of the file on disk: less, if it is flattened */
	struct hvd_flattened *flattened; /* or NULL: the file is the dump */
};

/**
 * hvd_file_open() - open a regular file, flattened or not
 * @flattened: where its pieces are, if that is known; or NULL. Returns 0, or
 * -1 with @err, which lacks the path. Release with hvd_file_close().
 */
int hvd_file_open(struct hvd_file *f, const char *path,
		  struct hvd_flattened *flattened, struct hvd_error *err);
void hvd_file_close(struct hvd_file *f);

/**
 * hvd_file_read() - read up to @len bytes at @offset
 * By pread, piece by piece: /proc/vmcore can be read no other way. Returns the
 * bytes read, fewer than @len at the end of the file or at the first error,
 * with errno then set (0 at the end of the file).
 */
size_t hvd_file_read(const struct hvd_file *f, uint64_t offset, void *buf,
		     size_t len);

/**
 * hvd_file_elf_begin() - libelf's view of the file: its headers are certain
 * NULL: it is no ELF file, as elf_begin(). hvd_file_elf_end() releases both.
 */
Elf *hvd_file_elf_begin(const struct hvd_file *f, void **head);
void hvd_file_elf_end(Elf *elf, void *head);

/** hvd_input_damage() - note the first damage; later ones change nothing */
void hvd_input_damage(struct hvd_input *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * hvd_input_add_notes() - append the file's bytes @offset to @offset + @size
 * What the file does not hold is left out and becomes damage. Returns 0, or -1
 * with @err set when there is no memory.
 */
int hvd_input_add_notes(struct hvd_input *in, const struct hvd_file *f,
			uint64_t offset, uint64_t size, struct hvd_error *err);

/*
 * hvd_input_read_<format>() - find the notes of a file of that format
 * Return 0, or -1 with @err set when its headers make no sense.
 */
int hvd_input_read_elf(struct hvd_input *in, const struct hvd_file *f,
		       struct hvd_error *err);
int hvd_input_read_kdump(struct hvd_input *in, const struct hvd_file *f,
			 struct hvd_error *err);

/** hvd_input_check_part() - if it is a part of a split dump, the rest is missing */
struct hvd_kdump_layout;
void hvd_input_check_part(struct hvd_input *in,
			  const struct hvd_kdump_layout *l);

#endif /* HVDUMP_INPUT_FILE_H */
