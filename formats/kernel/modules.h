/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modules that a kernel had loaded, and their symbols; for symbols.c alone.
 * Source: kernel/module/, include/linux/module.h, kernel/bpf/btf.c.
 */
#ifndef HVDUMP_MODULES_H
#define HVDUMP_MODULES_H

#include "symbols.h"

/** One symbol of a module. */
struct hvd_module_symbol {
	uint64_t value;
	uint32_t index; /* in the module's table */
	uint32_t name;	/* in its strings */
	char type;
};

struct hvd_module_entry {
	struct hvd_module module;
	char name[64];
	struct hvd_error why;
	uint64_t symtab, strtab, typetab; /* in kernel memory */
	uint32_t nr_symtab;
	/* Read when they are first needed. */
	bool tried;
	struct hvd_module_symbol *symbols; /* by value */
	size_t nr_symbols;
	char *strings;
};

struct hvd_module_range {
	uint64_t start, size;
	uint32_t module, part;
};

struct hvd_modules {
	struct hvd_kmem *kmem;
	struct hvd_module_entry **entries; /* in the list's order */
	size_t nr;
	struct hvd_module_range *ranges; /* by start */
	size_t nr_ranges;
};

/**
 * hvd_modules_load() - walk the lists of modules and of their BTF
 * @head, @btf_head: where these are; @btf_head is 0 where the kernel has none.
 * Returns -1 with @err where a list breaks; what was found stays.
 */
int hvd_modules_load(struct hvd_modules *m, const struct hvd_types *types,
		     uint64_t head, uint64_t btf_head, struct hvd_error *err);
void hvd_modules_free(struct hvd_modules *m);

/** hvd_modules_range() - the part of a module that @address is in; or NULL */
const struct hvd_module_range *hvd_modules_range(const struct hvd_modules *m,
						 uint64_t address);

/**
 * hvd_module_read_symbols() - read them, if that was not done before
 * What cannot be read is not there, and the module's @why says so.
 */
void hvd_module_read_symbols(struct hvd_kmem *k, struct hvd_module_entry *e);

#endif /* HVDUMP_MODULES_H */
