/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who owns which memory, out of all that a dump says of it: the notes' page
 * records, copies and gaps, the regions that the mshv driver gave its guests,
 * the hypervisor's image.
 */
#ifndef HVDUMP_OWNERSHIP_H
#define HVDUMP_OWNERSHIP_H

#include "host.h"

/*
 * Pages of guests, and of the image, that are looked up: 64 GiB. What lies
 * behind them is counted in @left_out, not shown.
 */
#define OWNERSHIP_WALK (UINT64_C(1) << 24)

/** What says so. */
enum evidence {
	EVIDENCE_PAGE,	 /* a page record of the notes refers to it */
	EVIDENCE_MEMORY, /* a memory record has a copy, and names its owner */
	EVIDENCE_UNREAD, /* a collector wanted it; whose it is, nothing says */
	EVIDENCE_REGION, /* struct mshv_mem_region: a guest's memory */
	EVIDENCE_IMAGE,	 /* the hypervisor's page tables map its image there */
};

/** Pages that follow one another, of one use and in one state. */
struct ownership_range {
	struct hvd_page use; /* of the first; of no kind: see @evidence */
	uint64_t pages;
	enum evidence evidence;
	/* EVIDENCE_REGION: the guest's first page (GFN); EVIDENCE_IMAGE: which
	 * page of the image it is, from its base. */
	uint64_t at;
	bool overlap; /* another owner has some of its pages, too */
	enum page_state state;
	uint32_t error; /* where it is PAGE_UNREAD */
};

struct ownership {
	struct ownership_range *at; /* by number of the first page */
	size_t nr, room;
	size_t overlaps;   /* ranges of which @overlap is true */
	uint64_t left_out; /* pages that were not looked up */
};

/**
 * ownership_get() - collect all of it; -1: no memory
 * Linux's objects and the hypervisor's image are looked for where the dump has
 * their memory; where it has not, their ranges are not there. Free it in either
 * case.
 */
int ownership_get(struct host *host, struct ownership *o);

/**
 * ownership_find() - the same, of one page alone
 * The driver and the image, which take their time, are asked where the notes do
 * not know the page, or @all evidence is wanted.
 */
int ownership_find(struct host *host, uint64_t pfn, bool all,
		   struct ownership *o);
void ownership_free(struct ownership *o);

/** ownership_known() - is it told whose the range is? */
bool ownership_known(const struct ownership_range *r);

/** ownership_kind() - "sim", "guest-region", ...; @buf of NAME_SIZE bytes */
const char *ownership_kind(char *buf, const struct ownership_range *r);

/** ownership_evidence() - the record or structure that says so; constant */
const char *ownership_evidence(const struct ownership_range *r);

/** ownership_place() - "GPA 0x5000", "+0x3000", ""; @buf of NAME_SIZE bytes */
const char *ownership_place(char *buf, const struct ownership_range *r);

/** ownership_json() - kind, owner, flags, evidence and place, as members of an object */
json_t *ownership_json(const struct ownership_range *r);

#endif /* HVDUMP_OWNERSHIP_H */
