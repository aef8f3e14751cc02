// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading the kernel's table of symbols: see kallsyms.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "kallsyms.h"

/* Far beyond any kernel: 87,000 symbols take 1.4 MB of names. */
#define MAX_NAMES  (64u << 20)
#define MAX_TOKENS (64u << 10)

/** Where VMCOREINFO says that the tables are. */
struct tables {
	uint64_t names, num_syms, token_table, token_index;
	uint64_t addresses, offsets, base;
	bool has_addresses, has_base;
};

static int find_tables(const struct hvd_vmcoreinfo *v, struct tables *at,
		       struct hvd_error *err)
{
	const struct {
		const char *name;
		uint64_t *value;
	} needed[] = {
		{"kallsyms_names", &at->names},
		{"kallsyms_num_syms", &at->num_syms},
		{"kallsyms_token_table", &at->token_table},
		{"kallsyms_token_index", &at->token_index},
	};
	size_t i;

	memset(at, 0, sizeof(*at));
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!hvd_vmcoreinfo_symbol(v, needed[i].name,
					   needed[i].value))
			return hvd_error_set(
				err, "expected SYMBOL(%s) in VMCOREINFO, "
				"found none: the kernel is older than 6.0, or "
				"has no CONFIG_KALLSYMS", needed[i].name);
	at->has_addresses = hvd_vmcoreinfo_symbol(v, "kallsyms_addresses",
						  &at->addresses);
	at->has_base = hvd_vmcoreinfo_symbol(v, "kallsyms_relative_base",
					     &at->base);
	if (!hvd_vmcoreinfo_symbol(v, "kallsyms_offsets", &at->offsets) &&
	    !at->has_addresses)
		return hvd_error_set(err, "expected SYMBOL(kallsyms_offsets) in "
				     "VMCOREINFO, found none");
	return 0;
}

static void *read_table(struct hvd_kmem *k, const char *name, uint64_t address,
			size_t size, struct hvd_error *err)
{
	void *table = malloc(size ? size : 1);

	if (!table) {
		hvd_error_set(err, "%s: no memory for %zu bytes", name, size);
		return NULL;
	}
	if (hvd_kmem_read(k, address, table, size, err) == HVD_READ_DATA)
		return table;
	hvd_error_prefix(err, "%s", name);
	free(table);
	return NULL;
}

/* The distance of two tables bounds the first one's size. */
static int table_size(const char *name, uint64_t from, uint64_t to,
		      uint64_t max, size_t *size, struct hvd_error *err)
{
	if (to <= from || to - from > max)
		return hvd_error_set(err, "%s at 0x%016" PRIx64 ": expected at "
				     "most %" PRIu64 " bytes up to the next "
				     "table, found that at 0x%016" PRIx64,
				     name, from, max, to);
	*size = (size_t)(to - from);
	return 0;
}

static int read_tokens(struct hvd_kallsyms *t, struct hvd_kmem *k,
		       const struct tables *at, struct hvd_error *err)
{
	uint8_t index[2 * HVD_KALLSYMS_TOKENS];
	size_t size = 0, i;

	if (table_size("kallsyms_token_table", at->token_table,
		       at->token_index, MAX_TOKENS, &size, err))
		return -1;
	t->tokens = read_table(k, "kallsyms_token_table", at->token_table,
			       size, err);
	if (!t->tokens)
		return -1;
	if (hvd_kmem_read(k, at->token_index, index, sizeof(index), err))
		return hvd_error_prefix(err, "kallsyms_token_index");
	hvd_kallsyms_plain(t->tokens, size);
	t->tokens[size - 1] = '\0'; /* as it is anyway, or padding */
	for (i = 0; i < HVD_KALLSYMS_TOKENS; i++) {
		t->token[i] = hvd_le16(index + 2 * i);
		if (t->token[i] >= size)
			return hvd_error_set(
				err, "kallsyms_token_index: token %zu: "
				"expected an offset below %zu, found %u",
				i, size, t->token[i]);
	}
	return 0;
}

static int read_names(struct hvd_kallsyms *t, struct hvd_kmem *k,
		      const struct tables *at, struct hvd_error *err)
{
	uint64_t nr = 0;

	if (hvd_kmem_word(k, at->num_syms, 4, &nr, err))
		return hvd_error_prefix(err, "kallsyms_num_syms");
	if (table_size("kallsyms_names", at->names, at->token_table, MAX_NAMES,
		       &t->names_size, err))
		return -1;
	/* A name has a length and a token at least. */
	if (!nr || nr > t->names_size / 2)
		return hvd_error_set(err, "kallsyms_num_syms: expected 1 to %zu "
				     "(in %zu bytes of names), found %" PRIu64,
				     t->names_size / 2, t->names_size, nr);
	t->nr = (uint32_t)nr;
	t->names = read_table(k, "kallsyms_names", at->names, t->names_size,
			      err);
	return t->names ? 0 : -1;
}

static int place_names(struct hvd_kallsyms *t, struct hvd_error *err)
{
	size_t at = 0, length, head;
	uint32_t i;

	for (i = 0; i < t->nr; i++) {
		length = hvd_kallsyms_length(t->names + at, t->names_size - at,
					     &head);
		if (!length || length > t->names_size - at - head)
			return hvd_error_set(
				err, "kallsyms_names: offset %zu: expected "
				"symbol %" PRIu32 " of %" PRIu32 ", found %s",
				at, i, t->nr,
				at == t->names_size ? "the end" :
				length ? "a name beyond the end" :
					 "a name of length 0");
		t->entries[i].at = (uint32_t)at;
		at += head + length;
	}
	return 0;
}

