// SPDX-License-Identifier: GPL-2.0-or-later
/* ORC tables, searched where they lie in the dump: see orc.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "orc.h"

/* A kernel has some 300,000 entries. */
#define MAX_ENTRIES    (1U << 24)
#define MAX_ENTRY_SIZE 16

/* LOOKUP_BLOCK_SIZE: code that one word of orc_lookup stands for. */
#define BLOCK_SIZE 256

/* Entries looked at to tell how registers are numbered. */
#define SAMPLES 256

/** A part of an entry. */
struct field {
	unsigned int bit, bits; /* bits 0: these entries have none */
};

struct layout {
	uint64_t size;
	struct field sp_offset, bp_offset, sp_reg, bp_reg, type, end, signal;
};

/** A table of addresses (relative to themselves), and one of entries. */
struct table {
	uint64_t ips, entries;
	uint64_t nr;
};

struct block_table {
	uint64_t text_start, text_end; /* the code that it is for */
	uint64_t address, nr;	       /* 0: there is none */
};

struct hvd_orc {
	struct hvd_kmem *kmem;
	struct hvd_symbols *symbols;
	struct hvd_types *types; /* NULL: there are none */
	struct layout layout;
	const enum hvd_orc_base *numbers;
	struct table kernel;
	struct block_table blocks;
};

#define NR_NUMBERS 16

/* Up to 7.0 or so; 6.12 has it. */
static const enum hvd_orc_base numbers_old[NR_NUMBERS] = {
	HVD_ORC_UNDEFINED,   HVD_ORC_PREV_SP, HVD_ORC_DX,
	HVD_ORC_DI,	     HVD_ORC_BP,      HVD_ORC_SP,
	HVD_ORC_R10,	     HVD_ORC_R13,     HVD_ORC_BP_INDIRECT,
	HVD_ORC_SP_INDIRECT, HVD_ORC_UNKNOWN, HVD_ORC_UNKNOWN,
	HVD_ORC_UNKNOWN,     HVD_ORC_UNKNOWN, HVD_ORC_UNKNOWN,
	HVD_ORC_UNKNOWN};

/* 7.2 has it. */
static const enum hvd_orc_base numbers_new[NR_NUMBERS] = {
	HVD_ORC_UNDEFINED,   HVD_ORC_AX,	  HVD_ORC_DX,
	HVD_ORC_SP,	     HVD_ORC_BP,	  HVD_ORC_DI,
	HVD_ORC_R10,	     HVD_ORC_R13,	  HVD_ORC_PREV_SP,
	HVD_ORC_SP_INDIRECT, HVD_ORC_BP_INDIRECT, HVD_ORC_UNKNOWN,
	HVD_ORC_UNKNOWN,     HVD_ORC_UNKNOWN,	  HVD_ORC_UNKNOWN,
	HVD_ORC_UNKNOWN};

/*
 * The kernel hashes the definitions of numbers and types (scripts/orc_hash.sh,
 * since 6.4) and puts that into its image: the numbering's name.
 */
static const struct {
	uint8_t hash[20];
	const enum hvd_orc_base *numbers;
} known[] = {
	{{0xfe, 0x5d, 0x32, 0xbf, 0x58, 0x1b, 0xd6, 0x3b, 0x2c, 0xa9,
	  0xa5, 0xc6, 0x5b, 0xa5, 0xa6, 0x25, 0xea, 0xb3, 0xfe, 0x24},
	 numbers_old}, /* 6.12 */
	{{0x13, 0x7c, 0x36, 0xad, 0x76, 0x27, 0xc4, 0xdd, 0x55, 0x93,
	  0x21, 0x76, 0xbb, 0x0e, 0xcd, 0xbd, 0x50, 0x41, 0xfc, 0x82},
	 numbers_new}, /* 7.2 */
};

/* ------------------------------------------------------------- the layout */

static const struct layout layout_6_1 = {
	.size = 6,
	.sp_offset = {0, 16},
	.bp_offset = {16, 16},
	.sp_reg = {32, 4},
	.bp_reg = {36, 4},
	.type = {40, 2},
	.end = {42, 1},
};

/* 6.4: an entry's end became a type, and what it finds may be a signal's. */
static const struct layout layout_6_4 = {
	.size = 6,
	.sp_offset = {0, 16},
	.bp_offset = {16, 16},
	.sp_reg = {32, 4},
	.bp_reg = {36, 4},
	.type = {40, 3},
	.signal = {43, 1},
};

