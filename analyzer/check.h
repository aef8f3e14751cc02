/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a dump hold together? The file's checksums, what is missing, and the two
 * views compared: the note's (the hypervisor's), and the driver's (Linux's).
 *
 * A family of checks is a file check_NAME.c with one function, which is named
 * below and in check.c's list. Each check that it makes says what it found.
 */
#ifndef HVDUMP_ANALYZER_CHECK_H
#define HVDUMP_ANALYZER_CHECK_H

#include "driver.h"
#include "memory.h"
#include "session.h"

enum check_state {
	CHECK_OK,
	CHECK_DIFFERS,
	CHECK_UNKNOWN, /* it could not be made: the text says why */
};

#define CHECK_EVIDENCE 8

/** One check that was made. */
struct check {
	const char *id;
	enum check_state state;
	char text[256];
	char *evidence[CHECK_EVIDENCE]; /* a line for each difference; owned */
	size_t nr_evidence;
	uint64_t differences; /* those without a line of their own, too */
};

/** All of them, and what they look at. */
struct checks {
	struct session *session;
	const struct hvd_dump *note;
	bool has_driver; /* the driver is there, and could be read */
	struct driver driver;
	struct hvd_error no_driver; /* else: why not */
	struct memory memory;
	struct check *at;
	size_t nr;
	bool no_memory;
};

/** check_begin() - a new check; it is OK as long as nothing differs */
void check_begin(struct checks *c, const char *id);

/** check_differs() - a difference, in one line, found by the check begun last */
void check_differs(struct checks *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** check_unknown() - the check begun last could not be made, and why */
void check_unknown(struct checks *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * check_end() - what the check begun last found, as a sentence
 * It stands there whether anything differs or not; how much does is added.
 */
void check_end(struct checks *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * check_both() - begin a check that compares the two views
 * False: it cannot be made, since one of them is missing.
 */
bool check_both(struct checks *c, const char *id);

/* The families, in the order in which they are shown. */
void check_file(struct checks *c);
void check_complete(struct checks *c);
void check_identity(struct checks *c);
void check_partitions(struct checks *c);
void check_vps(struct checks *c);
void check_state_pages(struct checks *c);
void check_registers(struct checks *c);
void check_regions(struct checks *c);

/** checks_make() - make all; release with checks_free() */
void checks_make(struct session *s, struct checks *c);
void checks_free(struct checks *c);

const char *check_state_name(enum check_state state);

#endif /* HVDUMP_ANALYZER_CHECK_H */
