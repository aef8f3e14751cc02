/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running other programs: no shell, with limits, and knowing how they ended. */
#ifndef HVDUMP_CHILD_H
#define HVDUMP_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What to run, and within which limits. */
struct child {
	const char *const *argv;	/* NULL at its end; looked up in PATH */
	int stdout_fd;			/* -1: the collector's own */
	int stderr_fd;			/* 0: the collector's own */
	uint64_t seconds;		/* it may run so long; 0: no limit */
	size_t memory;			/* bytes of address space; 0: no limit */
};

/** How it ended. One of @error, @signal or @status tells. */
struct child_end {
	int error;		/* errno: it could not be started */
	int signal;		/* it was killed by this signal */
	int status;		/* its exit status; -1: it has none */
	bool late;		/* it was killed for taking too long */
};

/**
 * child_signals() - from now on SIGINT, SIGTERM and SIGHUP are noted
 * They are passed on to the child that runs, and child_stop() tells of them.
 */
void child_signals(void);

/** child_stop() - the first signal that asked the collector to stop, or 0 */
int child_stop(void);

/**
 * child_run() - run a program and wait for its end
 * It gets an empty standard input, default signal handling and a process group
 * of its own. When the collector was asked to stop and the child does not heed
 * the signal, it is killed after some seconds. Returns 0 if it exited with
 * status 0, else -1.
 */
int child_run(const struct child *c, struct child_end *end);

/**
 * child_output() - run a program and keep what it prints, up to @size - 1 bytes
 * @c's stdout_fd is set by this. Whoever prints more than a pipe holds waits in
 * vain. Returns what child_run() does.
 */
int child_output(struct child *c, char *text, size_t size,
		 struct child_end *end);

/** child_describe() - "killed by SIGKILL", "exit status 1", ... */
void child_describe(const struct child_end *end, char *text, size_t size);

/**
 * child_first_line() - the first line that a program prints, for versions
 * Returns 0, or -1 with @line empty.
 */
int child_first_line(const char *const *argv, char *line, size_t size);

#endif /* HVDUMP_CHILD_H */
