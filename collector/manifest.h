/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifest.json: which files there are, how complete they are, and why not.
 * It is described by doc/schema/manifest.schema.json and hvdump-collect(8):
 * whoever adds a key, looks there too.
 */
#ifndef HVDUMP_MANIFEST_H
#define HVDUMP_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "child.h"
#include "digest.h"
#include "options.h"
#include "save.h"
#include "space.h"
#include "summary.h"
#include "vmcore_check.h"

#define MANIFEST_NAME		"manifest.json"
#define MANIFEST_SCHEMA		"hvdump-manifest/1"

/* Exit statuses besides 0: a contract with whoever runs the collector. */
#define EXIT_NOTHING		1	/* nothing is saved */
#define EXIT_INCOMPLETE		4	/* something is missing */

#define MANIFEST_MESSAGES	32
#define MANIFEST_REMOVED	32

enum manifest_file_id {
	FILE_ELF,
	FILE_DMESG,
	FILE_REPORT,
	FILE_REPORT_JSON,
	FILE_VMCORE,
	NR_FILES
};

enum file_state {
	STATE_MISSING,		/* there is no such file, under any name */
	STATE_PARTIAL,		/* NAME.partial may be there, not finished */
	STATE_COMPLETE,		/* NAME is there, whole */
};

struct manifest_file {
	const char *name;
	bool wanted;		/* false: it was not asked for */
	enum file_state state;
	uint64_t size;		/* of a complete file */
	char sha256[DIGEST_HEX];	/* empty: not computed */
	int64_t ms;		/* when it was complete; -1: it is not */
	char why[256];		/* it is not complete; or what to know of it */
};

/** By which road the hypervisor's notes came. */
enum road {
	ROAD_NONE,		/* there are none */
	ROAD_NOTES,		/* among the vmcore's own notes */
	ROAD_COMMAND_LINE,	/* by the chunk table: hvdump= */
	ROAD_OPTION,		/* by --notes */
};

/** What was read. */
struct manifest_source {
	enum road road;
	bool open;			/* false: the rest is not known */
	const char *format;		/* a constant string */
	uint64_t notes_size;		/* bytes */
	char damage[256];		/* empty: none */
};

enum pages_state {
	PAGES_PENDING,	/* not yet; hvdump.elf may be replaced by one with */
	PAGES_NONE,	/* none are referenced, or none were asked for */
	PAGES_DONE,	/* hvdump.elf has what could be read */
	PAGES_FAILED,	/* it has none: @why */
};

/** The pages of memory that the notes refer to; each counts once. */
struct manifest_pages {
	enum pages_state state;
	bool known;		/* false: nobody has counted them */
	uint64_t referenced;
	uint64_t copied;	/* in hvdump.elf */
	uint64_t in_notes;	/* not needed: the notes have them */
	uint64_t guarded;	/* not tried: the hypervisor guards them */
	uint64_t absent;	/* not in the dump's memory */
	uint64_t failed;	/* reading them failed */
	uint64_t beyond;	/* references to more than may be copied */
	bool unsafe;		/* the directory could not be synced */
	int64_t ms;		/* when they were safe; -1: they are not */
	char why[256];
};

enum guests_state {
	GUESTS_PENDING,		/* not looked at yet */
	GUESTS_KEPT,		/* as the options ask */
	GUESTS_FILTERED,	/* makedumpfile leaves user pages out */
	GUESTS_NONE,		/* there are none */
	GUESTS_EXCLUDED,	/* readers of the vmcore see zeros */
	GUESTS_UNPROTECTED,	/* @why: could not be kept out that way */
};

/** What becomes of guests' memory in the vmcore. */
struct manifest_guests {
	enum guests_state state;
	uint64_t partitions;
	uint64_t pages, ranges;
	int64_t ms;		/* when that was done; -1: it was not */
	char why[256];
};

enum unread_state {
	UNREAD_PENDING,
	UNREAD_UNKNOWN,	/* nobody has looked: @why */
	UNREAD_NONE,	/* no hypervisor guards anything */
	UNREAD_LISTED,	/* hvdump.elf lists them, if there are any */
	UNREAD_PARTIAL,	/* it lists some: @why */
};

/** Pages of the vmcore that the hypervisor guards. */
struct manifest_unread {
	enum unread_state state;
	uint64_t pages;
	uint64_t ranges;
	int64_t ms;		/* when that was known; -1: it is not */
	char why[256];
};

/** All that manifest.json says. */
struct manifest {
	struct manifest_file files[NR_FILES];
	const struct options *options;
	struct manifest_source source;
	bool has_summary;
	struct summary summary;
	struct manifest_pages pages;
	struct manifest_unread unread;
	bool lost_chunks;		/* of --notes: some were not read */
	struct manifest_guests guests;
	bool dumped;			/* makedumpfile ran, @dump is set */
	struct child_end dump;
	const char *dump_words[OPTIONS_WORDS + 3];	/* its options */
	size_t nr_dump_words;
	char dump_level[16];		/* one of them */
	struct space space;		/* before it ran */
	bool estimated;			/* @needed is known */
	uint64_t needed;		/* bytes, by its estimate */
	bool checked;			/* @check is of the finished vmcore */
	struct vmcore_check check;
	char *removed[MANIFEST_REMOVED];	/* older dumps */
	unsigned int nr_removed;
	char makedumpfile_version[64];
	char hvdump_version[64];
	time_t started;
	struct timespec started_mono;
	bool finished;
	int exit_status;
	char *messages[MANIFEST_MESSAGES];
	unsigned int nr_messages;
	struct save_file next;		/* what the next version goes into */
};

/** manifest_init() - nothing is saved yet */
void manifest_init(struct manifest *m, const struct options *o);

/** manifest_free() - release what manifest_say() allocated */
void manifest_free(struct manifest *m);

/** manifest_ms() - milliseconds since manifest_init() */
int64_t manifest_ms(const struct manifest *m);

/**
 * manifest_say() - one line to the console and to the manifest's messages
 */
void manifest_say(struct manifest *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * manifest_set() - a file is not complete, and why
 * The same line goes to the console when the file was wanted.
 */
void manifest_set(struct manifest *m, enum manifest_file_id id,
		  enum file_state state, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** manifest_complete() - a file has its final name and these bytes */
void manifest_complete(struct manifest *m, enum manifest_file_id id,
		       uint64_t size, const char *sha256);

/** manifest_replaced() - a complete file was replaced by a better one */
void manifest_replaced(struct manifest *m, enum manifest_file_id id,
		       uint64_t size, const char *sha256);

/** manifest_pages_failed() - there will be no pages in hvdump.elf, and why */
void manifest_pages_failed(struct manifest *m, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** manifest_verdict() - the exit status that the files' states add up to */
int manifest_verdict(const struct manifest *m);

/**
 * manifest_write() - put the present state in place of manifest.json
 * At every moment there is either the old or the new version. Room for the
 * next version is set aside at once, so that a vmcore that fills the file
 * system does not keep the manifest from saying so. Returns -1, said on
 * stderr, if the old version had to stay.
 */
int manifest_write(struct manifest *m, int dirfd);

#endif /* HVDUMP_MANIFEST_H */
