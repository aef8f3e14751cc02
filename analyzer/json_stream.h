/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Printing a JSON object that is too big to be held as a whole: some of its
 * arrays and objects are opened and closed here, and what goes into them is
 * printed as soon as it is there. The text is the one that jansson makes of the
 * whole with JSON_INDENT(2).
 */
#ifndef HVDUMP_JSON_STREAM_H
#define HVDUMP_JSON_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct json_stream {
	FILE *out;
	int depth;   /* what is open */
	bool any;    /* something stands in the innermost that is open */
	bool failed; /* no memory, or it could not be written */
};

/**
 * stream_open() - begin an object ('{') or array ('[')
 * @key is its name in the object that is open, of ASCII letters; NULL: in an
 * array, or at the top
 */
void stream_open(struct json_stream *st, const char *key, char bracket);

/** stream_value() - print a value, and release it; @key as above */
void stream_value(struct json_stream *st, const char *key, json_t *value);

/** stream_members() - print the members of @object, and release it */
void stream_members(struct json_stream *st, json_t *object);

/** stream_close() - end what was opened last; @bracket: '}' or ']' */
void stream_close(struct json_stream *st, char bracket);

#endif /* HVDUMP_JSON_STREAM_H */
