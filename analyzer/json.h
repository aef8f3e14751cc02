/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one JSON object, part by part: doc/schema/ has it. Every function
 * returns a new reference, or NULL when there is no memory.
 */
#ifndef HVDUMP_JSON_H
#define HVDUMP_JSON_H

#include <jansson.h>

#include "session.h"

#define JSON_SCHEMA "hvdump/1"

/** What of the partitions' tree goes into the object. */
enum {
	JSON_PROPERTIES = 1,
	JSON_VPS = 2,	    /* VPs and VTLs, with their state */
	JSON_REGISTERS = 4, /* those shown without --all, or all */
};

/**
 * json_set(), json_append() - add a member or an element, whose reference goes
 * with it; when there is no memory for it, json_finish() will say so
 */
void json_set(json_t *object, const char *key, json_t *value);
void json_append(json_t *array, json_t *value);

/** json_hex() - "0x" and @digits hex digits */
json_t *json_hex(uint64_t value, int digits);

/** json_string_or_null() - null for NULL and for "" */
json_t *json_string_or_null(const char *text);

/** json_begin() - schema, tool, source, damage, capture: what all have */
json_t *json_begin(const struct session *s);

/** json_begin_plain() - schema and tool: of a command without FILE */
json_t *json_begin_plain(void);

json_t *json_hypervisor(const struct session *s);

/** json_finish() - print and release @root; a STATUS_ */
int json_finish(const struct session *s, json_t *root);

/**
 * json_finish_partitions() - the same, with "partitions" as its last member
 * @parts is of JSON_PROPERTIES and so on. What it takes is memory for one VP.
 */
int json_finish_partitions(struct session *s, json_t *root, int parts);

/** json_end() - what they end with: a STATUS_; @wrong: something went wrong */
int json_end(const struct session *s, bool wrong);

#endif /* HVDUMP_JSON_H */
