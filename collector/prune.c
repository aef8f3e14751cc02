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
static bool read_manifest(int dirfd, struct prune_dump *old)
{
	const char *schema = NULL, *text = NULL;
	json_t *j, *times, *exit;
	int fd = openat(dirfd, MANIFEST_NAME,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	j = fd < 0 ? NULL : json_loadfd(fd, 0, NULL);
	if (fd >= 0)
		close(fd);
	schema = json_string_value(json_object_get(j, "schema"));
	times = json_object_get(j, "times");
	text = json_string_value(json_object_get(times, "started"));
	if (schema && text && !strcmp(schema, MANIFEST_SCHEMA))
		snprintf(old->started, sizeof(old->started), "%s", text);
	else
		text = NULL;
	exit = json_object_get(j, "exit");
	old->exit = json_is_integer(exit) ? json_integer_value(exit) : -1;
	json_decref(j);
	return text != NULL;
}

static int open_ours(int output_fd, struct prune_dump *old)
{
	int fd = openat(output_fd, old->name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	old->bytes = 0;
	if (each_entry(fd, take_size, &old->bytes) &&
	    read_manifest(fd, old))
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

/* One directory of ours; -1, with nothing removed, if it is none. */
static int remove_dump(int output_fd, const char *name)
{
	struct prune_dump old;
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

static bool unlink_any(int fd, const char *name, void *arg)
{
	(void)arg;
	return !unlinkat(fd, name, 0);
}

int prune_remove_own(int output_fd, const char *name)
{
	int fd = openat(output_fd, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool gone;

	if (fd < 0)
		return -1;
	gone = each_entry(fd, unlink_any, NULL);
	close(fd);
	return gone && !unlinkat(output_fd, name, AT_REMOVEDIR) ? 0 : -1;
}

/** The list being made. */
struct list {
	struct prune_dump *olds;
	size_t nr;
};

static bool take_entry(int fd, const char *name, void *arg)
{
	struct list *l = arg;
	struct prune_dump *old = &l->olds[l->nr];
	int dirfd;

	if (l->nr == PRUNE_MAX || strlen(name) >= sizeof(old->name))
		return l->nr < PRUNE_MAX;
	strcpy(old->name, name);
	dirfd = open_ours(fd, old);
	if (dirfd < 0)
		return true;
	close(dirfd);
	l->nr++;
	return true;
}

/* The newest first. */
static int by_age(const void *x, const void *y)
{
	const struct prune_dump *a = x, *b = y;
	int order = strcmp(b->started, a->started);

	return order ? order : strcmp(b->name, a->name);
}

struct prune_dump *prune_list(int output_fd, size_t *nr)
{
	struct list l = { calloc(PRUNE_MAX + 1, sizeof(*l.olds)), 0 };

	if (l.olds) {
		each_entry(output_fd, take_entry, &l);
		qsort(l.olds, l.nr, sizeof(*l.olds), by_age);
	}
	*nr = l.nr;
	return l.olds;
}

/* @kept: how many there are before this one, which are all newer. */
static bool must_go(const struct prune_limits *limits, size_t kept,
		    uint64_t bytes)
{
	return (limits->dumps && kept + 1 > limits->dumps) ||
	       (limits->bytes && bytes > limits->bytes);
}

void prune(const char *output, const struct prune_limits *limits,
	   void (*removed)(void *arg, const char *name), void *arg)
{
	int fd = open(output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t i, nr = 0, kept = 1, others = 0;
	struct prune_dump *dumps = fd < 0 ? NULL : prune_list(fd, &nr);
	uint64_t bytes = 0;

	for (i = 0; i < nr; i++)
		if (!strcmp(dumps[i].name, limits->present))
			bytes = dumps[i].bytes;
	for (i = 0; i < nr; i++) {
		if (!strcmp(dumps[i].name, limits->present))
			continue;
		if (others++ >= limits->spare &&
		    must_go(limits, kept, bytes + dumps[i].bytes) &&
		    !remove_dump(fd, dumps[i].name)) {
			removed(arg, dumps[i].name);
			continue;
		}
		kept++;
		bytes += dumps[i].bytes;
	}
	free(dumps);
	if (fd >= 0)
		close(fd);
}
