/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text tables with -o and -n, over libsmartcols. */
#ifndef HVDUMP_TABLE_H
#define HVDUMP_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "session.h"

struct column {
	const char *name;
	bool right; /* numbers */
	bool extra; /* only where -o asks for it */
};

struct table;

/**
 * table_create() - a table with the columns that -o asks for, or with all
 * NULL when -o names an unknown one (complained) or when there is no memory.
 */
struct table *table_create(const struct session *s,
			   const struct column *columns, size_t nr);

/** table_row() - begin a row; cells that are not set stay empty */
void table_row(struct table *t);

/** table_cell() - set a cell of the row begun; @column counts @columns */
void table_cell(struct table *t, size_t column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** table_finish() - print and release; a STATUS_; indented by @indent */
int table_finish(struct table *t, int indent);

#endif /* HVDUMP_TABLE_H */
