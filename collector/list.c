// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdumpctl list: see list.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_file.h"
#include "host.h"
#include "list.h"
#include "prune.h"

/* The first line; what a terminal would not show as it is becomes '?'. */
static void read_line(int output_fd, const char *name, char *line, size_t size)
{
	char path[320];
	ssize_t n;
	size_t i;
	int fd;

	snprintf(path, sizeof(path), "%s/report.txt", name);
	fd = openat(output_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, line, size - 1);
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	for (i = 0; line[i]; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			line[i] = '?';
	if (fd >= 0)
		close(fd);
}

static const char *state_of(const struct prune_dump *d)
{
	if (d->exit < 0)
		return "cut-off";
	return d->exit ? "incomplete" : "complete";
}

static void print_all(int fd)
{
	struct prune_dump *dumps;
	char line[160];
	size_t i, nr;

	dumps = prune_list(fd, &nr);
	if (nr)
		printf("%-32s %-10s %8s  %s\n", "DUMP", "STATE", "MIB", "REPORT");
	for (i = 0; i < nr; i++) {
		read_line(fd, dumps[i].name, line, sizeof(line));
		printf("%-32s %-10s %8" PRIu64 "  %s\n", dumps[i].name,
		       state_of(&dumps[i]), (dumps[i].bytes + 1048575) >> 20,
		       line[0] ? line : "(no report)");
	}
	free(dumps);
}

int list_dumps(void)
{
	char *config = host_path("%s", CONFIG_FILE), *path;
	struct options o;
	int fd = -1;

	options_defaults(&o);
	if (config)
		config_read(&o, config, false);
	path = host_path("%s", o.output);
	if (path)
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		print_all(fd);
		close(fd);
	} else if (errno != ENOENT) {
		fprintf(stderr, "hvdumpctl: %s: %s\n", o.output,
			strerror(errno));
	} else {
		fd = 0;	/* there has been none yet */
	}
	free(path);
	free(config);
	options_free(&o);
	return fd < 0 ? -1 : 0;
}
