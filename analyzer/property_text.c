// SPDX-License-Identifier: GPL-2.0-or-later
/* A partition property's value in words: see property_text.h. */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "names.h"
#include "page/page.h"
#include "property_fields.h"
#include "property_text.h"
#include "words.h"

#define VALUE_BYTES 8
#define VALUE_TEXT  64
#define NAME_WIDTH  42
#define LINE_WIDTH  98
#define INDENT	    6

bool property_good(const struct hvd_dump_property *p)
{
	return !p->status &&
	       !(p->flags & (HVD_VALUE_NOT_ASKED | HVD_VALUE_REDACTED));
}

static const struct hvd_layout *layout_of(const struct hvd_dump *dump,
					  const struct hvd_dump_property *p)
{
	if (!property_good(p))
		return NULL;
	return hvd_property_layout(dump->machine == EM_AARCH64 ? HVD_ABI_ARM64
							       : HVD_ABI_X86_64,
				   p->code, p->value);
}

static void value_bytes(uint8_t *bytes, const struct hvd_dump_property *p)
{
	unsigned int i;

	for (i = 0; i < VALUE_BYTES; i++)
		bytes[i] = (uint8_t)(p->value >> 8 * i);
}

/* What the unit says of a number. */
static void unit_words(char *buf, const char *unit, uint64_t value)
{
	static const char *const counted[] = {"Hz", "pages", "bits", "bytes"};
	size_t i;

	if (!strcmp(unit, "bool")) {
		snprintf(buf, PROPERTY_WORDS, "%s", value ? "yes" : "no");
	} else if (!strcmp(unit, "100ns")) {
		if (value <= UINT64_MAX / 100)
			duration_text(buf, PROPERTY_WORDS, value * 100);
	}
	for (i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		if (!strcmp(unit, counted[i]))
			snprintf(buf, PROPERTY_WORDS, "%" PRIu64 " %s", value,
				 unit);
}

const char *property_words(char *buf, const struct hvd_dump *dump,
			   const struct hvd_dump_property *p)
{
	const struct hvd_abi_row *row =
		hvd_abi_find(HVD_ABI_PROPERTIES, HVD_ABI_ANY, p->code);
	const struct hvd_layout *layout = layout_of(dump, p);
	uint8_t bytes[VALUE_BYTES];

	buf[0] = '\0';
	if (layout) {
		value_bytes(bytes, p);
		return words_of_layout(buf, PROPERTY_WORDS, layout, bytes);
	}
	if (row && property_good(p))
		unit_words(buf, row->unit, p->value);
	return buf;
}

json_t *property_fields_json(const struct session *s,
			     const struct hvd_dump_property *p)
{
	const struct hvd_layout *layout = layout_of(s->dump, p);
	uint8_t bytes[VALUE_BYTES];
	struct view view = {.s = s};

	if (!layout)
		return json_null();
	view.parts = view.fields = json_object();
	value_bytes(bytes, p);
	view_layout(&view, layout, bytes, layout->size);
	return view.fields;
}

/* The value in hex, or why there is none. */
static const char *value_text(char *buf, const struct hvd_dump_property *p)
{
	char name[NAME_SIZE];

	if (p->flags & HVD_VALUE_REDACTED)
		return "redacted";
	if (p->status)
		snprintf(buf, VALUE_TEXT, "%s", name_of_status(name, p->status));
	else if (p->flags & HVD_VALUE_NOT_ASKED)
		return "not asked";
	else
		snprintf(buf, VALUE_TEXT, "0x%016" PRIx64, (uint64_t)p->value);
	return buf;
}

/* Between words, so that lines are not longer than LINE_WIDTH. */
static void print_wrapped(FILE *out, const char *words)
{
	size_t used = 0, len;

	for (; *words; words += len + (words[len] == ' ')) {
		len = strcspn(words, " ");
		if (used && used + 1 + len > LINE_WIDTH) {
			fputc('\n', out);
			used = 0;
		}
		if (!used)
			used = (size_t)fprintf(out, "%*s%.*s", INDENT, "",
					       (int)len, words);
		else
			used += (size_t)fprintf(out, " %.*s", (int)len, words);
	}
	fputc('\n', out);
}

void property_lines(const struct session *s, const struct hvd_dump_partition *p)
{
	char name[NAME_SIZE], value[VALUE_TEXT], words[PROPERTY_WORDS];
	size_t i, used;

	for (i = 0; i < p->nr_props; i++) {
		used = (size_t)fprintf(s->out, "  %-*s %s", NAME_WIDTH,
				       name_of_property(name, p->props[i].code),
				       value_text(value, &p->props[i]));
		property_words(words, s->dump, &p->props[i]);
		if (!*words) {
			fputc('\n', s->out);
		} else if (used + 2 + strlen(words) <= LINE_WIDTH) {
			fprintf(s->out, "  %s\n", words);
		} else {
			fputc('\n', s->out);
			print_wrapped(s->out, words);
		}
	}
}
