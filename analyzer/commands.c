// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands, and running one on files: see commands.h. */
#include "config.h"

#include <string.h>

#include "code.h"
#include "commands.h"
#include "kernel_open.h"
#include "stops.h"

static const struct command commands[] = {
	{"report", "FILE... [-a] [--html OUT]",
	 "what died and why, what it affected", cmd_report, .needs_file = true,
	 .many_files = true, .takes_all = true, .takes_signature = true,
	 .takes_html = true},
	{"info", "FILE", "the file, the capture, the hypervisor", cmd_info,
	 .needs_file = true, .in_crash = true},
	{"notes", "FILE", "every record of the note segment", cmd_notes,
	 .needs_file = true, .in_crash = true},
	{"partitions", "FILE", "the partitions", cmd_partitions,
	 .needs_file = true, .in_crash = true},
	{"vps", "FILE [-p ID]", "a line a VP and VTL: state, mode, PC", cmd_vps,
	 .needs_file = true, .takes_partition = true, .in_crash = true},
	{"regs", "FILE [-p ID] [--vp N] [-l VTL] [-a] [--code]",
	 "registers, decoded; with --code what is at PC and SP", cmd_regs,
	 .needs_file = true, .takes_partition = true, .takes_vp = true,
	 .takes_all = true, .takes_code = true, .in_crash = true},
	{"messages", "FILE [-p ID] [--vp N] [-l VTL] [-a]",
	 "intercept and SynIC messages, decoded", cmd_messages,
	 .needs_file = true, .takes_partition = true, .takes_vp = true,
	 .takes_all = true,
	 .in_crash = true},
	{"state", "FILE [-p ID] [--vp N] [-l VTL] [-a]",
	 "APIC, timers, SynIC of VPs; memory balance; run times", cmd_state,
	 .needs_file = true, .takes_partition = true, .takes_vp = true,
	 .takes_all = true, .in_crash = true},
	{"stats", "FILE [-p ID [--vp N]] [--lp N] [-a]",
	 "counters by name, of what and whom", cmd_stats, .needs_file = true,
	 .takes_partition = true, .takes_vp = true, .takes_lp = true,
	 .takes_all = true,
	 .in_crash = true},
	{"pages", "FILE", "who owns which memory", cmd_pages,
	 .needs_file = true, .in_crash = true},
	{"page", "FILE PFN|0xADDRESS [-a]", "what this page is and holds",
	 cmd_page, .needs_file = true, .takes_page = true, .takes_all = true,
	 .in_crash = true},
	{"redact", "FILE OUT", "a copy without guests' registers and messages",
	 cmd_redact, .needs_file = true, .takes_page = true, .writes = true},
	{"hypervisor", "FILE", "the hypervisor's image, and its crash",
	 cmd_hypervisor, .needs_file = true,
	 .in_crash = true},
	{"translate", "FILE -p ID --vp N [-l VTL] GVA...",
	 "a guest's addresses, step by step", cmd_translate,
	 .needs_file = true, .takes_partition = true, .takes_vp = true,
	 .takes_words = true,
	 .in_crash = true},
	{"driver", "FILE [-p ID]", "what the mshv driver and Linux knew",
	 cmd_driver, .needs_file = true, .takes_partition = true,
	 .of_linux = true},
	{"log", "FILE [--tail N] [--level LEVELS]", "the root kernel's log",
	 cmd_kernel_log, .needs_file = true, .takes_log = true, .of_linux = true},
	{"stacks", "FILE [--cpu N]", "what each CPU was doing, call by call",
	 cmd_stacks, .needs_file = true, .takes_cpu = true, .of_linux = true},
	{"check", "FILE", "is it whole, and do its two views agree", cmd_check,
	 .needs_file = true, .of_linux = true},
	{"diff", "A B [-p ID] [--vp N] [-l VTL] [-a]",
	 "what differs between two captures", cmd_diff, .needs_file = false,
	 .takes_partition = true, .takes_vp = true, .takes_all = true},
	{"abi", "[KIND]", "the tables that hvdump decodes by", cmd_abi,
	 .needs_file = false},
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

const struct command *command_at(size_t i)
{
	return i < NR_COMMANDS ? &commands[i] : NULL;
}

const struct command *command_find(const struct session *s, const char *name)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	complain(s, "%s: no such command", name);
	return NULL;
}

