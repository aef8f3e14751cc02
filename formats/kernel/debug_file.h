/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file with types of a kernel or a module: an ELF file (vmlinux, .ko, .debug;
 * with libdw also one that is compressed), or bare BTF as /sys/kernel/btf/ has.
 */
#ifndef HVDUMP_DEBUG_FILE_H
#define HVDUMP_DEBUG_FILE_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define HVD_BUILD_ID_MAX 64

struct hvd_build_id {
	uint8_t bytes[HVD_BUILD_ID_MAX];
	size_t size; /* 0: it is not known */
};

struct hvd_debug_file {
	char *path;
	Elf *elf;   /* NULL: it is bare BTF */
	void *dwfl; /* Dwfl and its module; NULL: built without libdw */
	void *dwfl_module;
	int fd;
	void *bare; /* the bare BTF */
	size_t bare_size;
};

/** hvd_debug_file_open() - NULL with @err: it is neither of both */
struct hvd_debug_file *hvd_debug_file_open(const char *path,
					   struct hvd_error *err);
void hvd_debug_file_close(struct hvd_debug_file *f); /* NULL is allowed */

/** hvd_debug_file_build_id() - its own; of size 0: it has none */
void hvd_debug_file_build_id(const struct hvd_debug_file *f,
			     struct hvd_build_id *id);

/** hvd_debug_file_section() - NULL: there is none of that name with data */
const void *hvd_debug_file_section(const struct hvd_debug_file *f,
				   const char *name, size_t *size);

/** hvd_build_id_parse() - from hexadecimal digits; size 0: it is none */
void hvd_build_id_parse(const char *text, struct hvd_build_id *id);

/** hvd_build_id_text() - as digits; returns @text */
const char *hvd_build_id_text(const struct hvd_build_id *id,
			      char text[2 * HVD_BUILD_ID_MAX + 1]);

/**
 * hvd_build_id_from_notes() - find NT_GNU_BUILD_ID in @size bytes of ELF notes
 * False: there is none. The notes need not be sound.
 */
bool hvd_build_id_from_notes(const void *notes, size_t size,
			     struct hvd_build_id *id);

#endif /* HVDUMP_DEBUG_FILE_H */
