// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as BTF: of a kernel, and of a module that goes on from a kernel's
 * that is sound. Every name in it is asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/types_encoder.h"
#include "bytes.h"
#include "check.h"
#include "kernel/types.h"

#define MAX_NAMES 24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static void check_member(const struct hvd_types *t, const char *type,
			 const char *path)
{
	struct hvd_member m;

	if (!hvd_types_member(t, type, path, &m))
		return;
	CHECK(memchr(m.type, '\0', sizeof(m.type)));
	CHECK(is_plain(m.type));
	CHECK(!m.bits || m.bit_offset + m.bits <= 8 * m.size);
	CHECK(m.bits || !m.bit_offset);
	CHECK(!m.elements || m.size % m.elements == 0);
}

/* @other: a name that stands before it, as one of its members, perhaps. */
static void ask(const struct hvd_types *t, const char *name, const char *other)
{
	static const char *const kinds[] = {"struct ", "union ", "enum ", ""};
	char type[300], path[300];
	const char *value_name;
	int64_t value;
	uint64_t size;
	size_t i;

	for (i = 0; i < 4; i++) {
		snprintf(type, sizeof(type), "%s%.250s", kinds[i], name);
		hvd_types_size(t, type, &size);
		check_member(t, type, other);
		snprintf(path, sizeof(path), "%.250s[1].%.20s", other, name);
		check_member(t, type, path);
		value_name = hvd_types_enum_name(t, type, 1);
		CHECK(!value_name || is_plain(value_name));
	}
	hvd_types_enumerator(t, name, &value);
}

/* Each name with each that is near to it. */
static void ask_all(const struct hvd_types *t, const uint8_t *data, size_t size)
{
	size_t nr = 0, at = hvd_le32(data + 4) + hvd_le32(data + 16), i, j;
	const char *names[MAX_NAMES], *name = (const char *)data + at;
	const char *end = name + hvd_le32(data + 20);

	CHECK(at <= size && end <= (const char *)data + size);
	for (; nr < MAX_NAMES && name < end; name += strlen(name) + 1)
		names[nr++] = name;
	for (i = 0; i < nr; i++)
		for (j = i; j < nr && j < i + 4; j++) {
			ask(t, names[i], names[j]);
			ask(t, names[j], names[i]);
		}
}

/* What a module's may refer to: 1 to 4. */
static struct hvd_types *sound_base(void)
{
	static struct encoder e;
	struct hvd_error err;
	struct hvd_types *t;

	encoder_init(&e);
	put_int(&e, "int", 4, 1);
	put_type(&e, "", K_PTR, 0, 1);
	put_type(&e, "pair", K_STRUCT, 2, 16);
	put_member(&e, "first", 1, 0);
	put_member(&e, "second", 2, 64);
	put_type(&e, "word", K_TYPEDEF, 0, 1);
	t = hvd_types_from_btf(e.bytes, encoder_finish(&e), NULL, &err);
	CHECK(t);
	return t;
}

static void read_as(const uint8_t *data, size_t size, struct hvd_types *base)
{
	struct hvd_error err = {""};
	struct hvd_types *t = hvd_types_from_btf(data, size, base, &err);

	CHECK(t || *err.text);
	CHECK(is_plain(err.text));
	if (!t)
		return;
	ask_all(t, data, size);
	hvd_types_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hvd_types *base;

	if (!base)
		base = sound_base();
	read_as(data, size, NULL);
	read_as(data, size, base);
	return 0;
}