/* Are all arguments but the last @behind the files of a split dump? */
static bool are_parts(const struct session *s, int behind)
{
	int i;

	for (i = 0; i < s->nr_args - behind; i++)
		if (!hvd_input_is_part(s->args[i]))
			return false;
	return i > 1;
}

/* The files come first: one, or the parts of a split dump. */
static int count_files(const struct session *s)
{
	int i = 0;

	while (i < s->nr_args && hvd_input_is_part(s->args[i]))
		i++;
	return i > 1 ? i : 1;
}

static int check_files(const struct command *c, const struct session *s)
{
	if (c->takes_words && s->nr_args <= count_files(s)) {
		complain(s, "%s: expected %s", c->name, c->synopsis);
		return -1;
	}
	if (c->takes_page && s->nr_args != 2 && !are_parts(s, 1)) {
		complain(s, "%s: expected one file and one %s", c->name,
			 c->run == cmd_redact ? "new name" : "page");
		return -1;
	}
	if (c->needs_file && !c->takes_page && !c->takes_words &&
	    (s->nr_args < 1 ||
	     (s->nr_args > 1 && !c->many_files && !are_parts(s, 0)))) {
		complain(s, "%s: expected %s", c->name,
			 c->many_files ? "files" : "one file");
		return -1;
	}
	return 0;
}

int command_check(const struct command *c, const struct session *s)
{
	const struct options *o = &s->opt;
	const char *wrong = NULL;

	if (o->partition && !c->takes_partition)
		wrong = "-p";
	if (o->vp && !c->takes_vp)
		wrong = "--vp";
	if (o->vtl && !c->takes_vp)
		wrong = "-l";
	if (o->code && !c->takes_code)
		wrong = "--code";
	if (o->lp && !c->takes_lp)
		wrong = "--lp";
	if (o->cpu && !c->takes_cpu)
		wrong = "--cpu";
	if (o->tail && !c->takes_log)
		wrong = "--tail";
	if (o->level && !c->takes_log)
		wrong = "--level";
	if (o->signature && !c->takes_signature)
		wrong = "--signature";
	if (o->html && (!c->takes_html || o->json || o->signature))
		wrong = "--html";
	if (o->all && !c->takes_all)
		wrong = "-a";
	if (wrong) {
		complain(s, "%s: takes no %s", c->name, wrong);
		return -1;
	}
	return check_files(c, s);
}

/* The files of a split dump are opened as one. */
static int open_file(struct session *s, const char **paths, int nr)
{
	struct hvd_error err;

	s->input = nr > 1 ? hvd_input_open_parts(paths, (size_t)nr, &err)
			  : hvd_input_open(paths[0], &err);
	if (s->input)
		s->dump = hvd_dump_create(s->input->notes, s->input->notes_size,
					  s->input->machine, &err);
	if (s->dump)
		return 0;
	complain(s, "%s", err.text);
	return -1;
}

static void close_file(struct session *s)
{
	code_close(s);
	stops_close(s);
	session_kernel_close(s);
	hvd_dump_destroy(s->dump);
	hvd_input_close(s->input);
	s->dump = NULL;
	s->input = NULL;
}

/* Of several files of one crash, the first that holds hypervisor state. */
static int open_files(struct session *s)
{
	int i;

	if (are_parts(s, 0))
		return open_file(s, s->args, s->nr_args);
	for (i = 0; i < s->nr_args; i++) {
		if (open_file(s, &s->args[i], 1))
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

	if (c->takes_page)
		s->page = s->args[--s->nr_args];
	if (c->takes_words) {
		int files = count_files(s);

		s->words = s->args + files;
		s->nr_words = s->nr_args - files;
		s->nr_args = files;
	}
	if (open_files(s))
		return STATUS_FAILED;
	if (c->of_linux)
		return c->run(s);
	found = session_status(s, &why);
	status = session_select(s);
	if (status == STATUS_DONE)
		status = c->run(s);
	if (status != STATUS_DONE)
		return status;
	if (found != STATUS_DONE && !s->opt.quiet)
		complain(s, "%s: %s", s->input->path, why.text);
	return found;
}

int command_run(const struct command *c, struct session *s)
{
	int status = c->needs_file ? run_on_files(c, s) : c->run(s);

	close_file(s);
	return status;
}
