// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdumpctl install, uninstall: see install.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "install.h"
#include "readiness_checks.h"

#define OURS	"# Made by hvdumpctl install; hvdumpctl uninstall removes it.\n"

/*
 * One file for each service: D.1 and D.2 of how they work are in
 * doc/design/kdump-services.md. Nothing in them may fail the service.
 */
static const struct {
	const char *program;	/* that tells of the service */
	const char *name;
	const char *path;
	mode_t mode;
	const char *text;
	const char *then;
} services[] = {
	{ "kdump-config", "kdump-tools", INTEGRATION_KDUMP_TOOLS, 0644,
	  OURS "[Service]\n"
	  "ExecStartPre=-/sbin/modprobe -q hvdump_vmcore\n"
	  "ExecStartPre=-/usr/sbin/hvdump-collect --no-vmcore --if-state\n",
	  "systemctl daemon-reload" },
	{ "kdumpctl", "kdump", INTEGRATION_KDUMP_UTILS, 0755,
	  "#!/bin/sh\n" OURS
	  "modprobe -q hvdump_vmcore\n"
	  "for root in /kdumproot /sysroot; do\n"
	  "\t[ -d \"$root\" ] || continue\n"
	  "\thvdump-collect --no-vmcore --if-state --output \"$root/var/crash\"\n"
	  "\tbreak\n"
	  "done\n"
	  "exit 0\n",
	  "add hvdump-collect to extra_bins in /etc/kdump.conf, then"
	  " kdumpctl rebuild" },
};

#define NR_SERVICES	(sizeof(services) / sizeof(services[0]))

static int complain(const char *path)
{
	fprintf(stderr, "hvdumpctl: %s: %s\n", path, strerror(errno));
	return -1;
}

/* The directories that lead to a file. */
static void make_parents(char *path)
{
	char *slash;

	for (slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

/* Is there a file of ours? 1, 0: there is none, -1: it is another's. */
static int look(const char *path)
{
	char text[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : complain(path);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	if (strstr(text, OURS))
		return 1;
	fprintf(stderr, "hvdumpctl: %s is not of hvdumpctl's making\n", path);
	return -1;
}

/* Beside it first, so that there is never half of it. */
static int write_file(const char *path, const char *text, mode_t mode)
{
	char *fresh;
	size_t n = strlen(text);
	int fd, ret = -1;

	if (asprintf(&fresh, "%s.new", path) < 0)
		return -1;
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd >= 0) {
		ret = write(fd, text, n) == (ssize_t)n && !fsync(fd) ? 0 : -1;
		if (close(fd) || ret || rename(fresh, path))
			ret = -1;
	}
	if (ret) {
		complain(fresh);
		unlink(fresh);
	}
	free(fresh);
	return ret;
}

static int install_one(size_t i)
{
	char *path = host_path("%s", services[i].path);
	int ret = path ? look(path) : -1;

	if (ret >= 0) {
		make_parents(path);
		ret = write_file(path, services[i].text, services[i].mode);
	}
	if (!ret)
		printf("hvdumpctl: %s will run hvdump-collect before its own"
		       " dump (%s)\nhvdumpctl: now do: %s\n", services[i].name,
		       services[i].path, services[i].then);
	free(path);
	return ret;
}

int install(void)
{
	size_t i;

	for (i = 0; i < NR_SERVICES; i++)
		if (host_has_program(services[i].program))
			return install_one(i);
	fputs("hvdumpctl: no kdump service is known here (kdump-tools of Debian"
	      " and Ubuntu, kdump of Fedora and RHEL); run hvdump-collect in"
	      " your crash kernel yourself, see hvdump-collect(8)\n", stderr);
	return -1;
}

int uninstall(void)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < NR_SERVICES; i++) {
		char *path = host_path("%s", services[i].path);
		int found = path ? look(path) : -1;

		if (found > 0 && unlink(path))
			found = complain(path);
		if (found > 0)
			printf("hvdumpctl: %s is removed\n", services[i].path);
		if (found < 0)
			ret = -1;
		free(path);
	}
	return ret;
}
