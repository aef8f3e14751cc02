/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields of a value, as words on one line. */
#ifndef HVDUMP_WORDS_H
#define HVDUMP_WORDS_H

#include "layout.h"

/**
 * words_of_layout() - flags that are set, and other fields that are not 0
 * A field that is the whole of the value goes without its name. What does not
 * fit into @buf is left out.
 */
const char *words_of_layout(char *buf, size_t size,
			    const struct hvd_layout *layout,
			    const uint8_t *bytes);

#endif /* HVDUMP_WORDS_H */
