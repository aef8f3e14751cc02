// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types by name and path: see types.h. The sources tell of single types, and
 * nothing they say is trusted here: chains and nesting have an end, a member
 * lies in its structure, and no lookup takes more than so many steps.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "types_source.h"

#define MAX_CHAIN     64	/* typedefs of typedefs, arrays of arrays */
#define MAX_NESTING   32	/* anonymous structures in each other */
#define MAX_STEPS     (1 << 20) /* members looked at in one lookup */
#define MAX_NAMESAKES 64	/* types of one name and kind */
#define MAX_NAME      256
#define POINTER_SIZE  8

/** One lookup. */
struct walk {
	const struct hvd_types *t;
	unsigned int steps;
};

/** Where a path has got to. */
struct place {
	hvd_type_id type;
	uint64_t bit; /* from the beginning of the outermost structure */
	unsigned int bits;
};

static bool step(struct walk *w)
{
	return w->steps++ < MAX_STEPS;
}

/* What is behind typedefs, const and the like. */
static bool peel(struct walk *w, hvd_type_id id, struct hvd_type *type)
{
	int depth;

	for (depth = 0; depth < MAX_CHAIN && step(w); depth++) {
		if (!w->t->ops->get(w->t, id, type))
			return false;
		if (type->kind != HVD_TYPE_ALIAS)
			return true;
		id = type->target;
	}
	return false;
}

static bool is_composite(const struct hvd_type *type)
{
	return type->kind == HVD_TYPE_STRUCT || type->kind == HVD_TYPE_UNION;
}

static bool size_of(struct walk *w, hvd_type_id id, uint64_t *size)
{
	uint64_t elements = 1;
	struct hvd_type type;
	int depth;

	for (depth = 0; depth < MAX_CHAIN; depth++) {
		if (!peel(w, id, &type) || type.kind == HVD_TYPE_OTHER)
			return false;
		if (type.kind != HVD_TYPE_ARRAY)
			break;
		if (__builtin_mul_overflow(elements, type.elements, &elements))
			return false;
		id = type.target;
	}
	if (depth == MAX_CHAIN)
		return false;
	if (type.kind == HVD_TYPE_POINTER)
		type.size = POINTER_SIZE;
	return !__builtin_mul_overflow(elements, type.size, size);
}

/* How many bits it has. A bit field is one of a number, in C. */
static bool bits_of(struct walk *w, const struct hvd_type_member *m,
		    uint64_t *bits)
{
	struct hvd_type type;

	if (!m->bits)
		return size_of(w, m->type, bits) &&
		       !__builtin_mul_overflow(*bits, 8, bits);
	*bits = m->bits;
	return peel(w, m->type, &type) &&
	       (type.kind == HVD_TYPE_NUMBER || type.kind == HVD_TYPE_ENUM);
}

/* Does the member lie in a structure of @size bytes? */
static bool lies_in(struct walk *w, const struct hvd_type_member *m,
		    uint64_t size)
{
	uint64_t bits, end;

	return bits_of(w, m, &bits) &&
	       !__builtin_add_overflow(m->bit_offset, bits, &end) &&
	       end / 8 + (end % 8 != 0) <= size;
}

/* Enter the member called @name, also those of anonymous members. */
static bool enter_member(struct walk *w, struct place *p, const char *name,
			 int depth)
{
	struct hvd_type_member m;
	struct hvd_type type, in;
	uint64_t cursor = 0;

	if (depth == MAX_NESTING || !peel(w, p->type, &type) ||
	    !is_composite(&type))
		return false;
	while (step(w) && w->t->ops->member(w->t, type.id, &cursor, &m)) {
		struct place inner = {m.type, p->bit, m.bits};
		bool found = !strcmp(m.name, name);

		if (!found &&
		    (*m.name || !peel(w, m.type, &in) || !is_composite(&in)))
			continue;
		if (!lies_in(w, &m, type.size) ||
		    __builtin_add_overflow(p->bit, m.bit_offset, &inner.bit))
			continue;
		if (found || enter_member(w, &inner, name, depth + 1)) {
			*p = inner;
			return true;
		}
	}
	return false;
}

