// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The build-id of a module: see module_build_id.h. The kernel keeps the notes
 * of a module for /sys/module/NAME/notes/: struct module_notes_attrs has a
 * struct bin_attribute for each section of notes (kernel/module/sysfs.c). With
 * CONFIG_STACKTRACE_BUILD_ID the id itself is in struct module since 5.14.
 */
#include "config.h"

#include <string.h>

#include "module_build_id.h"

#define MAX_SECTIONS 16
#define MAX_NOTES    4096
#define SHA1_SIZE    20

struct search {
	struct hvd_kmem *kmem;
	const struct hvd_types *types;
	struct hvd_build_id *id;
};

/* The pointer or number that is a member of the structure at @address. */
static bool read_member(const struct search *s, const char *type,
			const char *name, uint64_t address, uint64_t *value)
{
	struct hvd_member m;
	struct hvd_error err;

	return hvd_types_member(s->types, type, name, &m) && m.size <= 8 &&
	       hvd_kmem_word(s->kmem, address + m.offset, m.size, value,
			     &err) == HVD_READ_DATA;
}

static bool read_itself(const struct search *s, uint64_t module)
{
	static const uint8_t zeros[SHA1_SIZE];
	uint8_t bytes[SHA1_SIZE];
	struct hvd_member m;
	struct hvd_error err;

	if (!hvd_types_member(s->types, "struct module", "build_id", &m) ||
	    m.size != sizeof(bytes) ||
	    hvd_kmem_read(s->kmem, module + m.offset, bytes, sizeof(bytes),
			  &err) != HVD_READ_DATA ||
	    !memcmp(bytes, zeros, sizeof(bytes)))
		return false;
	memcpy(s->id->bytes, bytes, sizeof(bytes));
	s->id->size = sizeof(bytes);
	return true;
}

/* One section of notes: a struct bin_attribute. */
static bool read_section(const struct search *s, uint64_t attribute)
{
	uint64_t address, size;
	uint8_t notes[MAX_NOTES];
	struct hvd_error err;

	return read_member(s, "struct bin_attribute", "private", attribute,
			   &address) &&
	       read_member(s, "struct bin_attribute", "size", attribute,
			   &size) &&
	       size <= sizeof(notes) &&
	       hvd_kmem_read(s->kmem, address, notes, size, &err) ==
		       HVD_READ_DATA &&
	       hvd_build_id_from_notes(notes, size, s->id);
}

/* Up to 6.14: so many of them, one behind the other. */
static bool read_counted(const struct search *s, uint64_t notes)
{
	uint64_t nr, size, i;
	struct hvd_member m;

	if (!read_member(s, "struct module_notes_attrs", "notes", notes, &nr) ||
	    !hvd_types_member(s->types, "struct module_notes_attrs", "attrs",
			      &m) ||
	    !hvd_types_size(s->types, "struct bin_attribute", &size))
		return false;
	for (i = 0; i < nr && i < MAX_SECTIONS; i++)
		if (read_section(s, notes + m.offset + i * size))
			return true;
	return false;
}

/* Since 6.14 and 6.15: pointers to them, up to one that is NULL. */
static bool read_listed(const struct search *s, uint64_t notes)
{
	uint64_t list, attribute, i;
	struct hvd_error err;

	if (!read_member(s, "struct module_notes_attrs", "grp.bin_attrs", notes,
			 &list))
		return false;
	for (i = 0; i < MAX_SECTIONS; i++) {
		if (hvd_kmem_word(s->kmem, list + 8 * i, 8, &attribute, &err) !=
			    HVD_READ_DATA ||
		    !attribute)
			return false;
		if (read_section(s, attribute))
			return true;
	}
	return false;
}

void hvd_module_build_id(struct hvd_kmem *kmem, const struct hvd_types *types,
			 const struct hvd_module *module,
			 struct hvd_build_id *id)
{
	struct search s = {kmem, types, id};
	uint64_t notes;

	id->size = 0;
	if (!types || read_itself(&s, module->address) ||
	    !read_member(&s, "struct module", "notes_attrs", module->address,
			 &notes) ||
	    !notes)
		return;
	if (!read_counted(&s, notes))
		read_listed(&s, notes);
}
