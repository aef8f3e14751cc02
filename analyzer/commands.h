/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands: looking one up, checking its usage, running it. */
#ifndef HVDUMP_COMMANDS_H
#define HVDUMP_COMMANDS_H

#include "session.h"

/** command_at() - the commands, counted from 0; NULL behind the last */
const struct command *command_at(size_t i);

/** command_find() - NULL if there is no such command (complained) */
const struct command *command_find(const struct session *s, const char *name);

/** command_check() - may it have these options and files? -1: complained */
int command_check(const struct command *c, const struct session *s);

/**
 * command_run() - open the files, write to @out what the command shows
 * Returns a STATUS_, has complained where it is not STATUS_DONE (less so with
 * -q), and has closed the files and released everything.
 */
int command_run(const struct command *c, struct session *s);

#endif /* HVDUMP_COMMANDS_H */
