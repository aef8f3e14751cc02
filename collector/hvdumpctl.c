// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdumpctl: would a crash now be captured? And see to it. hvdumpctl(8). */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arm.h"
#include "finding.h"
#include "host.h"
#include "lockdown.h"
#include "trial.h"

#define EXIT_USAGE	2

/*
 * The crash kernel holds the notes about twice: once for /proc/vmcore, once
 * while makedumpfile copies them. Beyond this share of its memory that hurts.
 */
#define NOTES_SHARE	4

static void check_module(struct finding *f)
{
	char version[64], armed[16];

	if (host_sysfs("kernel/hvdump/version", version, sizeof(version))) {
		find(f, FAIL, "hvdump.ko is not loaded; modprobe hvdump, then"
		     " load the crash kernel again");
		return;
	}
	host_status("armed", armed, sizeof(armed));
	if (strcmp(armed, "yes") != 0)
		find(f, FAIL, "hvdump.ko %s is loaded and not armed; see"
		     " dmesg, then load it again", version);
	else
		find(f, OK, "hvdump.ko %s is loaded and armed", version);
}

static void check_hypervisor(struct finding *f)
{
	char vendor[32], kind[32], calls[32];

	host_status("hypervisor", vendor, sizeof(vendor));
	host_status("partition_kind", kind, sizeof(kind));
	host_status("hypercalls", calls, sizeof(calls));
	if (!vendor[0])
		find(f, FAIL, "hvdump.ko names no hypervisor; see dmesg");
	else if (!strcmp(calls, "none"))
		find(f, WARN, "%s, partition kind %s: it cannot be asked, only"
		     " memory is recorded; see dmesg", vendor, kind);
	else
		find(f, OK, "%s, partition kind %s", vendor, kind);
}

static void check_reserved(struct finding *f)
{
	int64_t size = host_number("kernel/kexec_crash_size");

	if (size > 0)
		find(f, OK, "%" PRId64 " MiB are reserved for a crash kernel",
		     size >> 20);
	else
		find(f, FAIL, "no memory is reserved for a crash kernel; boot"
		     " with crashkernel=256M or more");
}

static void check_loaded(struct finding *f)
{
	if (host_number("kernel/kexec_crash_loaded") == 1)
		find(f, OK, "a crash kernel is loaded");
	else
		find(f, FAIL, "no crash kernel is loaded; kdump-config load"
		     " (Debian, Ubuntu) or kdumpctl start (Fedora, RHEL)");
}

static void check_lockdown(struct finding *f)
{
	f->verdict = lockdown_tell(f->text, sizeof(f->text)) ? WARN : OK;
}

static void check_attached(struct finding *f)
{
	char attached[16], road[32], why[160];

	host_status("attached", attached, sizeof(attached));
	host_status("road", road, sizeof(road));
	host_status("not_attached", why, sizeof(why));
	if (!strcmp(attached, "yes"))
		find(f, OK, "the crash kernel will see the notes, %s",
		     arm_road_text(road));
	else
		find(f, FAIL, "the crash kernel would not see the notes%s%s;"
		     " hvdumpctl arm", why[0] ? ": " : "", why);
}

/* The sum of the lengths in "ADDRESS LENGTH" lines; -1: not readable. */
static int64_t chunk_bytes(void)
{
	char buf[4096], *save = NULL, *line;
	int64_t sum = 0;

	if (host_sysfs("kernel/hvdump/chunks", buf, sizeof(buf)))
		return -1;
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		const char *blank = strchr(line, ' ');

		sum += blank ? strtoul(blank, NULL, 0) : 0;
	}
	return sum;
}

static void check_room(struct finding *f)
{
	int64_t size = host_number("kernel/kexec_crash_size");
	int64_t notes = chunk_bytes();

	if (notes < 0 && errno == EACCES)
		find(f, WARN, "the size of the notes is root's to read; run"
		     " this as root");
	else if (notes < 0)
		find(f, FAIL, "hvdump.ko lists no memory for notes; see dmesg");
	else if (size > 0 && 2 * notes > size / NOTES_SHARE)
		find(f, WARN, "%" PRId64 " KiB of notes are much for a crash"
		     " kernel of %" PRId64 " MiB; raise crashkernel=",
		     notes >> 10, size >> 20);
	else
		find(f, OK, "%" PRId64 " KiB are set aside for notes",
		     notes >> 10);
}

/*
 * On a root partition whose kernel has hv_crash (7.2 was seen), there is no
 * dump at all without this setting: the machine hangs after devirtualisation.
 */
static void check_notifiers(struct finding *f)
{
	char kind[32], on[8];

	host_status("partition_kind", kind, sizeof(kind));
	if (host_sysfs("module/kernel/parameters/crash_kexec_post_notifiers", on,
		     sizeof(on)))
		find(f, OK, "crash_kexec_post_notifiers is not known here");
	else if (!strcmp(kind, "root") && strcmp(on, "Y") != 0)
		find(f, WARN, "crash_kexec_post_notifiers is off on a root"
		     " partition: kernels with hv_crash lose the dump; write Y"
		     " to /sys/module/kernel/parameters/"
		     "crash_kexec_post_notifiers");
	else
		find(f, OK, "crash_kexec_post_notifiers is %s",
		     !strcmp(on, "Y") ? "on" : "off");
}

static void check_collector(struct finding *f)
{
	if (host_has_program("hvdump-collect"))
		find(f, OK, "hvdump-collect is in PATH");
	else
		find(f, FAIL, "hvdump-collect is not in PATH; install it");
}

