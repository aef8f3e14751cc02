// SPDX-License-Identifier: GPL-2.0-or-later
/* The symbols of one module, as its ELF file had them: see modules.h. */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "kallsyms.h"
#include "modules.h"

/* Of one module: the biggest have some 10,000. */
#define MAX_SYMBOLS (1u << 20)
#define MAX_STRINGS (64u << 20)

#define SYM_SIZE 24 /* Elf64_Sym */

/* The kernel leaves out what compilers and assemblers name for themselves. */
static bool is_named(const char *name)
{
	return name[0] && name[0] != '$' && strncmp(name, ".L", 2) &&
	       strncmp(name, "L0", 2);
}

static int by_value(const void *a, const void *b)
{
	const struct hvd_module_symbol *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int too_many(struct hvd_module_entry *e, const char *what, uint64_t nr,
		    uint64_t max)
{
	return hvd_error_set(&e->why, "%s: expected at most %" PRIu64
			     ", found %" PRIu64, what, max, nr);
}

/* Those that are defined; their names are offsets, not looked at yet. */
static int read_symtab(struct hvd_kmem *k, struct hvd_module_entry *e,
		       uint8_t *table, uint8_t *types, uint32_t *strings)
{
	struct hvd_module_symbol *sym = e->symbols;
	const uint8_t *p = table;
	struct hvd_error none;
	uint32_t i;

	if (hvd_kmem_read(k, e->symtab, table, (size_t)e->nr_symtab * SYM_SIZE,
			  &e->why))
		return hvd_error_prefix(&e->why, "symtab");
	if (hvd_kmem_read(k, e->typetab, types, e->nr_symtab, &none))
		memset(types, '?', e->nr_symtab);
	hvd_kallsyms_plain((char *)types, e->nr_symtab);
	for (i = 0; i < e->nr_symtab; i++, p += SYM_SIZE) {
		/* The first one is empty in any ELF file. */
		if (!i || hvd_le16(p + 6) == SHN_UNDEF)
			continue;
		*sym++ = (struct hvd_module_symbol){
			hvd_le64(p + 8), i, hvd_le32(p), (char)types[i]};
		if (hvd_le32(p) > *strings)
			*strings = hvd_le32(p);
	}
	e->nr_symbols = (size_t)(sym - e->symbols);
	return 0;
}

/* Where the last name ends is known only when it is read. */
static int read_strings(struct hvd_kmem *k, struct hvd_module_entry *e,
			uint32_t last)
{
	size_t size = (size_t)last + HVD_KALLSYMS_NAME;

	if (last > MAX_STRINGS)
		return too_many(e, "bytes of names", last, MAX_STRINGS);
	e->strings = calloc(1, size);
	if (!e->strings)
		return hvd_error_set(&e->why, "no memory for names");
	if (hvd_kmem_read(k, e->strtab, e->strings, last, &e->why) ||
	    hvd_kmem_string(k, e->strtab + last, e->strings + last,
			    HVD_KALLSYMS_NAME, &e->why))
		return hvd_error_prefix(&e->why, "strtab");
	hvd_kallsyms_plain(e->strings, size);
	return 0;
}

static void drop_unnamed(struct hvd_module_entry *e)
{
	size_t i, nr = 0;

	for (i = 0; i < e->nr_symbols; i++)
		if (is_named(e->strings + e->symbols[i].name))
			e->symbols[nr++] = e->symbols[i];
	e->nr_symbols = nr;
}

static int read_all(struct hvd_kmem *k, struct hvd_module_entry *e,
		    uint8_t *table, uint8_t *types)
{
	uint32_t last = 0;

	if (!table || !types || !e->symbols)
		return hvd_error_set(&e->why, "no memory for symbols");
	if (read_symtab(k, e, table, types, &last) || read_strings(k, e, last))
		return -1;
	drop_unnamed(e);
	qsort(e->symbols, e->nr_symbols, sizeof(*e->symbols), by_value);
	return 0;
}

void hvd_module_read_symbols(struct hvd_kmem *k, struct hvd_module_entry *e)
{
	uint8_t *table, *types;
	int status;

	if (e->tried || !e->nr_symtab)
		return;
	e->tried = true;
	if (e->nr_symtab > MAX_SYMBOLS) {
		too_many(e, "symbols", e->nr_symtab, MAX_SYMBOLS);
		e->module.why = e->why.text;
		return;
	}
	table = malloc((size_t)e->nr_symtab * SYM_SIZE);
	types = malloc(e->nr_symtab);
	e->symbols = calloc(e->nr_symtab, sizeof(*e->symbols));
	status = read_all(k, e, table, types);
	free(table);
	free(types);
	if (!status)
		return;
	e->nr_symbols = 0;
	hvd_error_prefix(&e->why, "module %s: symbols", e->name);
	e->module.why = e->why.text;
}
