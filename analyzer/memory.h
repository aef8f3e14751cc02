/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pages that a dump refers to: where their bytes are, and whose they are. */
#ifndef HVDUMP_ANALYZER_MEMORY_H
#define HVDUMP_ANALYZER_MEMORY_H

#include <jansson.h>

#include "physmem.h"
#include "session.h"

/** The files that may hold a page. */
struct memory {
	struct hvd_physmem *file; /* the input's own; NULL: see @why */
	struct hvd_error why;
	struct hvd_physmem *vmcore; /* that lies beside it; or NULL */
	char *vmcore_path;
};

/** Where the bytes of a page are. */
enum page_state {
	PAGE_IN_NOTE,	/* the note holds a copy */
	PAGE_IN_FILE,	/* the input itself has it */
	PAGE_IN_VMCORE, /* the vmcore in the same directory has it */
	PAGE_GUARDED,	/* not tried: the hypervisor guards it */
	PAGE_UNREAD,	/* the collector could not read it */
	PAGE_ABSENT,	/* it is nowhere in what was given */
	PAGE_UNKNOWN,	/* the file's memory could not be opened */
};

/**
 * memory_open() - open the input's memory
 * Where a directory was given, also that of the vmcore in it. Never fails: what
 * cannot be opened has no pages, and @why says why. Close it again.
 */
void memory_open(const struct session *s, struct memory *m);
void memory_close(struct memory *m);

/**
 * memory_zeroed() - has the vmcore zeros in the place of this page?
 * The hypervisor guarded it: what was in it is not known.
 */
bool memory_zeroed(const struct session *s, uint64_t pfn);

/** memory_state() - of the page of number @pfn */
enum page_state memory_state(const struct session *s, const struct memory *m,
			     uint64_t pfn);

/**
 * memory_read_physical() - from the file itself, else from the vmcore beside it
 * As hvd_physmem_read(). What the note knows of the page is not asked for.
 */
enum hvd_read memory_read_physical(const struct memory *m, uint64_t address,
				   void *buf, size_t size,
				   struct hvd_error *err);

/**
 * memory_read_whole() - the first @size bytes of a page, as they were: a copy of
 * all of them in the note, the file, the vmcore
 * Returns 0, or -1 when they are nowhere, damaged or guarded.
 */
int memory_read_whole(const struct session *s, const struct memory *m,
		      uint64_t pfn, void *buf, size_t size);

/**
 * memory_read() - the same; where they are nowhere, a copy of some of them, the
 * others zero
 */
int memory_read(const struct session *s, const struct memory *m, uint64_t pfn,
		void *buf, size_t size);

/** page_state_name() - "note", "file", ...; constant */
const char *page_state_name(enum page_state state);

/** page_reason() - why a gap's pages were not read, of REASON_SIZE bytes */
#define REASON_SIZE 80
const char *page_reason(char *buf, uint32_t error);

/**
 * page_owner() - "partition 0x102, VP 1, VTL 0", of OWNER_SIZE bytes
 */
#define OWNER_SIZE 96
const char *page_owner(char *buf, const struct hvd_page *page);

/** page_kind() - its name, or its number in @buf of NAME_SIZE bytes */
const char *page_kind(char *buf, const struct hvd_page *page);

/** copy_use() - a copy's own words on what its page is */
struct hvd_page copy_use(const struct hvd_dump_copy *copy);

/** page_json() - kind, owner and flags of a page, as members of an object */
json_t *page_json(const struct hvd_page *page);

#endif /* HVDUMP_ANALYZER_MEMORY_H */
