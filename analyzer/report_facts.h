/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines at the top of a report: the file, the host, the capture. */
#ifndef HVDUMP_REPORT_FACTS_H
#define HVDUMP_REPORT_FACTS_H

#include "findings.h"
#include "session.h"

/** Takes one line: what it is about, and what is to be said of it. */
typedef void (*report_fact_fn)(const struct session *s, const char *label,
			       const char *text, void *arg);

/** report_facts() - all that are known, in the order in which they are read */
void report_facts(const struct session *s, report_fact_fn fn, void *arg);

/** report_answer() - what died, on one line: of ANSWER_SIZE bytes */
#define ANSWER_SIZE 160
const char *report_answer(const struct session *s, char *buf);

/**
 * report_says() - what died and why, a sentence each
 * The @i-th, which may be in @buf of SENTENCE_SIZE bytes: first report_answer(),
 * with the reason where it is known; then the findings that belong to it. NULL:
 * there are no more.
 */
#define SENTENCE_SIZE 416
const char *report_says(const struct session *s, const struct findings *f,
			size_t i, char *buf);

#endif /* HVDUMP_REPORT_FACTS_H */
