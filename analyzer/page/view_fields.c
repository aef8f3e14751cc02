// SPDX-License-Identifier: GPL-2.0-or-later
/* The fields of a structure, as text or as JSON. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "../json.h"
#include "../names.h"
#include "page.h"

#define MAX_DEPTH  8
#define LINE_BYTES 16
#define VALUE_SIZE 160

/** Where fields go while a structure is walked through. */
struct sink {
	struct view *v;
	json_t *at[MAX_DEPTH]; /* JSON: the object of each depth */
};

static bool is_array(const struct hvd_field *f)
{
	return f->row->count != 0;
}

/* Digits that show a value in full. */
static int digits_of(const struct hvd_field *f)
{
	unsigned int bits = f->row->bits ? f->row->bits : f->row->size * 8;

	return bits > 64 ? 16 : (int)((bits + 3) / 4);
}

static const char *abi_name(const struct session *s, const struct hvd_field *f,
			    char *buf)
{
	switch (f->row->kind) {
	case HVD_FIELD_STATUS:
		return name_of_status(buf, (uint16_t)f->value);
	case HVD_FIELD_HYPERCALL:
		return name_of_call(buf, (uint16_t)f->value);
	case HVD_FIELD_REGISTER:
		return name_of_register(buf, s->dump->machine,
					(uint32_t)f->value);
	case HVD_FIELD_NAMED:
		return hvd_field_name_of(f);
	}
	return NULL;
}

static void hex_text(char *buf, size_t size, const uint8_t *bytes, size_t nr)
{
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < nr && 2 * i + 2 < size; i++)
		sprintf(buf + 2 * i, "%02x", bytes[i]);
}

static const char *guid_text(char *buf, const uint8_t *b)
{
	snprintf(buf, VALUE_SIZE,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		 "%02x%02x%02x%02x%02x%02x",
		 b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9],
		 b[10], b[11], b[12], b[13], b[14], b[15]);
	return buf;
}

static const char *hex_value(char *buf, const struct hvd_field *f)
{
	if (f->row->size > 8 && !f->row->bits)
		snprintf(buf, VALUE_SIZE, "0x%016" PRIx64 "%016" PRIx64,
			 f->high, f->value);
	else
		snprintf(buf, VALUE_SIZE, "0x%0*" PRIx64, digits_of(f),
			 f->value);
	return buf;
}

static const char *named_value(char *buf, const struct session *s,
			       const struct hvd_field *f)
{
	char number[NAME_SIZE];
	const char *name = abi_name(s, f, number);

	snprintf(buf, VALUE_SIZE, "0x%" PRIx64 "%s%s%s", f->value,
		 name ? " (" : "", name ? name : "", name ? ")" : "");
	return buf;
}

/* One value in words; NULL for bytes, which may take several lines. */
static const char *value_text(char *buf, const struct session *s,
			      const struct hvd_field *f)
{
	if (f->cut)
		return "(cut off)";
	switch (f->row->kind) {
	case HVD_FIELD_NUMBER:
		snprintf(buf, VALUE_SIZE, "%" PRIu64, f->value);
		return buf;
	case HVD_FIELD_HEX:
		return hex_value(buf, f);
	case HVD_FIELD_FLAG:
		return f->value ? "yes" : "no";
	case HVD_FIELD_GUID:
		return guid_text(buf, f->bytes);
	case HVD_FIELD_TEXT:
		return clean_text(buf, VALUE_SIZE, f->bytes, f->row->size);
	case HVD_FIELD_BYTES:
		return NULL;
	}
	return named_value(buf, s, f);
}

/* ----------------------------------------------------------------- text */

static void print_bytes(const struct session *s, const char *name, int indent,
			const uint8_t *bytes, size_t size)
{
	char text[2 * LINE_BYTES + 1];
	size_t at, end = size;

	while (end && !bytes[end - 1])
		end--;
	if (!end)
		fprintf(s->out, "%*s%-*s %zu zeros\n", indent, "", 26 - indent,
			name, size);
	for (at = 0; at < end; at += LINE_BYTES) {
		hex_text(text, sizeof(text), bytes + at,
			 size - at < LINE_BYTES ? size - at : LINE_BYTES);
		fprintf(s->out, "%*s%-*s %s\n", indent, "", 26 - indent,
			at ? "" : name, text);
	}
	if (at < size && end)
		fprintf(s->out, "%*s%-*s and %zu zeros\n", indent, "",
			26 - indent, "", size - at);
}

