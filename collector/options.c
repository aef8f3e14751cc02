// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line of hvdump-collect: see options.h. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "core.h"
#include "options.h"
#include "save.h"

/*
 * zlib is the one compression that every makedumpfile and every reader knows.
 * Level 31 leaves out zero, cache, user and free pages: guest memory is in
 * those, and it is the guests' secret. On Linux 7 makedumpfile (1.7.8 still)
 * takes pages of slabs for user pages, so these have to stay.
 */
#define DEFAULT_MAKEDUMPFILE	"-c -d 31"
#define LINUX_7_MAKEDUMPFILE	"-c -d 23"

/*
 * 64 MiB, a fraction of a second's writing. A large host's 2000 VPs come to
 * that with the eight pages that one may have: state, messages, statistics.
 */
#define DEFAULT_PAGES		16384

#define MAX_NAME		128

static void usage(FILE *out)
{
	fputs("Usage: hvdump-collect [OPTION...]\n"
	      "In the crash kernel: save the hypervisor's state, the log and the"
	      " vmcore.\n\n"
	      "      --vmcore FILE          the dump to read (/proc/vmcore)\n"
	      "      --output DIR           where to make a directory"
	      " (/var/crash)\n"
	      "      --name NAME            the directory's name (time and boot"
	      " id)\n"
	      "      --makedumpfile 'ARGS'  its options ("
	      DEFAULT_MAKEDUMPFILE ",\n"
	      "                             on Linux 7 " LINUX_7_MAKEDUMPFILE ")\n"
	      "      --no-vmcore            save no vmcore\n"
	      "      --notes ADDR:LEN,...   more notes at these physical"
	      " addresses\n"
	      "      --pages N              copy at most N pages of memory"
	      " (16384)\n"
	      "      --no-report            do not run hvdump report\n"
	      "      --checksum             SHA-256 of the vmcore, too\n"
	      "  -h, --help                 this text\n"
	      "  -V, --version              the version\n\n"
	      "Exit status: 0 all saved, 1 nothing saved, 4 something is"
	      " missing\n(see manifest.json). More: hvdump-collect(8).\n", out);
}

static enum options_verdict wrong(const char *what, const char *value)
{
	fprintf(stderr, "hvdump-collect: %s: %s\n"
		"Try 'hvdump-collect --help'.\n", what, value);
	return OPTIONS_WRONG;
}

/* A decimal or 0x-hexadecimal number that ends at one of @ends. */
static bool read_number(const char **p, const char *ends, uint64_t *out)
{
	bool hex = (*p)[0] == '0' && ((*p)[1] == 'x' || (*p)[1] == 'X');
	char *end;

	if (!isdigit((unsigned char)**p))
		return false;
	errno = 0;
	*out = strtoull(*p, &end, hex ? 16 : 10);
	if (errno || !strchr(ends, *end))
		return false;
	*p = end;
	return true;
}

bool options_range(const char **p, struct chunk_range *c)
{
	return read_number(p, ":", &c->address) && *(*p)++ == ':' &&
	       read_number(p, ",", &c->size) && c->size &&
	       c->address <= UINT64_MAX - c->size;
}

/* ADDR:LEN[,ADDR:LEN...] */
static bool read_chunks(struct options *o, const char *p)
{
	uint64_t sum = 0;

	for (;;) {
		struct chunk_range *c = &o->chunks[o->nr_chunks];

		if (o->nr_chunks == OPTIONS_CHUNKS || !options_range(&p, c) ||
		    c->size > OPTIONS_NOTES_MAX - sum)
			return false;
		sum += c->size;
		o->nr_chunks++;
		if (*p++ == '\0')
			return true;
	}
}

/* Blanks part words; there is no quoting, and no shell sees them. */
static bool split_words(struct options *o, const char *args)
{
	char *save = NULL, *word;

	free(o->word_buffer);
	o->nr_words = 0;
	o->word_buffer = strdup(args);
	if (!o->word_buffer)
		return false;
	for (word = strtok_r(o->word_buffer, " \t\n", &save); word;
	     word = strtok_r(NULL, " \t\n", &save)) {
		if (o->nr_words == OPTIONS_WORDS)
			return false;
		o->words[o->nr_words++] = word;
	}
	o->words[o->nr_words] = NULL;
	return true;
}

static bool good_name(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/') &&
	       strlen(name) <= MAX_NAME;
}

enum { OPT_VMCORE = 256, OPT_OUTPUT, OPT_NAME, OPT_MAKEDUMPFILE,
       OPT_NO_VMCORE, OPT_NOTES, OPT_NO_REPORT, OPT_CHECKSUM, OPT_CMDLINE,
       OPT_PAGES, OPT_GUARD };

