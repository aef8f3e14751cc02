/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own table of symbols, as its build compressed it; for symbols.c
 * alone. Names stay compressed until they are asked for.
 * Source: scripts/kallsyms.c, kernel/kallsyms.c.
 */
#ifndef HVDUMP_KALLSYMS_H
#define HVDUMP_KALLSYMS_H

#include "kmem.h"
#include "vmcoreinfo.h"

#define HVD_KALLSYMS_TOKENS 256

/* KSYM_NAME_LEN, since 6.1; it was 128. A longer name is cut. */
#define HVD_KALLSYMS_NAME 512

struct hvd_kallsyms_entry {
	uint64_t address;
	uint32_t at; /* of its compressed name */
};

/** All in it is checked: every name is whole, every token a string. */
struct hvd_kallsyms {
	struct hvd_kallsyms_entry *entries; /* by address */
	uint32_t nr;
	uint64_t stext;
	uint8_t *names;
	size_t names_size;
	char *tokens;
	uint16_t token[HVD_KALLSYMS_TOKENS];
	char **expanded;  /* names that were asked for */
	uint32_t *hashes; /* of names; made when the first is looked for */
};

/**
 * hvd_kallsyms_open() - read and check the tables that VMCOREINFO names
 * Addresses and lengths are all decoded and checked here, so that what follows
 * cannot fail. Returns NULL with @err. Release with hvd_kallsyms_close().
 */
struct hvd_kallsyms *hvd_kallsyms_open(struct hvd_kmem *k,
				       const struct hvd_vmcoreinfo *v,
				       struct hvd_error *err);
void hvd_kallsyms_close(struct hvd_kallsyms *t); /* NULL is allowed */

/**
 * hvd_kallsyms_plain() - replace what is in no name: blanks, control bytes, ...
 * A terminal could take it for a command. NULs are left: @text may hold many.
 */
void hvd_kallsyms_plain(char *text, size_t size);

/**
 * hvd_kallsyms_length() - of the compressed name at @p, in tokens
 * @left: bytes that there are; @head: how many the length takes. 0: none there
 */
size_t hvd_kallsyms_length(const uint8_t *p, size_t left, size_t *head);

/**
 * hvd_kallsyms_expand() - type and name, one string, of the name at @at
 * @buf has HVD_KALLSYMS_NAME + 1 bytes. The first is the type.
 */
void hvd_kallsyms_expand(const struct hvd_kallsyms *t, uint32_t at, char *buf);

/** hvd_kallsyms_lower() - the first entry whose address is not below */
uint32_t hvd_kallsyms_lower(const struct hvd_kallsyms *t, uint64_t address);

/** hvd_kallsyms_name() - owned by the table; NULL: there is no memory for it */
const char *hvd_kallsyms_name(struct hvd_kallsyms *t, uint32_t i, char *type);

/** hvd_kallsyms_find() - the @nth of that name, by address; -1: none */
int64_t hvd_kallsyms_find(struct hvd_kallsyms *t, const char *name,
			  unsigned int nth);

/**
 * hvd_kallsyms_at() - the first symbol at the nearest address at or below
 * @size: up to the next address that has one. -1: outside of the kernel's image
 */
int64_t hvd_kallsyms_at(const struct hvd_kallsyms *t, uint64_t address,
			uint64_t *size);

#endif /* HVDUMP_KALLSYMS_H */
