// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump: what the Microsoft hypervisor was doing when Linux died. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

static const struct command commands[] = {
	{"report", "FILE...", "what died and why, what it affected", cmd_report,
	 .needs_file = true, .many_files = true, .takes_all = true},
	{"info", "FILE", "the file, the capture, the hypervisor", cmd_info,
	 .needs_file = true},
	{"notes", "FILE", "every record of the note segment", cmd_notes,
	 .needs_file = true},
	{"partitions", "FILE", "the partitions", cmd_partitions,
	 .needs_file = true},
	{"vps", "FILE [-p ID]", "a line a VP and VTL: state, mode, PC", cmd_vps,
	 .needs_file = true, .takes_partition = true},
	{"regs", "FILE [-p ID] [--vp N] [-l VTL] [-a]", "registers, decoded",
	 cmd_regs, .needs_file = true, .takes_partition = true,
	 .takes_vp = true, .takes_all = true},
	{"abi", "[KIND]", "the tables that hvdump decodes by", cmd_abi,
	 .needs_file = false},
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* Commands of other versions: to be told from a typing error. */
static const char *const absent[] = {
	"stats",      "messages", "page",  "pages", "translate", "driver",
	"hypervisor", "log",	  "check", "diff",  "redact",
};

enum { OPT_VP = 256, OPT_VMLINUX, OPT_DEBUGINFO };

static const struct option long_options[] = {
	{"json", no_argument, NULL, 'j'},
	{"output", required_argument, NULL, 'o'},
	{"noheadings", no_argument, NULL, 'n'},
	{"partition", required_argument, NULL, 'p'},
	{"vp", required_argument, NULL, OPT_VP},
	{"vtl", required_argument, NULL, 'l'},
	{"all", no_argument, NULL, 'a'},
	{"vmlinux", required_argument, NULL, OPT_VMLINUX},
	{"debuginfo", required_argument, NULL, OPT_DEBUGINFO},
	{"quiet", no_argument, NULL, 'q'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0}};

static void print_help(FILE *out)
{
	size_t i;

	fputs("Usage:\n hvdump [OPTION...] COMMAND [OPTION...] FILE...\n\n"
	      "Show what the hypervisor, the root partition and every guest "
	      "were doing\nwhen a Linux host on Microsoft's hypervisor died.\n"
	      "\nCommands:\n",
	      out);
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(out, " %-11s %s\n", commands[i].name, commands[i].text);
	fputs("\nFILE: hvdump.elf, an ELF or makedumpfile-compressed vmcore, "
	      "bare notes,\nor the directory of a crash.\n"
	      "\nOptions:\n"
	      " -p, --partition ID   this partition: number, 0x-hex, or self\n"
	      "     --vp N           this VP\n"
	      " -l, --vtl VTL        this VTL\n"
	      " -a, --all            all registers, not only the first to "
	      "read\n"
	      "\n"
	      " -j, --json           print JSON\n"
	      " -o, --output COLS    columns of a table, separated by commas\n"
	      " -n, --noheadings     no headings\n"
	      " -q, --quiet          no remarks on stderr\n"
	      " -v, --verbose        more of them, and more detail\n"
	      " -h, --help           this text\n"
	      " -V, --version        the version\n"
	      "\nExit status: 0 done, 1 failed, 2 usage, 3 no hypervisor state "
	      "in the file,\n4 shown, but damaged or incomplete. See hvdump(1)."
	      "\n",
	      out);
}

/* Ends the program for -h and -V. */
static void take_plain_option(int c)
{
	if (c == 'h')
		print_help(stdout);
	else
		puts("hvdump " PACKAGE_VERSION);
	exit(fflush(stdout) ? STATUS_FAILED : STATUS_DONE);
}

static int take_option(struct options *o, int c)
{
	switch (c) {
	case 'j':
		o->json = true;
		break;
	case 'o':
		o->columns = optarg;
		break;
	case 'n':
		o->no_headings = true;
		break;
	case 'p':
		o->partition = optarg;
		break;
	case OPT_VP:
		o->vp = optarg;
		break;
	case 'l':
		o->vtl = optarg;
		break;
	case 'a':
		o->all = true;
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'v':
		o->verbose = true;
		break;
	case 'h':
	case 'V':
		take_plain_option(c);
		break;
	case OPT_VMLINUX:
	case OPT_DEBUGINFO:
		/* Nothing in this version needs symbols. */
		break;
	default:
		return -1;
	}
	return 0;
}

static int parse(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "jo:np:l:aqvhV", long_options,
				NULL)) != -1)
		if (take_option(o, c)) {
			complain("try \"hvdump --help\"");
			return -1;
		}
	return 0;
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		if (!strcmp(absent[i], name)) {
			complain("%s: not in this version", name);
			return NULL;
		}
	complain("%s: no such command; try \"hvdump --help\"", name);
	return NULL;
}

