// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types from BTF, which libbpf takes apart: see types.h. What libbpf 1.1
 * believes although it is read from a dump is checked before it gets it.
 * Source: Documentation/bpf/btf.rst.
 */
#include "config.h"

#include "types_source.h"

#ifdef HAVE_LIBBPF

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bytes.h"
#include "name_index.h"

#define HEADER_SIZE 24	      /* of version 1; later ones only grow behind it */
#define MAX_STEPS   (1 << 20) /* enumerators looked at in one lookup */

struct btf_types {
	struct hvd_types types;
	struct btf *btf;
	uint32_t first, behind;		  /* ids of its own, not of the base */
	uint32_t strings, strings_behind; /* offsets of its own */
	bool enums_have_sign;
	struct hvd_name_index names;	    /* structures, enums, typedefs */
	struct hvd_name_index *enumerators; /* filled when first asked for */
};

static const struct btf_types *of(const struct hvd_types *t)
{
	return (const struct btf_types *)t;
}

static const char *name_at(const struct btf_types *b, uint32_t offset)
{
	const char *name = btf__name_by_offset(b->btf, offset);

	return name ? name : "";
}

static enum hvd_type_kind kind_of(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		return HVD_TYPE_NUMBER;
	case BTF_KIND_PTR:
		return HVD_TYPE_POINTER;
	case BTF_KIND_ARRAY:
		return HVD_TYPE_ARRAY;
	case BTF_KIND_STRUCT:
		return HVD_TYPE_STRUCT;
	case BTF_KIND_UNION:
		return HVD_TYPE_UNION;
	case BTF_KIND_FWD: /* known by name alone */
		return btf_kflag(t) ? HVD_TYPE_UNION : HVD_TYPE_STRUCT;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return HVD_TYPE_ENUM;
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return HVD_TYPE_ALIAS;
	default:
		return HVD_TYPE_OTHER;
	}
}

/*
 * The sign of enums came with 6.0 and pahole 1.24; before, each value was a
 * signed one, and the flag was never set.
 */
static bool is_signed_enum(const struct btf_types *b, const struct btf_type *t)
{
	return btf_kflag(t) || !b->enums_have_sign;
}

/* pahole calls "signed char" unsigned: only what is "signed" counts there. */
static bool is_signed_int(const struct btf_types *b, const struct btf_type *t)
{
	return btf_int_encoding(t) & BTF_INT_SIGNED ||
	       !strcmp(name_at(b, t->name_off), "signed char");
}

static bool get(const struct hvd_types *types, hvd_type_id id,
		struct hvd_type *type)
{
	const struct btf_types *b = of(types);
	const struct btf_type *t;

	t = id && id <= UINT32_MAX ? btf__type_by_id(b->btf, id) : NULL;
	if (!t)
		return false;
	*type = (struct hvd_type){.id = id, .kind = kind_of(t)};
	type->name = name_at(b, t->name_off);
	switch (type->kind) {
	case HVD_TYPE_POINTER:
	case HVD_TYPE_ALIAS:
		type->target = t->type;
		break;
	case HVD_TYPE_ARRAY:
		type->target = btf_array(t)->type;
		type->elements = btf_array(t)->nelems;
		break;
	case HVD_TYPE_OTHER:
		break;
	default:
		type->size = t->size;
	}
	if (btf_is_int(t))
		type->is_signed = is_signed_int(b, t);
	else if (btf_is_any_enum(t))
		type->is_signed = is_signed_enum(b, t);
	return true;
}

static hvd_type_id find(const struct hvd_types *types, enum hvd_type_kind kind,
			const char *name, unsigned int nth)
{
	const struct btf_types *b = of(types);
	struct hvd_name_walk w;
	uint32_t id;

	hvd_name_walk_init(&w, &b->names, name);
	while ((id = hvd_name_walk_next(&w))) {
		const struct btf_type *t = btf__type_by_id(b->btf, id);

		if (kind_of(t) == kind &&
		    !strcmp(name_at(b, t->name_off), name) && !nth--)
			return id;
	}
	return 0;
}

static bool member(const struct hvd_types *types, hvd_type_id id,
		   uint64_t *cursor, struct hvd_type_member *m)
{
	const struct btf_types *b = of(types);
	const struct btf_type *t = btf__type_by_id(b->btf, id);
	const struct btf_member *raw;

	if (!btf_is_composite(t) || *cursor >= btf_vlen(t))
		return false;
	raw = &btf_members(t)[*cursor];
	m->name = name_at(b, raw->name_off);
	m->type = raw->type;
	m->bit_offset = btf_member_bit_offset(t, *cursor);
	m->bits = btf_member_bitfield_size(t, *cursor);
	(*cursor)++;
	return true;
}

