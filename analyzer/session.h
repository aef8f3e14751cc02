/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of hvdump: what was asked for, and what was opened. */
#ifndef HVDUMP_SESSION_H
#define HVDUMP_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "capture.h"
#include "error.h"
#include "input.h"

enum {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NO_STATE = 3,
	STATUS_DAMAGED = 4,
};

/** What stands on the command line. */
struct options {
	bool json;
	bool no_headings;
	bool quiet;
	bool verbose;
	bool all;
	const char *columns;   /* -o; NULL: the command's own */
	const char *partition; /* -p; NULL: every one */
	const char *vp;	       /* --vp */
	const char *vtl;       /* -l */
	const char *cpu;       /* --cpu */
	const char *tail;      /* --tail; NULL: all */
	const char *level;     /* --level; NULL: every one */
	const char *vmlinux;   /* --vmlinux */
	const char *debuginfo; /* --debuginfo */
	bool signature;	       /* --signature */
	bool code;	       /* --code */
	const char *lp;	       /* --lp */
	const char *html;      /* --html; NULL: text */
	bool debuginfod;       /* --debuginfod: servers may be asked */
};

/** Which VPs a command shows: a part of the dump, from -p, --vp and -l. */
struct selection {
	const struct hvd_dump_partition *partition; /* NULL: every one */
	bool has_vp;
	uint32_t vp;
	bool has_vtl;
	uint16_t vtl;
};

struct session {
	struct options opt;
	struct selection sel;
	const char **args; /* behind the command */
	int nr_args;
	const char *page; /* that a command asks for, behind the file */
	const char **words; /* addresses, behind the file */
	int nr_words;
	struct hvd_input *input; /* NULL for commands without FILE */
	struct hvd_dump *dump;
	struct hvd_input *vmcore;  /* for kernel_open.c: beside the input */
	struct hvd_kernel *kernel; /* of session_kernel(), once it was asked */
	struct stops *stops;	   /* of stops.c, once it was asked */
	struct code_reader *code;  /* of code.c, likewise */
	FILE *out;
	FILE *err;	    /* remarks and complaints, a line each ... */
	const char *prefix; /* ... that begins with this */
};

/** A command; they are listed in commands.c. */
struct command {
	const char *name;
	const char *synopsis; /* behind the name */
	const char *text;
	int (*run)(struct session *s); /* a STATUS_; DONE: the dump's own */
	bool needs_file;
	bool many_files;
	bool takes_partition;
	bool takes_vp;
	bool takes_all;
	bool takes_page; /* behind the file */
	bool takes_words; /* one or more, behind the file */
	bool takes_cpu;
	bool takes_signature;
	bool takes_lp;
	bool takes_code;
	bool writes; /* OUT, behind the file, is a new file */
	bool takes_html;
	bool takes_log; /* --tail, --level */
	bool of_linux; /* needs the kernel's memory, not the notes */
	bool in_crash; /* the crash extension has it too */
};

int cmd_abi(struct session *s);
int cmd_check(struct session *s);
int cmd_diff(struct session *s);
int cmd_driver(struct session *s);
int cmd_hypervisor(struct session *s);
int cmd_info(struct session *s);
int cmd_kernel_log(struct session *s); /* crash has a cmd_log() */
int cmd_messages(struct session *s);
int cmd_notes(struct session *s);
int cmd_page(struct session *s);
int cmd_pages(struct session *s);
int cmd_partitions(struct session *s);
int cmd_redact(struct session *s);
int cmd_regs(struct session *s);
int cmd_report(struct session *s);
int cmd_state(struct session *s);
int cmd_stats(struct session *s);
int cmd_stacks(struct session *s);
int cmd_translate(struct session *s);
int cmd_vps(struct session *s);

/** complain() - one line on @err, behind the session's prefix */
void complain(const struct session *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** parse_number() - a whole decimal or 0x-hex string, up to @max; else -1 */
int parse_number(const char *text, uint64_t max, uint64_t *value);

/**
 * session_select() - check -p, --vp and -l and look them up
 * Returns STATUS_DONE, or has complained.
 */
int session_select(struct session *s);

/**
 * session_status() - the exit status that the dump asks for
 * @why is set to one line that says why it is not STATUS_DONE.
 */
int session_status(const struct session *s, struct hvd_error *why);

#endif /* HVDUMP_SESSION_H */
