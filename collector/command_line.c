// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's command line: see command_line.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "command_line.h"

/* The longest command line of any architecture, and more. */
#define MAX_CMDLINE	16384

#define KEY		"hvdump="

static bool read_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return false;
	n = fread(line, 1, size - 1, f);
	fclose(f);
	line[n] = '\0';
	return true;
}

int command_line_table(const char *path, struct chunk_range *where,
		       struct hvd_error *err)
{
	char line[MAX_CMDLINE], *save = NULL, *word;
	const char *value = NULL;

	if (!read_line(path, line, sizeof(line)))
		return 0;
	for (word = strtok_r(line, " \t\n", &save); word;
	     word = strtok_r(NULL, " \t\n", &save))
		if (!strncmp(word, KEY, strlen(KEY)))
			value = word + strlen(KEY);
	if (!value)
		return 0;
	if (!options_range(&value, where) || *value)
		return hvd_error_set(err, "is no ADDRESS:LENGTH");
	return 1;
}
