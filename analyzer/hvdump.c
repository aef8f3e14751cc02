// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump: what the Microsoft hypervisor was doing when Linux died. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "commands.h"
#include "options.h"

static void print_help(FILE *out)
{
	const struct command *c;
	size_t i;

	fputs("Usage:\n hvdump [OPTION...] COMMAND [OPTION...] FILE...\n\n"
	      "Show what the hypervisor, the root partition and every guest "
	      "were doing\nwhen a Linux host on Microsoft's hypervisor died.\n"
	      "\nCommands:\n",
	      out);
	for (i = 0; (c = command_at(i)); i++)
		fprintf(out, " %-11s %s\n", c->name, c->text);
	fputs("\nFILE: hvdump.elf, an ELF or makedumpfile-compressed vmcore, "
	      "bare notes,\nor the directory of a crash.\n"
	      "\nOptions:\n"
	      " -p, --partition ID   this partition: number, 0x-hex, or self\n"
	      "     --vp N           this VP\n"
	      " -l, --vtl VTL        this VTL\n"
	      " -a, --all            all registers, not only the first to "
	      "read\n"
	      "     --lp N           this logical processor\n"
	      "     --cpu N          this CPU\n"
	      "     --tail N         the last N records of the log\n"
	      "     --level LEVELS   those of these levels: err,warn, err+\n"
	      "     --signature      what a crash is recognised by, alone\n"
	      "\n"
	      "     --vmlinux FILE   types from this file, not from the "
	      "dump\n"
	      "     --debuginfo DIR  types from files that are in it\n"
	      "     --debuginfod     ask a server for types, if there are none\n"
	      "\n"
	      "     --html OUT       a report's page, to look at: a new file\n"
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

/* What takes no command: -h, -V, and what getopt_long() did not like. */
static int answer(const struct session *s, int parsed)
{
	if (parsed == OPTIONS_WRONG) {
		complain(s, "try \"hvdump --help\"");
		return STATUS_USAGE;
	}
	if (parsed == OPTIONS_HELP)
		print_help(s->out);
	else
		fputs("hvdump " PACKAGE_VERSION "\n", s->out);
	return STATUS_DONE;
}

static int run(struct session *s, const char *name)
{
	const struct command *c = command_find(s, name);

	if (!c) {
		complain(s, "try \"hvdump --help\"");
		return STATUS_USAGE;
	}
	if (command_check(c, s)) {
		complain(s, "usage: hvdump %s %s", c->name, c->synopsis);
		return STATUS_USAGE;
	}
	return command_run(c, s);
}

static int finish(const struct session *s, int status)
{
	if (!fflush(s->out) && !ferror(s->out))
		return status;
	complain(s, "cannot write: %s", strerror(errno));
	return STATUS_FAILED;
}

int main(int argc, char **argv)
{
	struct session s = {.out = stdout, .err = stderr, .prefix = "hvdump: "};
	int parsed = options_parse(&s.opt, argc, argv);

	if (parsed != OPTIONS_TAKEN)
		return finish(&s, answer(&s, parsed));
	if (optind == argc) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	s.args = (const char **)argv + optind + 1;
	s.nr_args = argc - optind - 1;
	return finish(&s, run(&s, argv[optind]));
}
