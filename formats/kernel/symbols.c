// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and addresses of kernel and modules: see symbols.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "modules.h"
#include "symbols.h"

/* enum mod_mem_type */
#define PART_TEXT      0
#define PART_INIT_TEXT 4

struct hvd_symbols {
	struct hvd_kmem *kmem;
	struct hvd_kallsyms *table;
	struct hvd_modules modules;
	struct {
		uint64_t start, end;
	} text[2]; /* of the kernel: what stays, what only its start needs */
};

static void find_text(struct hvd_symbols *s)
{
	static const char *const names[2][2] = {{"_stext", "_etext"},
						{"_sinittext", "_einittext"}};
	int i;

	for (i = 0; i < 2; i++)
		if (!hvd_symbols_find(s, NULL, names[i][0], 0,
				      &s->text[i].start) ||
		    !hvd_symbols_find(s, NULL, names[i][1], 0, &s->text[i].end))
			s->text[i].start = s->text[i].end = 0;
}

struct hvd_symbols *hvd_symbols_open(struct hvd_kmem *k,
				     const struct hvd_vmcoreinfo *v,
				     struct hvd_error *err)
{
	struct hvd_symbols *s = calloc(1, sizeof(*s));

	if (!s) {
		hvd_error_set(err, "symbols: no memory");
		return NULL;
	}
	s->kmem = k;
	s->modules.kmem = k;
	s->table = hvd_kallsyms_open(k, v, err);
	if (!s->table) {
		hvd_symbols_close(s);
		return NULL;
	}
	find_text(s);
	return s;
}

void hvd_symbols_close(struct hvd_symbols *s)
{
	if (!s)
		return;
	hvd_modules_free(&s->modules);
	hvd_kallsyms_close(s->table);
	free(s);
}

int hvd_symbols_load_modules(struct hvd_symbols *s,
			     const struct hvd_types *types,
			     struct hvd_error *err)
{
	uint64_t head, btf_head;

	hvd_modules_free(&s->modules);
	if (!hvd_symbols_find(s, NULL, "modules", 0, &head))
		return hvd_error_set(err, "expected a symbol \"modules\", "
				     "found none: no CONFIG_KALLSYMS_ALL, or "
				     "no CONFIG_MODULES");
	if (!hvd_symbols_find(s, NULL, "btf_modules", 0, &btf_head))
		btf_head = 0;
	return hvd_modules_load(&s->modules, types, head, btf_head, err);
}

const struct hvd_module *hvd_symbols_module(const struct hvd_symbols *s,
					    size_t i)
{
	return i < s->modules.nr ? &s->modules.entries[i]->module : NULL;
}

static bool same_module(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !(strchr("-_", *a) && strchr("-_", *b)))
			return false;
	return *a == *b;
}

static struct hvd_module_entry *find_entry(const struct hvd_symbols *s,
					   const char *name)
{
	size_t i;

	for (i = 0; i < s->modules.nr; i++)
		if (same_module(s->modules.entries[i]->name, name))
			return s->modules.entries[i];
	return NULL;
}

const struct hvd_module *hvd_symbols_find_module(const struct hvd_symbols *s,
						 const char *name)
{
	struct hvd_module_entry *e = find_entry(s, name);

	return e ? &e->module : NULL;
}

static bool find_in_module(const struct hvd_symbols *s, const char *module,
			   const char *name, unsigned int nth,
			   uint64_t *address)
{
	struct hvd_module_entry *e = find_entry(s, module);
	size_t i;

	if (!e)
		return false;
	hvd_module_read_symbols(s->kmem, e);
	for (i = 0; i < e->nr_symbols; i++)
		if (!strcmp(e->strings + e->symbols[i].name, name) && !nth--) {
			*address = e->symbols[i].value;
			return true;
		}
	return false;
}

bool hvd_symbols_find(const struct hvd_symbols *s, const char *module,
		      const char *name, unsigned int nth, uint64_t *address)
{
	int64_t i;

	if (module)
		return find_in_module(s, module, name, nth, address);
	i = hvd_kallsyms_find(s->table, name, nth);
	if (i < 0)
		return false;
	*address = s->table->entries[i].address;
	return true;
}

/*
 * As the kernel does in its own traces: the nearest symbol below, within the
 * same part of the module, and the first of several at one address.
 */
static bool at_in_module(const struct hvd_module_entry *e,
			 const struct hvd_module_range *range, uint64_t address,
			 struct hvd_symbol *symbol)
{
	size_t low = 0, high = e->nr_symbols, mid, first;
	uint64_t end = range->start + range->size;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (e->symbols[mid].value <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || e->symbols[low - 1].value < range->start)
		return false;
	for (first = low - 1; first && e->symbols[first - 1].value ==
					       e->symbols[low - 1].value;)
		first--;
	if (low < e->nr_symbols && e->symbols[low].value < end)
		end = e->symbols[low].value;
	*symbol = (struct hvd_symbol){
		.name = e->strings + e->symbols[first].name,
		.module = e->name,
		.address = e->symbols[first].value,
		.size = end - e->symbols[first].value,
		.type = e->symbols[first].type,
	};
	return true;
}

bool hvd_symbols_at(const struct hvd_symbols *s, uint64_t address,
		    struct hvd_symbol *symbol)
{
	const struct hvd_module_range *range;
	struct hvd_module_entry *e;
	uint64_t size;
	int64_t i = hvd_kallsyms_at(s->table, address, &size);

	if (i >= 0) {
		*symbol = (struct hvd_symbol){
			.address = s->table->entries[i].address, .size = size};
		symbol->name = hvd_kallsyms_name(s->table, (uint32_t)i,
						 &symbol->type);
		return symbol->name;
	}
	range = hvd_modules_range(&s->modules, address);
	if (!range)
		return false;
	e = s->modules.entries[range->module];
	hvd_module_read_symbols(s->kmem, e);
	return at_in_module(e, range, address, symbol);
}

char *hvd_symbols_text(const struct hvd_symbols *s, uint64_t address, char *buf,
		       size_t size)
{
	struct hvd_symbol sym;

	if (!hvd_symbols_at(s, address, &sym))
		snprintf(buf, size, "0x%016" PRIx64, address);
	else
		snprintf(buf, size, "%s+0x%" PRIx64 "/0x%" PRIx64 "%s%s%s",
			 sym.name, address - sym.address, sym.size,
			 sym.module ? " [" : "", sym.module ? sym.module : "",
			 sym.module ? "]" : "");
	return buf;
}

bool hvd_symbols_is_text(const struct hvd_symbols *s, uint64_t address)
{
	const struct hvd_module_range *range;
	int i;

	for (i = 0; i < 2; i++)
		if (address >= s->text[i].start && address < s->text[i].end)
			return true;
	range = hvd_modules_range(&s->modules, address);
	return range && (range->part == PART_TEXT ||
			 range->part == PART_INIT_TEXT);
}