/*
 * With a base, an offset is signed where the kernel has per-CPU symbols at
 * absolute addresses (CONFIG_KALLSYMS_ABSOLUTE_PERCPU, SMP on x86-64 up to
 * 6.14): these are not negative, and all else counts down from the base.
 */
static void decode_with_base(struct hvd_kallsyms *t, const uint8_t *offsets,
			     uint64_t base)
{
	bool absolute = false;
	uint32_t i;
	int32_t n;

	for (i = 0; i < t->nr; i++)
		absolute |= (int32_t)hvd_le32(offsets + 4 * (size_t)i) < 0;
	for (i = 0; i < t->nr; i++) {
		n = (int32_t)hvd_le32(offsets + 4 * (size_t)i);
		if (!absolute)
			t->entries[i].address = base + (uint32_t)n;
		else if (n >= 0)
			t->entries[i].address = (uint64_t)n;
		else
			t->entries[i].address =
				base - 1 - (uint64_t)(int64_t)n;
	}
}

/*
 * Plain addresses (kernels that could not have offsets), offsets from a base
 * (up to 6.x), offsets from their own place (7.x).
 */
static int read_addresses(struct hvd_kallsyms *t, struct hvd_kmem *k,
			  const struct tables *at, struct hvd_error *err)
{
	size_t size = t->nr * (size_t)(at->has_addresses ? 8 : 4);
	uint64_t base = 0;
	uint8_t *table;
	uint32_t i;

	if (!at->has_addresses && at->has_base &&
	    hvd_kmem_word(k, at->base, 8, &base, err))
		return hvd_error_prefix(err, "kallsyms_relative_base");
	table = at->has_addresses
		? read_table(k, "kallsyms_addresses", at->addresses, size, err)
		: read_table(k, "kallsyms_offsets", at->offsets, size, err);
	if (!table)
		return -1;
	if (at->has_addresses) {
		for (i = 0; i < t->nr; i++)
			t->entries[i].address = hvd_le64(table + 8 * (size_t)i);
	} else if (at->has_base) {
		decode_with_base(t, table, base);
	} else {
		for (i = 0; i < t->nr; i++)
			t->entries[i].address = at->offsets + 4 * (uint64_t)i +
				(uint64_t)(int64_t)(int32_t)hvd_le32(
					table + 4 * (size_t)i);
	}
	free(table);
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct hvd_kallsyms_entry *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* The kernel's build has sorted them; a dump may be of anything. */
static void sort_entries(struct hvd_kallsyms *t)
{
	uint32_t i;

	for (i = 1; i < t->nr; i++)
		if (t->entries[i].address < t->entries[i - 1].address)
			break;
	if (i < t->nr)
		qsort(t->entries, t->nr, sizeof(*t->entries), by_address);
}

/* Where VMCOREINFO has _stext, the decoded table must have it, too. */
static int prove(struct hvd_kallsyms *t, const struct hvd_vmcoreinfo *v,
		 struct hvd_error *err)
{
	char text[HVD_KALLSYMS_NAME + 1];
	uint32_t i;

	if (!hvd_vmcoreinfo_symbol(v, "_stext", &t->stext))
		return hvd_error_set(err, "expected SYMBOL(_stext) in "
				     "VMCOREINFO, found none");
	for (i = hvd_kallsyms_lower(t, t->stext);
	     i < t->nr && t->entries[i].address == t->stext; i++) {
		hvd_kallsyms_expand(t, t->entries[i].at, text);
		if (!strcmp(text + 1, "_stext"))
			return 0;
	}
	return hvd_error_set(err, "kallsyms: expected _stext at 0x%016" PRIx64
			     ", found none of %" PRIu32 " symbols of that name "
			     "there: damaged, or an encoding that is not known",
			     t->stext, t->nr);
}

static int read_all(struct hvd_kallsyms *t, struct hvd_kmem *k,
		    const struct hvd_vmcoreinfo *v, struct hvd_error *err)
{
	struct tables at;

	if (find_tables(v, &at, err) || read_tokens(t, k, &at, err) ||
	    read_names(t, k, &at, err))
		return -1;
	t->entries = calloc(t->nr, sizeof(*t->entries));
	t->expanded = calloc(t->nr, sizeof(*t->expanded));
	if (!t->entries || !t->expanded)
		return hvd_error_set(err, "kallsyms: no memory for %" PRIu32
				     " symbols", t->nr);
	if (place_names(t, err) || read_addresses(t, k, &at, err))
		return -1;
	sort_entries(t);
	return prove(t, v, err);
}

struct hvd_kallsyms *hvd_kallsyms_open(struct hvd_kmem *k,
				       const struct hvd_vmcoreinfo *v,
				       struct hvd_error *err)
{
	struct hvd_kallsyms *t = calloc(1, sizeof(*t));

	if (!t) {
		hvd_error_set(err, "kallsyms: no memory");
		return NULL;
	}
	if (!read_all(t, k, v, err))
		return t;
	hvd_kallsyms_close(t);
	return NULL;
}

void hvd_kallsyms_close(struct hvd_kallsyms *t)
{
	uint32_t i;

	if (!t)
		return;
	for (i = 0; t->expanded && i < t->nr; i++)
		free(t->expanded[i]);
	free(t->expanded);
	free(t->entries);
	free(t->names);
	free(t->tokens);
	free(t->hashes);
	free(t);
}
