// SPDX-License-Identifier: GPL-2.0-or-later
/* Removing old dumps: see prune.h. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manifest.h"
#include "prune.h"

/** A directory of ours. */
struct old {
	char name[256];
	char started[32];	/* UTC, ISO 8601: sorts as text */
	uint64_t bytes;
};

static bool is_known(const char *name)
{
	static const char *const names[] = {
		MANIFEST_NAME, "hvdump.elf", "vmcore-dmesg.txt", "report.txt",
		"report.json", "vmcore",
	};
	char partial[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(partial, sizeof(partial), "%s" SAVE_SUFFIX, names[i]);
		if (!strcmp(name, names[i]) || !strcmp(name, partial))
			return true;
	}
	return false;
}

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Each entry but "." and ".."; false: @each said no, or it cannot be read. */
static bool each_entry(int fd, bool (*each)(int fd, const char *name, void *arg),
		       void *arg)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *e;
	bool good = dir;

	while (good && (e = readdir(dir)))
		if (!is_dot(e->d_name))
			good = each(fd, e->d_name, arg);
	if (dir)
		closedir(dir);
	else if (copy >= 0)
		close(copy);
	return good;
}

static bool take_size(int fd, const char *name, void *arg)
{
	uint64_t *bytes = arg;
	struct stat st;

	if (!is_known(name) || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(st.st_mode))
		return false;
	*bytes += (uint64_t)st.st_blocks * 512;
	return true;
}

/* When the collector that made the manifest began; false: it is none of ours. */
static bool read_manifest(int dirfd, char *started, size_t size)
{
	const char *schema = NULL, *text = NULL;
	json_t *j, *times;
	int fd = openat(dirfd, MANIFEST_NAME,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	j = fd < 0 ? NULL : json_loadfd(fd, 0, NULL);
	if (fd >= 0)
		close(fd);
	schema = json_string_value(json_object_get(j, "schema"));
	times = json_object_get(j, "times");
	text = json_string_value(json_object_get(times, "started"));
	if (schema && text && !strcmp(schema, MANIFEST_SCHEMA))
		snprintf(started, size, "%s", text);
	else
		text = NULL;
	json_decref(j);
	return schema && text;
}

static int open_ours(int output_fd, struct old *old)
{
	int fd = openat(output_fd, old->name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	old->bytes = 0;
	if (each_entry(fd, take_size, &old->bytes) &&
	    read_manifest(fd, old->started, sizeof(old->started)))
		return fd;
	close(fd);
	return -1;
}

static bool unlink_entry(int fd, const char *name, void *arg)
{
	(void)arg;
	/* The manifest goes last: without it nobody would know the rest. */
	return !strcmp(name, MANIFEST_NAME) || !unlinkat(fd, name, 0);
}

int prune_remove(int output_fd, const char *name)
{
	struct old old;
	bool gone;
	int fd;

	snprintf(old.name, sizeof(old.name), "%s", name);
	fd = open_ours(output_fd, &old);
	if (fd < 0)
		return -1;
	gone = each_entry(fd, unlink_entry, NULL) &&
	       !unlinkat(fd, MANIFEST_NAME, 0);
	close(fd);
	return gone && !unlinkat(output_fd, old.name, AT_REMOVEDIR) ? 0 : -1;
}

/** The list being made. */
struct list {
	struct old *olds;
	size_t nr;
	const char *present;
	uint64_t present_bytes;
};

static bool take_entry(int fd, const char *name, void *arg)
{
	struct list *l = arg;
	struct old *old = &l->olds[l->nr];
	int dirfd;

	if (l->nr == PRUNE_MAX || strlen(name) >= sizeof(old->name))
		return l->nr < PRUNE_MAX;
	strcpy(old->name, name);
	dirfd = open_ours(fd, old);
	if (dirfd < 0)
		return true;
	close(dirfd);
	if (l->present && !strcmp(name, l->present))
		l->present_bytes = old->bytes;
	else
		l->nr++;
	return true;
}

/* The newest first. */
static int by_age(const void *x, const void *y)
{
	const struct old *a = x, *b = y;
	int order = strcmp(b->started, a->started);

	return order ? order : strcmp(b->name, a->name);
}

static void remove_old(int fd, struct list *l, const struct prune_limits *limits,
		       void (*removed)(void *arg, const char *name), void *arg)
{
	uint64_t bytes = l->present_bytes;
	size_t i;

	for (i = 0; i < l->nr; i++) {
		bytes += l->olds[i].bytes;
		if (i < limits->spare)
			continue;
		if (!(limits->dumps && i + 2 > limits->dumps) &&
		    !(limits->bytes && bytes > limits->bytes))
			continue;
		if (!prune_remove(fd, l->olds[i].name)) {
			bytes -= l->olds[i].bytes;
			removed(arg, l->olds[i].name);
		}
	}
}

void prune(const char *output, const struct prune_limits *limits,
	   void (*removed)(void *arg, const char *name), void *arg)
{
	struct list l = { .present = limits->present };
	int fd = open(output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	l.olds = calloc(PRUNE_MAX + 1, sizeof(*l.olds));
	if (fd >= 0 && l.olds) {
		each_entry(fd, take_entry, &l);
		qsort(l.olds, l.nr, sizeof(*l.olds), by_age);
		remove_old(fd, &l, limits, removed, arg);
	}
	free(l.olds);
	if (fd >= 0)
		close(fd);
}
