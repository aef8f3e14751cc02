// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel of a session: see kernel_open.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel_open.h"

/* -1 with @err: it is there, and cannot be opened. */
static int open_vmcore(struct session *s, struct hvd_error *err)
{
	struct stat st;
	char *path;

	if (!s->input->directory || s->vmcore)
		return 0;
	if (asprintf(&path, "%s/vmcore", s->input->directory) < 0)
		return hvd_error_set(err, "no memory for a path");
	if (strcmp(path, s->input->path) && !stat(path, &st)) {
		s->vmcore = hvd_input_open(path, err);
		if (!s->vmcore) {
			free(path);
			return -1;
		}
	}
	free(path);
	return 0;
}

struct hvd_kernel *session_kernel(struct session *s, struct hvd_error *err)
{
	const struct hvd_kernel_files files = {
		.vmlinux = s->opt.vmlinux,
		.debuginfo = s->opt.debuginfo,
		.debuginfod = s->opt.debuginfod,
	};

	if (!s->kernel && !open_vmcore(s, err))
		s->kernel = hvd_kernel_open(s->vmcore ? s->vmcore : s->input,
					    &files, err);
	return s->kernel;
}

const char *session_kernel_path(const struct session *s)
{
	return s->vmcore ? s->vmcore->path : s->input->path;
}

void session_kernel_close(struct session *s)
{
	hvd_kernel_close(s->kernel);
	hvd_input_close(s->vmcore);
	s->kernel = NULL;
	s->vmcore = NULL;
}
