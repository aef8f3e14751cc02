// SPDX-License-Identifier: GPL-2.0-or-later
/* A register's value in words: see register_text.h. */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "json.h"
#include "names.h"
#include "page/page.h"
#include "register_fields.h"
#include "register_text.h"
#include "vpstate.h"

#define VALUE_BYTES 16

/** A line while it is written; what does not fit is left out. */
struct words {
	char *at;
	size_t used;
};

static void add(struct words *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct words *w, const char *format, ...)
{
	size_t left = REGISTER_WORDS - w->used;
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
	if (!f->row->count || !f->index)
		add(w, "%s=", f->row->name);
	add_value(w, f);
	return 0;
}

static void value_bytes(uint8_t *bytes, const struct hvd_dump_register *reg)
{
	unsigned int i;

	for (i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(reg->low >> 8 * i);
		bytes[8 + i] = (uint8_t)(reg->high >> 8 * i);
	}
}

static const struct hvd_layout *layout_of(const struct hvd_dump *dump,
					  const struct hvd_dump_register *reg)
{
	if (!hvd_register_good(reg))
		return NULL;
	return hvd_register_layout(dump->machine == EM_AARCH64 ? HVD_ABI_ARM64
							       : HVD_ABI_X86_64,
				   reg->code, reg->low);
}

const char *register_words(char *buf, const struct hvd_dump *dump,
			   const struct hvd_dump_register *reg)
{
	const struct hvd_layout *layout = layout_of(dump, reg);
	struct words w = {.at = buf};
	uint8_t bytes[VALUE_BYTES];

	buf[0] = '\0';
	/* Of nothing at all even a name is too much. */
	if (!layout || (!reg->low && !reg->high))
		return buf;
	value_bytes(bytes, reg);
	hvd_layout_walk(layout, bytes, layout->size, add_field, &w);
	return buf;
}

json_t *register_fields_json(const struct session *s,
			     const struct hvd_dump_register *reg)
{
	const struct hvd_layout *layout = layout_of(s->dump, reg);
	uint8_t bytes[VALUE_BYTES];
	struct view view = {.s = s};

	if (!layout)
		return json_null();
	view.parts = view.fields = json_object();
	value_bytes(bytes, reg);
	view_layout(&view, layout, bytes, layout->size);
	return view.fields;
}