static void check_makedumpfile(struct finding *f)
{
	if (host_has_program("makedumpfile"))
		find(f, OK, "makedumpfile is in PATH");
	else
		find(f, FAIL, "makedumpfile is not in PATH; install the"
		     " package makedumpfile");
}

/* Those that rest on the module say nothing new when it is not there. */
static const struct {
	const char *name;
	void (*check)(struct finding *f);
	bool needs_module;
} checks[] = {
	{ "module", check_module, false },
	{ "hypervisor", check_hypervisor, true },
	{ "reserved", check_reserved, false },
	{ "crash-kernel", check_loaded, false },
	{ "lockdown", check_lockdown, false },
	{ "attached", check_attached, true },
	{ "room", check_room, true },
	{ "notifiers", check_notifiers, true },
	{ "collector", check_collector, false },
	{ "makedumpfile", check_makedumpfile, false },
};

static int status(void)
{
	char version[64];
	bool module = !host_sysfs("kernel/hvdump/version", version,
				sizeof(version));
	struct finding f;
	int ret = EXIT_SUCCESS;
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].needs_module && !module)
			continue;
		checks[i].check(&f);
		if (finding_print(&f, checks[i].name))
			ret = EXIT_FAILURE;
	}
	return ret;
}

static void usage(FILE *out)
{
	fputs("Usage: hvdumpctl status\n"
	      "       hvdumpctl test [--output FILE]\n"
	      "       hvdumpctl arm [--syscall] [--kernel FILE] [--initrd FILE]\n"
	      "                     [--command-line TEXT]\n"
	      "       hvdumpctl disarm\n"
	      "Tell whether a crash of this host would be captured now, or see to"
	      " it.\n\n"
	      "  status         one line a check: ok, warn or fail, with the"
	      " cure\n"
	      "  test           take a live capture, read it back and compare it;"
	      " nothing\n"
	      "                 on the host is stopped or changed\n"
	      "  arm            load the crash kernel so that it sees the notes\n"
	      "  disarm         unload the crash kernel\n\n"
	      "      --kernel FILE        the crash kernel\n"
	      "      --initrd FILE        its initial RAM file system\n"
	      "      --command-line TEXT  its command line, without hvdump=\n"
	      "      --syscall            load it by kexec_load(2)\n"
	      "      --output FILE        keep the capture of test, for hvdump\n"
	      "  -h, --help     this text\n"
	      "  -V, --version  the version\n\n"
	      "Exit status: 0 it would be captured, or it is done; 1 not; 2"
	      " wrong usage.\nMore: hvdumpctl(8).\n", out);
}

/** What stands on the command line. */
struct options {
	struct arm_options arm;
	const char *output;
};

static int run_command(const char *name, const struct options *o)
{
	static const char *const later[] = { "install", "uninstall" };
	size_t i;

	if (!strcmp(name, "status"))
		return status();
	if (!strcmp(name, "test"))
		return trial(o->output) ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!strcmp(name, "arm"))
		return arm(&o->arm) ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!strcmp(name, "disarm"))
		return disarm() ? EXIT_FAILURE : EXIT_SUCCESS;
	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (strcmp(name, later[i]) != 0)
			continue;
		fprintf(stderr, "hvdumpctl: %s: not in this version\n", name);
		return EXIT_USAGE;
	}
	fprintf(stderr, "hvdumpctl: no such command: %s\n"
		"Try 'hvdumpctl --help'.\n", name);
	return EXIT_USAGE;
}

enum taken { GO_ON, DONE, WRONG };

static enum taken take(struct options *o, int opt, const char *arg)
{
	switch (opt) {
	case 'k':
		o->arm.kernel = arg;
		return GO_ON;
	case 'i':
		o->arm.initrd = arg;
		return GO_ON;
	case 'c':
		o->arm.command_line = arg;
		return GO_ON;
	case 's':
		o->arm.syscall = true;
		return GO_ON;
	case 'o':
		o->output = arg;
		return GO_ON;
	case 'S':
		host_root = arg;
		return GO_ON;
	case 'h':
		usage(stdout);
		return DONE;
	case 'V':
		puts("hvdumpctl " PACKAGE_VERSION);
		return DONE;
	default:
		fputs("Try 'hvdumpctl --help'.\n", stderr);
		return WRONG;
	}
}

static bool of_arm(const struct arm_options *o)
{
	return o->kernel || o->initrd || o->command_line || o->syscall;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "kernel", required_argument, NULL, 'k' },
		{ "initrd", required_argument, NULL, 'i' },
		{ "command-line", required_argument, NULL, 'c' },
		{ "syscall", no_argument, NULL, 's' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		/* Not in the help: for tests. */
		{ "sysroot", required_argument, NULL, 'S' },
		{ NULL, 0, NULL, 0 },
	};
	struct options o = { .output = NULL };
	int opt;

	while ((opt = getopt_long(argc, argv, "hV", options, NULL)) >= 0) {
		switch (take(&o, opt, optarg)) {
		case GO_ON:
			break;
		case DONE:
			return EXIT_SUCCESS;
		case WRONG:
			return EXIT_USAGE;
		}
	}
	if (optind != argc - 1 ||
	    (of_arm(&o.arm) && strcmp(argv[optind], "arm") != 0) ||
	    (o.output && strcmp(argv[optind], "test") != 0)) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return run_command(argv[optind], &o);
}
