// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of where the dump goes, and of the tools that make it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "config_file.h"
#include "dump_level.h"
#include "host.h"
#include "readiness_checks.h"
#include "space.h"

/* What is as a rule not left out: kernel memory, a tenth of it all. */
#define DUMP_SHARE	10
/* A program that does not tell its version by then hangs. */
#define RUN_SECONDS	10

/* The settings, as the collector will read them. */
static void read_settings(struct options *o)
{
	char *path = host_path("%s", CONFIG_FILE);

	options_defaults(o);
	if (path)
		config_read(o, path, false);
	/* By its name on the host. */
	if (o->config)
		o->config = CONFIG_FILE;
	free(path);
}

void check_configuration(struct finding *f)
{
	struct options o;

	read_settings(&o);
	if (o.nr_complaints)
		find(f, FAIL, "%s; mend %s, see hvdump.conf(5)",
		     o.complaints[0], CONFIG_FILE);
	else
		find(f, OK, o.config ? "%s makes sense" :
			    "there is no %s: the defaults hold", CONFIG_FILE);
	options_free(&o);
}

/* Of the memory, in bytes; 0: not known. */
static uint64_t memory_size(void)
{
	char info[4096], *line;

	host_read("/proc/meminfo", info, sizeof(info));
	line = strstr(info, "MemTotal:");
	return line ? strtoull(line + strlen("MemTotal:"), NULL, 10) << 10 : 0;
}

/*
 * The first directory on the way up from @path that there is: the collector makes
 * the others. Nobody makes what a symbolic link points to.
 */
