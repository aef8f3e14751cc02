// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdumpctl test: is what was captured also collected? hvdump-collect saves the
 * live capture's notes to a folder of its own in $TMPDIR or /tmp, as it would
 * save those of a crash, and what it saved is read back and compared.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "host.h"
#include "input.h"
#include "prune.h"
#include "trial.h"

#define NAME		"dump"
#define NOTES		"notes"
#define SAID		"said"
/* Of what it takes there is little: notes, no vmcore, no report. */
#define SECONDS		60
/* hvdump-collect: something is missing; here that is the kernel's log */
#define STATUS_MISSING	4

/** A folder in which it is tried. */
struct place {
	char path[256];
	int fd;
};

static int place_make(struct place *p)
{
	const char *folder = getenv("TMPDIR");
	int error;

	if (!folder || !*folder)
		folder = "/tmp";
	p->fd = -1;
	if (snprintf(p->path, sizeof(p->path), "%s/hvdump-test.XXXXXX",
		     folder) >= (int)sizeof(p->path))
		return ENAMETOOLONG;
	if (!mkdtemp(p->path))
		return errno;
	p->fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->fd >= 0)
		return 0;
	error = errno;
	rmdir(p->path);
	return error;
}

static void place_remove(struct place *p)
{
	if (p->fd < 0)
		return;
	prune_remove_own(p->fd, NAME);
	unlinkat(p->fd, NOTES, 0);
	unlinkat(p->fd, SAID, 0);
	close(p->fd);
	rmdir(p->path);
}

/* The last line of what it said, which is why it failed; "": nothing. */
static const char *last_words(int fd, char *text, size_t size)
{
	off_t end = lseek(fd, 0, SEEK_END);
	off_t from = end > (off_t)size - 1 ? end - ((off_t)size - 1) : 0;
	ssize_t n = pread(fd, text, size - 1, from);
	char *line;

	text[n > 0 ? n : 0] = '\0';
	while (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

/* The program that a crash would be saved by; false: @f says what became of it. */
static bool collect(const struct place *p, struct finding *f)
{
	char source[sizeof(p->path) + 8], how[96];
	char *path = host_program("hvdump-collect");
	const char *argv[] = { path,	    "--offline", source,
			       "--output",  p->path,	 "--name",
			       NAME,	    "--no-vmcore", "--no-report",
			       NULL };
	/* Notes alone have no log, which makedumpfile would complain of. */
	int said = openat(p->fd, SAID, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
			  0600);
	struct child child = { .argv = argv, .seconds = SECONDS,
			       .stdout_fd = said, .stderr_fd = said };
	struct child_end end;
	char text[512];
	const char *why;
	int ret;

	if (said < 0) {
		find(f, FAIL, "%s/" SAID ": %s", p->path, strerror(errno));
		free(path);
		return false;
	}
	/* Another root folder's program is not this machine's to run. */
	if (*host_root || !path)
		argv[0] = "hvdump-collect";
	snprintf(source, sizeof(source), "%s/" NOTES, p->path);
	ret = child_run(&child, &end);
	free(path);
	why = last_words(said, text, sizeof(text));
	close(said);
	if (!ret || end.status == STATUS_MISSING)
		return true;
	child_describe(&end, how, sizeof(how));
	find(f, FAIL, "hvdump-collect: %s%s%s", how, *why ? ": " : "", why);
	return false;
}

static void compare(const struct place *p, const uint8_t *notes, size_t size,
		    struct finding *f)
{
	char path[sizeof(p->path) + 32];
	struct hvd_error err;
	struct hvd_input *in;

	snprintf(path, sizeof(path), "%s/" NAME "/hvdump.elf", p->path);
	in = hvd_input_open(path, &err);
	if (!in) {
		find(f, FAIL, "hvdump-collect saved nothing that can be read:"
		     " %s", err.text);
		return;
	}
	if (in->notes_size < size || memcmp(in->notes, notes, size) != 0)
		find(f, FAIL, "what hvdump-collect saved differs from the"
		     " notes");
	else
		find(f, OK, "hvdump-collect saved it, %" PRIu64 " bytes, and it"
		     " is the same", in->file_size);
	hvd_input_close(in);
}

void trial_collect(const uint8_t *notes, size_t size, struct finding *f)
{
	struct place p;
	int error = place_make(&p);

	if (!error)
		error = trial_write(p.fd, NOTES, notes, size);
	if (error)
		find(f, FAIL, "%s: %s", p.path, strerror(error));
	else if (collect(&p, f))
		compare(&p, notes, size, f);
	place_remove(&p);
}
