/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVDUMP_OPTIONS_H
#define HVDUMP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_CHUNKS	64	/* of --notes */
#define OPTIONS_WORDS	64	/* of --makedumpfile */
#define OPTIONS_LEVELS	8	/* of levels = */
#define OPTIONS_COMPLAINTS	16
/* More bytes of notes than that would not fit into a crash kernel (twice). */
#define OPTIONS_NOTES_MAX	(UINT64_C(64) << 20)

/** A piece of memory that holds notes. */
struct chunk_range {
	uint64_t address;	/* physical */
	uint64_t size;		/* bytes */
};

/** What the configuration file and the command line say. */
struct options {
	const char *vmcore;
	const char *output;
	const char *config;			/* NULL: there was none */
	const char *cmdline;			/* the kernel's, as a file */
	const char *guard;			/* hvdump_vmcore.ko's folder */
	const char *exclude;			/* the module's file */
	const char *name;			/* NULL: make one up */
	const char *words[OPTIONS_WORDS + 1];	/* makedumpfile's options */
	size_t nr_words;
	bool fixed_words;			/* nothing is added to them */
	unsigned int levels[OPTIONS_LEVELS];	/* to be tried in turn */
	size_t nr_levels;			/* 0: the fitting one */
	struct chunk_range chunks[OPTIONS_CHUNKS];
	size_t nr_chunks;
	uint64_t max_pages;			/* that hvdump.elf may have */
	uint64_t time_limit;			/* seconds; 0: none */
	uint64_t keep_dumps;			/* 0: all */
	uint64_t keep_mib;			/* 0: all */
	uint64_t keep_free_mib;			/* on the target */
	bool save_vmcore;
	bool guest_memory;			/* keep it */
	bool guest_never;			/* rather no vmcore than that */
	bool check;				/* of the vmcore */
	bool report;
	bool checksum;				/* of the vmcore, too */
	bool offline;				/* a dump of another time */
	bool stream;				/* to standard output */
	bool if_state;				/* else do nothing */
	char *word_buffer;			/* what @words lead into */
	char *config_text;			/* what others may lead into */
	char *complaints[OPTIONS_COMPLAINTS];	/* about the file */
	size_t nr_complaints;
};

enum options_verdict {
	OPTIONS_RUN,
	OPTIONS_DONE,	/* --help or --version: all is said */
	OPTIONS_WRONG,	/* what is wrong was said on stderr */
};

/**
 * options_read() - read the configuration file, then the command line
 * Pointers in @o lead into @argv.
 */
enum options_verdict options_read(struct options *o, int argc, char **argv);

/** options_defaults() - what holds where nothing is said */
void options_defaults(struct options *o);

/** options_free() - release what options_read() allocated */
void options_free(struct options *o);

/** options_complain() - keep a line about the configuration file for later */
void options_complain(struct options *o, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * options_words() - makedumpfile's options, parted by blanks
 * @fixed: they are all of them; else a level is added. False: too many.
 */
bool options_words(struct options *o, const char *args, bool fixed);

/** options_levels() - "auto" or some of 0 to 255; false: it is neither */
bool options_levels(struct options *o, const char *text);

/**
 * options_range() - read "ADDRESS:LENGTH" that ends at a comma or at the end
 * @p is moved behind it. The range is not empty and does not overflow.
 */
bool options_range(const char **p, struct chunk_range *c);

/** options_dump_level() - N of the last -d N; -1: there is none, or a list */
int options_dump_level(const char *const *words, size_t nr_words);

#endif /* HVDUMP_OPTIONS_H */
