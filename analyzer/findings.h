/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a report has to say, each with what it rests on. */
#ifndef HVDUMP_FINDINGS_H
#define HVDUMP_FINDINGS_H

#include <jansson.h>

#include "session.h"

#define MAX_FINDINGS 24
#define MAX_EVIDENCE 4

enum severity {
	SEVERITY_FATAL,
	SEVERITY_ERROR,
	SEVERITY_WARNING,
	SEVERITY_INFO,
};

/** Something to look at, and the command that shows it. */
struct evidence {
	char what[160];
	char command[160];
};

struct finding {
	const char *id;
	enum severity severity;
	char text[256];
	struct evidence evidence[MAX_EVIDENCE];
	size_t nr_evidence;
	uint64_t more; /* pieces of evidence beyond those */
};

struct findings {
	struct finding at[MAX_FINDINGS];
	size_t nr;
};

/** findings_get() - in the order of their weight */
void findings_get(const struct session *s, struct findings *f);

const char *severity_name(enum severity severity);
json_t *findings_json(const struct findings *f);

#endif /* HVDUMP_FINDINGS_H */
