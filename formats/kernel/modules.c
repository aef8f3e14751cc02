// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of modules: see modules.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms.h"
#include "modules.h"

/* Beyond that it is no list, but a loop or noise. */
#define MAX_MODULES 4096

/* enum module_state: its memory is not set up yet. */
#define STATE_UNFORMED 3

#define NR_PARTS (sizeof(((struct hvd_module *)NULL)->part) / \
		  sizeof(((struct hvd_module *)NULL)->part[0]))

#define NONE UINT64_MAX

/** A part is [base + from, base + to): where in struct module these are. */
struct part_at {
	uint64_t base, from, to; /* base: NONE where there is no such part */
};

/** Where the members are, in bytes. */
struct layout {
	uint64_t next, name, name_size, state, kallsyms;
	uint64_t symtab, num_symtab, strtab, typetab; /* mod_kallsyms */
	struct part_at parts[NR_PARTS];
};

static int member(const struct hvd_types *types, const char *type,
		  const char *path, uint64_t *offset, struct hvd_error *err)
{
	struct hvd_member m;

	if (!hvd_types_member(types, type, path, &m))
		return hvd_error_set(err, "the types have no member %s of %s",
				     path, type);
	*offset = m.offset;
	return 0;
}

/* Since 6.4: an array, in the order of enum mod_mem_type. */
static int find_mem(const struct hvd_types *types, struct layout *l,
		    struct hvd_error *err)
{
	char base[32], size[32];
	size_t i;

	for (i = 0; i < NR_PARTS; i++) {
		snprintf(base, sizeof(base), "mem[%zu].base", i);
		snprintf(size, sizeof(size), "mem[%zu].size", i);
		l->parts[i].from = NONE;
		if (member(types, "struct module", base, &l->parts[i].base,
			   err) ||
		    member(types, "struct module", size, &l->parts[i].to, err))
			return -1;
	}
	return 0;
}

/*
 * Up to 6.3: two blocks, each of them text, read-only data, data that becomes
 * read-only, data, whose ends are counted from the block's start.
 */
static int find_layouts(const struct hvd_types *types, struct layout *l,
			struct hvd_error *err)
{
	static const struct {
		unsigned int part; /* as enum mod_mem_type would have it */
		const char *base, *from, *to;
	} parts[] = {
		{0, "core_layout.base", NULL, "core_layout.text_size"},
		{2, "core_layout.base", "core_layout.text_size",
		 "core_layout.ro_size"},
		{3, "core_layout.base", "core_layout.ro_size",
		 "core_layout.ro_after_init_size"},
		{1, "core_layout.base", "core_layout.ro_after_init_size",
		 "core_layout.size"},
		{4, "init_layout.base", NULL, "init_layout.text_size"},
		{6, "init_layout.base", "init_layout.text_size",
		 "init_layout.ro_size"},
		{5, "init_layout.base", "init_layout.ro_size",
		 "init_layout.size"},
	};
	struct part_at *at;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		at = &l->parts[parts[i].part];
		at->from = NONE;
		if (member(types, "struct module", parts[i].base, &at->base,
			   err) ||
		    member(types, "struct module", parts[i].to, &at->to, err) ||
		    (parts[i].from &&
		     member(types, "struct module", parts[i].from, &at->from,
			    err)))
			return -1;
	}
	return 0;
}

static int find_layout(const struct hvd_types *types, struct layout *l,
		       struct hvd_error *err)
{
	struct hvd_member name;

	if (!hvd_types_member(types, "struct module", "name", &name))
		return hvd_error_set(err, "the types have no struct module: "
				     "BTF or DWARF of another kind of kernel?");
	l->name = name.offset;
	l->name_size = name.size;
	if (member(types, "struct module", "list.next", &l->next, err) ||
	    member(types, "struct module", "state", &l->state, err))
		return -1;
	/* No CONFIG_KALLSYMS, no symbols; the modules are there even so. */
	if (member(types, "struct module", "kallsyms", &l->kallsyms, err) ||
	    member(types, "struct mod_kallsyms", "symtab", &l->symtab, err) ||
	    member(types, "struct mod_kallsyms", "num_symtab", &l->num_symtab,
		   err) ||
	    member(types, "struct mod_kallsyms", "strtab", &l->strtab, err) ||
	    /* Since 5.2; before, st_info held the type. */
	    member(types, "struct mod_kallsyms", "typetab", &l->typetab, err))
		l->kallsyms = NONE;
	return find_mem(types, l, err) ? find_layouts(types, l, err) : 0;
}

