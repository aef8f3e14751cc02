/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts about one subject, as names and values in rows, so that each subject
 * takes no more than its own reading, and is shown and written like all others.
 */
#ifndef HVDUMP_VIEW_H
#define HVDUMP_VIEW_H

#include "object.h"

enum hvd_fact_kind {
	HVD_FACT_COUNT,
	HVD_FACT_HEX32,
	HVD_FACT_HEX64, /* addresses, ids, masks */
	HVD_FACT_FLAG,	/* is it so? */
	HVD_FACT_TEXT,
};

/** One fact. */
struct hvd_fact {
	size_t row;
	const char *name; /* constant */
	enum hvd_fact_kind kind;
	bool known;
	uint64_t value;
	char text[48]; /* may come from the dump as it is */
};

/** One subject. All rows have the same facts in the same order. */
struct hvd_view {
	const char *name;  /* as in JSON */
	const char *title; /* for people */
	bool is_list;	   /* a row a thing; else there is one row at most */
	struct hvd_fact *facts;
	size_t nr_facts;
	size_t nr_rows;
	bool absent; /* this kernel has no such thing: see @why */
	struct hvd_error why; /* what is missing of it; or empty */
	bool no_memory;
};

/** hvd_view_row() - begin a row */
void hvd_view_row(struct hvd_view *v);

/** hvd_view_fact() - a number, a mask, an answer; @known: else it is none */
void hvd_view_fact(struct hvd_view *v, const char *name,
		   enum hvd_fact_kind kind, bool known, uint64_t value);

/** hvd_view_text() - a word or a few; NULL: not known */
void hvd_view_text(struct hvd_view *v, const char *name, const char *text);

/** hvd_view_member() - what a member of @o says */
void hvd_view_member(struct hvd_view *v, const struct hvd_object *o,
		     const char *path, const char *name,
		     enum hvd_fact_kind kind);

/** hvd_view_enum() - the name of a member's value, of "enum @type" */
void hvd_view_enum(struct hvd_view *v, const struct hvd_object *o,
		   const char *path, const char *name, const char *type);

/** hvd_view_absent() - the subject is none of this kernel's; always 0 */
int hvd_view_absent(struct hvd_view *v, const char *why);

void hvd_view_free(struct hvd_view *v);

#endif /* HVDUMP_VIEW_H */
