// SPDX-License-Identifier: GPL-2.0-or-later
/* Running other programs: see child.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"

/* After a signal was passed on, the child has so long to end by itself. */
#define GRACE_SECONDS	10
#define VERSION_SECONDS	10

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };
#define NR_STOP	(sizeof(stop_signals) / sizeof(stop_signals[0]))

static volatile sig_atomic_t stop_signal;
static volatile sig_atomic_t running;	/* the child's process group, or 0 */

static void on_stop(int sig)
{
	int saved = errno;

	if (!stop_signal)
		stop_signal = sig;
	if (running)
		kill(-(pid_t)running, sig);
	errno = saved;
}

void child_signals(void)
{
	/* Our own writes go on: what was begun is finished, nothing is begun. */
	struct sigaction stop = { .sa_handler = on_stop,
				  .sa_flags = SA_RESTART };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	size_t i;

	for (i = 0; i < NR_STOP; i++)
		sigaction(stop_signals[i], &stop, NULL);
	/* A closed console or a size limit is an error of write(), not death. */
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

int child_stop(void)
{
	return stop_signal;
}

static void block_stop(int how)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < NR_STOP; i++)
		sigaddset(&set, stop_signals[i]);
	sigprocmask(how, &set, NULL);
}

/* One that is not blocked is dropped, and nobody would hear of the child's end. */
static void block_sigchld(void)
{
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
}

static void default_signals(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	size_t i;

	for (i = 0; i < NR_STOP; i++)
		sigaction(stop_signals[i], &dfl, NULL);
	sigaction(SIGPIPE, &dfl, NULL);
	sigaction(SIGXFSZ, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child: become the program, or tell the parent why not. */
static void become(const struct child *c, pid_t parent, int report_fd)
{
	struct rlimit limit __attribute__((unused)) = { c->memory,
							c->memory };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int error;

	setpgid(0, 0);
	/* Without the collector nobody would sync and name what it writes. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	if (c->stdout_fd >= 0)
		dup2(c->stdout_fd, STDOUT_FILENO);
	if (c->stderr_fd > 0)
		dup2(c->stderr_fd, STDERR_FILENO);
#ifndef __SANITIZE_ADDRESS__	/* which maps terabytes */
	if (c->memory)
		setrlimit(RLIMIT_AS, &limit);
#endif
	default_signals();
	execvp(c->argv[0], (char *const *)c->argv);
	error = errno;
	if (write(report_fd, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* Until SIGCHLD, any other signal, or @ms are over. */
static void wait_signal(int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigtimedwait(&chld, NULL, &t);
}

/* The sooner of two times; INT64_MAX stands for never. */
static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Wait for @pid, killing its group when its time or its grace is over. */
static int wait_for(pid_t pid, const struct child *c, bool *late)
{
	int64_t limit = c->seconds ?
			now_ms() + (int64_t)c->seconds * 1000 : INT64_MAX;
	int64_t grace = INT64_MAX;
	int status = 0;
	pid_t got;

	for (;;) {
		int64_t until, now = now_ms();

		got = waitpid(pid, &status, WNOHANG);
		if (got == pid || (got < 0 && errno != EINTR))
			return status;
		if (stop_signal && grace == INT64_MAX) {
			/* It may have come before there was a child to tell. */
			kill(-pid, stop_signal);
			grace = now + GRACE_SECONDS * INT64_C(1000);
		}
		until = sooner(limit, grace);
		if (now >= until) {
			*late = true;
			kill(-pid, SIGKILL);
			limit = grace = INT64_MAX - 1;
			until = INT64_MAX;
		}
		/*
		 * A stop signal may come between the test above and the wait:
		 * look again every second.
		 */
		wait_signal(sooner(1000, until - now));
	}
}

static void take_status(int status, struct child_end *end)
{
	if (WIFSIGNALED(status))
		end->signal = WTERMSIG(status);
	else if (WIFEXITED(status))
		end->status = WEXITSTATUS(status);
}

/* What the child wrote before it became the program; 0: it became it. */
static int exec_error(int fd)
{
	int error = 0;
	ssize_t n;

	do
		n = read(fd, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	return n == sizeof(error) ? error : 0;
}

int child_run(const struct child *c, struct child_end *end)
{
	pid_t pid, self = getpid();
	int fds[2];

	memset(end, 0, sizeof(*end));
	end->status = -1;
	if (pipe2(fds, O_CLOEXEC)) {
		end->error = errno;
		return -1;
	}
	fflush(NULL);
	block_sigchld();
	block_stop(SIG_BLOCK);
	errno = EINTR;
	pid = stop_signal ? -1 : fork();
	if (pid == 0)
		become(c, self, fds[1]);
	if (pid < 0) {
		end->error = errno;
	} else {
		setpgid(pid, pid);
		running = pid;
	}
	block_stop(SIG_UNBLOCK);
	close(fds[1]);
	if (pid > 0) {
		int status;

		end->error = exec_error(fds[0]);
		status = wait_for(pid, c, &end->late);
		running = 0;
		if (!end->error)
			take_status(status, end);
	}
	close(fds[0]);
	return end->error || end->signal || end->status ? -1 : 0;
}

void child_describe(const struct child_end *end, char *text, size_t size)
{
	const char *name = sigabbrev_np(end->signal);

	if (end->error)
		snprintf(text, size, "could not be run: %s",
			 strerror(end->error));
	else if (end->late)
		snprintf(text, size, "took too long and was killed");
	else if (end->signal && name)
		snprintf(text, size, "killed by SIG%s", name);
	else if (end->signal)
		snprintf(text, size, "killed by signal %d", end->signal);
	else
		snprintf(text, size, "exit status %d", end->status);
}

int child_output(struct child *c, char *text, size_t size,
		 struct child_end *end)
{
	ssize_t n = -1;
	int fds[2], ret;

	text[0] = '\0';
	memset(end, 0, sizeof(*end));
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK)) {
		end->error = errno;
		return -1;
	}
	c->stdout_fd = fds[1];
	ret = child_run(c, end);
	close(fds[1]);
	if (!end->error)
		n = read(fds[0], text, size - 1);
	close(fds[0]);
	text[n > 0 ? n : 0] = '\0';
	return ret;
}

int child_first_line(const char *const *argv, char *line, size_t size)
{
	struct child c = { .argv = argv, .seconds = VERSION_SECONDS };
	struct child_end end;

	/* The pipe holds more than any first line: nobody needs to drain it. */
	child_output(&c, line, size, &end);
	line[strcspn(line, "\n")] = '\0';
	return line[0] ? 0 : -1;
}
