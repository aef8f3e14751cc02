// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel of the tests' own making: see kernel_fake.h. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_fake.h"

#define MANY 128

static struct {
	uint64_t address;
	size_t size;
	uint8_t *bytes;
} memory[MANY];

static struct hvd_symbol symbols[MANY];
static struct hvd_module modules[4];

static struct {
	uint64_t address, size;
} texts[4];

static struct {
	const char *type, *path;
	struct hvd_member member;
} members[MANY];

static struct {
	const char *type;
	uint64_t size;
} types[MANY];

static size_t nr_memory, nr_symbols, nr_modules, nr_texts, nr_members, nr_types;

/* What they point to is never looked at. */
struct hvd_kernel *const fake_kernel = (struct hvd_kernel *)memory;

void fake_reset(void)
{
	while (nr_memory)
		free(memory[--nr_memory].bytes);
	nr_symbols = nr_modules = nr_texts = nr_members = nr_types = 0;
}

int fake_teardown(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

uint8_t *fake_memory(uint64_t address, size_t size)
{
	assert(nr_memory < MANY);
	memory[nr_memory].address = address;
	memory[nr_memory].size = size;
	memory[nr_memory].bytes = calloc(1, size);
	return memory[nr_memory++].bytes;
}

static uint8_t *find_memory(uint64_t address, size_t size)
{
	size_t i;

	for (i = 0; i < nr_memory; i++)
		if (address >= memory[i].address && size <= memory[i].size &&
		    address - memory[i].address <= memory[i].size - size)
			return memory[i].bytes + (address - memory[i].address);
	return NULL;
}

void fake_bytes(uint64_t address, const void *bytes, size_t size)
{
	uint8_t *place = find_memory(address, size);

	assert(place);
	memcpy(place, bytes, size);
}

void fake_put(uint64_t address, uint64_t value, size_t size)
{
	uint8_t bytes[8];
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	fake_bytes(address, bytes, size);
}

void fake_symbol(const char *name, const char *module, uint64_t address,
		 uint64_t size)
{
	assert(nr_symbols < MANY);
	symbols[nr_symbols++] = (struct hvd_symbol){
		.name = name,
		.module = module,
		.address = address,
		.size = size,
	};
}

void fake_text(uint64_t address, uint64_t size)
{
	texts[nr_texts].address = address;
	texts[nr_texts++].size = size;
}

void fake_module(const char *name, uint64_t address, uint64_t start,
		 uint64_t size)
{
	modules[nr_modules++] = (struct hvd_module){
		.name = name,
		.address = address,
		.part[0] = {start, size},
		.nr_parts = 1,
	};
}

void fake_type(const char *type, uint64_t size)
{
	types[nr_types].type = type;
	types[nr_types++].size = size;
}

void fake_member(const char *type, const char *path, uint64_t offset,
		 uint64_t size, unsigned int bit, unsigned int bits)
{
	assert(nr_members < MANY);
	members[nr_members].type = type;
	members[nr_members].path = path;
	members[nr_members++].member = (struct hvd_member){
		.offset = offset,
		.size = size,
		.elements = 1,
		.bit_offset = bit,
		.bits = bits,
	};
}

void fake_array(const char *type, const char *path, uint64_t offset,
		uint64_t size, uint64_t elements)
{
	fake_member(type, path, offset, size, 0, 0);
	members[nr_members - 1].member.elements = elements;
}

/* --------------------------------------------- what is asked instead of a dump
 */

struct hvd_kmem *hvd_kernel_kmem(struct hvd_kernel *k, struct hvd_error *err)
{
	(void)err;
	return (struct hvd_kmem *)k;
}

struct hvd_symbols *hvd_kernel_symbols(struct hvd_kernel *k,
				       struct hvd_error *err)
{
	(void)err;
	return (struct hvd_symbols *)k;
}

struct hvd_types *hvd_kernel_types(struct hvd_kernel *k, struct hvd_error *err)
{
	if (nr_types || nr_members)
		return (struct hvd_types *)k;
	hvd_error_set(err, "no types");
	return NULL;
}

enum hvd_read hvd_kmem_read(struct hvd_kmem *k, uint64_t address, void *buf,
			    size_t size, struct hvd_error *err)
{
	const uint8_t *bytes = find_memory(address, size);

	(void)k;
	if (!bytes) {
		hvd_error_set(err, "0x%016" PRIx64 ": not mapped", address);
		return HVD_READ_ABSENT;
	}
	memcpy(buf, bytes, size);
	return HVD_READ_DATA;
}

enum hvd_read hvd_kmem_word(struct hvd_kmem *k, uint64_t address, size_t size,
			    uint64_t *value, struct hvd_error *err)
{
	uint8_t bytes[8] = {0};

	if (hvd_kmem_read(k, address, bytes, size, err) != HVD_READ_DATA)
		return HVD_READ_ABSENT;
	memcpy(value, bytes, sizeof(bytes));
	return HVD_READ_DATA;
}

/* As if all memory were mapped 1:1. */
enum hvd_read hvd_kmem_translate(struct hvd_kmem *k, uint64_t address,
				 uint64_t *physical, struct hvd_error *err)
{
	uint8_t byte;

	*physical = address;
	return hvd_kmem_read(k, address, &byte, 1, err);
}

struct hvd_types *hvd_kernel_module_types(struct hvd_kernel *k,
					  const char *module,
					  struct hvd_error *err)
{
	(void)module;
	return hvd_kernel_types(k, err);
}

const char *hvd_types_enum_name(const struct hvd_types *t, const char *type,
				int64_t value)
{
	(void)t;
	(void)type;
	return value == 1 ? "ONE" : NULL;
}

const struct hvd_module *hvd_symbols_find_module(const struct hvd_symbols *s,
						 const char *name)
{
	size_t i;

	(void)s;
	for (i = 0; i < nr_modules; i++)
		if (!strcmp(modules[i].name, name))
			return &modules[i];
	return NULL;
}

bool hvd_symbols_find(const struct hvd_symbols *s, const char *module,
		      const char *name, unsigned int nth, uint64_t *address)
{
	size_t i;

	(void)s;
	for (i = 0; i < nr_symbols; i++)
		if (!strcmp(symbols[i].name, name) &&
		    !module == !symbols[i].module && !nth--) {
			*address = symbols[i].address;
			return true;
		}
	return false;
}

bool hvd_symbols_at(const struct hvd_symbols *s, uint64_t address,
		    struct hvd_symbol *symbol)
{
	size_t i;

	(void)s;
	for (i = 0; i < nr_symbols; i++)
		if (address - symbols[i].address < symbols[i].size) {
			*symbol = symbols[i];
			return true;
		}
	return false;
}

bool hvd_symbols_is_text(const struct hvd_symbols *s, uint64_t address)
{
	size_t i;

	(void)s;
	for (i = 0; i < nr_texts; i++)
		if (address - texts[i].address < texts[i].size)
			return true;
	return false;
}

const struct hvd_module *hvd_symbols_module(const struct hvd_symbols *s,
					    size_t i)
{
	(void)s;
	return i < nr_modules ? &modules[i] : NULL;
}

bool hvd_types_size(const struct hvd_types *t, const char *name, uint64_t *size)
{
	size_t i;

	(void)t;
	for (i = 0; i < nr_types; i++)
		if (!strcmp(types[i].type, name)) {
			*size = types[i].size;
			return true;
		}
	return false;
}

bool hvd_types_member(const struct hvd_types *t, const char *type,
		      const char *path, struct hvd_member *member)
{
	size_t i;

	(void)t;
	for (i = 0; i < nr_members; i++)
		if (!strcmp(members[i].type, type) &&
		    !strcmp(members[i].path, path)) {
			*member = members[i].member;
			return true;
		}
	return false;
}
