/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flattened format: a dump that makedumpfile wrote into a pipe (-F), as
 * pieces that each begin with where they belong. It is read in place: only
 * where each piece lies is kept, 24 bytes for one (makedumpfile writes 64 KiB
 * at a time).
 */
#ifndef HVDUMP_FLATTENED_H
#define HVDUMP_FLATTENED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct hvd_flattened;

/** hvd_flattened_is() - does a file that begins with @head look like one? */
bool hvd_flattened_is(const uint8_t *head, size_t size);

/**
 * hvd_flattened_open() - read where all pieces of the stream @fd lie
 * @size: the file's. Of a stream that is cut, or damaged from some place on,
 * what comes before is kept. Returns NULL with @err when there is nothing.
 * Several may hold it: each releases it with hvd_flattened_release().
 */
struct hvd_flattened *hvd_flattened_open(int fd, uint64_t size,
					 struct hvd_error *err);
struct hvd_flattened *hvd_flattened_hold(struct hvd_flattened *f);
void hvd_flattened_release(struct hvd_flattened *f); /* NULL is allowed */

/** hvd_flattened_size() - of the file that the stream stands for */
uint64_t hvd_flattened_size(const struct hvd_flattened *f);

/** hvd_flattened_damage() - how the stream is cut or damaged; or NULL */
const char *hvd_flattened_damage(const struct hvd_flattened *f);

/**
 * hvd_flattened_find() - where in the stream the file's byte @offset is
 * Returns how many bytes from there on lie together, or how many are in no
 * piece: then @at is UINT64_MAX. 0: @offset is behind the last piece.
 */
uint64_t hvd_flattened_find(const struct hvd_flattened *f, uint64_t offset,
			    uint64_t *at);

#endif /* HVDUMP_FLATTENED_H */
