/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a report has to say, each with what it rests on. The rules that find it
 * are a file each in findings/, and a row of findings/table.c; doc/findings.md
 * has what each of them means.
 */
#ifndef HVDUMP_FINDINGS_H
#define HVDUMP_FINDINGS_H

#include <jansson.h>

#include "host.h"
#include "session.h"

/* Of one finding; what there is beyond them is counted. */
#define FINDING_EVIDENCE 64

enum severity {
	SEVERITY_FATAL,
	SEVERITY_ERROR,
	SEVERITY_WARNING,
	SEVERITY_INFO,
};

/** Something to look at, and the command that shows it. */
struct evidence {
	char what[192];
	char command[128];
};

struct finding {
	const char *id;
	enum severity severity;
	bool in_answer; /* it belongs to what died, and why */
	char text[256];
	const char *advice; /* what to do or to set the next time; or NULL */
	struct evidence *evidence;
	size_t nr_evidence;
	uint64_t more; /* pieces of evidence beyond those */
};

/** In the order of their weight; those of one weight as the table has them. */
struct findings {
	struct finding **at;
	size_t nr;
	bool no_memory; /* and so there is less than was found */
};

/** findings_get() - run all rules; release with findings_free() */
void findings_get(struct session *s, struct host *host, struct findings *f);
void findings_free(struct findings *f);

/** findings_has() - has a rule found something of this id? */
bool findings_has(const struct findings *f, const char *id);

const char *severity_name(enum severity severity);
json_t *findings_json(const struct findings *f);

#endif /* HVDUMP_FINDINGS_H */
