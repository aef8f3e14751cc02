// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdump-kernel: reads objects of the crashed kernel for hvdump-collect, which
 * runs it and says what it found; see helper.h and hvdump-collect(8).
 *
 *	hvdump-kernel guests VMCORE FILE
 *		which pages are guests'? They are written to FILE, that of
 *		hvdump_vmcore.ko; to none if FILE is empty
 *	hvdump-kernel check DUMP
 *		can the kernel's objects be read from it?
 *
 * Prints lines "NAME VALUE". Exit status 2: wrong usage; else 0.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guests.h"
#include "vmcore_check.h"

static void say_number(const char *name, uint64_t value)
{
	printf("%s %" PRIu64 "\n", name, value);
}

/* All in one line, whatever the dump has put into it. */
static void say_why(const char *text)
{
	char line[256];
	size_t i;

	snprintf(line, sizeof(line), "%s", text);
	for (i = 0; line[i]; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			line[i] = '?';
	if (line[0])
		printf("why %s\n", line);
}

/* All of a text, or errno. */
static int write_all(int fd, const char *text, size_t size)
{
	ssize_t n;

	while (size) {
		errno = EIO;
		n = write(fd, text, size);
		if (n <= 0 && errno != EINTR)
			return errno;
		text += n > 0 ? n : 0;
		size -= n > 0 ? n : 0;
	}
	return 0;
}

/* "FIRST COUNT" lines, whole ones in each write, which sysfs cuts at a page. */
static int hand_over(int fd, const struct pfn_set *set, uint64_t *ranges)
{
	uint64_t first, count, at = 0;
	char text[4096];
	size_t used = 0;
	int error = 0;

	while (!error && (count = pfn_set_next(set, at, &first))) {
		used += snprintf(text + used, sizeof(text) - used,
				 "0x%" PRIx64 " 0x%" PRIx64 "\n", first, count);
		(*ranges)++;
		at = first + count;
		if (used > sizeof(text) - 64) {
			error = write_all(fd, text, used);
			used = 0;
		}
	}
	return error ? error : write_all(fd, text, used);
}

static void exclude(const char *path, const struct pfn_set *set)
{
	int fd = *path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
	int error = fd < 0 ? errno : 0;
	uint64_t ranges = 0;

	if (fd >= 0) {
		error = hand_over(fd, set, &ranges);
		close(fd);
	}
	say_number("ranges", ranges);
	say_number("excluded", fd >= 0 && !error);
	if (!*path)
		say_why("a file has no module that would do it");
	else if (error == ENOENT)
		say_why("hvdump_vmcore.ko is not loaded");
	else if (error)
		printf("why %s: %s\n", path, strerror(error));
}

static void guests(const char *vmcore, const char *path)
{
	struct hvd_error err = { "" };
	struct pfn_set set = { NULL, 0, 0 };
	struct hvd_input *in = hvd_input_open(vmcore, &err);
	struct hvd_kernel *k = in ? hvd_kernel_open(in, NULL, &err) : NULL;
	struct guests g = { false, 0, 0 };
	bool known = k && guests_find(k, &g, &set, &err) == 0;

	say_number("known", known);
	say_number("partitions", g.partitions);
	say_number("pages", set.count);
	if (!known)
		say_why(err.text);
	else if (set.count)
		exclude(path, &set);
	pfn_set_free(&set);
	hvd_kernel_close(k);
	hvd_input_close(in);
}

static void check(const char *path)
{
	struct vmcore_check check;

	vmcore_check(path, &check);
	say_number("header", check.header);
	say_number("looked", check.looked);
	say_number("tasks", check.tasks);
	say_number("modules", check.modules);
	say_number("caches", check.caches);
	say_number("lost", check.lost);
	say_why(check.why);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "guests"))
		guests(argv[2], argv[3]);
	else if (argc == 3 && !strcmp(argv[1], "check"))
		check(argv[2]);
	else
		return 2;
	return 0;
}
