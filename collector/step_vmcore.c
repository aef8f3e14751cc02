// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The vmcore: at which level, whether it will fit, makedumpfile, and whether
 * what it has made can be read.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect.h"
#include "dump_level.h"
#include "helper.h"

#define ESTIMATE_SECONDS	3600
#define CHECK_SECONDS		300
#define MIB(n)			((n) >> 20)
/* With less than that left a failure of makedumpfile's is the disk's. */
#define HARDLY_ANY		(UINT64_C(1) << 20)
/* What it prints in all is less. */
#define SAID_MAX		65536

/** What becomes of one level. */
enum attempt { SAVED, TOO_LARGE, FAILED };

/*
 * The level for which nothing was said. Who wants guests' memory wants user and
 * cache pages, since it may be either.
 */
static unsigned int own_level(const struct collector *c)
{
	unsigned int level = level_for(c->release,
				       c->manifest.makedumpfile_version);

	return c->options.guest_memory ? level & ~(LEVEL_USER | LEVEL_CACHES) :
					 level;
}

/* Zeros stand for what is kept out: they need not be stored. */
static unsigned int with_zero_bit(const struct collector *c,
				  unsigned int level)
{
	return c->manifest.guests.state == GUESTS_EXCLUDED ?
		       level | LEVEL_ZERO : level;
}

/* makedumpfile's options: those that are given, or with a level. */
static void set_words(struct collector *c, int level)
{
	struct manifest *m = &c->manifest;
	size_t i;

	for (i = 0; i < c->options.nr_words; i++)
		m->dump_words[i] = c->options.words[i];
	if (level >= 0) {
		snprintf(m->dump_level, sizeof(m->dump_level), "%d", level);
		m->dump_words[i++] = "-d";
		m->dump_words[i++] = m->dump_level;
	}
	m->dump_words[i] = NULL;
	m->nr_dump_words = i;
}

/* makedumpfile [BEFORE...] OPTIONS SOURCE FILE */
static void make_argv(const struct collector *c, const char *argv[],
		      const char *const *before, const char *file)
{
	const struct manifest *m = &c->manifest;
	size_t i, n = 0;

	argv[n++] = "makedumpfile";
	for (i = 0; before[i]; i++)
		argv[n++] = before[i];
	for (i = 0; i < m->nr_dump_words; i++)
		argv[n++] = m->dump_words[i];
	argv[n++] = c->options.vmcore;
	if (file)
		argv[n++] = file;
	argv[n] = NULL;
}

#define MAX_ARGV	(OPTIONS_WORDS + 8)

/* The number behind "Write bytes"; false: it does not stand there. */
static bool find_estimate(int fd, uint64_t *needed)
{
	char *said = calloc(1, SAID_MAX), *at;
	ssize_t n = said ? pread(fd, said, SAID_MAX - 1, 0) : -1;
	bool found = false;

	at = n > 0 ? strstr(said, "Write bytes") : NULL;
	at = at ? strchr(at, ':') : NULL;
	if (at) {
		errno = 0;
		*needed = strtoull(at + 1, NULL, 10);
		found = !errno && *needed;
	}
	free(said);
	return found;
}

/*
 * Let makedumpfile do all but write. That takes about as long as the dump, so
 * it is asked only where the dump might not fit.
 */
static bool estimate(struct collector *c, const char *path, uint64_t *needed)
{
	static const char *const dry[] = { "--dry-run", "--show-stats", NULL };
	const char *argv[MAX_ARGV];
	struct child child = { .argv = argv, .seconds = ESTIMATE_SECONDS };
	FILE *said = tmpfile();
	struct child_end end;
	struct stat st;
	bool known;

	if (!said)
		return false;
	if (c->options.time_limit)
		child.seconds = c->options.time_limit;
	puts("hvdump-collect: little room: asking makedumpfile how much it"
	     " needs");
	make_argv(c, argv, dry, path);
	child.stdout_fd = fileno(said);
	child.stderr_fd = child.stdout_fd;
	known = child_run(&child, &end) == 0 &&
		find_estimate(fileno(said), needed);
	fclose(said);
	/* Older ones write an empty file, or all of it. */
	if (stat(path, &st) == 0)
		unlink(path);
	return known;
}

/* May it be written? What cannot be known is tried. */
static bool may_fit(struct collector *c, const char *path)
{
	struct manifest *m = &c->manifest;
	uint64_t keep = c->options.keep_free_mib << 20, room;

	space_look(c->dirfd, &m->space);
	m->estimated = false;
	if (!m->space.known || !c->source_size)
		return true;
	room = m->space.free > keep ? m->space.free - keep : 0;
	if (room > m->space.file_max)
		room = m->space.file_max;
	if (c->source_size <= room)
		return true;
	m->estimated = estimate(c, path, &m->needed);
	if (child_stop() || !m->estimated || m->needed <= room)
		return true;
	manifest_set(m, FILE_VMCORE, STATE_MISSING, "it needs %" PRIu64
		     " MiB (makedumpfile%s%s), and there is room for %" PRIu64
		     " MiB%s", MIB(m->needed) + 1,
		     m->dump_level[0] ? " -d " : "", m->dump_level, MIB(room),
		     room == m->space.file_max ? " in a file" : "");
	return false;
}