static bool find_field(const struct hvd_types *t, const struct layout *l,
		       const char *name, struct field *field)
{
	struct hvd_member m;

	if (!hvd_types_member(t, "struct orc_entry", name, &m))
		return false;
	field->bit = (unsigned int)(8 * m.offset + m.bit_offset);
	field->bits = m.bits ? m.bits : (unsigned int)(8 * m.size);
	return m.offset < l->size && field->bits <= 16 &&
	       field->bit + field->bits <= 8 * l->size;
}

/* What the types say of struct orc_entry; false: nothing that makes sense. */
static bool find_layout(const struct hvd_types *t, struct layout *l)
{
	memset(l, 0, sizeof(*l));
	if (!t || !hvd_types_size(t, "struct orc_entry", &l->size) ||
	    l->size > MAX_ENTRY_SIZE)
		return false;
	if (!find_field(t, l, "end", &l->end))
		l->end.bits = 0;
	if (!find_field(t, l, "signal", &l->signal))
		l->signal.bits = 0;
	return find_field(t, l, "sp_offset", &l->sp_offset) &&
	       find_field(t, l, "bp_offset", &l->bp_offset) &&
	       find_field(t, l, "sp_reg", &l->sp_reg) &&
	       find_field(t, l, "bp_reg", &l->bp_reg) &&
	       find_field(t, l, "type", &l->type) && l->sp_reg.bits <= 4 &&
	       l->bp_reg.bits <= 4;
}

static unsigned int get(const uint8_t *entry, struct field f)
{
	unsigned int i, value = 0;

	for (i = 0; i < f.bits; i++)
		value |= (entry[(f.bit + i) / 8] >> (f.bit + i) % 8 & 1U) << i;
	return value;
}

/* ------------------------------------------------------------ one entry */

static int read_raw(struct hvd_orc *o, const struct table *t, uint64_t i,
		    uint8_t *entry, struct hvd_error *err)
{
	return hvd_kmem_read(o->kmem, t->entries + i * o->layout.size, entry,
			     o->layout.size, err) == HVD_READ_DATA
		       ? 0
		       : hvd_error_prefix(err, "ORC entry %" PRIu64, i);
}

static enum hvd_orc_type type_of(const struct hvd_orc *o, const uint8_t *entry,
				 enum hvd_orc_base sp)
{
	static const enum hvd_orc_type with_end[] = {
		HVD_ORC_TYPE_CALL, HVD_ORC_TYPE_REGS, HVD_ORC_TYPE_PARTIAL};
	static const enum hvd_orc_type without_end[] = {
		HVD_ORC_TYPE_UNDEFINED, HVD_ORC_TYPE_END, HVD_ORC_TYPE_CALL,
		HVD_ORC_TYPE_REGS, HVD_ORC_TYPE_PARTIAL};
	const struct layout *l = &o->layout;
	unsigned int type = get(entry, l->type);

	if (!l->end.bits)
		return type < 5 ? without_end[type] : HVD_ORC_TYPE_UNKNOWN;
	if (sp == HVD_ORC_UNDEFINED)
		return get(entry, l->end) ? HVD_ORC_TYPE_END
					  : HVD_ORC_TYPE_UNDEFINED;
	return type < 3 ? with_end[type] : HVD_ORC_TYPE_UNKNOWN;
}

static int read_entry(struct hvd_orc *o, const struct table *t, uint64_t i,
		      struct hvd_orc_entry *e, struct hvd_error *err)
{
	const struct layout *l = &o->layout;
	uint8_t raw[MAX_ENTRY_SIZE];

	if (read_raw(o, t, i, raw, err))
		return -1;
	e->sp_offset = (int16_t)get(raw, l->sp_offset);
	e->bp_offset = (int16_t)get(raw, l->bp_offset);
	e->sp = o->numbers[get(raw, l->sp_reg)];
	e->bp = o->numbers[get(raw, l->bp_reg)];
	e->type = type_of(o, raw, e->sp);
	e->has_signal = l->signal.bits;
	e->signal = e->has_signal && get(raw, l->signal);
	return 0;
}

/* ------------------------------------------------------------- opening */

static bool find(const struct hvd_orc *o, const char *name, uint64_t *address)
{
	return hvd_symbols_find(o->symbols, NULL, name, 0, address);
}

