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

/* The first directory on the way up from @path that there is. */
static int open_nearest(const char *path)
{
	char *full = host_path("%s", path), *slash;
	int fd = -1;

	while (full && (fd = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 &&
	       errno == ENOENT && (slash = strrchr(full, '/')) && slash > full)
		*slash = '\0';
	free(full);
	return fd;
}

void check_target(struct finding *f)
{
	uint64_t need = memory_size() / DUMP_SHARE, keep, room;
	struct options o;
	struct space s;
	int fd;

	read_settings(&o);
	fd = open_nearest(o.output);
	keep = o.keep_free_mib << 20;
	if (fd >= 0)
		space_look(fd, &s);
	room = fd >= 0 && s.free > keep ? s.free - keep : 0;
	if (fd < 0)
		find(f, FAIL, "%s: %s; make it, or set output in %s", o.output,
		     strerror(errno), CONFIG_FILE);
	else if (*host_root == '\0' && geteuid() == 0 &&
		 faccessat(fd, ".", W_OK, AT_EACCESS) && errno == EROFS)
		find(f, FAIL, "%s is on a file system that is read-only; mount"
		     " it for writing, or set output in %s", o.output,
		     CONFIG_FILE);
	else if (room < need)
		find(f, WARN, "%" PRIu64 " MiB are free for dumps in %s, and a"
		     " dump may well need %" PRIu64 "; make room, or set"
		     " keep-dumps in %s", room >> 20, o.output, need >> 20,
		     CONFIG_FILE);
	else if (!s.modes)
		find(f, WARN, "%s is on %s, which has no file modes: anybody may"
		     " read the dumps; use another file system", o.output,
		     s.type);
	else
		find(f, OK, "%" PRIu64 " MiB are free for dumps in %s",
		     room >> 20, o.output);
	if (fd >= 0)
		close(fd);
	options_free(&o);
}

void check_collector(struct finding *f)
{
	if (host_has_program("hvdump-collect"))
		find(f, OK, "hvdump-collect is in PATH");
	else
		find(f, FAIL, "hvdump-collect is not in PATH; install it");
}

/* Is the collector run when the crash kernel comes up? */
void check_integration(struct finding *f)
{
	char text[4096], *path = host_path("%s", INTEGRATION_KDUMP_TOOLS);
	bool tools = host_has_program("kdump-config");
	bool utils = host_has_program("kdumpctl");

	if (tools && path && access(path, R_OK) == 0)
		find(f, OK, "kdump-tools runs hvdump-collect before its own"
		     " dump");
	else if (tools)
		find(f, WARN, "kdump-tools does not run hvdump-collect; "
		     "hvdumpctl install");
	else if (utils && !host_read(INTEGRATION_KDUMP_UTILS, text,
				     sizeof(text)))
		find(f, OK, "kdump runs hvdump-collect before its own dump");
	else if (utils)
		find(f, WARN, "kdump does not run hvdump-collect; hvdumpctl"
		     " install");
	else
		find(f, OK, "no kdump service is known here: the crash kernel"
		     " is your own");
	free(path);
}

void check_makedumpfile(struct finding *f)
{
	static const char *const argv[] = { "makedumpfile", "-v", NULL };
	char release[80], version[80], doubt[160];

	if (!host_has_program("makedumpfile")) {
		find(f, FAIL, "makedumpfile is not in PATH; install the"
		     " package makedumpfile");
		return;
	}
	host_read("/proc/sys/kernel/osrelease", release, sizeof(release));
	/* Another root folder's program is not this machine's to run. */
	if (*host_root)
		host_read("/makedumpfile-version", version, sizeof(version));
	else
		child_first_line(argv, version, sizeof(version));
	version[strcspn(version, "(")] = '\0';
	if (level_doubt(release, version, doubt, sizeof(doubt)))
		find(f, WARN, "%.60s: %s", version, doubt);
	else
		find(f, OK, "makedumpfile is in PATH; level %u fits Linux %s",
		     level_for(release), release);
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
	char release[80], loaded[8];

	host_read("/proc/sys/kernel/osrelease", release, sizeof(release));
	if (level_for(release) & LEVEL_USER)
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