/* An array without a length, at the end of a structure, has any element. */
static bool enter_element(struct walk *w, struct place *p, uint64_t i)
{
	struct hvd_type type;
	uint64_t bits;

	if (!peel(w, p->type, &type) || type.kind != HVD_TYPE_ARRAY ||
	    (type.elements && i >= type.elements))
		return false;
	p->type = type.target;
	return size_of(w, p->type, &bits) &&
	       !__builtin_mul_overflow(bits, 8, &bits) &&
	       !__builtin_mul_overflow(bits, i, &bits) &&
	       !__builtin_add_overflow(p->bit, bits, &p->bit);
}

/* "[3][0]": all that stands behind a name. Returns what is behind, or NULL. */
static const char *enter_elements(struct walk *w, struct place *p,
				  const char *path)
{
	char *end;

	while (*path == '[') {
		uint64_t i;

		if (path[1] < '0' || path[1] > '9')
			return NULL;
		i = strtoull(path + 1, &end, 10);
		if (*end != ']' || !enter_element(w, p, i))
			return NULL;
		path = end + 1;
	}
	return path;
}

static bool follow(struct walk *w, struct place *p, const char *path)
{
	char name[MAX_NAME];

	for (;;) {
		size_t len = strcspn(path, ".[");

		if (!len || len >= sizeof(name))
			return false;
		memcpy(name, path, len);
		name[len] = '\0';
		if (!enter_member(w, p, name, 0))
			return false;
		path = enter_elements(w, p, path + len);
		if (!path || (*path && *path != '.'))
			return false;
		if (!*path++)
			return true;
	}
}

/* What a dump calls its types goes to a terminal, perhaps. */
static bool is_plain(const char *name)
{
	for (; *name; name++)
		if (*name <= 0x20 || *name > 0x7e)
			return false;
	return true;
}

static void tell_name(struct hvd_member *m, const struct hvd_type *type)
{
	const char *kind = type->kind == HVD_TYPE_STRUCT  ? "struct"
			   : type->kind == HVD_TYPE_UNION ? "union"
			   : type->kind == HVD_TYPE_ENUM  ? "enum"
							  : NULL;
	int len;

	if (!kind || !*type->name || !is_plain(type->name))
		return;
	len = snprintf(m->type, sizeof(m->type), "%s %s", kind, type->name);
	if (len < 0 || (size_t)len >= sizeof(m->type))
		m->type[0] = '\0';
}

/*
 * The fewest bytes that can be read as a number and have all bits of it; where
 * they are aligned, so that they end within what the compiler aligned.
 */
static bool tell_bits(struct hvd_member *m, uint64_t bit, unsigned int bits)
{
	uint64_t aligned;

	m->bits = bits;
	for (m->size = 1; m->size <= 8; m->size *= 2) {
		aligned = bit - bit % (8 * m->size);
		if (bit - aligned + bits > 8 * m->size)
			aligned = bit - bit % 8;
		m->offset = aligned / 8;
		m->bit_offset = bit - aligned;
		if (m->bit_offset + bits <= 8 * m->size)
			return true;
	}
	return false;
}

/* The elements of an array of whatever dimensions. */
static bool peel_arrays(struct walk *w, struct hvd_type *type)
{
	int depth;

	for (depth = 0; type->kind == HVD_TYPE_ARRAY; depth++)
		if (depth == MAX_CHAIN || !peel(w, type->target, type))
			return false;
	return true;
}

static bool tell(struct walk *w, const struct place *p, struct hvd_member *m)
{
	struct hvd_type type, pointed;

	*m = (struct hvd_member){.offset = p->bit / 8, .elements = 1};
	if (!peel(w, p->type, &type) || !size_of(w, p->type, &m->size))
		return false;
	if (type.kind == HVD_TYPE_ARRAY)
		m->elements = type.elements;
	if (!peel_arrays(w, &type))
		return false;
	m->is_signed = type.is_signed;
	m->is_pointer = type.kind == HVD_TYPE_POINTER;
	if (!m->is_pointer)
		tell_name(m, &type);
	else if (peel(w, type.target, &pointed))
		tell_name(m, &pointed);
	if (p->bits)
		return tell_bits(m, p->bit, p->bits);
	return p->bit % 8 == 0;
}

