// SPDX-License-Identifier: GPL-2.0-or-later
/* Types from files that the user has: see types.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "debug_file.h"
#include "types_dwarf.h"
#include "types_source.h"

/* Is it the file of this kernel? What cannot be compared is kept as a doubt. */
static int check_build_id(const struct hvd_debug_file *f,
			  const struct hvd_build_id *wanted, char *doubt,
			  size_t size, struct hvd_error *err)
{
	char ours[2 * HVD_BUILD_ID_MAX + 1], theirs[2 * HVD_BUILD_ID_MAX + 1];
	struct hvd_build_id id;

	hvd_debug_file_build_id(f, &id);
	*doubt = '\0';
	if (!id.size || !wanted->size) {
		snprintf(doubt, size, "%s: not checked: %s has no build-id",
			 f->path, id.size ? "the dump" : "the file");
		return 0;
	}
	if (id.size == wanted->size &&
	    !memcmp(id.bytes, wanted->bytes, id.size))
		return 0;
	return hvd_error_set(err, "%s: expected build-id %s, found %s", f->path,
			     hvd_build_id_text(wanted, ours),
			     hvd_build_id_text(&id, theirs));
}

/*
 * Since 6.12 a module may have been built for any kernel: its types then go on
 * from .BTF.base, and only the kernel that loads it puts its own in their
 * place.
 */
static struct hvd_types *from_btf(struct hvd_debug_file *f,
				  struct hvd_types *base, struct hvd_error *err)
{
	struct hvd_types *types;
	const void *data = f->bare;
	size_t size = f->bare_size, other;

	if (!data && hvd_debug_file_section(f, ".BTF.base", &other)) {
		hvd_error_set(err, "its BTF goes on from .BTF.base, which is "
				   "not read: a file with DWARF is needed");
		data = NULL;
	} else if (!data) {
		data = hvd_debug_file_section(f, ".BTF", &size);
		if (!data)
			hvd_error_set(err, "neither DWARF nor BTF is in it");
	}
	types = data ? hvd_types_from_btf(data, size, base, err) : NULL;
	if (types)
		hvd_debug_file_close(f);
	else
		hvd_error_prefix(err, "%s", f->path);
	return types;
}

struct hvd_types *hvd_types_from_file(const char *path, struct hvd_types *base,
				      const void *build_id,
				      size_t build_id_size,
				      struct hvd_error *err)
{
	struct hvd_debug_file *f = hvd_debug_file_open(path, err);
	struct hvd_build_id wanted = {.size = build_id_size};
	struct hvd_types *types = NULL;
	char doubt[sizeof(types->doubt)];

	if (!f)
		return NULL;
	if (build_id_size > sizeof(wanted.bytes))
		wanted.size = 0;
	memcpy(wanted.bytes, build_id, wanted.size);
	if (!check_build_id(f, &wanted, doubt, sizeof(doubt), err))
		types = hvd_types_dwarf_in(f)
				? hvd_types_from_dwarf(f, base, err)
				: from_btf(f, base, err);
	if (types)
		memcpy(types->doubt, doubt, sizeof(doubt));
	else
		hvd_debug_file_close(f);
	return types;
}
