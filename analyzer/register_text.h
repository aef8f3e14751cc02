/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A register's value in words: its fields, as formats/register_fields.h has them. */
#ifndef HVDUMP_REGISTER_TEXT_H
#define HVDUMP_REGISTER_TEXT_H

#include <jansson.h>

#include "session.h"

#define REGISTER_WORDS 320

/**
 * register_words() - on one line, in @buf of REGISTER_WORDS bytes
 * Flags that are set, and other fields that are not 0; "" where there is nothing
 * to say: of a value that is missing, too.
 */
const char *register_words(char *buf, const struct hvd_dump *dump,
			   const struct hvd_dump_register *reg);

/** register_fields_json() - the same as an object; null where there is none */
json_t *register_fields_json(const struct session *s,
			     const struct hvd_dump_register *reg);

#endif /* HVDUMP_REGISTER_TEXT_H */
