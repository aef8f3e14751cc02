/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BTF by hand, sound or not: Documentation/bpf/btf.rst, nothing of libbpf. */
#ifndef TYPES_ENCODER_H
#define TYPES_ENCODER_H

#include <stdint.h>
#include <string.h>

#define BTF_HEADER 24

enum {
	K_INT = 1, K_PTR, K_ARRAY, K_STRUCT, K_UNION, K_ENUM, K_FWD, K_TYPEDEF,
	K_VOLATILE, K_CONST, K_RESTRICT, K_FUNC, K_FUNC_PROTO, K_VAR, K_DATASEC,
	K_FLOAT, K_DECL_TAG, K_TYPE_TAG, K_ENUM64,
};

#define K_FLAG (UINT32_C(1) << 31)

struct encoder {
	uint8_t types[1 << 16];
	size_t types_size;
	char strings[1 << 15];
	size_t strings_size;
	uint32_t strings_before; /* of the base, that a split one goes on from */
	uint32_t next; /* id of the next type */
	uint8_t bytes[1 << 17];
};

static inline void encoder_init(struct encoder *e)
{
	memset(e, 0, sizeof(*e));
	e->strings_size = 1; /* the empty one */
	e->next = 1;
}

/* For a module: ids and strings are counted on. */
static inline void encoder_init_split(struct encoder *e,
				      const struct encoder *base)
{
	memset(e, 0, sizeof(*e));
	e->next = base->next;
	e->strings_before = (uint32_t)base->strings_size;
}

static inline uint32_t put_name(struct encoder *e, const char *name)
{
	uint32_t at = e->strings_before + (uint32_t)e->strings_size;

	if (!*name)
		return 0;
	memcpy(e->strings + e->strings_size, name, strlen(name) + 1);
	e->strings_size += strlen(name) + 1;
	return at;
}

static inline void put_word(struct encoder *e, uint32_t word)
{
	int i;

	for (i = 0; i < 4; i++)
		e->types[e->types_size++] = (uint8_t)(word >> 8 * i);
}

/* @word: its size, or the type that it refers to. */
static inline uint32_t put_type(struct encoder *e, const char *name,
				uint32_t kind, uint32_t vlen, uint32_t word)
{
	put_word(e, put_name(e, name));
	put_word(e, (kind & K_FLAG) | (kind & 0x1f) << 24 | vlen);
	put_word(e, word);
	return e->next++;
}

static inline uint32_t put_int(struct encoder *e, const char *name,
			       uint32_t size, uint32_t is_signed)
{
	uint32_t id = put_type(e, name, K_INT, 0, size);

	put_word(e, is_signed << 24 | 8 * size);
	return id;
}

static inline uint32_t put_array(struct encoder *e, uint32_t type,
				 uint32_t elements)
{
	uint32_t id = put_type(e, "", K_ARRAY, 0, 0);

	put_word(e, type);
	put_word(e, type);
	put_word(e, elements);
	return id;
}

static inline void put_member(struct encoder *e, const char *name,
			      uint32_t type, uint32_t offset)
{
	put_word(e, put_name(e, name));
	put_word(e, type);
	put_word(e, offset);
}

static inline void put_enumerator(struct encoder *e, const char *name,
				  uint32_t value)
{
	put_word(e, put_name(e, name));
	put_word(e, value);
}

static inline void put_le32(uint8_t *p, size_t value)
{
	int i;

	for (i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* All of it, in e->bytes. */
static inline size_t encoder_finish(struct encoder *e)
{
	uint8_t *p = e->bytes;

	memset(p, 0, BTF_HEADER);
	p[0] = 0x9f;
	p[1] = 0xeb;
	p[2] = 1;
	put_le32(p + 4, BTF_HEADER);
	put_le32(p + 12, e->types_size);
	put_le32(p + 16, e->types_size);
	put_le32(p + 20, e->strings_size);
	memcpy(p + BTF_HEADER, e->types, e->types_size);
	memcpy(p + BTF_HEADER + e->types_size, e->strings, e->strings_size);
	return BTF_HEADER + e->types_size + e->strings_size;
}

#endif /* TYPES_ENCODER_H */