static void enumerator_at(const struct btf_types *b, const struct btf_type *t,
			  uint32_t i, struct hvd_type_enumerator *e)
{
	if (btf_is_enum64(t)) {
		const uint32_t *raw = (const uint32_t *)(t + 1) + 3 * i;

		e->name = name_at(b, raw[0]);
		e->value = (int64_t)((uint64_t)raw[2] << 32 | raw[1]);
		return;
	}
	e->name = name_at(b, btf_enum(t)[i].name_off);
	e->value = btf_enum(t)[i].val;
	if (!is_signed_enum(b, t))
		e->value = (uint32_t)e->value;
}

static bool enumerator(const struct hvd_types *types, hvd_type_id id,
		       uint64_t *cursor, struct hvd_type_enumerator *e)
{
	const struct btf_types *b = of(types);
	const struct btf_type *t = btf__type_by_id(b->btf, id);

	if (!btf_is_any_enum(t) || *cursor >= btf_vlen(t))
		return false;
	enumerator_at(b, t, (*cursor)++, e);
	return true;
}

static int index_enum(const struct btf_types *b, uint32_t id,
		      struct hvd_name_index *x)
{
	const struct btf_type *t = btf__type_by_id(b->btf, id);
	struct hvd_type_enumerator e;
	uint32_t i;

	for (i = 0; i < btf_vlen(t); i++) {
		enumerator_at(b, t, i, &e);
		if (hvd_name_index_add(x, e.name, id))
			return -1;
	}
	return 0;
}

static void index_enumerators(const struct btf_types *b)
{
	uint32_t id;

	for (id = b->first; id < b->behind; id++)
		if (btf_is_any_enum(btf__type_by_id(b->btf, id)) &&
		    index_enum(b, id, b->enumerators))
			break;
}

static bool value(const struct hvd_types *types, const char *name,
		  int64_t *value)
{
	const struct btf_types *b = of(types);
	struct hvd_type_enumerator e;
	struct hvd_name_walk w;
	uint32_t id, steps = 0;

	if (!b->enumerators->nr_slots)
		index_enumerators(b);
	hvd_name_walk_init(&w, b->enumerators, name);
	while ((id = hvd_name_walk_next(&w))) {
		uint64_t cursor = 0;

		while (steps++ < MAX_STEPS &&
		       enumerator(types, id, &cursor, &e))
			if (!strcmp(e.name, name)) {
				*value = e.value;
				return true;
			}
	}
	return false;
}

static void close_btf(struct hvd_types *types)
{
	struct btf_types *b = (struct btf_types *)types;

	hvd_name_index_free(&b->names);
	if (b->enumerators)
		hvd_name_index_free(b->enumerators);
	free(b->enumerators);
	btf__free(b->btf);
	free(b);
}

static const struct hvd_types_ops btf_ops = {
	.source = "BTF",
	.close = close_btf,
	.find = find,
	.get = get,
	.member = member,
	.enumerator = enumerator,
	.value = value,
};

/*
 * Where libbpf 1.1 adds without looking: it takes a header that is longer than
 * it claims, and swaps what is of another endianness before it checks it.
 */
static int check_header(const uint8_t *p, size_t size, bool has_base,
			struct hvd_error *err)
{
	uint64_t header, types, types_end, strings, strings_end;

	if (size < HEADER_SIZE)
		return hvd_error_set(err, "BTF: %zu bytes are too few", size);
	if (hvd_le16(p) != BTF_MAGIC || p[2] != BTF_VERSION)
		return hvd_error_set(err,
				     "BTF: expected magic 0x%x and version %d, "
				     "found 0x%x and %d",
				     BTF_MAGIC, BTF_VERSION, hvd_le16(p), p[2]);
	header = hvd_le32(p + 4);
	types = header + hvd_le32(p + 8);
	types_end = types + hvd_le32(p + 12);
	strings = header + hvd_le32(p + 16);
	strings_end = strings + hvd_le32(p + 20);
	if (header < HEADER_SIZE || header % 4 || types % 4 ||
	    types_end > strings || strings_end > size || size > INT32_MAX)
		return hvd_error_set(err,
				     "BTF: the sections of its header do "
				     "not fit into its %zu bytes",
				     size);
	if (strings == strings_end ? !has_base : p[strings_end - 1] != 0)
		return hvd_error_set(err, "BTF: its strings do not end");
	return 0;
}

