/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names and addresses of the kernel in a dump and of its modules, from the
 * kallsyms that the kernel carries with it: no vmlinux is needed.
 */
#ifndef HVDUMP_SYMBOLS_H
#define HVDUMP_SYMBOLS_H

#include "kmem.h"
#include "types.h"
#include "vmcoreinfo.h"

struct hvd_symbols;

/** What stands at an address. The strings are owned by the table. */
struct hvd_symbol {
	const char *name;
	const char *module; /* NULL: the kernel itself */
	uint64_t address;
	uint64_t size; /* up to the next one, as in the kernel's own traces */
	char type;     /* as nm and kallsyms have it: 't', 'T', 'd', ... */
};

/**
 * hvd_symbols_open() - decode the kernel's own table
 * Which of the three encodings it has is told by VMCOREINFO, and proven by
 * _stext. Returns NULL with @err set: what was looked for, and what is missing.
 */
struct hvd_symbols *hvd_symbols_open(struct hvd_kmem *k,
				     const struct hvd_vmcoreinfo *v,
				     struct hvd_error *err);
void hvd_symbols_close(struct hvd_symbols *s); /* NULL is allowed */

/** One loaded module. The strings are owned by the table. */
struct hvd_module {
	const char *name;
	uint64_t address; /* of its struct module */
	struct {
		uint64_t start, size;
	} part[7]; /* as enum mod_mem_type: text, data, read-only data, data
		    * that became so; the same but the last for its start.
		    * Those with size 0 are not there */
	unsigned int nr_parts;
	uint64_t btf, btf_size; /* in kernel memory; 0: it has none */
	const char *why; /* what of it could not be read; NULL: all was */
};

/**
 * hvd_symbols_load_modules() - walk the module list and add its symbols
 * Needs the types of the kernel. A broken module is kept with @why set, a
 * broken list ends where it breaks and @err says so (-1); what was found stays.
 */
int hvd_symbols_load_modules(struct hvd_symbols *s,
			     const struct hvd_types *types,
			     struct hvd_error *err);

/** hvd_symbols_module() - the i-th module, in the list's order; NULL: no more */
const struct hvd_module *hvd_symbols_module(const struct hvd_symbols *s,
					    size_t i);

/** hvd_symbols_find_module() - by name; '-' and '_' are the same; or NULL */
const struct hvd_module *hvd_symbols_find_module(const struct hvd_symbols *s,
						 const char *name);

/**
 * hvd_symbols_find() - the address of a name; as loaded, KASLR included
 * @module: NULL for the kernel itself. Names are not unique: the @nth is meant
 * (0 the first). False when there is none.
 */
bool hvd_symbols_find(const struct hvd_symbols *s, const char *module,
		      const char *name, unsigned int nth, uint64_t *address);

/** hvd_symbols_at() - the symbol that an address is in; false: in none */
bool hvd_symbols_at(const struct hvd_symbols *s, uint64_t address,
		    struct hvd_symbol *symbol);

/**
 * hvd_symbols_text() - "name+0x12/0x34 [module]", or "0x..." where there is none
 * Writes @size bytes at most, NUL included; returns @buf.
 */
char *hvd_symbols_text(const struct hvd_symbols *s, uint64_t address, char *buf,
		       size_t size);

/** hvd_symbols_is_text() - is it an address of code, of kernel or module? */
bool hvd_symbols_is_text(const struct hvd_symbols *s, uint64_t address);

#endif /* HVDUMP_SYMBOLS_H */
