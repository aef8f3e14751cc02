// SPDX-License-Identifier: GPL-2.0-or-later
/* The fields of a value, as words on one line: see words.h. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "words.h"

/** A line while it is written. */
struct words {
	char *at;
	size_t size, used;
	bool alone; /* the value has no other field */
};

static void add(struct words *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct words *w, const char *format, ...)
{
	size_t left = w->size - w->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(w->at + w->used, left, format, args);
	va_end(args);
	if (n > 0)
		w->used += (size_t)n < left ? (size_t)n : left - 1;
}

static void add_value(struct words *w, const struct hvd_field *f)
{
	const char *name = hvd_field_name_of(f);

	if (name)
		add(w, "%s", name);
	else if (f->row->kind == HVD_FIELD_NUMBER)
		add(w, "%" PRIu64, f->value);
	else
		add(w, "0x%" PRIx64, f->value);
}

/* Elements of an array follow one another, after their name. */
static int add_field(const struct hvd_field *f, void *arg)
{
	struct words *w = arg;
	bool named = f->row->kind == HVD_FIELD_NAMED;

	if (!f->value && !f->row->count && !named)
		return 0;
	if (w->used)
		add(w, " ");
	if (f->row->kind == HVD_FIELD_FLAG) {
		add(w, "%s", f->row->name);
		return 0;
	}
	if (!w->alone && (!f->row->count || !f->index))
		add(w, "%s=", f->row->name);
	add_value(w, f);
	return 0;
}

const char *words_of_layout(char *buf, size_t size,
			    const struct hvd_layout *layout,
			    const uint8_t *bytes)
{
	struct words w = {
		.at = buf,
		.size = size,
		.alone = layout->nr_rows == 1 && !layout->rows[0].bits,
	};

	buf[0] = '\0';
	hvd_layout_walk(layout, bytes, layout->size, add_field, &w);
	return buf;
}
