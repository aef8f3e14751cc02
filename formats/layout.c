// SPDX-License-Identifier: GPL-2.0-or-later
/* Walking through a structure that is described by rows: see layout.h. */
#include "layout.h"

/* Tables are ours, and none is deeper; this only ends a circle in one. */
#define MAX_DEPTH 8

/** A walk through the bytes of all. */
struct walk {
	const uint8_t *bytes;
	size_t size;
	hvd_field_fn fn;
	void *arg;
};

static bool is_integer(const struct hvd_field_row *row)
{
	switch (row->kind) {
	case HVD_FIELD_BYTES:
	case HVD_FIELD_TEXT:
	case HVD_FIELD_GUID:
	case HVD_FIELD_LAYOUT:
		return false;
	}
	return true;
}

static uint64_t little_endian(const uint8_t *bytes, unsigned int size)
{
	uint64_t value = 0;
	unsigned int i;

	for (i = size < 8 ? size : 8; i-- > 0;)
		value = value << 8 | bytes[i];
	return value;
}

/* A field of bits lies in an integer of 8 bytes at most. */
static void read_integer(struct hvd_field *field)
{
	const struct hvd_field_row *row = field->row;

	field->value = little_endian(field->bytes, row->size);
	if (row->size > 8)
		field->high = little_endian(field->bytes + 8, row->size - 8);
	if (!row->bits)
		return;
	field->value >>= row->bit;
	if (row->bits < 64)
		field->value &= (UINT64_C(1) << row->bits) - 1;
	field->high = 0;
}

static int walk_layout(const struct walk *w, const struct hvd_layout *layout,
		       uint32_t start, unsigned int depth);

static int walk_element(const struct walk *w, const struct hvd_field_row *row,
			uint32_t offset, unsigned int index, unsigned int depth)
{
	struct hvd_field field = {
		.row = row, .depth = depth, .index = index, .offset = offset,
	};
	int ended;

	/* Of a structure that is cut, the first fields may be there. */
	field.cut = offset > w->size || w->size - offset < row->size;
	if (!field.cut)
		field.bytes = w->bytes + offset;
	if (!field.cut && is_integer(row))
		read_integer(&field);
	ended = w->fn(&field, w->arg);
	if (ended || row->kind != HVD_FIELD_LAYOUT)
		return ended;
	return walk_layout(w, row->layout, offset, depth + 1);
}

static int walk_layout(const struct walk *w, const struct hvd_layout *layout,
		       uint32_t start, unsigned int depth)
{
	unsigned int index;
	size_t i;

	if (depth == MAX_DEPTH)
		return 0;
	for (i = 0; i < layout->nr_rows; i++) {
		const struct hvd_field_row *row = &layout->rows[i];
		unsigned int count = row->count ? row->count : 1;

		for (index = 0; index < count; index++) {
			int ended = walk_element(w, row,
						 start + row->offset +
							 index * row->size,
						 index, depth);

			if (ended)
				return ended;
		}
	}
	return 0;
}

int hvd_layout_walk(const struct hvd_layout *layout, const uint8_t *bytes,
		    size_t size, hvd_field_fn fn, void *arg)
{
	const struct walk w = {
		.bytes = bytes, .size = size, .fn = fn, .arg = arg,
	};

	return walk_layout(&w, layout, 0, 0);
}

const char *hvd_field_name_of(const struct hvd_field *field)
{
	const struct hvd_field_row *row = field->row;
	size_t i;

	for (i = 0; i < row->nr_names; i++)
		if (row->names[i].value == field->value)
			return row->names[i].name;
	return NULL;
}
