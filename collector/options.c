// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line of hvdump-collect: see options.h. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_file.h"
#include "core.h"
#include "options.h"
#include "save.h"

/* zlib is the one compression that every makedumpfile and every reader knows. */
#define DEFAULT_MAKEDUMPFILE	"-c"

/* The file that hvdump_vmcore.ko takes ranges of pages from. */
#define DEFAULT_EXCLUDE		"/sys/kernel/hvdump_vmcore/exclude"

/* What is left of the target for the rest of the host, in MiB. */
#define DEFAULT_KEEP_FREE	16

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
	      "      --config FILE          settings (" CONFIG_FILE ")\n"
	      "      --vmcore FILE          the dump to read (/proc/vmcore)\n"
	      "      --offline FILE         the same, a dump of another time\n"
	      "      --output DIR           where to make a directory"
	      " (/var/crash)\n"
	      "      --name NAME            the directory's name (time and boot"
	      " id)\n"
	      "      --stream               write it all to standard output\n"
	      "      --makedumpfile 'ARGS'  its options, all of them (-c -d"
	      " LEVEL)\n"
	      "      --guest-memory         keep the guests' memory\n"
	      "      --no-vmcore            save no vmcore\n"
	      "      --notes ADDR:LEN,...   more notes at these physical"
	      " addresses\n"
	      "      --pages N              copy at most N pages of memory"
	      " (16384)\n"
	      "      --no-report            do not run hvdump report\n"
	      "      --checksum             SHA-256 of the vmcore, too\n"
	      "      --if-state             do nothing if there is no hypervisor"
	      " state\n"
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

void options_complain(struct options *o, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len, i;

	if (o->nr_complaints == OPTIONS_COMPLAINTS)
		return;
	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	/* It quotes the file, and goes to a console. */
	for (i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			text[i] = '?';
	if (len >= 0)
		o->complaints[o->nr_complaints++] = text;
}

/* Blanks part words; there is no quoting, and no shell sees them. */
bool options_words(struct options *o, const char *args, bool fixed)
{
	char *buffer = strdup(args), *save = NULL, *word;
	const char *words[OPTIONS_WORDS + 1];
	size_t n = 0;

	if (!buffer)
		return false;
	for (word = strtok_r(buffer, " \t\n", &save); word;
	     word = strtok_r(NULL, " \t\n", &save)) {
		if (n == OPTIONS_WORDS) {
			free(buffer);
			return false;
		}
		words[n++] = word;
	}
	words[n] = NULL;
	memcpy(o->words, words, sizeof(words));
	free(o->word_buffer);
	o->word_buffer = buffer;
	o->nr_words = n;
	/* Who gives a level means it. */
	o->fixed_words = fixed || options_dump_level(words, n) >= 0;
	return true;
}

bool options_levels(struct options *o, const char *text)
{
	unsigned int levels[OPTIONS_LEVELS];
	const char *p = text;
	uint64_t level;
	size_t n = 0;

	if (!strcmp(text, "auto")) {
		o->nr_levels = 0;
		return true;
	}
	while (*p) {
		if (n == OPTIONS_LEVELS || !read_number(&p, " \t", &level) ||
		    level > 255)
			return false;
		levels[n++] = level;
		p += strspn(p, " \t");
	}
	memcpy(o->levels, levels, sizeof(levels));
	o->nr_levels = n;
	return n > 0;
}

static bool good_name(const char *name)
{
	return name[0] && name[0] != '.' && !strchr(name, '/') &&
	       strlen(name) <= MAX_NAME;
}

enum { OPT_VMCORE = 256, OPT_OUTPUT, OPT_NAME, OPT_MAKEDUMPFILE,
       OPT_NO_VMCORE, OPT_NOTES, OPT_NO_REPORT, OPT_CHECKSUM, OPT_CMDLINE,
       OPT_PAGES, OPT_CONFIG, OPT_OFFLINE, OPT_STREAM, OPT_GUEST_MEMORY,
       OPT_IF_STATE, OPT_EXCLUDE, OPT_GUARD };

static const struct option long_options[] = {
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "vmcore", required_argument, NULL, OPT_VMCORE },
	{ "offline", required_argument, NULL, OPT_OFFLINE },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "stream", no_argument, NULL, OPT_STREAM },
	{ "guest-memory", no_argument, NULL, OPT_GUEST_MEMORY },
	{ "if-state", no_argument, NULL, OPT_IF_STATE },
	{ "makedumpfile", required_argument, NULL, OPT_MAKEDUMPFILE },
	{ "no-vmcore", no_argument, NULL, OPT_NO_VMCORE },
	{ "notes", required_argument, NULL, OPT_NOTES },
	{ "pages", required_argument, NULL, OPT_PAGES },
	{ "no-report", no_argument, NULL, OPT_NO_REPORT },
	{ "checksum", no_argument, NULL, OPT_CHECKSUM },
	/* Not in the help: for tests. */
	{ "cmdline", required_argument, NULL, OPT_CMDLINE },
	{ "guard", required_argument, NULL, OPT_GUARD },
	{ "exclude", required_argument, NULL, OPT_EXCLUDE },
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
	case OPT_CONFIG:	/* was read before all else */
		return OPTIONS_RUN;
	case OPT_OFFLINE:
		o->vmcore = arg;
		o->offline = true;
		return OPTIONS_RUN;
	case OPT_STREAM:
		o->stream = true;
		return OPTIONS_RUN;
	case OPT_GUEST_MEMORY:
		o->guest_memory = true;
		o->guest_never = false;
		return OPTIONS_RUN;
	case OPT_IF_STATE:
		o->if_state = true;
		return OPTIONS_RUN;
	case OPT_EXCLUDE:
		o->exclude = arg;
		return OPTIONS_RUN;
	case OPT_OUTPUT:
		o->output = arg;
		return *arg ? OPTIONS_RUN : wrong("--output", "is empty");
	case OPT_NAME:
		o->name = arg;
		return good_name(arg) ? OPTIONS_RUN :
					wrong("no name for a directory", arg);
	case OPT_MAKEDUMPFILE:
		return options_words(o, arg, true) ?
			       OPTIONS_RUN : wrong("too many words", arg);
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