static int open_nearest(const char *path)
{
	char *full = host_path("%s", path), *slash;
	struct stat st;
	int fd = -1;

	while (full && (fd = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 &&
	       errno == ENOENT && lstat(full, &st) &&
	       (slash = strrchr(full, '/')) && full[1])
		slash[slash == full] = '\0';
	free(full);
	return fd;
}

/* Room and modes of the file system that the dump will lie on. */
static void check_space(struct finding *f, const struct options *o, int fd)
{
	uint64_t need = memory_size() / DUMP_SHARE, keep, room;
	int64_t notes = readiness_notes();
	struct space s;

	space_look(fd, &s);
	keep = o->keep_free_mib << 20;
	room = s.free > keep ? s.free - keep : 0;
	if (!s.known)
		find(f, WARN, "%s is on a file system that does not tell how"
		     " much is free; set output in %s", o->output, CONFIG_FILE);
	else if (notes > 0 && s.free < (uint64_t)notes)
		find(f, FAIL, "%" PRIu64 " KiB are free in %s, and the notes"
		     " alone may need %" PRId64 "; make room, or set output in"
		     " %s", s.free >> 10, o->output, notes >> 10, CONFIG_FILE);
	else if (room < need)
		find(f, WARN, "%" PRIu64 " MiB are free for dumps in %s, and a"
		     " dump may well need %" PRIu64 "; make room, or set"
		     " keep-dumps in %s", room >> 20, o->output, need >> 20,
		     CONFIG_FILE);
	else if (!s.modes)
		find(f, WARN, "%s is on %s, which has no file modes: anybody may"
		     " read the dumps; use another file system", o->output,
		     s.type);
	else
		find(f, OK, "%" PRIu64 " MiB are free for dumps in %s",
		     room >> 20, o->output);
}

void check_target(struct finding *f)
{
	struct options o;
	int fd;

	read_settings(&o);
	fd = open_nearest(o.output);
	if (fd < 0)
		find(f, FAIL, "%s: %s; make it, or set output in %s", o.output,
		     strerror(errno), CONFIG_FILE);
	else if (*host_root == '\0' && geteuid() == 0 &&
		 faccessat(fd, ".", W_OK, AT_EACCESS) && errno == EROFS)
		find(f, FAIL, "%s is on a file system that is read-only; mount"
		     " it for writing, or set output in %s", o.output,
		     CONFIG_FILE);
	else
		check_space(f, &o, fd);
	if (fd >= 0)
		close(fd);
	options_free(&o);
}

/*
 * Does a program of this host run? Its first line into @line. One that is there
 * may be of another machine, or lack a library.
 */
static bool runs(const char *name, const char *option, struct finding *f,
		 char *line, size_t size)
{
	const char *argv[] = { NULL, option, NULL };
	struct child child = { .argv = argv, .seconds = RUN_SECONDS };
	struct child_end end;
	char file[64], how[96], *path = host_program(name);
	int ret = 0;

	line[0] = '\0';
	if (!path) {
		find(f, FAIL, "%s is not in PATH; install it", name);
		return false;
	}
	/* Another root folder's program is not this machine's to run. */
	if (*host_root) {
		snprintf(file, sizeof(file), "/%s-version", name);
		host_read(file, line, size);
	} else {
		argv[0] = path;
		fflush(stdout);
		ret = child_output(&child, line, size, &end);
	}
	line[strcspn(line, "\n")] = '\0';
	if (ret) {
		child_describe(&end, how, sizeof(how));
		find(f, FAIL, "%s %s: %s; install it again", path, option, how);
	}
	free(path);
	return !ret;
}

void check_collector(struct finding *f)
{
	char version[80];

	if (runs("hvdump-collect", "--version", f, version, sizeof(version)))
		find(f, OK, "hvdump-collect is in PATH");
}

/* Only the collector finds notes by the command line; others keep them with the vmcore. */
static bool lost_without_collector(void)
{
	char road[32];

	host_status("road", road, sizeof(road));
	return !strcmp(road, "command-line");
}

/* Is the collector run when the crash kernel comes up? */
void check_integration(struct finding *f)
{
	char text[4096], *path = host_path("%s", INTEGRATION_KDUMP_TOOLS);
	bool tools = host_has_program("kdump-config");
	bool utils = host_has_program("kdumpctl");
	enum verdict bad = lost_without_collector() ? FAIL : WARN;

	if (tools && path && access(path, R_OK) == 0)
		find(f, OK, "kdump-tools runs hvdump-collect before its own"
		     " dump");
	else if (tools)
		find(f, bad, "kdump-tools does not run hvdump-collect; "
		     "hvdumpctl install");
	else if (utils && !host_read(INTEGRATION_KDUMP_UTILS, text,
				     sizeof(text)))
		find(f, OK, "kdump runs hvdump-collect before its own dump");
	else if (utils)
		find(f, bad, "kdump does not run hvdump-collect; hvdumpctl"
		     " install");
	else
		find(f, OK, "no kdump service is known here: the crash kernel"
		     " is your own");
	free(path);
}

void check_makedumpfile(struct finding *f)
{
	char release[80], version[80], doubt[160];
	int shown;

	if (!runs("makedumpfile", "-v", f, version, sizeof(version)))
		return;
	host_read("/proc/sys/kernel/osrelease", release, sizeof(release));
	shown = strcspn(version, "(");
	if (level_doubt(release, version, doubt, sizeof(doubt)))
		find(f, WARN, "%.*s: %s", shown, version, doubt);
	else
		find(f, OK, "makedumpfile is in PATH; level %u fits Linux %s",
		     level_for(release, version), release);
}

/*
 * Does modprobe know a module? In modules.dep a line begins with its path,
 * below any folder, with or without the suffix of a compression.
 */
static bool has_module(const char *release, const char *file)
{
	char *path = host_path("/lib/modules/%s/modules.dep", release);
	FILE *list = path ? fopen(path, "re") : NULL;
	char *line = NULL, *name;
	bool found = false;
	size_t room = 0;

	free(path);
	while (list && !found && getline(&line, &room, list) > 0) {
		line[strcspn(line, ":")] = '\0';
		name = strrchr(line, '/');
		name = name ? name + 1 : line;
		found = !strncmp(name, file, strlen(file)) &&
			(!name[strlen(file)] || name[strlen(file)] == '.');
	}
	free(line);
	if (list)
		fclose(list);
	return found;
}

/* Where bit 8 of the filter cannot keep guests' memory out. */
void check_guests(struct finding *f)
{
	char release[80], version[80], loaded[8];

	runs("makedumpfile", "-v", f, version, sizeof(version));
	host_read("/proc/sys/kernel/osrelease", release, sizeof(release));
	if (level_for(release, version) & LEVEL_USER)
		find(f, OK, "makedumpfile leaves guests' memory out");
	else if (host_sysfs("module/mshv_root/initstate", loaded,
			    sizeof(loaded)))
		find(f, OK, "mshv_root is not loaded: there are no guests");
	else if (has_module(release, "hvdump_vmcore.ko"))
		find(f, OK, "hvdump_vmcore.ko can keep guests' memory out");
	else
		find(f, WARN, "hvdump_vmcore.ko is not installed: guests'"
		     " memory will be in the vmcore; dkms install hvdump, then"
		     " hvdumpctl install");
}
