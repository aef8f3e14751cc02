/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVDUMP_OPTIONS_H
#define HVDUMP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_CHUNKS	64	/* of --notes */
#define OPTIONS_WORDS	64	/* of --makedumpfile */
/* More bytes of notes than that would not fit into a crash kernel (twice). */
#define OPTIONS_NOTES_MAX	(UINT64_C(64) << 20)

/** A piece of memory that holds notes. */
struct chunk_range {
	uint64_t address;	/* physical */
	uint64_t size;		/* bytes */
};

/** What the command line says. */
struct options {
	const char *vmcore;
	const char *output;
	const char *cmdline;			/* the kernel's, as a file */
	const char *guard;			/* hvdump_vmcore.ko's folder */
	const char *name;			/* NULL: make one up */
	const char *words[OPTIONS_WORDS + 1];	/* makedumpfile's options */
	size_t nr_words;
	struct chunk_range chunks[OPTIONS_CHUNKS];
	size_t nr_chunks;
	size_t max_pages;			/* that hvdump.elf may have */
	bool save_vmcore;
	bool report;
	bool checksum;				/* of the vmcore, too */
	char *word_buffer;			/* what @words lead into */
};

enum options_verdict {
	OPTIONS_RUN,
	OPTIONS_DONE,	/* --help or --version: all is said */
	OPTIONS_WRONG,	/* what is wrong was said on stderr */
};

/** options_read() - read a command line; pointers in @o lead into @argv */
enum options_verdict options_read(struct options *o, int argc, char **argv);

/** options_free() - release what options_read() allocated */
void options_free(struct options *o);

/**
 * options_range() - read "ADDRESS:LENGTH" that ends at a comma or at the end
 * @p is moved behind it. The range is not empty and does not overflow.
 */
bool options_range(const char **p, struct chunk_range *c);

/** options_dump_level() - N of makedumpfile's -d N; -1: not said, or a list */
int options_dump_level(const struct options *o);

#endif /* HVDUMP_OPTIONS_H */