/* Reads that remember that one of them failed. */
struct reader {
	struct hvd_kmem *kmem;
	struct hvd_error *err;
	bool failed;
};

static uint64_t word(struct reader *r, uint64_t address, size_t size)
{
	uint64_t value = 0;

	if (!r->failed &&
	    hvd_kmem_word(r->kmem, address, size, &value, r->err))
		r->failed = true;
	return r->failed ? 0 : value;
}

static void read_parts(struct reader *r, const struct layout *l,
		       struct hvd_module *m)
{
	uint64_t from, to;
	size_t i;

	m->nr_parts = NR_PARTS;
	for (i = 0; i < NR_PARTS; i++) {
		from = l->parts[i].from == NONE ? 0
			: word(r, m->address + l->parts[i].from, 4);
		to = word(r, m->address + l->parts[i].to, 4);
		m->part[i].start =
			word(r, m->address + l->parts[i].base, 8) + from;
		m->part[i].size = to > from ? to - from : 0;
	}
}

static void read_kallsyms(struct reader *r, const struct layout *l,
			  struct hvd_module_entry *e)
{
	uint64_t at;

	if (l->kallsyms == NONE)
		return;
	at = word(r, e->module.address + l->kallsyms, 8);
	e->symtab = word(r, at + l->symtab, 8);
	e->strtab = word(r, at + l->strtab, 8);
	e->typetab = word(r, at + l->typetab, 8);
	e->nr_symtab = (uint32_t)word(r, at + l->num_symtab, 4);
}

static void read_name(struct reader *r, const struct layout *l,
		      struct hvd_module_entry *e)
{
	size_t size = sizeof(e->name);

	/* An array, so that what is behind it is not the name's. */
	if (l->name_size < size)
		size = (size_t)l->name_size;
	if (!size || hvd_kmem_string(r->kmem, e->module.address + l->name,
				     e->name, size, r->err)) {
		r->failed = true;
		strcpy(e->name, "?");
	}
	hvd_kallsyms_plain(e->name, strlen(e->name));
}

static void read_module(struct hvd_modules *m, const struct layout *l,
			struct hvd_module_entry *e)
{
	struct reader r = {.kmem = m->kmem, .err = &e->why};

	read_name(&r, l, e);
	read_parts(&r, l, &e->module);
	read_kallsyms(&r, l, e);
	e->module.name = e->name;
	if (r.failed)
		e->module.why = e->why.text;
}

static int add_module(struct hvd_modules *m, const struct layout *l,
		      uint64_t address)
{
	struct hvd_module_entry **more, *e = calloc(1, sizeof(*e));

	more = realloc(m->entries, (m->nr + 1) * sizeof(*more));
	if (more)
		m->entries = more;
	if (!e || !more) {
		free(e);
		return -1;
	}
	e->module.address = address;
	read_module(m, l, e);
	m->entries[m->nr++] = e;
	return 0;
}

static struct hvd_module_entry *entry_at(const struct hvd_modules *m,
					 uint64_t address)
{
	size_t i;

	for (i = 0; i < m->nr; i++)
		if (m->entries[i]->module.address == address)
			return m->entries[i];
	return NULL;
}

static int walk_modules(struct hvd_modules *m, const struct layout *l,
			uint64_t head, struct hvd_error *err)
{
	struct reader r = {.kmem = m->kmem, .err = err};
	uint64_t next = word(&r, head, 8), state;

	while (!r.failed && next != head) {
		if (m->nr == MAX_MODULES || entry_at(m, next - l->next))
			return hvd_error_set(err, "the list of modules does "
					     "not end: module %zu at 0x%016"
					     PRIx64, m->nr, next - l->next);
		state = word(&r, next - l->next + l->state, 4);
		if (!r.failed && state != STATE_UNFORMED &&
		    add_module(m, l, next - l->next))
			return hvd_error_set(err, "no memory for modules");
		next = word(&r, next, 8);
	}
	return r.failed ? hvd_error_prefix(err, "the list of modules, behind "
					   "%zu of them", m->nr) : 0;
}

