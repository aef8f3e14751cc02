// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stopwatch RESULT COMMAND...: run a command; write to RESULT how long it took
 * from fork to its end, the processor time that it and the children took which
 * it waited for, its own peak memory, and the largest peak among them all:
 *
 *	ns=N cpu_us=N own_kb=N all_kb=N status=N
 *
 * stopwatch -k: how many kHz the time-stamp counter has.
 *
 * Small and linked statically, for the crash kernel, and because a child's peak
 * begins with its parent's. Exits as the command does; 127 if it cannot be run.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* A process is stopped at its exit: its memory is still there. */
static long own_peak(pid_t pid)
{
	char path[64], line[256];
	long kb = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmHWM: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

static long long cpu_us(const struct rusage *u)
{
	return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000LL +
	       u->ru_utime.tv_usec + u->ru_stime.tv_usec;
}

static int is_exit_stop(int status)
{
	return status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8);
}

/* Until it has ended; its status. */
static int follow(pid_t pid, long *kb, struct rusage *usage)
{
	int status, begun = 0;
	long sig;

	while (wait4(pid, &status, 0, usage) == pid && WIFSTOPPED(status)) {
		sig = WSTOPSIG(status);
		if (is_exit_stop(status))
			*kb = own_peak(pid);
		else if (!begun)	/* its exec */
			ptrace(PTRACE_SETOPTIONS, pid, 0L,
			       PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC |
				       PTRACE_O_EXITKILL);
		if (!begun || status >> 16)	/* for us, not for the program */
			sig = 0;
		begun = 1;
		ptrace(PTRACE_CONT, pid, 0L, sig);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

static void put_khz(void)
{
	long long begin = now(), ns;
	unsigned long long ticks = __builtin_ia32_rdtsc();

	usleep(200000);
	ns = now() - begin;
	ticks = __builtin_ia32_rdtsc() - ticks;
	printf("%llu\n", ticks * 1000000 / (unsigned long long)ns);
}

int main(int argc, char **argv)
{
	struct rusage usage = { 0 };
	long long start;
	long kb = 0;
	int status;
	pid_t pid;
	FILE *out;

	if (argc == 2 && !strcmp(argv[1], "-k")) {
		put_khz();
		return 0;
	}
	if (argc < 3) {
		fputs("usage: stopwatch RESULT COMMAND...\n", stderr);
		return 2;
	}
	start = now();
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0L, 0L);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	status = follow(pid, &kb, &usage);
	out = fopen(argv[1], "w");
	if (pid < 0 || !out ||
	    fprintf(out, "ns=%lld cpu_us=%lld own_kb=%ld all_kb=%ld status=%d\n",
		    now() - start, cpu_us(&usage), kb, usage.ru_maxrss, status) < 0 ||
	    fclose(out)) {
		perror("stopwatch");
		return 127;
	}
	return status;
}
