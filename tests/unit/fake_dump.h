/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that a test makes up: pieces of memory at virtual addresses, lines
 * of VMCOREINFO, members of structures. It stands in for kmem.h, vmcoreinfo.h
 * and types.h, so that what is above them can be tested by itself.
 */
#ifndef FAKE_DUMP_H
#define FAKE_DUMP_H

#include "kernel/kmem.h"
#include "kernel/types.h"
#include "kernel/vmcoreinfo.h"

#define FAKE_PIECES  64
#define FAKE_LINES   96
#define FAKE_MEMBERS 64

struct hvd_kmem {
	struct {
		uint64_t address;
		uint8_t *data;
		size_t size;
	} pieces[FAKE_PIECES];
	size_t nr;
	size_t reads;
};

struct hvd_vmcoreinfo {
	struct {
		const char *key;
		uint64_t value;
	} lines[FAKE_LINES];
	size_t nr;
};

struct hvd_types {
	struct {
		const char *type, *path;
		uint64_t offset, size;
	} members[FAKE_MEMBERS];
	size_t nr;
};

/** fake_memory() - @size bytes of zeros at @address; released by fake_free() */
uint8_t *fake_memory(struct hvd_kmem *k, uint64_t address, size_t size);

/** fake_at() - the bytes at an address that is there */
uint8_t *fake_at(const struct hvd_kmem *k, uint64_t address);

/** fake_cut() - the piece at @address has only @size bytes from now on */
void fake_cut(struct hvd_kmem *k, uint64_t address, size_t size);
void fake_free(struct hvd_kmem *k);

/** fake_damage() - some bytes become others; the same for the same @seed */
void fake_damage(struct hvd_kmem *k, unsigned int seed);

/** fake_line() - @key: "SYMBOL(name)" and so on; a second one replaces it */
void fake_line(struct hvd_vmcoreinfo *v, const char *key, uint64_t value);
void fake_no_line(struct hvd_vmcoreinfo *v, const char *key);

void fake_member(struct hvd_types *t, const char *type, const char *path,
		 uint64_t offset, uint64_t size);

/** put_le() - the little-endian number of @size bytes */
void put_le(uint8_t *p, uint64_t value, size_t size);

#endif /* FAKE_DUMP_H */
