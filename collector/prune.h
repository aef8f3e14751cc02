/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directories that collectors made. One is ours only if it has a manifest of
 * ours and no file beside those that a collector makes: nothing else is touched.
 */
#ifndef HVDUMP_PRUNE_H
#define HVDUMP_PRUNE_H

#include <stddef.h>
#include <stdint.h>

/* More are not looked at. */
#define PRUNE_MAX	1024

/** What may stay. */
struct prune_limits {
	uint64_t dumps;		/* 0: any number */
	uint64_t bytes;		/* 0: any size */
	const char *present;	/* the name of the newest, which always stays */
	unsigned int spare;	/* so many of the newest of the others stay, too */
};

/**
 * prune() - remove the oldest of @output's dumps until the limits hold
 * How old a dump is says its manifest. @removed is called with each name.
 */
void prune(const char *output, const struct prune_limits *limits,
	   void (*removed)(void *arg, const char *name), void *arg);

/** A dump, as its manifest has it. */
struct prune_dump {
	char name[256];
	char started[32];	/* UTC, ISO 8601: sorts as text */
	uint64_t bytes;
	int exit;		/* of its collector; -1: it did not finish */
};

/**
 * prune_list() - all dumps in an open directory, the newest first
 * Returns an array to be freed, of @nr; NULL: no memory.
 */
struct prune_dump *prune_list(int output_fd, size_t *nr);

/**
 * prune_remove_own() - remove a directory that this process has made, with all
 * that is in it, a manifest or not; -1: something could not be removed
 */
int prune_remove_own(int output_fd, const char *name);

#endif /* HVDUMP_PRUNE_H */
