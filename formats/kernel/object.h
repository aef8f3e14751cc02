/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Objects of the kernel in a dump: a structure read in one go, its members then
 * asked for by name; and the lists that objects are linked in.
 */
#ifndef HVDUMP_OBJECT_H
#define HVDUMP_OBJECT_H

#include "kmem.h"
#include "types.h"

/* A number that is not known: the kernel has no such member. */
#define HVD_UNKNOWN UINT64_MAX

/** What objects are read with. */
struct hvd_object_source {
	struct hvd_kmem *kmem;
	const struct hvd_types *types;
};

/** One structure. Fields are for reading. */
struct hvd_object {
	const struct hvd_object_source *from;
	const char *type; /* "struct NAME"; the caller's */
	uint64_t address;
	uint64_t size;
	uint8_t *bytes; /* owned */
};

/**
 * hvd_object_read() - read a structure at a kernel address
 * @from and @type must live longer. What is not DATA has @err set and nothing
 * to release: DAMAGED also means that the types know no such structure, or that
 * 0 was given for an address.
 */
enum hvd_read hvd_object_read(struct hvd_object *o,
			      const struct hvd_object_source *from,
			      const char *type, uint64_t address,
			      struct hvd_error *err);
void hvd_object_free(struct hvd_object *o);

/**
 * hvd_object_get() - the number that a member is: see hvd_types_member()
 * Bit fields too; signed ones are extended. False: there is no such member, or
 * it is no number of up to 8 bytes; @value is then left alone.
 */
bool hvd_object_get(const struct hvd_object *o, const char *path,
		    uint64_t *value);

/** hvd_object_value() - the same; HVD_UNKNOWN where there is none */
uint64_t hvd_object_value(const struct hvd_object *o, const char *path);

/** hvd_object_where() - the address of a member; 0: there is no such member */
uint64_t hvd_object_where(const struct hvd_object *o, const char *path);

/**
 * hvd_object_element() - the address of element @i of a pointer or number array
 * @member says how the array lies; false: it has no such element.
 */
bool hvd_object_element(const struct hvd_object *o,
			const struct hvd_member *member, uint64_t i,
			uint64_t *value);

/** A list of objects: what links them, and what is done with each. */
struct hvd_list {
	const struct hvd_object_source *from;
	const char *type;   /* of the objects */
	const char *member; /* of that type, that links them */
	uint64_t head;	    /* the address of the list's head */
	/* With an object's address; -1 with @err ends the walk. */
	int (*each)(void *arg, uint64_t address, struct hvd_error *err);
	void *arg;
};

/**
 * hvd_hlist_walk() - a struct hlist_head and the nodes behind it
 * hvd_list_walk() - a struct list_head and the others of its ring
 * Each node has to point back to where it was found, so a walk never goes in a
 * circle. Returns -1 with @err where a list breaks; what lies before the break
 * was seen.
 */
int hvd_hlist_walk(const struct hvd_list *list, struct hvd_error *err);
int hvd_list_walk(const struct hvd_list *list, struct hvd_error *err);

/**
 * hvd_grow() - room for one more of @nr elements of @size bytes
 * Returns the array (moved), its new element all zeros; NULL: no memory, @array
 * is as it was.
 */
void *hvd_grow(void *array, size_t nr, size_t size);

#endif /* HVDUMP_OBJECT_H */
