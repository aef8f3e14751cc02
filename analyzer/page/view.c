// SPDX-License-Identifier: GPL-2.0-or-later
/* Parts and fields, as text or as JSON: see page.h. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "../json.h"
#include "../names.h"
#include "page.h"

#define WORDS 512
#define WIDTH 24

static int width(const struct view *v)
{
	return v->width ? v->width : WIDTH;
}

static void start_json(struct view *v, const char *title)
{
	json_t *part = json_object();

	v->fields = json_object();
	json_set(part, "title", json_string_or_null(title));
	json_set(part, "fields", v->fields);
	json_append(v->parts, part);
}

void view_part(struct view *v, const char *format, ...)
{
	char title[WORDS];
	va_list args;

	va_start(args, format);
	vsnprintf(title, sizeof(title), format, args);
	va_end(args);
	v->nr++;
	if (v->parts)
		start_json(v, title);
	else
		fprintf(v->s->out, "\n%s\n", title);
}

void view_words(struct view *v, const char *name, const char *format, ...)
{
	char text[WORDS];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (v->parts)
		json_set(v->fields, name, json_string_or_null(text));
	else
		fprintf(v->s->out, "  %-*s %s\n", width(v), name, text);
}

void view_number(struct view *v, const char *name, uint64_t value)
{
	if (v->parts)
		json_set(v->fields, name, json_hex(value, 16));
	else
		fprintf(v->s->out, "  %-*s %" PRIu64 "\n", width(v), name,
			value);
}

void view_hex(struct view *v, const char *name, uint64_t value, int digits)
{
	if (v->parts)
		json_set(v->fields, name, json_hex(value, digits));
	else
		fprintf(v->s->out, "  %-*s 0x%0*" PRIx64 "\n", width(v), name,
			digits, value);
}