static int find_table(struct hvd_orc *o, struct hvd_error *err)
{
	struct table *t = &o->kernel;
	uint64_t ips_end, entries_end;

	if (!find(o, "__start_orc_unwind_ip", &t->ips) ||
	    !find(o, "__stop_orc_unwind_ip", &ips_end) ||
	    !find(o, "__start_orc_unwind", &t->entries) ||
	    !find(o, "__stop_orc_unwind", &entries_end))
		return hvd_error_set(err, "ORC: expected the symbols of its "
					  "tables, found none (a kernel "
					  "without CONFIG_UNWINDER_ORC?)");
	t->nr = (ips_end - t->ips) / 4;
	if (ips_end <= t->ips || t->nr > MAX_ENTRIES ||
	    (entries_end - t->entries) / o->layout.size != t->nr)
		return hvd_error_set(err,
				     "ORC: expected tables of one length, "
				     "found 0x%" PRIx64 " and 0x%" PRIx64
				     " bytes",
				     ips_end - t->ips,
				     entries_end - t->entries);
	return 0;
}

/*
 * The block table is made at boot. What it is not for (.init.text), and all
 * where it cannot be read, is searched for in the whole table.
 */
static void find_blocks(struct hvd_orc *o)
{
	struct block_table *b = &o->blocks;
	uint64_t end;

	if (find(o, "orc_lookup", &b->address) &&
	    find(o, "orc_lookup_end", &end) && end > b->address &&
	    find(o, "_stext", &b->text_start) &&
	    find(o, "_etext", &b->text_end))
		b->nr = (end - b->address) / 4;
}

static const enum hvd_orc_base *numbers_by_hash(struct hvd_orc *o)
{
	uint8_t hash[sizeof(known[0].hash)];
	struct hvd_error err;
	uint64_t address;
	size_t i;

	if (!find(o, "__start_orc_header", &address) ||
	    hvd_kmem_read(o->kmem, address, hash, sizeof(hash), &err) !=
		    HVD_READ_DATA)
		return NULL;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!memcmp(known[i].hash, hash, sizeof(hash)))
			return known[i].numbers;
	return NULL;
}

/* Most code finds its caller by the stack pointer: that number is SP's. */
static const enum hvd_orc_base *numbers_by_sample(struct hvd_orc *o,
						  struct hvd_error *err)
{
	unsigned int count[NR_NUMBERS] = {0}, i, most = 0;
	uint64_t step = o->kernel.nr / SAMPLES + 1, at;
	uint8_t raw[MAX_ENTRY_SIZE];

	for (at = 0; at < o->kernel.nr; at += step)
		if (!read_raw(o, &o->kernel, at, raw, err))
			count[get(raw, o->layout.sp_reg)]++;
	/* 0 is "undefined" in all. */
	for (i = 1; i < NR_NUMBERS; i++)
		if (count[i] > count[most] || !most)
			most = i;
	if (count[most] && numbers_old[most] == HVD_ORC_SP)
		return numbers_old;
	if (count[most] && numbers_new[most] == HVD_ORC_SP)
		return numbers_new;
	hvd_error_set(err,
		      "ORC: expected SP to be number 3 or 5, found %u "
		      "in most entries",
		      most);
	return NULL;
}

static int open_tables(struct hvd_orc *o, struct hvd_error *err)
{
	uint64_t header;

	if (!find_layout(o->types, &o->layout))
		o->layout = find(o, "__start_orc_header", &header) ? layout_6_4
								   : layout_6_1;
	if (find_table(o, err))
		return -1;
	find_blocks(o);
	o->numbers = numbers_by_hash(o);
	if (!o->numbers)
		o->numbers = numbers_by_sample(o, err);
	return o->numbers ? 0 : -1;
}

struct hvd_orc *hvd_orc_open(struct hvd_kernel *k, struct hvd_error *err)
{
	struct hvd_orc *o = calloc(1, sizeof(*o));
	struct hvd_error no_types;

	if (!o) {
		hvd_error_set(err, "no memory for ORC");
		return NULL;
	}
	o->kmem = hvd_kernel_kmem(k, err);
	o->symbols = o->kmem ? hvd_kernel_symbols(k, err) : NULL;
	if (o->symbols) {
		o->types = hvd_kernel_types(k, &no_types);
		if (!open_tables(o, err))
			return o;
	}
	hvd_orc_close(o);
	return NULL;
}

void hvd_orc_close(struct hvd_orc *o)
{
	free(o);
}

/* ------------------------------------------------------------- searching */

