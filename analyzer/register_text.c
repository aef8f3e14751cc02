// SPDX-License-Identifier: GPL-2.0-or-later
/* A register's value in words: see register_text.h. */
#include "config.h"

#include <elf.h>

#include "json.h"
#include "names.h"
#include "page/page.h"
#include "register_fields.h"
#include "register_text.h"
#include "vpstate.h"
#include "words.h"

#define VALUE_BYTES 16

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
	uint8_t bytes[VALUE_BYTES];

	buf[0] = '\0';
	/* Of nothing at all even a name is too much. */
	if (!layout || (!reg->low && !reg->high))
		return buf;
	value_bytes(bytes, reg);
	return words_of_layout(buf, REGISTER_WORDS, layout, bytes);
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
