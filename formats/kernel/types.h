/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of the kernel in a dump: the BTF that it carries with it, or DWARF of a
 * file. Both answer the same questions; nobody else needs to know which it was.
 */
#ifndef HVDUMP_TYPES_H
#define HVDUMP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct hvd_types;

/** A member of a structure, or of what is in it. */
struct hvd_member {
	uint64_t offset;   /* in bytes from the outermost structure */
	uint64_t size;	   /* in bytes; of the whole array */
	uint64_t elements; /* of an array, all its dimensions together, since
			    * BTF has them so; 0 of one without a length; 1 of
			    * what is no array */
	/*
	 * Of a bit field; bits 0: it is none. It stands in the little-endian
	 * number of @size bytes at @offset, from bit @bit_offset on.
	 */
	unsigned int bit_offset, bits;
	bool is_signed;
	bool is_pointer;
	char type[64]; /* "struct NAME", "union NAME" or "enum NAME", or "": of
			* the member, of the elements of an array, of what a
			* pointer (or pointers in an array) points to */
};

/**
 * hvd_types_from_btf() - from BTF in memory
 * @base: the kernel's types, also from BTF, that a module's BTF goes on from;
 * NULL for the kernel's own. It must live longer. @data may go afterwards. NULL
 * with @err: it is damaged, or hvdump was built without libbpf.
 */
struct hvd_types *hvd_types_from_btf(const void *data, size_t size,
				     struct hvd_types *base,
				     struct hvd_error *err);

/**
 * hvd_types_from_file() - from a file of the kernel or of a module
 * An ELF file (vmlinux, .ko, .debug) with DWARF, or else with .BTF; or bare BTF
 * as /sys/kernel/btf/ has. @base: for a module, the kernel's types from BTF; or
 * NULL. The file's build-id has to be @build_id (of @build_id_size bytes; 0: it
 * is not known, see hvd_types_doubt()). NULL with @err.
 */
struct hvd_types *hvd_types_from_file(const char *path, struct hvd_types *base,
				      const void *build_id,
				      size_t build_id_size,
				      struct hvd_error *err);
void hvd_types_close(struct hvd_types *t); /* NULL is allowed */

/** hvd_types_source() - "BTF" or "DWARF" */
const char *hvd_types_source(const struct hvd_types *t);

/**
 * hvd_types_doubt() - why they may not be those of the kernel in the dump: the
 * build-ids could not be compared; NULL: no doubt
 */
const char *hvd_types_doubt(const struct hvd_types *t);

/**
 * hvd_types_size() - of "struct NAME", "union NAME", "enum NAME", or "NAME" (a
 * typedef); false: no such type
 */
bool hvd_types_size(const struct hvd_types *t, const char *name,
		    uint64_t *size);

/**
 * hvd_types_member() - a member by its path
 * @type: "struct NAME", "union NAME", or "NAME" (a typedef of one). @path:
 * "member", or "a.b.c" through structures that are members (not through
 * pointers), "a[3].b" through arrays (of several dimensions, the elements are
 * counted through). Members of anonymous structures and
 * unions are found as C finds them. False: no such type or member; @member is
 * then not certain. Of types with the same name the first counts that has the
 * member. In a module's types the kernel's are found, too.
 */
bool hvd_types_member(const struct hvd_types *t, const char *type,
		      const char *path, struct hvd_member *member);

/** hvd_types_enumerator() - the value of an enumerator of any enum */
bool hvd_types_enumerator(const struct hvd_types *t, const char *name,
			  int64_t *value);

/**
 * hvd_types_enum_name() - the name of a value of "enum NAME"; NULL: it has none
 * Owned by @t.
 */
const char *hvd_types_enum_name(const struct hvd_types *t, const char *type,
				int64_t value);

#endif /* HVDUMP_TYPES_H */
