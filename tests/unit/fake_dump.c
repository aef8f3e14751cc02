// SPDX-License-Identifier: GPL-2.0-or-later
/* A made-up kernel: see fake_dump.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fake_dump.h"

void put_le(uint8_t *p, uint64_t value, size_t size)
{
	for (; size--; value >>= 8)
		*p++ = value & 0xff;
}

uint8_t *fake_memory(struct hvd_kmem *k, uint64_t address, size_t size)
{
	assert_true(k->nr < FAKE_PIECES);
	k->pieces[k->nr].address = address;
	k->pieces[k->nr].size = size;
	k->pieces[k->nr].data = calloc(1, size ? size : 1);
	assert_non_null(k->pieces[k->nr].data);
	return k->pieces[k->nr++].data;
}

uint8_t *fake_at(const struct hvd_kmem *k, uint64_t address)
{
	size_t i;

	for (i = 0; i < k->nr; i++)
		if (address - k->pieces[i].address < k->pieces[i].size)
			return k->pieces[i].data +
			       (address - k->pieces[i].address);
	fail_msg("nothing at 0x%llx", (unsigned long long)address);
	return NULL;
}

void fake_cut(struct hvd_kmem *k, uint64_t address, size_t size)
{
	size_t i;

	for (i = 0; i < k->nr; i++)
		if (k->pieces[i].address == address)
			k->pieces[i].size = size;
}

void fake_free(struct hvd_kmem *k)
{
	size_t i;

	for (i = 0; i < k->nr; i++)
		free(k->pieces[i].data);
	k->nr = 0;
}

void fake_damage(struct hvd_kmem *k, unsigned int seed)
{
	static const uint8_t bytes[] = {0, 1, 0x7f, 0x80, 0xff};
	unsigned int n = 1 + (unsigned int)rand_r(&seed) % 4;
	size_t i, at;

	while (n--) {
		i = (size_t)rand_r(&seed) % k->nr;
		if (!k->pieces[i].size)
			continue;
		/* The start of a piece is where most of its content is. */
		at = (size_t)rand_r(&seed) % k->pieces[i].size;
		if (seed & 0x100)
			at %= 64;
		k->pieces[i].data[at] =
			bytes[(size_t)rand_r(&seed) % sizeof(bytes)];
	}
}

/* All of it in one piece, or nothing. */
enum hvd_read hvd_kmem_read(struct hvd_kmem *k, uint64_t address, void *buf,
			    size_t size, struct hvd_error *err)
{
	uint64_t offset;
	size_t i;

	k->reads++;
	for (i = 0; i < k->nr; i++) {
		offset = address - k->pieces[i].address;
		if (offset <= k->pieces[i].size &&
		    size <= k->pieces[i].size - offset) {
			memcpy(buf, k->pieces[i].data + offset, size);
			return HVD_READ_DATA;
		}
	}
	hvd_error_set(err, "0x%016llx: not mapped",
		      (unsigned long long)address);
	return HVD_READ_ABSENT;
}

enum hvd_read hvd_kmem_word(struct hvd_kmem *k, uint64_t address, size_t size,
			    uint64_t *value, struct hvd_error *err)
{
	uint8_t bytes[8];
	enum hvd_read status = hvd_kmem_read(k, address, bytes, size, err);

	if (status == HVD_READ_DATA)
		for (*value = 0; size--;)
			*value = *value << 8 | bytes[size];
	return status;
}

enum hvd_read hvd_kmem_string(struct hvd_kmem *k, uint64_t address, char *buf,
			      size_t size, struct hvd_error *err)
{
	enum hvd_read status;
	size_t i;

	memset(buf, 0, size);
	for (i = 0; i + 1 < size; i++) {
		status = hvd_kmem_read(k, address + i, buf + i, 1, err);
		if (status != HVD_READ_DATA || !buf[i])
			return status;
	}
	return HVD_READ_DATA;
}

void fake_no_line(struct hvd_vmcoreinfo *v, const char *key)
{
	size_t i;

	for (i = 0; i < v->nr; i++)
		if (!strcmp(v->lines[i].key, key))
			v->lines[i].key = "";
}

void fake_line(struct hvd_vmcoreinfo *v, const char *key, uint64_t value)
{
	fake_no_line(v, key);
	assert_true(v->nr < FAKE_LINES);
	v->lines[v->nr].key = key;
	v->lines[v->nr++].value = value;
}

static bool find_line(const struct hvd_vmcoreinfo *v, const char *kind,
		      const char *name, uint64_t *value)
{
	char key[128];
	size_t i;

	snprintf(key, sizeof(key), "%s(%s)", kind, name);
	for (i = 0; i < v->nr; i++)
		if (!strcmp(v->lines[i].key, key)) {
			*value = v->lines[i].value;
			return true;
		}
	return false;
}

bool hvd_vmcoreinfo_symbol(const struct hvd_vmcoreinfo *v, const char *name,
			   uint64_t *value)
{
	return find_line(v, "SYMBOL", name, value);
}

bool hvd_vmcoreinfo_offset(const struct hvd_vmcoreinfo *v, const char *name,
			   uint64_t *value)
{
	return find_line(v, "OFFSET", name, value);
}

bool hvd_vmcoreinfo_size(const struct hvd_vmcoreinfo *v, const char *name,
			 uint64_t *value)
{
	return find_line(v, "SIZE", name, value);
}

void fake_member(struct hvd_types *t, const char *type, const char *path,
		 uint64_t offset, uint64_t size)
{
	assert_true(t->nr < FAKE_MEMBERS);
	t->members[t->nr].type = type;
	t->members[t->nr].path = path;
	t->members[t->nr].offset = offset;
	t->members[t->nr++].size = size;
}

bool hvd_types_member(const struct hvd_types *t, const char *type,
		      const char *path, struct hvd_member *member)
{
	size_t i;

	for (i = 0; i < t->nr; i++)
		if (!strcmp(t->members[i].type, type) &&
		    !strcmp(t->members[i].path, path)) {
			memset(member, 0, sizeof(*member));
			member->offset = t->members[i].offset;
			member->size = t->members[i].size;
			return true;
		}
	return false;
}
