/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a source of types has to offer: single types by handles of its own.
 * Paths, sizes, limits and the checks of what a hostile source says are common
 * to all: types.c.
 */
#ifndef HVDUMP_TYPES_SOURCE_H
#define HVDUMP_TYPES_SOURCE_H

#include "types.h"

/** A type in its source. 0: void, or none. */
typedef uint64_t hvd_type_id;

enum hvd_type_kind {
	HVD_TYPE_OTHER, /* a function, void, what is not known */
	HVD_TYPE_NUMBER,
	HVD_TYPE_POINTER,
	HVD_TYPE_ARRAY,
	HVD_TYPE_STRUCT,
	HVD_TYPE_UNION,
	HVD_TYPE_ENUM,
	HVD_TYPE_ALIAS, /* a typedef, const, volatile, ... of @target */
};

/** One type, as its source has it: nothing in it is checked. */
struct hvd_type {
	hvd_type_id id;
	enum hvd_type_kind kind;
	const char *name;   /* "": it has none. Owned by the source */
	uint64_t size;	    /* of a number, a structure, a union, an enum */
	uint64_t elements;  /* of an array; 0: not known */
	hvd_type_id target; /* element of an array, what is pointed to, ... */
	bool is_signed;
};

struct hvd_type_member {
	const char *name; /* "": none */
	hvd_type_id type;
	uint64_t bit_offset; /* from the beginning of the structure */
	unsigned int bits;   /* of a bit field; or 0 */
};

struct hvd_type_enumerator {
	const char *name;
	int64_t value;
};

struct hvd_types_ops {
	const char *source;
	bool whole; /* a module's file has all types that it uses */
	void (*close)(struct hvd_types *t);
	/*
	 * The @nth (0 the first) complete type of this kind and name; names are
	 * not unique. HVD_TYPE_ALIAS finds typedefs. 0: there is none.
	 */
	hvd_type_id (*find)(const struct hvd_types *t, enum hvd_type_kind kind,
			    const char *name, unsigned int nth);
	/* What the handle stands for; false: nothing. */
	bool (*get)(const struct hvd_types *t, hvd_type_id id,
		    struct hvd_type *type);
	/* The next member (enumerator) behind *@cursor; 0 at the beginning. */
	bool (*member)(const struct hvd_types *t, hvd_type_id id,
		       uint64_t *cursor, struct hvd_type_member *m);
	bool (*enumerator)(const struct hvd_types *t, hvd_type_id id,
			   uint64_t *cursor, struct hvd_type_enumerator *e);
	/* The value of an enumerator of whatever enum. */
	bool (*value)(const struct hvd_types *t, const char *name,
		      int64_t *value);
};

/** What all sources begin with. */
struct hvd_types {
	const struct hvd_types_ops *ops;
	const struct hvd_types *base; /* asked for what is not here; or NULL */
	char doubt[256];	      /* hvd_types_doubt() */
};

#endif /* HVDUMP_TYPES_SOURCE_H */
