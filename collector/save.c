// SPDX-License-Identifier: GPL-2.0-or-later
/* Partial files that become final ones: see save.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "save.h"

/* More directories of one name would mean that something runs in a loop. */
#define MAX_SUFFIX	999

/* Network file systems may be interrupted anywhere. */
#define AGAIN(call) \
	({ __typeof__(call) r_; \
	   do \
		r_ = (call); \
	   while (r_ < 0 && errno == EINTR); \
	   r_; })

static int fail(struct hvd_error *err, const char *name, const char *what)
{
	return hvd_error_set(err, "%s: cannot %s: %s", name, what,
			     strerror(errno));
}

/* Sync the directory that @path lies in, so that its entry for @path lasts. */
static int sync_parent(const char *path)
{
	char *parent = strdup(path);
	char *slash = parent ? strrchr(parent, '/') : NULL;
	int fd, ret;

	if (!parent)
		return -1;
	if (slash)
		slash[slash == parent] = '\0';
	fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(parent);
	if (fd < 0)
		return -1;
	ret = AGAIN(fsync(fd));
	close(fd);
	return ret;
}

/* Make the directories that lead to @path, and @path itself, as mkdir -p. */
static int make_parents(char *path)
{
	struct stat st;
	char *p = path;

	while (*p) {
		char c;

		p += strspn(p, "/");
		p += strcspn(p, "/");
		c = *p;
		*p = '\0';
		if (stat(path, &st) == 0) {
			errno = ENOTDIR;
			if (!S_ISDIR(st.st_mode))
				return -1;
		} else {
			if (AGAIN(mkdir(path, 0755)))
				return -1;
			sync_parent(path);
		}
		*p = c;
		p += strspn(p, "/");
	}
	return 0;
}

/* The first free one of NAME, NAME.1, NAME.2, ... */
static char *make_fresh(const char *output, const char *name)
{
	char *path = NULL;
	int i;

	for (i = 0; i <= MAX_SUFFIX; i++) {
		if (i == 0 ? asprintf(&path, "%s/%s", output, name) < 0 :
			     asprintf(&path, "%s/%s.%d", output, name, i) < 0)
			return NULL;
		if (AGAIN(mkdir(path, 0700)) == 0)
			return path;
		free(path);
		if (errno != EEXIST)
			break;
	}
	return NULL;
}

int save_directory(const char *output, const char *name, char **path,
		   struct hvd_error *err)
{
	char *parents = strdup(output);
	int fd = -1;

	*path = NULL;
	if (!parents || make_parents(parents))
		fail(err, output, "make the directory");
	else if (!(*path = make_fresh(output, name)))
		fail(err, output, "make a directory in it");
	else if ((fd = open(*path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		fail(err, *path, "open the directory");
	else if (sync_parent(*path))
		fprintf(stderr, "hvdump-collect: %s: cannot sync: %s\n",
			output, strerror(errno));
	free(parents);
	return fd;
}

static void set_names(struct save_file *f, int dirfd, const char *name)
{
	memset(f, 0, sizeof(*f));
	f->dirfd = dirfd;
	f->fd = -1;
	snprintf(f->name, sizeof(f->name), "%s", name);
	snprintf(f->partial, sizeof(f->partial), "%s" SAVE_SUFFIX, f->name);
}

int save_open(struct save_file *f, int dirfd, const char *name,
	      struct hvd_error *err)
{
	set_names(f, dirfd, name);
	f->fd = AGAIN(openat(dirfd, f->partial, O_WRONLY | O_CREAT | O_EXCL |
			     O_NOFOLLOW | O_CLOEXEC, 0600));
	return f->fd < 0 ? fail(err, f->partial, "create") : 0;
}

int save_adopt(struct save_file *f, int dirfd, const char *name,
	       struct hvd_error *err)
{
	struct stat st;

	set_names(f, dirfd, name);
	f->fd = openat(dirfd, f->partial,
		       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (f->fd < 0 || fstat(f->fd, &st)) {
		fail(err, f->partial, "open");
	} else if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		hvd_error_set(err, "%s: is empty or no plain file", f->partial);
	} else {
		f->size = st.st_size;
		return 0;
	}
	save_close(f);
	return -1;
}

void save_reserve(struct save_file *f, uint64_t bytes)
{
	if (posix_fallocate(f->fd, 0, bytes) == 0)
		f->reserved = bytes;
}

int save_write(struct save_file *f, const void *data, size_t size,
	       struct hvd_error *err)
{
	const char *p = data;

	while (size) {
		ssize_t n = write(f->fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return fail(err, f->partial, "write");
		p += n;
		size -= n;
		f->size += n;
	}
	return 0;
}

int save_sync(struct save_file *f, struct hvd_error *err)
{
	if (f->reserved > f->size && AGAIN(ftruncate(f->fd, f->size)))
		return fail(err, f->partial, "set the size");
	f->reserved = 0;
	return AGAIN(fsync(f->fd)) ? fail(err, f->partial, "sync") : 0;
}

int save_commit(struct save_file *f, struct hvd_error *err)
{
	int ret = save_sync(f, err);

	if (ret == 0 && close(f->fd))
		ret = fail(err, f->partial, "close");
	else if (ret)
		close(f->fd);
	f->fd = -1;
	if (ret)
		return ret;
	if (AGAIN(renameat(f->dirfd, f->partial, f->dirfd, f->name)))
		return fail(err, f->partial, "rename");
	f->in_place = true;
	/* Some file systems know no sync of directories: then the whole. */
	if (AGAIN(fsync(f->dirfd)) == 0 ||
	    (errno == EINVAL && AGAIN(syncfs(f->dirfd)) == 0))
		return 0;
	/* Who knows what will be there after a power cut: promise nothing. */
	fail(err, f->name, "sync the directory");
	if (!f->replaces &&
	    renameat(f->dirfd, f->name, f->dirfd, f->partial) == 0)
		f->in_place = false;
	return -1;
}

void save_close(struct save_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void save_drop(struct save_file *f)
{
	save_close(f);
	if (f->partial[0])
		unlinkat(f->dirfd, f->partial, 0);
}