static const struct option long_options[] = {
	{ "vmcore", required_argument, NULL, OPT_VMCORE },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "makedumpfile", required_argument, NULL, OPT_MAKEDUMPFILE },
	{ "no-vmcore", no_argument, NULL, OPT_NO_VMCORE },
	{ "notes", required_argument, NULL, OPT_NOTES },
	{ "pages", required_argument, NULL, OPT_PAGES },
	{ "no-report", no_argument, NULL, OPT_NO_REPORT },
	{ "checksum", no_argument, NULL, OPT_CHECKSUM },
	/* Not in the help: for tests. */
	{ "cmdline", required_argument, NULL, OPT_CMDLINE },
	{ "guard", required_argument, NULL, OPT_GUARD },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static bool read_pages(struct options *o, const char *arg)
{
	uint64_t n;

	if (!read_number(&arg, "", &n) || *arg || n > CORE_MAX_LOADS)
		return false;
	o->max_pages = n;
	return true;
}

static enum options_verdict take(struct options *o, int opt, const char *arg)
{
	switch (opt) {
	case OPT_VMCORE:
		o->vmcore = arg;
		return OPTIONS_RUN;
	case OPT_OUTPUT:
		o->output = arg;
		return *arg ? OPTIONS_RUN : wrong("--output", "is empty");
	case OPT_NAME:
		o->name = arg;
		return good_name(arg) ? OPTIONS_RUN :
					wrong("no name for a directory", arg);
	case OPT_MAKEDUMPFILE:
		return split_words(o, arg) ? OPTIONS_RUN :
					     wrong("too many words", arg);
	case OPT_NO_VMCORE:
		o->save_vmcore = false;
		return OPTIONS_RUN;
	case OPT_NOTES:
		return read_chunks(o, arg) ?
			OPTIONS_RUN :
			wrong("--notes takes ADDR:LEN,... of 64 MiB at most",
			      arg);
	case OPT_PAGES:
		return read_pages(o, arg) ?
			OPTIONS_RUN :
			wrong("--pages takes a number of 65000 at most", arg);
	case OPT_NO_REPORT:
		o->report = false;
		return OPTIONS_RUN;
	case OPT_CHECKSUM:
		o->checksum = true;
		return OPTIONS_RUN;
	case OPT_CMDLINE:
		o->cmdline = arg;
		return OPTIONS_RUN;
	case OPT_GUARD:
		o->guard = arg;
		return OPTIONS_RUN;
	case 'h':
		usage(stdout);
		return OPTIONS_DONE;
	case 'V':
		puts("hvdump-collect " PACKAGE_VERSION);
		return OPTIONS_DONE;
	default:
		fputs("Try 'hvdump-collect --help'.\n", stderr);
		return OPTIONS_WRONG;
	}
}

/* The crash kernel is as a rule the kernel that crashed. */
static const char *default_makedumpfile(void)
{
	struct utsname name;

	if (uname(&name) == 0 && strtoul(name.release, NULL, 10) >= 7)
		return LINUX_7_MAKEDUMPFILE;
	return DEFAULT_MAKEDUMPFILE;
}

enum options_verdict options_read(struct options *o, int argc, char **argv)
{
	enum options_verdict verdict;
	int opt;

	memset(o, 0, sizeof(*o));
	o->vmcore = "/proc/vmcore";
	o->output = "/var/crash";
	o->cmdline = "/proc/cmdline";
	o->guard = "/sys/kernel/hvdump_vmcore";
	o->max_pages = DEFAULT_PAGES;
	o->save_vmcore = true;
	o->report = true;
	if (!split_words(o, default_makedumpfile()))
		return wrong("no memory for", "the options");
	while ((opt = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0) {
		verdict = take(o, opt, optarg);
		if (verdict != OPTIONS_RUN)
			return verdict;
	}
	if (optind < argc)
		return wrong("what is this", argv[optind]);
	return OPTIONS_RUN;
}

void options_free(struct options *o)
{
	free(o->word_buffer);
	o->word_buffer = NULL;
}

int options_dump_level(const struct options *o)
{
	const char *value = NULL;
	uint64_t level;
	size_t i;

	for (i = 0; i < o->nr_words; i++) {
		const char *word = o->words[i];

		if (strncmp(word, "-d", 2) != 0)
			continue;
		/* "-d N" and "-dN"; makedumpfile heeds the last one. */
		value = word[2] ? word + 2 : o->words[i + 1];
	}
	if (!value || !read_number(&value, "", &level) || level > 255)
		return -1;
	return level;
}
