// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types from DWARF, which libdw takes apart: see types.h. A handle is the
 * offset of a DIE in .debug_info.
 *
 * Kernels have no index of names (.debug_names), so one is made: of the types
 * at the top of each unit, unit by unit, only as far as a name asks for it. Of
 * types with the same name and kind the first complete one is kept: most are
 * one type in many units.
 */
#include "config.h"

#include "types_dwarf.h"

#ifdef HAVE_LIBDW

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>

#include "name_index.h"
#include "types_source.h"

/** Names of one sort, and up to which unit they are known. */
struct dwarf_names {
	struct hvd_name_index index; /* offsets of DIEs; none above 4 GiB */
	Dwarf_CU *unit;		     /* the last one that is in it */
	bool complete;
};

struct dwarf_types {
	struct hvd_types types;
	struct hvd_debug_file *file;
	Dwarf *dwarf;
	struct dwarf_names names;
	struct dwarf_names enumerators; /* offsets of their enums */
};

/* Finding grows the index: nobody sees it, but it is no longer const. */
static struct dwarf_types *of(const struct hvd_types *t)
{
	return (struct dwarf_types *)t;
}

static enum hvd_type_kind kind_of(Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_base_type:
		return HVD_TYPE_NUMBER;
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
		return HVD_TYPE_POINTER;
	case DW_TAG_array_type:
		return HVD_TYPE_ARRAY;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		return HVD_TYPE_STRUCT;
	case DW_TAG_union_type:
		return HVD_TYPE_UNION;
	case DW_TAG_enumeration_type:
		return HVD_TYPE_ENUM;
	case DW_TAG_typedef:
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		return HVD_TYPE_ALIAS;
	default:
		return HVD_TYPE_OTHER;
	}
}

static const char *name_of(Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	return name ? name : "";
}

static bool number_of(Dwarf_Die *die, unsigned int attribute, uint64_t *value)
{
	Dwarf_Attribute a;
	Dwarf_Word word;

	if (!dwarf_attr(die, attribute, &a) || dwarf_formudata(&a, &word))
		return false;
	*value = word;
	return true;
}

static bool die_at(const struct dwarf_types *d, hvd_type_id id, Dwarf_Die *die)
{
	return id && dwarf_offdie(d->dwarf, id, die);
}

/* What DW_AT_type refers to, in the same file; 0: nothing, void. */
static hvd_type_id target_of(const struct dwarf_types *d, Dwarf_Die *die)
{
	Dwarf_Attribute a;
	Dwarf_Die target;

	if (!dwarf_attr(die, DW_AT_type, &a) ||
	    !dwarf_formref_die(&a, &target) ||
	    dwarf_cu_getdwarf(target.cu) != d->dwarf)
		return 0;
	return dwarf_dieoffset(&target);
}

/* A length is there as such, or as the last index; -1 is that of [0]. */
static uint64_t length_of(Dwarf_Die *dimension)
{
	uint64_t value;

	if (number_of(dimension, DW_AT_count, &value))
		return value;
	if (number_of(dimension, DW_AT_upper_bound, &value))
		return (value & UINT32_MAX) == UINT32_MAX ? 0 : value + 1;
	return 0;
}

static bool next_child(Dwarf_Die *die, int tag)
{
	do
		if (dwarf_tag(die) == tag)
			return true;
	while (!dwarf_siblingof(die, die));
	return false;
}

/* All dimensions in one, as BTF has them: whoever asks need not know which. */
static bool get_array(const struct dwarf_types *d, Dwarf_Die *die,
		      struct hvd_type *type)
{
	Dwarf_Die child;

	type->target = target_of(d, die);
	if (dwarf_child(die, &child) ||
	    !next_child(&child, DW_TAG_subrange_type))
		return false;
	type->elements = 1;
	do
		if (__builtin_mul_overflow(type->elements, length_of(&child),
					   &type->elements))
			return false;
	while (!dwarf_siblingof(&child, &child) &&
	       next_child(&child, DW_TAG_subrange_type));
	return true;
}

static bool is_signed_number(Dwarf_Die *die)
{
	uint64_t encoding = 0;

	number_of(die, DW_AT_encoding, &encoding);
	return encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
}

/* The integer that stands for it, which compilers name since DWARF 3. */
static bool is_signed_enum(const struct dwarf_types *d, Dwarf_Die *die)
{
	Dwarf_Die integer;

	return die_at(d, target_of(d, die), &integer) &&
	       !dwarf_peel_type(&integer, &integer) &&
	       is_signed_number(&integer);
}

static bool get(const struct hvd_types *types, hvd_type_id id,
		struct hvd_type *type)
{
	const struct dwarf_types *d = of(types);
	Dwarf_Die die;