/* Of an array elements that are 0 are left out; of flags those not set. */
static bool is_dull(const struct hvd_field *f)
{
	return !f->cut && !f->value && !f->high &&
	       (f->row->kind == HVD_FIELD_FLAG ||
		(is_array(f) && (f->row->kind == HVD_FIELD_HEX ||
				 f->row->kind == HVD_FIELD_NUMBER)));
}

static int print_field(const struct hvd_field *f, void *arg)
{
	const struct session *s = ((struct sink *)arg)->v->s;
	int indent = 2 + 2 * (int)f->depth;
	char value[VALUE_SIZE], name[64];
	const char *text;

	if (is_dull(f))
		return 0;
	if (is_array(f))
		snprintf(name, sizeof(name), "%s[%u]", f->row->name, f->index);
	else
		snprintf(name, sizeof(name), "%s", f->row->name);
	if (f->row->kind == HVD_FIELD_LAYOUT) {
		fprintf(s->out, "%*s%s\n", indent, "", name);
		return 0;
	}
	text = value_text(value, s, f);
	if (text)
		fprintf(s->out, "%*s%-*s %s\n", indent, "", 26 - indent, name,
			text);
	else
		print_bytes(s, name, indent, f->bytes, f->row->size);
	return 0;
}

/* ----------------------------------------------------------------- JSON */

static json_t *bytes_json(const uint8_t *bytes, size_t size)
{
	char *text = malloc(2 * size + 1);
	json_t *value;

	if (!text)
		return NULL;
	hex_text(text, 2 * size + 1, bytes, size);
	value = json_string(text);
	free(text);
	return value;
}

static json_t *named_json(const struct session *s, const struct hvd_field *f)
{
	char number[NAME_SIZE];
	const char *name = abi_name(s, f, number);
	json_t *o = json_object();

	json_set(o, "value", json_hex(f->value, digits_of(f)));
	json_set(o, "name", json_string_or_null(name == number ? NULL : name));
	return o;
}

static json_t *field_json(const struct session *s, const struct hvd_field *f)
{
	char text[VALUE_SIZE];

	if (f->cut)
		return json_null();
	switch (f->row->kind) {
	case HVD_FIELD_NUMBER:
		return f->row->size < 8 || f->row->bits
			       ? json_integer((json_int_t)f->value)
			       : json_hex(f->value, 16);
	case HVD_FIELD_HEX:
		return json_string(hex_value(text, f));
	case HVD_FIELD_FLAG:
		return json_boolean(f->value);
	case HVD_FIELD_BYTES:
		return bytes_json(f->bytes, f->row->size);
	case HVD_FIELD_TEXT:
	case HVD_FIELD_GUID:
		return json_string(value_text(text, s, f));
	case HVD_FIELD_LAYOUT:
		return json_object();
	}
	return named_json(s, f);
}

/* Elements of an array go into a list that its first one begins. */
static int add_field(const struct hvd_field *f, void *arg)
{
	struct sink *sink = arg;
	json_t *value, *list, *in = sink->at[f->depth];

	value = f->row->kind == HVD_FIELD_LAYOUT
			? json_object()
			: field_json(sink->v->s, f);
	if (f->row->kind == HVD_FIELD_LAYOUT && f->depth + 1 < MAX_DEPTH)
		sink->at[f->depth + 1] = value;
	if (!is_array(f)) {
		json_set(in, f->row->name, value);
		return 0;
	}
	if (!f->index)
		json_set(in, f->row->name, json_array());
	list = json_object_get(in, f->row->name);
	json_append(list, value);
	return 0;
}

void view_layout(struct view *v, const struct hvd_layout *layout,
		 const uint8_t *bytes, size_t size)
{
	struct sink sink = {.v = v};

	sink.at[0] = v->fields;
	hvd_layout_walk(layout, bytes, size, v->parts ? add_field : print_field,
			&sink);
}

void view_bytes(struct view *v, const char *name, const uint8_t *bytes,
		size_t size)
{
	if (v->parts)
		json_set(v->fields, name, bytes_json(bytes, size));
	else
		print_bytes(v->s, name, 2, bytes, size);
}
