// SPDX-License-Identifier: GPL-2.0-or-later
/* Structures of the kernel in a dump, member by member: see object.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "object.h"

/* No structure that is asked for comes near; types come from the dump, too. */
#define MAX_SIZE (UINT64_C(1) << 20)

enum hvd_read hvd_object_read(struct hvd_object *o,
			      const struct hvd_object_source *from,
			      const char *type, uint64_t address,
			      struct hvd_error *err)
{
	enum hvd_read outcome = HVD_READ_DAMAGED;

	*o = (struct hvd_object){.from = from, .type = type,
				 .address = address};
	if (!hvd_types_size(from->types, type, &o->size) || !o->size ||
	    o->size > MAX_SIZE) {
		hvd_error_set(err, "%s: the kernel's types have none", type);
		return outcome;
	}
	if (!address) {
		hvd_error_set(err, "%s: expected an address, found 0", type);
		return outcome;
	}
	o->bytes = malloc(o->size);
	if (o->bytes)
		outcome = hvd_kmem_read(from->kmem, address, o->bytes, o->size,
					err);
	else
		hvd_error_set(err, "no memory");
	if (outcome == HVD_READ_DATA)
		return outcome;
	hvd_error_prefix(err, "%s", type);
	hvd_object_free(o);
	return outcome;
}

void hvd_object_free(struct hvd_object *o)
{
	free(o->bytes);
	o->bytes = NULL;
	o->size = 0;
}

/* The number of @size bytes, 1 to 8, at @offset of the object. */
static uint64_t number_at(const struct hvd_object *o, uint64_t offset,
			  uint64_t size)
{
	uint8_t buf[8] = {0};

	memcpy(buf, o->bytes + offset, size);
	return hvd_le64(buf);
}

static bool is_inside(const struct hvd_object *o, uint64_t offset,
		      uint64_t size)
{
	return size && size <= 8 && size <= o->size &&
	       offset <= o->size - size;
}

static uint64_t low_bits(uint64_t value, unsigned int bits, bool is_signed)
{
	if (!bits || bits >= 64)
		return value;
	value &= (UINT64_C(1) << bits) - 1;
	if (is_signed && value >> (bits - 1))
		value |= ~((UINT64_C(1) << bits) - 1);
	return value;
}

bool hvd_object_get(const struct hvd_object *o, const char *path,
		    uint64_t *value)
{
	struct hvd_member m;
	uint64_t n;

	if (!hvd_types_member(o->from->types, o->type, path, &m) ||
	    !is_inside(o, m.offset, m.size))
		return false;
	n = number_at(o, m.offset, m.size);
	if (m.bits && m.bit_offset < 64)
		*value = low_bits(n >> m.bit_offset, m.bits, m.is_signed);
	else
		*value = low_bits(n, (unsigned int)m.size * 8, m.is_signed);
	return true;
}

uint64_t hvd_object_value(const struct hvd_object *o, const char *path)
{
	uint64_t value;

	return hvd_object_get(o, path, &value) ? value : HVD_UNKNOWN;
}

uint64_t hvd_object_where(const struct hvd_object *o, const char *path)
{
	struct hvd_member m;

	return hvd_types_member(o->from->types, o->type, path, &m) &&
			       m.offset <= o->size
		       ? o->address + m.offset
		       : 0;
}

bool hvd_object_element(const struct hvd_object *o,
			const struct hvd_member *member, uint64_t i,
			uint64_t *value)
{
	uint64_t size = member->elements ? member->size / member->elements : 0;

	if (i >= member->elements || member->offset > o->size ||
	    !is_inside(o, member->offset + i * size, size))
		return false;
	*value = number_at(o, member->offset + i * size, size);
	return true;
}

void *hvd_grow(void *array, size_t nr, size_t size)
{
	char *grown = array;

	/* At each power of two: what was there is then all in use. */
	if (!(nr & (nr - 1)))
		grown = reallocarray(array, nr ? nr * 2 : 1, size);
	if (grown)
		memset(grown + nr * size, 0, size);
	return grown;
}
