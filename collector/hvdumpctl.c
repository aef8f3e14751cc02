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
#include "install.h"
#include "list.h"
#include "readiness.h"
#include "trial.h"
#include "unpack.h"

#define EXIT_USAGE	2

static void usage(FILE *out)
{
	fputs("Usage: hvdumpctl status\n"
	      "       hvdumpctl test [--output FILE]\n"
	      "       hvdumpctl arm [--syscall] [--kernel FILE] [--initrd FILE]\n"
	      "                     [--command-line TEXT]\n"
	      "       hvdumpctl disarm | list | install | uninstall\n"
	      "       hvdumpctl unpack [--output DIR] [FILE]\n"
	      "Tell whether a crash of this host would be captured now, or see to"
	      " it.\n\n"
	      "  status         one line a check: ok, warn or fail, with the"
	      " cure\n"
	      "  test           take a live capture, read it back and compare it;"
	      " nothing\n"
	      "                 on the host is stopped or changed\n"
	      "  arm            load the crash kernel so that it sees the notes\n"
	      "  disarm         unload the crash kernel\n"
	      "  list           the dumps on this host\n"
	      "  install        have the kdump service run hvdump-collect;"
	      " uninstall: no more\n"
	      "  unpack         what hvdump-collect --stream wrote, into"
	      " files\n\n"
	      "      --kernel FILE        the crash kernel\n"
	      "      --initrd FILE        its initial RAM file system\n"
	      "      --command-line TEXT  its command line, without hvdump=\n"
	      "      --syscall            load it by kexec_load(2)\n"
	      "      --output FILE        keep the capture of test; unpack: into"
	      " DIR\n"
	      "  -h, --help     this text\n"
	      "  -V, --version  the version\n\n"
	      "Exit status: 0 it would be captured, or it is done; 1 not; 2"
	      " wrong usage.\nMore: hvdumpctl(8).\n", out);
}

/** What stands on the command line. */
struct options {
	struct arm_options arm;
	const char *output;
	const char *file;	/* of unpack; NULL: standard input */
};

static int run_command(const char *name, const struct options *o)
{
	if (!strcmp(name, "status"))
		return readiness() ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!strcmp(name, "test"))
		return trial(o->output) ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!strcmp(name, "arm"))
		return arm(&o->arm) ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!strcmp(name, "disarm"))
		return disarm() ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!strcmp(name, "list"))
		return list_dumps() ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!strcmp(name, "install"))
		return install() ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!strcmp(name, "uninstall"))
		return uninstall() ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!strcmp(name, "unpack"))
		return unpack(o->file, o->output ? o->output : ".") ?
			       EXIT_FAILURE : EXIT_SUCCESS;
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
	if (optind < argc && !strcmp(argv[optind], "unpack"))
		o.file = argv[optind + 1];
	if (optind + (o.file ? 2 : 1) != argc ||
	    (of_arm(&o.arm) && strcmp(argv[optind], "arm") != 0) ||
	    (o.output && strcmp(argv[optind], "test") != 0 &&
	     strcmp(argv[optind], "unpack") != 0)) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return run_command(argv[optind], &o);
}
