// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where distributions put debuginfo: see debug_find.h. Debian has
 * usr/lib/debug/boot/vmlinux-REL and usr/lib/debug/lib/modules/REL/.../NAME.ko,
 * Fedora usr/lib/debug/lib/modules/REL/vmlinux and .../NAME.ko.debug; both have
 * .build-id/xx/yyyy.debug. Types as BTF are in usr/lib/modules/REL/.../NAME.ko,
 * too.
 */
#include "config.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "debug_find.h"

#define MAX_ENTRIES 200000 /* of a tree: then it is not one of modules */

struct search {
	const char *directory;
	const struct hvd_debug_wanted *wanted;
	bool (*try)(void *arg, const char *path);
	void *arg;
};

/* What the directory may be the root of: debuginfo first. */
static const char *const roots[] = {"usr/lib/debug/", "", "usr/"};

#define NR_ROOTS (sizeof(roots) / sizeof(roots[0]))

static bool try_path(const struct search *s, const char *root, const char *rest)
{
	bool found = false;
	struct stat st;
	char *path;

	if (asprintf(&path, "%s/%s%s", s->directory, root, rest) < 0)
		return false;
	if (!stat(path, &st) && S_ISREG(st.st_mode))
		found = s->try(s->arg, path);
	free(path);
	return found;
}

static bool try_build_id(const struct search *s)
{
	char digits[2 * HVD_BUILD_ID_MAX + 1], rest[sizeof(digits) + 32];
	size_t i;

	if (s->wanted->build_id.size < 2)
		return false;
	hvd_build_id_text(&s->wanted->build_id, digits);
	snprintf(rest, sizeof(rest), ".build-id/%.2s/%s.debug", digits,
		 digits + 2);
	for (i = 0; i < NR_ROOTS; i++)
		if (try_path(s, roots[i], rest))
			return true;
	return false;
}

static bool try_kernel(const struct search *s)
{
	static const struct {
		const char *before, *behind; /* the release */
	} names[] = {{"boot/vmlinux-", ""},
		     {"vmlinux-", ""},
		     {"lib/modules/", "/vmlinux"},
		     {"lib/modules/", "/build/vmlinux"}};
	char rest[256];
	size_t i, root;

	for (i = 0; s->wanted->release && i < 4; i++) {
		snprintf(rest, sizeof(rest), "%s%s%s", names[i].before,
			 s->wanted->release, names[i].behind);
		for (root = 0; root < NR_ROOTS; root++)
			if (try_path(s, roots[root], rest))
				return true;
	}
	return try_path(s, "", "vmlinux") || try_path(s, "", "vmlinux.debug") ||
	       try_path(s, "", "vmlinux.btf");
}

static char as_in_names(char c)
{
	return c == '-' ? '_' : c;
}

/* NAME, or NAME.ko and what distributions put behind it; '-' is '_'. */
static bool is_file_of(const char *file, const char *module)
{
	static const char *const endings[] = {"",	".ko",	  ".ko.debug",
					      ".debug", ".btf",	  ".ko.xz",
					      ".ko.gz", ".ko.zst"};
	size_t i;

	for (; *module; module++, file++)
		if (as_in_names(*file) != as_in_names(*module))
			return false;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (!strcmp(file, endings[i]))
			return true;
	return false;
}

static bool try_tree(const struct search *s, const char *path)
{
	char *const paths[] = {(char *)path, NULL};
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	bool found = false;
	FTSENT *entry;
	long nr = 0;

	while (fts && !found && nr++ < MAX_ENTRIES && (entry = fts_read(fts)))
		if (entry->fts_info == FTS_F &&
		    is_file_of(entry->fts_name, s->wanted->module))
			found = s->try(s->arg, entry->fts_path);
	if (fts)
		fts_close(fts);
	return found;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Modules are somewhere below lib/modules/REL; else it is a tree of them. */
static bool try_module(const struct search *s)
{
	bool found = false, any = false;
	char *path;
	size_t i;

	for (i = 0; s->wanted->release && i < NR_ROOTS && !found; i++) {
		if (asprintf(&path, "%s/%slib/modules/%s", s->directory,
			     roots[i], s->wanted->release) < 0)
			return false;
		if (is_directory(path)) {
			any = true;
			found = try_tree(s, path);
		}
		free(path);
	}
	return found || (!any && try_tree(s, s->directory));
}

bool hvd_debug_find(const char *directory,
		    const struct hvd_debug_wanted *wanted,
		    bool (*try)(void *arg, const char *path), void *arg)
{
	struct hvd_debug_wanted safe = *wanted;
	const struct search s = {directory, &safe, try, arg};

	/* It is the dump that says so: not beyond the directory. */
	if (safe.release && strchr(safe.release, '/'))
		safe.release = NULL;
	return try_build_id(&s) ||
	       (wanted->module ? try_module(&s) : try_kernel(&s));
}
