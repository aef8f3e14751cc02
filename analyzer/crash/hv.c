// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crash> hv: the listings of hvdump, of the dump that crash has open.
 *
 * crash answers ctrl-C and a pager that was left by jumping out of the command
 * that runs. So everything is read and laid out in memory while signals wait,
 * and printed when nothing is held any more.
 */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "options.h"

/* Behind all others: it defines common words as macros. */
#include <crash/defs.h>

/* It knows no const, not even for strings that it only prints. */
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"

#define NAME "hv"

/* Words of a command: addresses to translate. */
#define MAX_WORDS 64

static char *help_hv[] = {
	NAME,
	"hypervisor state in the dump",
	"info|partitions|vps|regs|messages|state|stats|pages|page|hypervisor|\n"
	"     translate|notes  [-p id] [--vp n] [-l vtl] [--lp n] [-a] [--code]\n"
	"     [-j] [-o columns] [-n] [-q] [-v] [pfn|address...]",

	"  This command shows what the module hvdump asked Microsoft's",
	"  hypervisor when this kernel died, and wrote into the dump: the same",
	"  listings as hvdump(1) makes, with the same options.\n",
	"    info              the file, the capture, the hypervisor",
	"    partitions        the partitions; with -v their properties",
	"    vps               a line a VP and VTL: state, mode, PC",
	"    regs              registers, decoded; --code: what is at PC and SP",
	"    messages          intercept and SynIC messages, decoded",
	"    state             APIC, timers, SynIC of VPs; memory balance",
	"    stats             counters by name",
	"    pages             who owns which memory",
	"    page pfn|0xaddr   what this page is and holds",
	"    hypervisor        the hypervisor's image, and its crash",
	"    translate gva...  a guest's addresses, step by step (-p, --vp)",
	"    notes             every record of the note segment\n",
	"    -p, --partition id  only this partition: a number, 0x-hex, or "
	"self",
	"    --vp n              only VPs of this index",
	"    -l, --vtl vtl       only this VTL",
	"    --lp n              only this logical processor (stats)",
	"    -a, --all           nothing is left out\n",
	"    -j, --json          print JSON",
	"    -o, --output cols   columns of a table, separated by commas",
	"    -n, --noheadings    no headings",
	"    -q, --quiet         do not remark that something is missing",
	"    -v, --verbose       more detail",
	"    -V, --version       the version of hvdump",
	"\nEXAMPLES",
	"  Where was each VP of partition 0x102?\n",
	"    %s> hv vps -p 0x102 -o vp,state,mode,pc",
	"    VP STATE   MODE                   PC",
	"     0 running 64-bit 0xffffffff81e3b2c4",
	"     1 halted  64-bit 0xffffffff81e4a1db",
	NULL};

/** What a command has to say, in memory of malloc(). */
struct said {
	char *listing;
	char *remarks; /* lines; "" for none */
	size_t listing_size;
	size_t remarks_size;
};

/* What was said last: nobody comes back to free it after a jump. */
static struct said said;

static void said_free(struct said *what)
{
	free(what->listing);
	free(what->remarks);
	memset(what, 0, sizeof(*what));
}

/* All but those that tell of a fault in what runs now. */
static void hold_signals(sigset_t *old)
{
	static const int faults[] = {SIGSEGV, SIGBUS,  SIGFPE,
				     SIGILL,  SIGTRAP, SIGABRT};
	sigset_t held;
	size_t i;

	sigfillset(&held);
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&held, faults[i]);
	sigprocmask(SIG_BLOCK, &held, old);
}

/* Does not return when crash jumps because of a signal that has waited. */
static void let_signals_go(const sigset_t *old)
{
	sigprocmask(SIG_SETMASK, old, NULL);
}

static int run_command(struct session *s, int nr, char **words)
{
	const char *args[1 + MAX_WORDS] = {pc->dumpfile};
	const struct command *c = command_find(s, words[0]);
	int i;

	if (!c)
		return STATUS_USAGE;
	if (!c->in_crash) {
		complain(s, "%s: only hvdump has it", c->name);
		return STATUS_USAGE;
	}
	if (nr > 1 && !c->takes_page && !c->takes_words) {
		complain(s, "%s: did not expect \"%s\"", c->name, words[1]);
		return STATUS_USAGE;
	}
	for (i = 1; i < nr && i <= MAX_WORDS; i++)
		args[i] = words[i];
	s->args = args;
	s->nr_args = i;
	return command_check(c, s) ? STATUS_USAGE : command_run(c, s);
}

/* Run it with what it says going to memory; a STATUS_. */
static int collect(struct said *what, const struct options *opt, int nr,
		   char **words)
{
	struct session s = {.opt = *opt, .prefix = ""};
	int status = STATUS_FAILED, bad = 0;

	s.out = open_memstream(&what->listing, &what->listing_size);
	s.err = open_memstream(&what->remarks, &what->remarks_size);
	if (s.out && s.err)
		status = run_command(&s, nr, words);
	if (s.out)
		bad |= fclose(s.out);
	if (s.err)
		bad |= fclose(s.err);
	if (!bad && what->listing && what->remarks)
		return status;
	said_free(what);
	return STATUS_FAILED;
}

static void print_said(const struct said *what)
{
	char *line, *rest = NULL;

	if (!what->listing) {
		error(INFO, "no memory\n");
		return;
	}
	fwrite(what->listing, 1, what->listing_size, fp);
	for (line = strtok_r(what->remarks, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		error(INFO, "%s\n", line);
}

static void show(const struct options *opt, int nr, char **words)
{
	sigset_t old;
	int status;

	hold_signals(&old);
	said_free(&said);
	status = collect(&said, opt, nr, words);
	let_signals_go(&old);
	print_said(&said);
	if (status == STATUS_USAGE)
		cmd_usage(pc->curcmd, SYNOPSIS);
}

static void cmd_hv(void)
{
	struct options opt = {0};
	int parsed = options_parse(&opt, argcnt, args);

	if (parsed == OPTIONS_VERSION)
		fprintf(fp, "hvdump %s\n", PACKAGE_VERSION);
	else if (parsed == OPTIONS_HELP)
		cmd_usage(pc->curcmd, COMPLETE_HELP);
	else if (parsed != OPTIONS_TAKEN || optind == argcnt)
		cmd_usage(pc->curcmd, SYNOPSIS);
	else if (ACTIVE() || !pc->dumpfile)
		error(INFO, "there is no dump: this is a live system\n");
	else
		show(&opt, argcnt - optind, args + optind);
}

static struct command_table_entry commands[] = {
	{NAME, cmd_hv, help_hv, MINIMAL}, {NULL, NULL, NULL, 0}};

static void __attribute__((constructor)) hv_init(void)
{
	register_extension(commands);
}

static void __attribute__((destructor)) hv_fini(void)
{
	said_free(&said);
}
