/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A partition property's value in words: its fields, or its unit. */
#ifndef HVDUMP_PROPERTY_TEXT_H
#define HVDUMP_PROPERTY_TEXT_H

#include <jansson.h>

#include "session.h"

#define PROPERTY_WORDS 1024

/** property_good() - was it asked for, and answered? */
bool property_good(const struct hvd_dump_property *p);

/**
 * property_words() - on one line, in @buf of PROPERTY_WORDS bytes
 * "" where there is nothing to say: of a value that is missing, too.
 */
const char *property_words(char *buf, const struct hvd_dump *dump,
			   const struct hvd_dump_property *p);

/** property_fields_json() - its fields as an object; null where it has none */
json_t *property_fields_json(const struct session *s,
			     const struct hvd_dump_property *p);

/**
 * property_lines() - a line a property: name, value, words
 * Words that are too many for the line stand on lines of their own.
 */
void property_lines(const struct session *s,
		    const struct hvd_dump_partition *p);

#endif /* HVDUMP_PROPERTY_TEXT_H */