	if (!die_at(d, id, &die))
		return false;
	*type = (struct hvd_type){.id = id, .kind = kind_of(&die)};
	type->name = name_of(&die);
	switch (type->kind) {
	case HVD_TYPE_POINTER:
	case HVD_TYPE_ALIAS:
		type->target = target_of(d, &die);
		return true;
	case HVD_TYPE_ARRAY:
		return get_array(d, &die, type);
	case HVD_TYPE_NUMBER:
		type->is_signed = is_signed_number(&die);
		break;
	case HVD_TYPE_ENUM:
		type->is_signed = is_signed_enum(d, &die);
		break;
	default:
		break;
	}
	number_of(&die, DW_AT_byte_size, &type->size);
	return true;
}

/* Take in the next unit; false: that was the last one. */
static bool next_unit(struct dwarf_types *d, struct dwarf_names *names,
		      void (*add)(struct dwarf_types *d, Dwarf_Die *die))
{
	Dwarf_Die unit, die;

	if (names->complete ||
	    dwarf_get_units(d->dwarf, names->unit, &names->unit, NULL, NULL,
			    &unit, NULL)) {
		names->complete = true;
		return false;
	}
	if (dwarf_child(&unit, &die))
		return true;
	do
		add(d, &die);
	while (!dwarf_siblingof(&die, &die));
	return true;
}

/* The DIE of a type that is in the index. */
static hvd_type_id indexed(const struct dwarf_types *d, enum hvd_type_kind kind,
			   const char *name)
{
	struct hvd_name_walk w;
	Dwarf_Die die;
	uint32_t id;

	hvd_name_walk_init(&w, &d->names.index, name);
	while ((id = hvd_name_walk_next(&w)))
		if (die_at(d, id, &die) && kind_of(&die) == kind &&
		    !strcmp(name_of(&die), name))
			return id;
	return 0;
}

static bool is_of_use(Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
		return !dwarf_hasattr(die, DW_AT_declaration);
	case DW_TAG_typedef:
		return true;
	default:
		return false;
	}
}

static void add_name(struct dwarf_types *d, Dwarf_Die *die)
{
	const char *name = is_of_use(die) ? name_of(die) : "";
	Dwarf_Off offset = dwarf_dieoffset(die);

	if (*name && offset <= UINT32_MAX && !indexed(d, kind_of(die), name))
		hvd_name_index_add(&d->names.index, name, (uint32_t)offset);
}

static hvd_type_id find(const struct hvd_types *types, enum hvd_type_kind kind,
			const char *name, unsigned int nth)
{
	struct dwarf_types *d = of(types);
	hvd_type_id id;

	if (nth)
		return 0;
	while (!(id = indexed(d, kind, name)))
		if (!next_unit(d, &d->names, add_name))
			break;
	return id;
}

/*
 * DW_AT_data_bit_offset counts from the beginning of the structure. Compilers
 * before DWARF 5 count from the high end of the storage unit instead.
 */
static bool bits_of(const struct dwarf_types *d, Dwarf_Die *die,
		    struct hvd_type_member *m)
{
	uint64_t bits, from_high, unit;
	struct hvd_type type;

	if (!number_of(die, DW_AT_bit_size, &bits))
		return true;
	if (!bits || bits > UINT32_MAX)
		return false;
	m->bits = (unsigned int)bits;
	if (number_of(die, DW_AT_data_bit_offset, &m->bit_offset) ||
	    !number_of(die, DW_AT_bit_offset, &from_high))
		return true;
	if (!number_of(die, DW_AT_byte_size, &unit)) {
		if (!get(&d->types, m->type, &type))
			return false;
		unit = type.size;
	}
	m->bit_offset += 8 * unit - from_high - bits;
	return true;
}

/* A constant, or in DWARF 2 and 3 an expression that adds one. */
static bool offset_of(Dwarf_Die *die, uint64_t *offset)
{
	Dwarf_Attribute a;
	Dwarf_Word word;
	Dwarf_Op *expr;
	size_t len;

	*offset = 0;
	if (!dwarf_attr(die, DW_AT_data_member_location, &a))
		return true;
	if (!dwarf_formudata(&a, &word))
		*offset = word;
	else if (!dwarf_getlocation(&a, &expr, &len) && len == 1 &&
		 expr[0].atom == DW_OP_plus_uconst)
		*offset = expr[0].number;
	else
		return false;
	return true;
}

/* The first child (cursor 0), or the one behind the last one. */
static bool next_of(const struct dwarf_types *d, hvd_type_id id, int tag,
		    uint64_t *cursor, Dwarf_Die *die)
{
	if (!die_at(d, *cursor ? *cursor : id, die) ||
	    (*cursor ? dwarf_siblingof(die, die) : dwarf_child(die, die)) ||
	    !next_child(die, tag))
		return false;
	*cursor = dwarf_dieoffset(die);
	return true;
}

