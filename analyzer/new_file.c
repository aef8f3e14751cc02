// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing a file that must not be there yet: see new_file.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "new_file.h"

static int fail(const char *path, const char *what, struct hvd_error *err)
{
	return hvd_error_set(err, "%s: %s: %s", path, what, strerror(errno));
}

static void forget(struct new_file *f)
{
	free(f->path);
	free(f->partial);
	memset(f, 0, sizeof(*f));
}

static FILE *create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (fd >= 0 && !out)
		close(fd);
	return out;
}

int new_file_open(struct new_file *f, const char *path, struct hvd_error *err)
{
	size_t size = strlen(path) + sizeof(".partial");

	*f = (struct new_file){.path = strdup(path), .partial = malloc(size)};
	if (f->path && f->partial) {
		snprintf(f->partial, size, "%s.partial", path);
		/* It is looked at again when it gets its name. */
		if (!access(path, F_OK))
			errno = EEXIST;
		else
			f->out = create(f->partial);
	}
	if (f->out)
		return 0;
	fail(path, "cannot create", err);
	forget(f);
	return -1;
}

/* File systems without hard links have nothing but the rename. */
static int give_name(const struct new_file *f)
{
	if (!link(f->partial, f->path)) {
		unlink(f->partial);
		return 0;
	}
	if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK)
		return -1;
	if (!access(f->path, F_OK)) {
		errno = EEXIST;
		return -1;
	}
	return rename(f->partial, f->path);
}

int new_file_finish(struct new_file *f, struct hvd_error *err)
{
	bool written = !fflush(f->out) && !ferror(f->out) &&
		       !fsync(fileno(f->out));
	int status = 0;

	if (!written)
		status = fail(f->path, "cannot write", err);
	else if (give_name(f))
		status = fail(f->path, "cannot create", err);
	if (status) {
		new_file_abandon(f);
		return status;
	}
	fclose(f->out);
	forget(f);
	return 0;
}

void new_file_abandon(struct new_file *f)
{
	if (!f->out)
		return;
	fclose(f->out);
	unlink(f->partial);
	forget(f);
}