/* btf__new_split() is declared by Debian 12's libbpf, and not exported. */
static struct btf *parse_split(const void *data, size_t size, struct btf *base)
{
	int fd = memfd_create("btf", MFD_CLOEXEC);
	struct btf *btf = NULL;
	char path[32];

	if (fd < 0)
		return NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size)
		btf = btf__parse_raw_split(path, base);
	close(fd);
	return btf;
}

static bool has_name_of_use(const struct btf_type *t)
{
	return t->name_off &&
	       (btf_is_composite(t) || btf_is_any_enum(t) || btf_is_typedef(t));
}

/*
 * Names of its own begin where a string of its own does. If they do not, it
 * goes on from another kernel's BTF, and its numbers of types mean others, too.
 */
static bool is_of_base(const struct btf_types *b, const struct btf_type *t)
{
	return t->name_off <= b->strings || !*name_at(b, t->name_off - 1);
}

static int index_names(struct btf_types *b, struct hvd_error *err)
{
	uint32_t id;

	for (id = b->first; id < b->behind; id++) {
		const struct btf_type *t = btf__type_by_id(b->btf, id);

		if (b->strings && !is_of_base(b, t))
			return hvd_error_set(err, "BTF: it does not go on "
						  "from that of this kernel");
		if (btf_is_any_enum(t) && btf_kflag(t))
			b->enums_have_sign = true;
		if (has_name_of_use(t) &&
		    hvd_name_index_add(&b->names, name_at(b, t->name_off), id))
			return hvd_error_set(err, "out of memory");
	}
	return 0;
}

/* Where libbpf tells what is wrong, which it would print otherwise. */
static _Thread_local char complaint[128];

static int keep_complaint(enum libbpf_print_level level, const char *format,
			  va_list args) __attribute__((format(printf, 2, 0)));

static int keep_complaint(enum libbpf_print_level level, const char *format,
			  va_list args)
{
	int len = 0;

	if (level != LIBBPF_DEBUG) {
		len = vsnprintf(complaint, sizeof(complaint), format, args);
		complaint[strcspn(complaint, "\n")] = '\0';
	}
	return len;
}

static int load(struct btf_types *b, const void *data, size_t size,
		const struct btf_types *base, struct hvd_error *err)
{
	libbpf_print_fn_t before = libbpf_set_print(keep_complaint);

	complaint[0] = '\0';
	errno = 0;
	b->btf = base ? parse_split(data, size, base->btf)
		      : btf__new(data, (uint32_t)size);
	libbpf_set_print(before);
	if (b->btf)
		return 0;
	return hvd_error_set(err, "BTF: libbpf cannot read it: %s%s%s",
			     strerror(errno), *complaint ? ": " : "",
			     complaint);
}

static int parse(struct btf_types *b, const void *data, size_t size,
		 const struct btf_types *base, struct hvd_error *err)
{
	if (load(b, data, size, base, err))
		return -1;
	b->first = base ? base->behind : 1;
	b->behind = btf__type_cnt(b->btf);
	b->strings = base ? base->strings_behind : 0;
	b->strings_behind = b->strings + hvd_le32((const uint8_t *)data + 20);
	b->enums_have_sign = base && base->enums_have_sign;
	b->enumerators = calloc(1, sizeof(*b->enumerators));
	if (!b->enumerators)
		return hvd_error_set(err, "out of memory");
	return index_names(b, err);
}

struct hvd_types *hvd_types_from_btf(const void *data, size_t size,
				     struct hvd_types *base,
				     struct hvd_error *err)
{
	struct btf_types *b;

	if (base && base->ops != &btf_ops) {
		hvd_error_set(err,
			      "the BTF of a module needs the kernel's BTF");
		return NULL;
	}
	if (check_header(data, size, base, err))
		return NULL;
	b = calloc(1, sizeof(*b));
	if (!b) {
		hvd_error_set(err, "out of memory");
		return NULL;
	}
	b->types.ops = &btf_ops;
	b->types.base = base;
	if (parse(b, data, size, (struct btf_types *)base, err)) {
		close_btf(&b->types);
		return NULL;
	}
	return &b->types;
}

#else

struct hvd_types *hvd_types_from_btf(const void *data, size_t size,
				     struct hvd_types *base,
				     struct hvd_error *err)
{
	(void)data;
	(void)size;
	(void)base;
	hvd_error_set(err,
		      "BTF cannot be read: hvdump was built without libbpf");
	return NULL;
}

#endif
