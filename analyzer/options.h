/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking options from a command line. */
#ifndef HVDUMP_OPTIONS_H
#define HVDUMP_OPTIONS_H

#include "session.h"

enum {
	OPTIONS_TAKEN = 0,
	OPTIONS_WRONG = -1,
	OPTIONS_HELP = 'h',
	OPTIONS_VERSION = 'V',
};

/**
 * options_parse() - take the options, wherever they stand
 * The words that are none stand at the end of @argv afterwards, from optind on.
 * @o refers to the strings of @argv. Returns an OPTIONS_; of a wrong option
 * getopt_long() has told on stderr.
 */
int options_parse(struct options *o, int argc, char **argv);

#endif /* HVDUMP_OPTIONS_H */
