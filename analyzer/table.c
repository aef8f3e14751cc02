// SPDX-License-Identifier: GPL-2.0-or-later
/* Text tables: see table.h. */
#include "config.h"

#include <libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "table.h"

#define NOT_SHOWN ((size_t)-1)

struct table {
	const struct session *session;
	struct libscols_table *scols;
	struct libscols_line *line; /* of the row begun */
	size_t rows;
	bool failed; /* no memory somewhere */
	size_t nr;
	size_t shown[]; /* scols' number of a column of ours */
};

static size_t find_column(const struct column *columns, size_t nr,
			  const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (strlen(columns[i].name) == len &&
		    !strncasecmp(columns[i].name, name, len))
			break;
	return i;
}

static void complain_column(const struct table *t, const struct column *columns,
			    const char *name, size_t len)
{
	char known[256] = "";
	size_t i, used = 0;

	for (i = 0; i < t->nr && used < sizeof(known); i++)
		used += (size_t)snprintf(known + used, sizeof(known) - used,
					 " %s", columns[i].name);
	complain(t->session, "-o: no column %.*s; there are%s", (int)len, name,
		 known);
}

static int show(struct table *t, const struct column *columns, size_t i)
{
	if (t->shown[i] != NOT_SHOWN)
		return 0;
	t->shown[i] = scols_table_get_ncols(t->scols);
	return scols_table_new_column(t->scols, columns[i].name, 0,
				      columns[i].right ? SCOLS_FL_RIGHT : 0)
		       ? 0
		       : -1;
}

static int show_selected(struct table *t, const struct column *columns)
{
	const char *name = t->session->opt.columns;
	size_t len, i;

	for (;;) {
		len = strcspn(name, ",");
		i = find_column(columns, t->nr, name, len);
		if (i == t->nr) {
			complain_column(t, columns, name, len);
			return -1;
		}
		if (show(t, columns, i))
			return -1;
		if (!name[len])
			return 0;
		name += len + 1;
	}
}

static int show_default(struct table *t, const struct column *columns)
{
	size_t i;

	for (i = 0; i < t->nr; i++)
		if (!columns[i].extra && show(t, columns, i))
			return -1;
	return 0;
}

static void table_destroy(struct table *t)
{
	scols_unref_table(t->scols);
	free(t);
}

struct table *table_create(const struct session *s,
			   const struct column *columns, size_t nr)
{
	struct table *t = calloc(1, sizeof(*t) + nr * sizeof(t->shown[0]));
	size_t i;

	if (!t)
		return NULL;
	t->session = s;
	t->nr = nr;
	for (i = 0; i < nr; i++)
		t->shown[i] = NOT_SHOWN;
	t->scols = scols_new_table();
	if (t->scols && !(s->opt.columns ? show_selected(t, columns)
					 : show_default(t, columns)))
		return t;
	table_destroy(t);
	return NULL;
}

void table_row(struct table *t)
{
	t->line = scols_table_new_line(t->scols, NULL);
	t->failed |= !t->line;
	t->rows++;
}

void table_cell(struct table *t, size_t column, const char *format, ...)
{
	va_list args;
	char *text;

	if (t->shown[column] == NOT_SHOWN || !t->line)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		t->failed = true;
	else if (scols_line_refer_data(t->line, t->shown[column], text))
		t->failed = true;
	va_end(args);
}

/* Line by line, so that each can be indented, and ends where its text ends. */
static int print_lines(struct table *t, int indent)
{
	FILE *out = t->session->out;
	char *text, *line, *next;
	size_t len;

	if (scols_print_table_to_string(t->scols, &text))
		return -1;
	for (line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		len = strlen(line);
		while (len && line[len - 1] == ' ')
			len--;
		fprintf(out, "%*s%.*s\n", indent, "", (int)len, line);
	}
	free(text);
	return 0;
}

int table_finish(struct table *t, int indent)
{
	int status = STATUS_DONE;

	scols_table_enable_noheadings(t->scols, t->session->opt.no_headings);
	if (t->failed || (t->rows && print_lines(t, indent))) {
		complain(t->session, "no memory");
		status = STATUS_FAILED;
	}
	table_destroy(t);
	return status;
}
