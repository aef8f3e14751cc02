/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The collector's steps, in the order in which they are taken. */
#ifndef HVDUMP_COLLECT_H
#define HVDUMP_COLLECT_H

#include "input.h"
#include "manifest.h"
#include "options.h"

/** All that the steps work on. */
struct collector {
	struct options options;
	struct manifest manifest;
	struct hvd_input *input;	/* NULL: not open */
	struct hvd_error input_error;	/* why it could not be opened */
	const uint8_t *notes;	/* @input's, or @own_notes */
	uint64_t notes_size;
	uint8_t *own_notes;	/* the input's and those of --notes */
	char *dir;		/* the result's path */
	int dirfd;
};

/**
 * step_gather() - open the vmcore, put its notes and those of --notes together
 * Fills in the manifest's source and summary. Never fails: what cannot be read
 * is said.
 */
void step_gather(struct collector *c);

/**
 * step_notes() - hvdump.elf, safe before anything else is begun
 * Gives back the notes' memory: makedumpfile will want it.
 */
void step_notes(struct collector *c);

/** free_notes() - release what step_gather() holds, if it still does */
void free_notes(struct collector *c);

/** step_versions() - which tools there are */
void step_versions(struct collector *c);

/** step_dmesg() - vmcore-dmesg.txt, by makedumpfile */
void step_dmesg(struct collector *c);

/** step_report() - report.txt and report.json, by hvdump */
void step_report(struct collector *c);

/** step_vmcore() - vmcore, by makedumpfile */
void step_vmcore(struct collector *c);

#endif /* HVDUMP_COLLECT_H */
