// SPDX-License-Identifier: GPL-2.0-or-later
/* Asking hvdump-kernel: see helper.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "helper.h"

#define INSTALLED	PKGLIBEXECDIR "/" HELPER
/* 20 MiB for types, a bit for each page of guests and of the dump. */
#define MEMORY		((size_t)256 << 20)

void helper_run(struct helper *h, const char *argv[], unsigned int seconds)
{
	struct child child = { .argv = argv, .seconds = seconds,
			       .memory = MEMORY };
	struct child_end end;

	memset(h, 0, sizeof(*h));
	if (access(INSTALLED, X_OK) == 0)
		argv[0] = INSTALLED;
	if (child_output(&child, h->said, sizeof(h->said), &end) == 0)
		return;
	h->failed = true;
	h->said[0] = '\0';
	child_describe(&end, h->how, sizeof(h->how));
}

/* What stands behind "NAME " in a line of its own; NULL: there is none. */
static const char *find(const struct helper *h, const char *name)
{
	const char *line = h->said;
	size_t n = strlen(name);

	while (line && *line) {
		if (!strncmp(line, name, n) && line[n] == ' ')
			return line + n + 1;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

uint64_t helper_number(const struct helper *h, const char *name)
{
	const char *value = find(h, name);

	return value ? strtoull(value, NULL, 10) : 0;
}

const char *helper_text(struct helper *h, const char *name)
{
	const char *value = find(h, name);

	snprintf(h->line, sizeof(h->line), "%.*s",
		 value ? (int)strcspn(value, "\n") : 0, value ? value : "");
	return h->line;
}