static int read_ip(struct hvd_orc *o, const struct table *t, uint64_t i,
		   uint64_t *ip, struct hvd_error *err)
{
	uint64_t at = t->ips + 4 * i, relative;

	if (hvd_kmem_word(o->kmem, at, 4, &relative, err) != HVD_READ_DATA)
		return hvd_error_prefix(err, "ORC address %" PRIu64, i);
	*ip = at + (uint64_t)(int64_t)(int32_t)relative;
	return 0;
}

/*
 * The last entry of [@first, @end) that begins at @ip or before: of several
 * that begin at one address the last, as those before only end a section.
 */
static int search(struct hvd_orc *o, const struct table *t, uint64_t first,
		  uint64_t end, uint64_t ip, struct hvd_orc_entry *e,
		  struct hvd_error *err)
{
	uint64_t middle, at = 0, found = UINT64_MAX;

	while (first < end) {
		middle = first + (end - first) / 2;
		if (read_ip(o, t, middle, &at, err))
			return -1;
		if (at > ip) {
			end = middle;
			continue;
		}
		found = middle;
		e->ip = at;
		first = middle + 1;
	}
	if (found == UINT64_MAX)
		return hvd_error_set(err,
				     "0x%016" PRIx64 ": before the first "
				     "ORC entry",
				     ip);
	return read_entry(o, t, found, e, err);
}

/* By the block table; -1: it is of no help. */
static int search_block(struct hvd_orc *o, uint64_t ip, struct hvd_orc_entry *e)
{
	const struct block_table *b = &o->blocks;
	uint64_t block = (ip - b->text_start) / BLOCK_SIZE, first, last;
	struct hvd_error err;

	if (b->nr < 2 || block >= b->nr - 1 ||
	    hvd_kmem_word(o->kmem, b->address + 4 * block, 4, &first, &err) !=
		    HVD_READ_DATA ||
	    hvd_kmem_word(o->kmem, b->address + 4 * (block + 1), 4, &last,
			  &err) != HVD_READ_DATA ||
	    first > last || last >= o->kernel.nr)
		return -1;
	return search(o, &o->kernel, first, last + 1, ip, e, &err);
}

static int module_word(struct hvd_orc *o, const struct hvd_module *m,
		       const char *member, size_t size, uint64_t *value,
		       struct hvd_error *err)
{
	struct hvd_member place;

	if (!o->types ||
	    !hvd_types_member(o->types, "struct module", member, &place))
		return hvd_error_set(err,
				     "struct module: expected a member "
				     "%s, found none",
				     member);
	return hvd_kmem_word(o->kmem, m->address + place.offset, size, value,
			     err) == HVD_READ_DATA
		       ? 0
		       : -1;
}

static int find_in_module(struct hvd_orc *o, const struct hvd_module *m,
			  uint64_t ip, struct hvd_orc_entry *e,
			  struct hvd_error *err)
{
	struct table t;

	if (module_word(o, m, "arch.num_orcs", 4, &t.nr, err) ||
	    module_word(o, m, "arch.orc_unwind_ip", 8, &t.ips, err) ||
	    module_word(o, m, "arch.orc_unwind", 8, &t.entries, err))
		return -1;
	if (!t.nr || t.nr > MAX_ENTRIES)
		return hvd_error_set(
			err, "expected ORC entries, found %" PRIu64, t.nr);
	return search(o, &t, 0, t.nr, ip, e, err);
}

static bool is_in_module(const struct hvd_module *m, uint64_t ip)
{
	unsigned int i;

	for (i = 0; i < m->nr_parts; i++)
		if (ip - m->part[i].start < m->part[i].size)
			return true;
	return false;
}

int hvd_orc_find(struct hvd_orc *o, uint64_t ip, struct hvd_orc_entry *e,
		 struct hvd_error *err)
{
	const struct block_table *b = &o->blocks;
	const struct hvd_module *m;
	size_t i;

	memset(e, 0, sizeof(*e));
	for (i = 0; (m = hvd_symbols_module(o->symbols, i)); i++)
		if (is_in_module(m, ip))
			return find_in_module(o, m, ip, e, err)
				       ? hvd_error_prefix(err, "module %s",
							  m->name)
				       : 0;
	if (ip - b->text_start < b->text_end - b->text_start &&
	    !search_block(o, ip, e))
		return 0;
	return search(o, &o->kernel, 0, o->kernel.nr, ip, e, err);
}