/** What the caller of a public function named. */
struct wanted {
	enum hvd_type_kind kind;
	const char *name;
};

static struct wanted parse_name(const char *type)
{
	if (!strncmp(type, "struct ", 7))
		return (struct wanted){HVD_TYPE_STRUCT, type + 7};
	if (!strncmp(type, "union ", 6))
		return (struct wanted){HVD_TYPE_UNION, type + 6};
	if (!strncmp(type, "enum ", 5))
		return (struct wanted){HVD_TYPE_ENUM, type + 5};
	return (struct wanted){HVD_TYPE_ALIAS, type};
}

/* The @nth type that was asked for in @t alone; 0: no more. */
static hvd_type_id find(const struct hvd_types *t, const struct wanted *want,
			unsigned int nth)
{
	return nth < MAX_NAMESAKES
		       ? t->ops->find(t, want->kind, want->name, nth)
		       : 0;
}

const char *hvd_types_source(const struct hvd_types *t)
{
	return t->ops->source;
}

const char *hvd_types_doubt(const struct hvd_types *t)
{
	return *t->doubt ? t->doubt : NULL;
}

bool hvd_types_size(const struct hvd_types *t, const char *name, uint64_t *size)
{
	struct wanted want = parse_name(name);
	unsigned int nth;
	hvd_type_id id;

	for (; t; t = t->base) {
		struct walk w = {.t = t};

		for (nth = 0; (id = find(t, &want, nth)); nth++)
			if (size_of(&w, id, size))
				return true;
	}
	return false;
}

bool hvd_types_member(const struct hvd_types *t, const char *type,
		      const char *path, struct hvd_member *member)
{
	struct wanted want = parse_name(type);
	unsigned int nth;
	hvd_type_id id;

	for (; t; t = t->base) {
		struct walk w = {.t = t};

		for (nth = 0; (id = find(t, &want, nth)); nth++) {
			struct place p = {.type = id};

			if (follow(&w, &p, path) && tell(&w, &p, member))
				return true;
		}
	}
	return false;
}

bool hvd_types_enumerator(const struct hvd_types *t, const char *name,
			  int64_t *value)
{
	for (; t; t = t->base)
		if (t->ops->value(t, name, value))
			return true;
	return false;
}

/* As far as an enum of @size bytes can tell the two apart. */
static bool is_same(int64_t a, int64_t b, uint64_t size)
{
	uint64_t mask =
		size && size < 8 ? (UINT64_C(1) << 8 * size) - 1 : UINT64_MAX;

	return !(((uint64_t)a ^ (uint64_t)b) & mask);
}

static const char *name_in_enum(const struct hvd_types *t, hvd_type_id id,
				int64_t value)
{
	struct hvd_type_enumerator e;
	struct hvd_type type;
	uint64_t cursor = 0;

	if (!t->ops->get(t, id, &type))
		return NULL;
	while (t->ops->enumerator(t, id, &cursor, &e))
		if (is_same(e.value, value, type.size) && is_plain(e.name))
			return e.name;
	return NULL;
}

const char *hvd_types_enum_name(const struct hvd_types *t, const char *type,
				int64_t value)
{
	struct wanted want = parse_name(type);
	const char *name;
	unsigned int nth;
	hvd_type_id id;

	if (want.kind != HVD_TYPE_ENUM)
		return NULL;
	for (; t; t = t->base)
		for (nth = 0; (id = find(t, &want, nth)); nth++)
			if ((name = name_in_enum(t, id, value)))
				return name;
	return NULL;
}

void hvd_types_close(struct hvd_types *t)
{
	if (t)
		t->ops->close(t);
}
