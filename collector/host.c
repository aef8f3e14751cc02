// SPDX-License-Identifier: GPL-2.0-or-later
/* The running host, as hvdumpctl sees it: see host.h. */
#include "config.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

const char *host_root = "";

char *host_path(const char *format, ...)
{
	char *path, *full = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&path, format, args);
	va_end(args);
	if (n < 0)
		return NULL;
	if (asprintf(&full, "%s%s", host_root, path) < 0)
		full = NULL;
	free(path);
	return full;
}

int host_read(const char *path, char *buf, size_t size)
{
	size_t used = 0;
	char *full;
	ssize_t n;
	int fd;

	buf[0] = '\0';
	full = host_path("%s", path);
	if (!full)
		return -1;
	fd = open(full, O_RDONLY | O_CLOEXEC);
	free(full);
	if (fd < 0)
		return -1;
	while ((n = read(fd, buf + used, size - 1 - used)) > 0)
		used += n;
	close(fd);
	buf[used] = '\0';
	if (used && buf[used - 1] == '\n')
		buf[used - 1] = '\0';
	return n < 0 ? -1 : 0;
}

int host_sysfs(const char *path, char *buf, size_t size)
{
	char full[256];

	snprintf(full, sizeof(full), "/sys/%s", path);
	return host_read(full, buf, size);
}

int64_t host_number(const char *path)
{
	char buf[32], *end;
	long long n;

	if (host_sysfs(path, buf, sizeof(buf)) || !buf[0])
		return -1;
	n = strtoll(buf, &end, 10);
	return *end || n < 0 ? -1 : n;
}

void host_status(const char *key, char *value, size_t size)
{
	char buf[4096], *save = NULL, *line;
	size_t len = strlen(key);

	value[0] = '\0';
	if (host_sysfs("kernel/hvdump/status", buf, sizeof(buf)))
		return;
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (!strncmp(line, key, len) && !strncmp(line + len, ": ", 2))
			snprintf(value, size, "%s", line + len + 2);
}

char *host_program(const char *name)
{
	const char *env = getenv("PATH");
	char *path, *save = NULL, *dir, *full = NULL;

	if (asprintf(&path, "%s:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
		     env ? env : "") < 0)
		return NULL;
	for (dir = strtok_r(path, ":", &save); dir;
	     dir = strtok_r(NULL, ":", &save)) {
		if (asprintf(&full, "%s%s/%s", host_root, dir, name) < 0) {
			full = NULL;
			break;
		}
		if (access(full, X_OK) == 0)
			break;
		free(full);
		full = NULL;
	}
	free(path);
	return full;
}

bool host_has_program(const char *name)
{
	char *path = host_program(name);
	bool found = path;

	free(path);
	return found;
}