/*
 * The types of a module: module.btf_data is gone once it is loaded, but the
 * kernel keeps a list of what it made of them (since 5.11; nothing is in it
 * without CONFIG_DEBUG_INFO_BTF_MODULES). makedumpfile's levels that filter
 * free and slab pages may leave the data themselves out: that shows when they
 * are read.
 */
struct btf_layout {
	uint64_t list, module, btf, data, data_size;
};

static int find_btf_layout(const struct hvd_types *types, struct btf_layout *l,
			   struct hvd_error *err)
{
	return member(types, "struct btf_module", "list.next", &l->list, err) ||
	       member(types, "struct btf_module", "module", &l->module, err) ||
	       member(types, "struct btf_module", "btf", &l->btf, err) ||
	       member(types, "struct btf", "data", &l->data, err) ||
	       member(types, "struct btf", "data_size", &l->data_size, err);
}

static int walk_btf(struct hvd_modules *m, const struct btf_layout *l,
		    uint64_t head, struct hvd_error *err)
{
	struct reader r = {.kmem = m->kmem, .err = err};
	uint64_t next = word(&r, head, 8), at, btf;
	struct hvd_module_entry *e;
	size_t nr;

	for (nr = 0; !r.failed && next != head; nr++) {
		if (nr == MAX_MODULES)
			return hvd_error_set(err, "the list of modules' BTF "
					     "does not end");
		at = next - l->list;
		e = entry_at(m, word(&r, at + l->module, 8));
		btf = word(&r, at + l->btf, 8);
		if (e && !r.failed) {
			e->module.btf = word(&r, btf + l->data, 8);
			e->module.btf_size = word(&r, btf + l->data_size, 4);
		}
		next = word(&r, next, 8);
	}
	return r.failed ? hvd_error_prefix(err, "the list of modules' BTF") : 0;
}

static int by_start(const void *a, const void *b)
{
	const struct hvd_module_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int make_ranges(struct hvd_modules *m, struct hvd_error *err)
{
	const struct hvd_module *module;
	size_t i, part;

	m->ranges = calloc(m->nr * NR_PARTS + 1, sizeof(*m->ranges));
	if (!m->ranges)
		return hvd_error_set(err, "no memory for modules");
	for (i = 0; i < m->nr; i++) {
		module = &m->entries[i]->module;
		for (part = 0; part < NR_PARTS; part++)
			if (module->part[part].size)
				m->ranges[m->nr_ranges++] =
					(struct hvd_module_range){
						module->part[part].start,
						module->part[part].size,
						(uint32_t)i, (uint32_t)part};
	}
	qsort(m->ranges, m->nr_ranges, sizeof(*m->ranges), by_start);
	return 0;
}

const struct hvd_module_range *hvd_modules_range(const struct hvd_modules *m,
						 uint64_t address)
{
	size_t low = 0, high = m->nr_ranges, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (m->ranges[mid].start <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || address - m->ranges[low - 1].start >=
			    m->ranges[low - 1].size)
		return NULL;
	return &m->ranges[low - 1];
}

int hvd_modules_load(struct hvd_modules *m, const struct hvd_types *types,
		     uint64_t head, uint64_t btf_head, struct hvd_error *err)
{
	struct btf_layout btf = {0};
	struct layout l = {0};
	struct hvd_error none;
	int status;

	if (find_layout(types, &l, err))
		return -1;
	status = walk_modules(m, &l, head, err);
	if (make_ranges(m, err))
		return -1;
	if (btf_head && !find_btf_layout(types, &btf, &none) &&
	    walk_btf(m, &btf, btf_head, status ? &none : err))
		status = -1;
	return status;
}

void hvd_modules_free(struct hvd_modules *m)
{
	size_t i;

	for (i = 0; i < m->nr; i++) {
		free(m->entries[i]->symbols);
		free(m->entries[i]->strings);
		free(m->entries[i]);
	}
	free(m->entries);
	free(m->ranges);
	*m = (struct hvd_modules){.kmem = m->kmem};
}