static int check_usage(const struct command *c, const struct session *s)
{
	const struct options *o = &s->opt;
	const char *wrong = NULL;

	if (o->partition && !c->takes_partition)
		wrong = "-p";
	if (o->vp && !c->takes_vp)
		wrong = "--vp";
	if (o->vtl && !c->takes_vp)
		wrong = "-l";
	if (o->all && !c->takes_all)
		wrong = "-a";
	if (wrong) {
		complain("%s: takes no %s; usage: hvdump %s %s", c->name, wrong,
			 c->name, c->synopsis);
		return -1;
	}
	if (c->needs_file &&
	    (s->nr_args < 1 || (s->nr_args > 1 && !c->many_files))) {
		complain("%s: expected %s; usage: hvdump %s %s", c->name,
			 c->many_files ? "files" : "one file", c->name,
			 c->synopsis);
		return -1;
	}
	return 0;
}

static int open_file(struct session *s, const char *path)
{
	struct hvd_error err;

	s->input = hvd_input_open(path, &err);
	if (s->input)
		s->dump = hvd_dump_create(s->input->notes, s->input->notes_size,
					  s->input->machine, &err);
	if (s->dump)
		return 0;
	complain("%s", err.text);
	return -1;
}

static void close_file(struct session *s)
{
	hvd_dump_destroy(s->dump);
	hvd_input_close(s->input);
	s->dump = NULL;
	s->input = NULL;
}

/* Of several files of one crash, the first that holds hypervisor state. */
static int open_files(struct session *s)
{
	int i;

	for (i = 0; i < s->nr_args; i++) {
		if (open_file(s, s->args[i]))
			return -1;
		if (hvd_dump_has_state(s->dump) || i + 1 == s->nr_args)
			return 0;
		close_file(s);
	}
	return -1;
}

static int run_on_files(const struct command *c, struct session *s)
{
	struct hvd_error why;
	int status, found;

	if (open_files(s))
		return STATUS_FAILED;
	found = session_status(s, &why);
	status = session_select(s);
	if (status == STATUS_DONE)
		status = c->run(s);
	if (status != STATUS_DONE)
		return status;
	if (found != STATUS_DONE && !s->opt.quiet)
		complain("%s: %s", s->input->path, why.text);
	return found;
}

static int run(const struct command *c, struct session *s)
{
	int status;

	if (check_usage(c, s))
		return STATUS_USAGE;
	status = c->needs_file ? run_on_files(c, s) : c->run(s);
	close_file(s);
	if (fflush(s->out) || ferror(s->out)) {
		complain("cannot write: %s", strerror(errno));
		return STATUS_FAILED;
	}
	return status;
}

int main(int argc, char **argv)
{
	struct session s = {.out = stdout};
	const struct command *c;

	if (parse(&s.opt, argc, argv))
		return STATUS_USAGE;
	if (optind == argc) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	c = find_command(argv[optind]);
	if (!c)
		return STATUS_USAGE;
	s.args = (const char **)argv + optind + 1;
	s.nr_args = argc - optind - 1;
	return run(c, &s);
}
