/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every byte that the collector keeps goes through here, so that no file ever
 * looks finished that is not: a file is written as NAME.partial, synced,
 * renamed to NAME, and then its directory is synced.
 */
#ifndef HVDUMP_SAVE_H
#define HVDUMP_SAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define SAVE_SUFFIX	".partial"
#define SAVE_NAME_MAX	64

/** A file on its way. Set up by save_open() or save_adopt(). */
struct save_file {
	int dirfd;			/* the caller's */
	int fd;				/* -1: closed */
	char name[SAVE_NAME_MAX];	/* the final one */
	char partial[SAVE_NAME_MAX + sizeof(SAVE_SUFFIX)];
	uint64_t size;			/* bytes written so far */
	uint64_t reserved;		/* bytes asked for in advance */
	bool replaces;			/* an older file of the same kind */
	bool in_place;			/* it has its final name */
};

/**
 * save_directory() - make a new directory OUTPUT/NAME, mode 0700
 * Directories above it are made when they are missing. Where NAME is taken, a
 * suffix is added: NAME.1, NAME.2 and so on. On return the directory itself is
 * on stable storage.
 * @path: its path; to be freed by the caller
 * Returns a file descriptor of it, or -1 with @err set.
 */
int save_directory(const char *output, const char *name, char **path,
		   struct hvd_error *err);

/** save_open() - create NAME.partial, mode 0600; 0, or -1 with @err set */
int save_open(struct save_file *f, int dirfd, const char *name,
	      struct hvd_error *err);

/**
 * save_adopt() - take over a NAME.partial that a child process has written
 * Returns -1, with @err set, if it is not there, is empty or is no plain file.
 */
int save_adopt(struct save_file *f, int dirfd, const char *name,
	       struct hvd_error *err);

/**
 * save_reserve() - have @bytes of room set aside for what will be written
 * So that the file can still be written when the file system is full. It is
 * an attempt: not every file system can.
 */
void save_reserve(struct save_file *f, uint64_t bytes);

/** save_write() - append; a short write is continued. -1 with @err set */
int save_write(struct save_file *f, const void *data, size_t size,
	       struct hvd_error *err);

/** save_sync() - have the content on stable storage; -1 with @err set */
int save_sync(struct save_file *f, struct hvd_error *err);

/**
 * save_commit() - sync, rename to the final name, sync the directory, close
 * Returns -1, with @err set, when any of it failed: the file has its partial
 * name then. One that @replaces an older file keeps the final name once it has
 * it: of two true files the newer is the better one.
 */
int save_commit(struct save_file *f, struct hvd_error *err);

/** save_close() - give up; what is written stays under the partial name */
void save_close(struct save_file *f);

/** save_drop() - give up, and remove the partial file if there is one */
void save_drop(struct save_file *f);

#endif /* HVDUMP_SAVE_H */