/* --config FILE, wherever it stands: the command line goes before the file. */
static const char *find_config(int argc, char **argv)
{
	const char *path = NULL;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0)
		if (opt == OPT_CONFIG)
			path = optarg;
	opterr = 1;
	optind = 0;
	return path;
}

void options_defaults(struct options *o)
{
	memset(o, 0, sizeof(*o));
	o->vmcore = "/proc/vmcore";
	o->output = "/var/crash";
	o->cmdline = "/proc/cmdline";
	o->guard = "/sys/kernel/hvdump_vmcore";
	o->exclude = DEFAULT_EXCLUDE;
	o->max_pages = DEFAULT_PAGES;
	o->keep_free_mib = DEFAULT_KEEP_FREE;
	o->save_vmcore = true;
	o->check = true;
	o->report = true;
	options_words(o, DEFAULT_MAKEDUMPFILE, false);
}

enum options_verdict options_read(struct options *o, int argc, char **argv)
{
	const char *config = find_config(argc, argv);
	enum options_verdict verdict;
	int opt;

	options_defaults(o);
	if (!o->nr_words)
		return wrong("no memory for", "the options");
	config_read(o, config ? config : CONFIG_FILE, config);
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
	size_t i;

	for (i = 0; i < o->nr_complaints; i++)
		free(o->complaints[i]);
	o->nr_complaints = 0;
	free(o->word_buffer);
	o->word_buffer = NULL;
	free(o->config_text);
	o->config_text = NULL;
}

int options_dump_level(const char *const *words, size_t nr_words)
{
	const char *value = NULL;
	uint64_t level;
	size_t i;

	for (i = 0; i < nr_words; i++) {
		const char *word = words[i];

		if (strncmp(word, "-d", 2) != 0)
			continue;
		/* "-d N" and "-dN"; makedumpfile heeds the last one. */
		value = word[2] ? word + 2 : words[i + 1];
	}
	if (!value || !read_number(&value, "", &level) || level > 255)
		return -1;
	return level;
}
