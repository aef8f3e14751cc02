// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --stream: what was collected goes to standard output instead of a disk. The
 * small files are made in a folder of their own in memory, and removed.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect.h"
#include "prune.h"
#include "stream.h"

static int put_file(struct collector *c, const char *base, const char *name,
		    struct hvd_error *err)
{
	int fd = openat(c->dirfd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char path[STREAM_NAME_MAX + 1];
	struct stat st;
	int ret;

	if (fd < 0)
		return 0;
	snprintf(path, sizeof(path), "%.60s/%s", base, name);
	if (fstat(fd, &st))
		ret = hvd_error_set(err, "%s: cannot be looked at", name);
	else
		ret = stream_file(c->stream_fd, fd, path, st.st_size,
				  st.st_mtime, err);
	close(fd);
	return ret;
}

static int put_small(struct collector *c, struct hvd_error *err)
{
	const char *slash = strrchr(c->dir, '/');
	const char *base = slash ? slash + 1 : c->dir;
	struct manifest *m = &c->manifest;
	int i;

	for (i = 0; i < NR_FILES; i++)
		if (m->files[i].state == STATE_COMPLETE &&
		    put_file(c, base, m->files[i].name, err))
			return -1;
	manifest_write(m, c->dirfd);
	return put_file(c, base, MANIFEST_NAME, err) ||
	       stream_end(c->stream_fd, err) ? -1 : 0;
}

static void put_vmcore(struct collector *c)
{
	struct manifest *m = &c->manifest;
	const char *argv[OPTIONS_WORDS + 8];
	struct child child = { .argv = argv, .stdout_fd = c->stream_fd,
			       .seconds = c->options.time_limit };

	vmcore_stream_argv(c, argv);
	fputs("hvdump-collect: starting makedumpfile\n", stderr);
	m->dumped = true;
	if (child_run(&child, &m->dump))
		child_failed(c, FILE_VMCORE, "makedumpfile", &m->dump);
	else
		m->files[FILE_VMCORE].state = STATE_COMPLETE;
}

void step_stream(struct collector *c)
{
	struct manifest_file *f = &c->manifest.files[FILE_VMCORE];
	struct hvd_error err;

	if (f->wanted && !vmcore_may_save(c))
		f->wanted = false;
	if (f->wanted)
		snprintf(f->why, sizeof(f->why),
			 "it follows in the stream, or was cut off");
	if (put_small(c, &err)) {
		manifest_say(&c->manifest, "%s", err.text);
		manifest_set(&c->manifest, FILE_VMCORE, STATE_MISSING, "%s",
			     err.text);
	} else if (f->wanted && !child_stop()) {
		put_vmcore(c);
	}
}

int stream_begin(struct collector *c)
{
	c->stream_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	/* Whatever is printed from now on must not get into it. */
	if (c->stream_fd < 0 || isatty(c->stream_fd) ||
	    dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
		fputs("hvdump-collect: --stream: standard output must be a pipe"
		      " or a file\n", stderr);
		return -1;
	}
	c->options.output = getenv("TMPDIR");
	if (!c->options.output || !*c->options.output)
		c->options.output = "/tmp";
	return 0;
}

void stream_tidy(struct collector *c)
{
	int fd = open(c->options.output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *slash = strrchr(c->dir, '/');

	if (fd < 0 || !slash || prune_remove_own(fd, slash + 1))
		fprintf(stderr, "hvdump-collect: %s could not be removed\n",
			c->dir);
	if (fd >= 0)
		close(fd);
}