static void take_check(struct vmcore_check *check, struct helper *h)
{
	check->header = helper_number(h, "header");
	check->looked = helper_number(h, "looked");
	check->tasks = helper_number(h, "tasks");
	check->modules = helper_number(h, "modules");
	check->caches = helper_number(h, "caches");
	check->lost = helper_number(h, "lost");
	snprintf(check->why, sizeof(check->why), "%s", helper_text(h, "why"));
}

/* Read back what is there; -1: it is no whole dump. */
static int check(struct collector *c, const char *path)
{
	const char *argv[] = { HELPER, "check", path, NULL };
	struct manifest *m = &c->manifest;
	struct helper h;

	helper_run(&h, argv, CHECK_SECONDS);
	if (h.failed) {
		snprintf(m->check.why, sizeof(m->check.why), "%s: %s", HELPER,
			 h.how);
		return 0;
	}
	m->checked = true;
	take_check(&m->check, &h);
	if (m->check.lost)
		manifest_say(m, "vmcore: %" PRIu64 " of the kernel's objects"
			     " cannot be read, first %s", m->check.lost,
			     m->check.why);
	return m->check.header ? 0 : -1;
}

static enum attempt saved(struct collector *c, const char *path)
{
	struct manifest *m = &c->manifest;
	struct stat st;

	if (c->options.check && stat(path, &st) == 0 && st.st_size &&
	    check(c, path)) {
		manifest_set(m, FILE_VMCORE, STATE_PARTIAL, "read back: %s",
			     m->check.why);
		return FAILED;
	}
	take_file(c, FILE_VMCORE, c->options.checksum);
	return m->files[FILE_VMCORE].state == STATE_COMPLETE ? SAVED : FAILED;
}

static bool is_full(const struct collector *c, const char *path)
{
	struct space now;
	struct stat st;

	space_look(c->dirfd, &now);
	if (!now.known)
		return false;
	return now.free < HARDLY_ANY ||
	       (stat(path, &st) == 0 &&
		now.file_max - (uint64_t)st.st_size < HARDLY_ANY);
}

/* makedumpfile OPTIONS SOURCE DIR/vmcore.partial */
static enum attempt attempt(struct collector *c, const char *path)
{
	static const char *const none[] = { NULL };
	const char *argv[MAX_ARGV];
	struct child child = { .argv = argv, .stdout_fd = -1,
			       .seconds = c->options.time_limit };
	struct manifest *m = &c->manifest;

	if (!may_fit(c, path))
		return TOO_LARGE;
	if (child_stop()) {
		manifest_set(m, FILE_VMCORE, STATE_MISSING, "asked to stop");
		return FAILED;
	}
	make_argv(c, argv, none, path);
	puts("hvdump-collect: starting makedumpfile");
	m->dumped = true;
	if (child_run(&child, &m->dump) == 0)
		return saved(c, path);
	child_failed(c, FILE_VMCORE, "makedumpfile", &m->dump);
	return m->dump.status > 0 && is_full(c, path) ? TOO_LARGE : FAILED;
}

static void try_levels(struct collector *c, const char *path)
{
	const struct options *o = &c->options;
	size_t i, nr = o->nr_levels && !o->fixed_words ? o->nr_levels : 1;

	for (i = 0; i < nr; i++) {
		if (o->fixed_words)
			set_words(c, -1);
		else
			set_words(c, with_zero_bit(c, o->nr_levels ?
						   o->levels[i] :
						   own_level(c)));
		if (attempt(c, path) != TOO_LARGE || i + 1 == nr)
			return;
		/* Half of a larger one takes the room of the next. */
		unlink(path);
		manifest_say(&c->manifest, "vmcore: trying level %u",
			     o->levels[i + 1]);
	}
}

void vmcore_stream_argv(struct collector *c, const char *argv[])
{
	static const char *const flat[] = { "-F", NULL };
	const struct options *o = &c->options;

	if (o->fixed_words)
		set_words(c, -1);
	else
		set_words(c, with_zero_bit(c, o->nr_levels ? o->levels[0] :
							     own_level(c)));
	make_argv(c, argv, flat, NULL);
}

static void say_target(struct collector *c)
{
	struct manifest *m = &c->manifest;

	space_look(c->dirfd, &m->space);
	if (!m->space.modes)
		manifest_say(m, "%s: %s has no file modes: whoever can mount it"
			     " can read the dump", c->dir, m->space.type);
}

/*
 * Bit 8 would not help: where it cannot be used, makedumpfile knows few of the
 * user pages in large folios (measured: 2 of 1024 on Linux 7.2), and loses pages
 * of the kernel.
 */
bool vmcore_may_save(struct collector *c)
{
	struct manifest *m = &c->manifest;

	if (m->guests.state != GUESTS_UNPROTECTED)
		return true;
	if (c->options.guest_never) {
		manifest_set(m, FILE_VMCORE, STATE_MISSING, "guest-memory ="
			     " never, and %s", m->guests.why);
		return false;
	}
	manifest_say(m, "guests' memory may be in the vmcore: %s",
		     m->guests.why);
	return true;
}

void step_vmcore(struct collector *c)
{
	struct manifest_file *f = &c->manifest.files[FILE_VMCORE];
	char *path;

	if (!vmcore_may_save(c))
		return;
	path = partial_path(c, FILE_VMCORE);
	if (!path)
		return;
	say_target(c);
	/* True of whatever is there if nobody comes to write it anew. */
	f->state = STATE_PARTIAL;
	snprintf(f->why, sizeof(f->why), "makedumpfile did not come to its end");
	manifest_write(&c->manifest, c->dirfd);
	try_levels(c, path);
	free(path);
}