static bool member(const struct hvd_types *types, hvd_type_id id,
		   uint64_t *cursor, struct hvd_type_member *m)
{
	const struct dwarf_types *d = of(types);
	uint64_t offset;
	Dwarf_Die die;

	while (next_of(d, id, DW_TAG_member, cursor, &die)) {
		*m = (struct hvd_type_member){.name = name_of(&die)};
		m->type = target_of(d, &die);
		if (!offset_of(&die, &offset) ||
		    __builtin_mul_overflow(offset, 8, &m->bit_offset))
			continue;
		if (bits_of(d, &die, m))
			return true;
	}
	return false;
}

/* A positive value may fill its bytes, a negative one has a form of its own. */
static bool value_of(Dwarf_Die *die, int64_t *value)
{
	Dwarf_Attribute a;
	Dwarf_Sword sword;
	Dwarf_Word word;

	if (!dwarf_attr(die, DW_AT_const_value, &a))
		return false;
	switch (dwarf_whatform(&a)) {
	case DW_FORM_sdata:
	case DW_FORM_implicit_const:
		if (dwarf_formsdata(&a, &sword))
			return false;
		*value = sword;
		return true;
	default:
		if (dwarf_formudata(&a, &word))
			return false;
		*value = (int64_t)word;
		return true;
	}
}

static bool enumerator(const struct hvd_types *types, hvd_type_id id,
		       uint64_t *cursor, struct hvd_type_enumerator *e)
{
	const struct dwarf_types *d = of(types);
	Dwarf_Die die;

	while (next_of(d, id, DW_TAG_enumerator, cursor, &die))
		if (value_of(&die, &e->value)) {
			e->name = name_of(&die);
			return true;
		}
	return false;
}

static bool indexed_value(const struct dwarf_types *d, const char *name,
			  int64_t *value)
{
	struct hvd_type_enumerator e;
	struct hvd_name_walk w;
	uint32_t id;

	hvd_name_walk_init(&w, &d->enumerators.index, name);
	while ((id = hvd_name_walk_next(&w))) {
		uint64_t cursor = 0;

		while (enumerator(&d->types, id, &cursor, &e))
			if (!strcmp(e.name, name)) {
				*value = e.value;
				return true;
			}
	}
	return false;
}

/* An enum whose first name is known is one that was seen in another unit. */
static void add_enum(struct dwarf_types *d, Dwarf_Die *die)
{
	Dwarf_Off offset = dwarf_dieoffset(die);
	struct hvd_type_enumerator e;
	uint64_t cursor = 0;
	int64_t known;

	if (dwarf_tag(die) != DW_TAG_enumeration_type || offset > UINT32_MAX ||
	    !enumerator(&d->types, offset, &cursor, &e) ||
	    indexed_value(d, e.name, &known))
		return;
	do
		hvd_name_index_add(&d->enumerators.index, e.name,
				   (uint32_t)offset);
	while (enumerator(&d->types, offset, &cursor, &e));
}

static bool value(const struct hvd_types *types, const char *name,
		  int64_t *value)
{
	struct dwarf_types *d = of(types);

	while (!indexed_value(d, name, value))
		if (!next_unit(d, &d->enumerators, add_enum))
			return false;
	return true;
}

static void close_dwarf(struct hvd_types *types)
{
	struct dwarf_types *d = of(types);

	hvd_name_index_free(&d->names.index);
	hvd_name_index_free(&d->enumerators.index);
	hvd_debug_file_close(d->file);
	free(d);
}

static const struct hvd_types_ops dwarf_ops = {
	.source = "DWARF",
	.whole = true,
	.close = close_dwarf,
	.find = find,
	.get = get,
	.member = member,
	.enumerator = enumerator,
	.value = value,
};

bool hvd_types_dwarf_in(const struct hvd_debug_file *f)
{
	size_t size;

	return hvd_debug_file_section(f, ".debug_info", &size) ||
	       hvd_debug_file_section(f, ".zdebug_info", &size);
}

struct hvd_types *hvd_types_from_dwarf(struct hvd_debug_file *f,
				       struct hvd_types *base,
				       struct hvd_error *err)
{
	struct dwarf_types *d;
	Dwarf_Addr bias;
	Dwarf *dwarf;

	dwarf = dwfl_module_getdwarf(f->dwfl_module, &bias);
	if (!dwarf) {
		hvd_error_set(err, "%s: DWARF: %s", f->path, dwfl_errmsg(-1));
		return NULL;
	}
	d = calloc(1, sizeof(*d));
	if (!d) {
		hvd_error_set(err, "out of memory");
		return NULL;
	}
	d->types.ops = &dwarf_ops;
	d->types.base = base;
	d->dwarf = dwarf;
	d->file = f;
	return &d->types;
}

#else

bool hvd_types_dwarf_in(const struct hvd_debug_file *f)
{
	(void)f;
	return false;
}

struct hvd_types *hvd_types_from_dwarf(struct hvd_debug_file *f,
				       struct hvd_types *base,
				       struct hvd_error *err)
{
	(void)base;
	hvd_error_set(err,
		      "%s: DWARF cannot be read: hvdump was built without "
		      "libdw",
		      f->path);
	return NULL;
}

#endif
