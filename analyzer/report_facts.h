/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines at the top of a report: the file, the host, the capture. */
#ifndef HVDUMP_REPORT_FACTS_H
#define HVDUMP_REPORT_FACTS_H

#include "session.h"

/** Takes one line: what it is about, and what is to be said of it. */
typedef void (*report_fact_fn)(const struct session *s, const char *label,
			       const char *text, void *arg);

/** report_facts() - all that are known, in the order in which they are read */
void report_facts(const struct session *s, report_fact_fn fn, void *arg);

/** report_answer() - what died, on one line: of ANSWER_SIZE bytes */
#define ANSWER_SIZE 160
const char *report_answer(const struct session *s, char *buf);

#endif /* HVDUMP_REPORT_FACTS_H */
