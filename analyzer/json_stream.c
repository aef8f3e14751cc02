// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON piece by piece: see json_stream.h. */
#include "config.h"

#include <string.h>

#include "json_stream.h"

#define INDENT 2

/* Of every line: printf's own padding would take a tenth of all the time. */
static void spaces(struct json_stream *st)
{
	static const char blank[] = "                                ";
	size_t left = (size_t)INDENT * (size_t)st->depth;

	while (left) {
		size_t size = left < sizeof(blank) - 1 ? left
						       : sizeof(blank) - 1;

		fwrite_unlocked(blank, 1, size, st->out);
		left -= size;
	}
}

static void indent(struct json_stream *st)
{
	fputc('\n', st->out);
	spaces(st);
}

/* To where the next thing stands. */
static void begin(struct json_stream *st, const char *key)
{
	if (st->any)
		fputc(',', st->out);
	if (st->depth)
		indent(st);
	if (key)
		fprintf(st->out, "\"%s\": ", key);
	st->any = true;
}

void stream_open(struct json_stream *st, const char *key, char bracket)
{
	begin(st, key);
	fputc(bracket, st->out);
	st->depth++;
	st->any = false;
}

void stream_close(struct json_stream *st, char bracket)
{
	st->depth--;
	/* jansson shows what is empty as {} and []. */
	if (st->any)
		indent(st);
	fputc(bracket, st->out);
	st->any = true;
	if (ferror(st->out))
		st->failed = true;
}

/*
 * jansson knows nothing of what stands around a value: each of its lines is
 * moved to the right. Within strings line ends are escaped.
 */
static int put(const char *text, size_t size, void *data)
{
	struct json_stream *st = data;
	const char *end;

	while ((end = memchr(text, '\n', size))) {
		size_t line = (size_t)(end - text) + 1;

		fwrite_unlocked(text, 1, line, st->out);
		spaces(st);
		text += line;
		size -= line;
	}
	return fwrite_unlocked(text, 1, size, st->out) == size ? 0 : -1;
}

void stream_value(struct json_stream *st, const char *key, json_t *value)
{
	begin(st, key);
	if (!value || json_dump_callback(value, put, st,
					 JSON_INDENT(INDENT) | JSON_ENCODE_ANY))
		st->failed = true;
	json_decref(value);
}

void stream_members(struct json_stream *st, json_t *object)
{
	const char *key;
	json_t *value;

	if (!object)
		st->failed = true;
	json_object_foreach(object, key, value)
		stream_value(st, key, json_incref(value));
	json_decref(object);
}
