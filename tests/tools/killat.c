// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * LD_PRELOAD shim: what a full disk, a broken disk or a kill would do to the
 * program, at a chosen one of the calls by which it changes the disk.
 *
 * KILLAT=ACTION@N  at the N-th such call (from 1):
 *	kill	the process dies of SIGKILL, before the call
 *	after	the process dies of SIGKILL, after the call
 *	stop	the process gets SIGTERM, before the call
 *	eio	the call fails with EIO
 *	full	this call, and all later ones that need room, fail with ENOSPC
 *	short	this and all later writes write one byte less, where they can
 *	eintr	the call fails with EINTR
 * KILLAT_LOG=FILE  one line a call: its name, and the file's
 *
 * Only the process that was started with it is concerned, none of its children.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum action { NONE, KILL, AFTER, STOP, EIO_ONCE, FULL, SHORT, EINTR_ONCE };

static const char *const actions[] = {
	[KILL] = "kill", [AFTER] = "after", [STOP] = "stop",
	[EIO_ONCE] = "eio", [FULL] = "full", [SHORT] = "short",
	[EINTR_ONCE] = "eintr",
};

static enum action action;
static unsigned long at, calls;
static pid_t owner;
static int log_fd = -1;

__attribute__((constructor)) static void start(void)
{
	const char *spec = getenv("KILLAT"), *log = getenv("KILLAT_LOG");
	char name[16] = "";
	size_t i;

	owner = getpid();
	unsetenv("LD_PRELOAD");
	if (spec && sscanf(spec, "%15[a-z]@%lu", name, &at) == 2)
		for (i = KILL; i <= EINTR_ONCE; i++)
			if (!strcmp(name, actions[i]))
				action = i;
	if (log)
		log_fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			      0600);
}

/* What comes behind the last slash of the file that @fd is open on. */
static const char *name_of(int fd, char *buf, size_t size)
{
	char link[32];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, buf, size - 1);
	buf[n > 0 ? n : 0] = '\0';
	return strrchr(buf, '/') ? strrchr(buf, '/') + 1 : buf;
}

/* One more call. True: it is the chosen one, or, if @from, behind it. */
static int chosen(enum action wanted, int from)
{
	return action == wanted && (calls == at || (from && calls > at));
}

/* Before a call; returns the errno with which it fails instead, or 0. */
static int before(const char *call, const char *file, int needs_room)
{
	if (getpid() != owner)
		return 0;
	calls++;
	if (log_fd >= 0)
		dprintf(log_fd, "%s %s\n", call, file);
	if (chosen(KILL, 0))
		kill(owner, SIGKILL);
	if (chosen(STOP, 0))
		kill(owner, SIGTERM);
	if (chosen(EIO_ONCE, 0))
		return EIO;
	if (chosen(EINTR_ONCE, 0))
		return EINTR;
	return needs_room && chosen(FULL, 1) ? ENOSPC : 0;
}

static void after(void)
{
	if (getpid() == owner && chosen(AFTER, 0))
		kill(owner, SIGKILL);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Do the call, unless it is to fail. */
#define CALL(file, room, name, ...) \
	do { \
		int error = before(#name, file, room); \
		__typeof__(name(__VA_ARGS__)) ret; \
		if (error) \
			return errno = error, -1; \
		ret = REAL(name)(__VA_ARGS__); \
		after(); \
		return ret; \
	} while (0)

ssize_t write(int fd, const void *data, size_t size)
{
	char buf[256];

	/* The console is no disk. */
	if (fd <= STDERR_FILENO || getpid() != owner)
		return REAL(write)(fd, data, size);
	if (action == SHORT && calls + 1 >= at && size > 1)
		size--;
	CALL(name_of(fd, buf, sizeof(buf)), 1, write, fd, data, size);
}

int fsync(int fd)
{
	char buf[256];

	CALL(name_of(fd, buf, sizeof(buf)), 0, fsync, fd);
}

int ftruncate(int fd, off_t size)
{
	char buf[256];

	CALL(name_of(fd, buf, sizeof(buf)), 0, ftruncate, fd, size);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	CALL(to, 0, renameat, from_dir, from, to_dir, to);
}

int mkdir(const char *path, mode_t mode)
{
	CALL(path, 1, mkdir, path, mode);
}

int posix_fallocate(int fd, off_t offset, off_t size)
{
	char buf[256];
	int error = before("posix_fallocate", name_of(fd, buf, sizeof(buf)), 1);
	int ret = error ? error : REAL(posix_fallocate)(fd, offset, size);

	after();
	return ret;
}

int openat(int dirfd, const char *path, int flags, ...)
{
	if (!(flags & O_CREAT))
		return REAL(openat)(dirfd, path, flags);
	CALL(path, 0, openat, dirfd, path, flags, 0600);
}
