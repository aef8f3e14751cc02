/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/hvdump.conf: what a site wants, in lines KEY = VALUE; hvdump.conf(5). */
#ifndef HVDUMP_CONFIG_FILE_H
#define HVDUMP_CONFIG_FILE_H

#include "options.h"

#define CONFIG_FILE	"/etc/hvdump.conf"

/* More than this is no configuration file. */
#define CONFIG_MAX	65536

/**
 * config_read() - take a configuration file's settings over into @o
 * @must: say so if it is not there. A line that makes no sense is left out, and
 * options_complain() keeps one line about it: nothing in this file ever keeps
 * a dump from being saved.
 */
void config_read(struct options *o, const char *path, bool must);

#endif /* HVDUMP_CONFIG_FILE_H */
