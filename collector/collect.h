/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The collector's steps, in the order in which they are taken. */
#ifndef HVDUMP_COLLECT_H
#define HVDUMP_COLLECT_H

#include "core.h"
#include "input.h"
#include "loads.h"
#include "manifest.h"
#include "options.h"
#include "unread.h"

/** All that the steps work on. */
struct collector {
	struct options options;
	struct manifest manifest;
	struct hvd_input *input;	/* NULL: not open */
	struct hvd_error input_error;	/* why it could not be opened */
	struct hvd_loads *memory;	/* the same file's; NULL: has none */
	struct hvd_error memory_error;
	const uint8_t *notes;	/* @input's, or @own_notes */
	uint64_t notes_size;
	uint8_t *own_notes;	/* the input's and those of --notes */
	char release[72];	/* of the crashed kernel; empty: not known */
	uint64_t source_size;	/* bytes; 0: not known */
	struct unread unread;	/* pages that the hypervisor guards */
	char *dir;		/* the result's path */
	int dirfd;
	int stream_fd;		/* where --stream writes; else -1 */
};

/**
 * step_gather() - open the vmcore, put its notes and those of --notes together
 * Fills in the manifest's source and summary. Never fails: what cannot be read
 * is said.
 */
void step_gather(struct collector *c);

/**
 * load_guard() - have hvdump_vmcore.ko loaded, before /proc/vmcore is opened
 * Nothing is said where that cannot be: step_unread() tells.
 */
void load_guard(struct collector *c);

/** step_unread() - which pages of the vmcore the hypervisor guards */
void step_unread(struct collector *c);

/** step_notes() - hvdump.elf, safe before anything else is begun */
void step_notes(struct collector *c);

/**
 * step_pages() - hvdump.elf once more, with the pages that the notes refer to
 * The first one is replaced only when the second is whole. Gives back the
 * memory of the notes: makedumpfile will want it.
 */
void step_pages(struct collector *c);

/** free_notes() - release what step_gather() holds, if it still does */
void free_notes(struct collector *c);

/** elf_machine() - e_machine for hvdump.elf */
uint16_t elf_machine(const struct collector *c);

/**
 * elf_check() - read the partial file back
 * Is it what every reader will take for these notes? -1, with @err set: no.
 */
int elf_check(const struct collector *c, const struct save_file *f,
	      const struct core *core, struct hvd_error *err);

/** step_versions() - which tools there are */
void step_versions(struct collector *c);

/** step_dmesg() - vmcore-dmesg.txt, by makedumpfile, or else by hvdump */
void step_dmesg(struct collector *c);

/** step_report() - report.txt and report.json, by hvdump */
void step_report(struct collector *c);

/** step_guests() - see to it that guests' memory stays out of the vmcore */
void step_guests(struct collector *c);

/** step_vmcore() - vmcore, by makedumpfile; checked when it is done */
void step_vmcore(struct collector *c);

/** vmcore_may_save() - or is guests' memory to stay out, and cannot? It is said */
bool vmcore_may_save(struct collector *c);

/** vmcore_stream_argv() - makedumpfile's command line for --stream */
void vmcore_stream_argv(struct collector *c, const char *argv[]);

/** step_stream() - all that was saved, and the vmcore, into the stream */
void step_stream(struct collector *c);

/** stream_begin() - standard output becomes the stream; -1: it cannot */
int stream_begin(struct collector *c);

/** stream_tidy() - remove the folder that the small files were made in */
void stream_tidy(struct collector *c);

/** step_prune() - remove old dumps beyond what the options allow */
void step_prune(struct collector *c);

/** partial_path() - DIR/NAME.partial, for a child's command line; to be freed */
char *partial_path(const struct collector *c, enum manifest_file_id id);

/** child_failed() - there is no such file, or half of one, because of a child */
void child_failed(struct collector *c, enum manifest_file_id id,
		  const char *who, const struct child_end *end);

/** take_file() - a child is done with its file: sync it, give it its name */
void take_file(struct collector *c, enum manifest_file_id id, bool checksum);

#endif /* HVDUMP_COLLECT_H */
