// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loading the crash kernel: see arm.h.
 *
 * Its command line always carries the address of the chunk table. Where
 * kexec_file_load() works and hvdump.ko can add its notes to the crash image,
 * the collector finds them there and does not look at the table.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "arm.h"
#include "child.h"
#include "host.h"

#define MAX_CMDLINE	16384
#define TABLE		"kernel/hvdump/table"
#define PIN		"/sys/kernel/hvdump/pin"

/** A crash kernel, all found. */
struct crash_kernel {
	char *kernel;
	char *initrd;			/* NULL: none */
	char command_line[MAX_CMDLINE];
};

static int wrong(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static int wrong(const char *format, ...)
{
	va_list args;

	fputs("hvdumpctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return -1;
}

const char *arm_road_text(const char *road)
{
	if (!strcmp(road, "notes"))
		return "among the notes of /proc/vmcore";
	if (!strcmp(road, "command-line"))
		return "by hvdump= on its command line";
	return "by a road that is not known here";
}

/* Where distributions keep crash kernels; %s is the kernel's release. */
static const struct {
	const char *kernel;
	const char *initrd;
	const char *append;
} places[] = {
	/* kdump-tools of Debian and Ubuntu */
	{ "/var/lib/kdump/vmlinuz", "/var/lib/kdump/initrd.img",
	  "systemd.unit=kdump-tools-dump.service" },
	{ "/var/lib/kdump/vmlinuz-%s", "/var/lib/kdump/initrd.img-%s",
	  "systemd.unit=kdump-tools-dump.service" },
	{ "/boot/vmlinuz-%s", "/var/lib/kdump/initrd.img-%s",
	  "systemd.unit=kdump-tools-dump.service" },
	/* kdump-utils of Fedora and RHEL */
	{ "/boot/vmlinuz-%s", "/boot/initramfs-%skdump.img", "" },
	{ "/lib/modules/%s/vmlinuz", "/boot/initramfs-%skdump.img", "" },
};

/* A file of the host with the release put in; NULL: there is none. */
static char *find_file(const char *pattern, const char *release)
{
	const char *at = strstr(pattern, "%s");
	char *path = at ? host_path("%.*s%s%s", (int)(at - pattern), pattern,
				    release, at + 2) : host_path("%s", pattern);

	if (path && access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* What belongs to the crashed kernel alone. */
static bool inherited(const char *word)
{
	static const char *const left_out[] = {
		"crashkernel=", "hugepages=", "hugepagesz=", "abm=",
		"BOOT_IMAGE=", "initrd=", "hvdump=",
	};
	size_t i;

	for (i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
		if (!strncmp(word, left_out[i], strlen(left_out[i])))
			return false;
	return true;
}

static void append(struct crash_kernel *k, const char *words)
{
	size_t n = strlen(k->command_line);

	if (*words)
		snprintf(k->command_line + n, MAX_CMDLINE - n, "%s%s",
			 n ? " " : "", words);
}

/* The running kernel's, as far as it suits, and what all kdump tools add. */
static void make_command_line(struct crash_kernel *k, const char *more)
{
	char now[MAX_CMDLINE], *save = NULL, *word;

	host_read("/proc/cmdline", now, sizeof(now));
	for (word = strtok_r(now, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		if (inherited(word))
			append(k, word);
	append(k, "reset_devices nr_cpus=1 irqpoll usbcore.nousb");
	append(k, more);
}

/* Find kernel and initrd as a pair: one does not fit the other's. */
static const char *find_place(struct crash_kernel *k)
{
	struct utsname name;
	size_t i;

	if (uname(&name))
		return NULL;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		k->kernel = find_file(places[i].kernel, name.release);
		k->initrd = find_file(places[i].initrd, name.release);
		if (k->kernel && k->initrd)
			return places[i].append;
		free(k->kernel);
		free(k->initrd);
		k->kernel = NULL;
		k->initrd = NULL;
	}
	return NULL;
}

static int find_kernel(struct crash_kernel *k, const struct arm_options *o)
{
	const char *more = "";

	if (o->kernel) {
		k->kernel = strdup(o->kernel);
		k->initrd = o->initrd ? strdup(o->initrd) : NULL;
		if (!k->kernel || (o->initrd && !k->initrd))
			return wrong("out of memory");
	} else if (o->initrd) {
		return wrong("--initrd needs --kernel: they belong together");
	} else {
		more = find_place(k);
		if (!more)
			return wrong("no crash kernel with its initrd was found;"
				     " give --kernel and --initrd");
	}
	if (o->command_line)
		append(k, o->command_line);
	else
		make_command_line(k, more);
	return 0;
}

/* Behind what is there already; what is too long must not be cut in silence. */
static int add_table(struct crash_kernel *k)
{
	char table[64], word[80];

	if (host_sysfs(TABLE, table, sizeof(table)) || !table[0])
		return wrong("hvdump.ko tells of no chunk table: %s; are you"
			     " root, and is it loaded? (modprobe hvdump)",
			     strerror(errno));
	snprintf(word, sizeof(word), "hvdump=%s", table);
	if (strlen(k->command_line) + strlen(word) + 2 > MAX_CMDLINE)
		return wrong("the crash kernel's command line is too long");
	append(k, word);
	return 0;
}

/* Run kexec; its own words go to our stderr. */
static int kexec(const char *const *words)
{
	static const char *const places_of_kexec[] = {
		"/sbin/kexec", "/usr/sbin/kexec", "/usr/bin/kexec",
	};
	const char *argv[8];
	struct child child = { .argv = argv, .stdout_fd = STDERR_FILENO };
	struct child_end end = { 0 };
	char how[96], *path = NULL;
	size_t i;
	int ret;

	for (i = 0; !path && i < sizeof(places_of_kexec) /
				 sizeof(places_of_kexec[0]); i++)
		path = find_file(places_of_kexec[i], "");
	if (!path)
		return wrong("/sbin/kexec is missing; install kexec-tools");
	argv[0] = path;
	for (i = 0; words[i] && i < 6; i++)
		argv[i + 1] = words[i];
	argv[i + 1] = NULL;
	fflush(stdout);
	ret = child_run(&child, &end);
	if (ret) {
		child_describe(&end, how, sizeof(how));
		wrong("kexec %s %s: %s", words[0], words[1], how);
	}
	free(path);
	return ret;
}

static int load(const struct crash_kernel *k, const char *how)
{
	char *line = NULL, *initrd = NULL;
	const char *words[] = { "-p", how, k->kernel, NULL, NULL, NULL };
	int ret = -1;

	if (asprintf(&line, "--command-line=%s", k->command_line) < 0)
		line = NULL;
	if (k->initrd && asprintf(&initrd, "--initrd=%s", k->initrd) < 0)
		initrd = NULL;
	words[3] = line;
	words[4] = initrd;
	if (!line || (k->initrd && !initrd))
		wrong("out of memory");
	else
		ret = kexec(words);
	free(line);
	free(initrd);
	return ret;
}

static int unload(void)
{
	static const char *const words[] = { "-p", "-u", NULL };

	return kexec(words);
}

/* Tell the module that the image refers to its table. */
static int pin(void)
{
	char *path = host_path(PIN);
	int fd = path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
	int ret = fd >= 0 && write(fd, "1\n", 2) == 2 ? 0 : -1;

	if (ret)
		wrong("%s: %s", PIN, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
	return ret;
}

/* The image is loaded. By which road will the collector find the notes? */
static int take_road(const struct crash_kernel *k, const char *call)
{
	char road[32];

	host_status("road", road, sizeof(road));
	if (strcmp(road, "notes") != 0) {
		if (pin()) {
			unload();
			return wrong("the crash kernel was unloaded again");
		}
		host_status("road", road, sizeof(road));
	}
	printf("hvdumpctl: %s is loaded by %s\n"
	       "hvdumpctl: road %s: the crash kernel will see the notes, %s\n",
	       k->kernel, call, road, arm_road_text(road));
	return 0;
}

static int arm_kernel(const struct crash_kernel *k, bool syscall)
{
	if (!syscall) {
		if (load(k, "-s") == 0)
			return take_road(k, "kexec_file_load");
		fputs("hvdumpctl: kexec_file_load does not work here; trying"
		      " kexec_load\n", stderr);
	}
	if (load(k, "-c"))
		return wrong("no crash kernel could be loaded");
	return take_road(k, "kexec_load");
}

int arm(const struct arm_options *o)
{
	struct crash_kernel k = { NULL };
	int ret = -1;

	if (find_kernel(&k, o) == 0 && add_table(&k) == 0)
		ret = arm_kernel(&k, o->syscall);
	free(k.kernel);
	free(k.initrd);
	return ret;
}

int disarm(void)
{
	if (unload())
		return -1;
	if (host_number("kernel/kexec_crash_loaded") == 1)
		return wrong("a crash kernel is loaded all the same");
	puts("hvdumpctl: no crash kernel is loaded any more");
	return 0;
}
