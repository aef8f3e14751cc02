// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * typecmp BTF DWARF [BASE]: every member of every structure in the BTF, and
 * every enumerator, as BTF and as DWARF have it. BTF: bare, or an ELF file with
 * .BTF; of a module with BASE, the kernel's. Prints a line for each difference,
 * and at last what was compared, as JSON.
 *
 * Not compared are names that several types have, since each source knows its
 * own first one, and what DWARF has below a function only.
 */
#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/debug_file.h"
#include "kernel/types.h"

static struct {
	unsigned int types, members, bit_fields, enumerators;
	unsigned int ambiguous, local, different;
} nr;

static struct hvd_types *btf_types, *dwarf_types;

static void die(const char *text)
{
	fprintf(stderr, "typecmp: %s\n", text);
	exit(2);
}

static struct hvd_debug_file *open_file(const char *path, const void **data,
					size_t *size)
{
	struct hvd_error err;
	struct hvd_debug_file *f = hvd_debug_file_open(path, &err);

	if (!f)
		die(err.text);
	*data = f->bare;
	*size = f->bare_size;
	if (!*data)
		*data = hvd_debug_file_section(f, ".BTF", size);
	if (!*data)
		die("no BTF");
	return f;
}

static bool is_same(const struct hvd_member *a, const struct hvd_member *b)
{
	return a->offset == b->offset && a->size == b->size &&
	       a->elements == b->elements && a->bit_offset == b->bit_offset &&
	       a->bits == b->bits && a->is_signed == b->is_signed &&
	       a->is_pointer == b->is_pointer && !strcmp(a->type, b->type);
}

static void print_member(const char *source, const struct hvd_member *m)
{
	printf("  %s: offset %lu size %lu elements %lu bits %u+%u%s%s \"%s\"\n",
	       source, m->offset, m->size, m->elements, m->bit_offset, m->bits,
	       m->is_signed ? " signed" : "", m->is_pointer ? " pointer" : "",
	       m->type);
}

static void compare_member(const char *type, const char *name)
{
	struct hvd_member a = {0}, b = {0};
	bool in_btf = hvd_types_member(btf_types, type, name, &a);
	bool in_dwarf = hvd_types_member(dwarf_types, type, name, &b);

	nr.members++;
	nr.bit_fields += a.bits != 0;
	if (in_btf && in_dwarf && is_same(&a, &b))
		return;
	nr.different++;
	printf("%s.%s: BTF %d, DWARF %d\n", type, name, in_btf, in_dwarf);
	print_member("BTF", &a);
	print_member("DWARF", &b);
}

static void compare_type(const struct btf *btf, const struct btf_type *t,
			 const char *type)
{
	uint64_t size = 0, other = 0;
	const char *name;
	int i;

	if (!hvd_types_size(dwarf_types, type, &other)) {
		nr.local++;
		return;
	}
	nr.types++;
	if (!hvd_types_size(btf_types, type, &size) || size != other) {
		nr.different++;
		printf("%s: %lu and %lu bytes\n", type, size, other);
		return;
	}
	for (i = 0; i < btf_vlen(t); i++) {
		name = btf__name_by_offset(btf, btf_members(t)[i].name_off);
		if (*name)
			compare_member(type, name);
	}
}

static void compare_enum(const struct btf *btf, const struct btf_type *t,
			 const char *type)
{
	uint64_t size;
	int i;

	if (!hvd_types_size(dwarf_types, type, &size)) {
		nr.local++;
		return;
	}
	nr.types++;
	for (i = 0; i < btf_vlen(t); i++) {
		int64_t value = btf_enum(t)[i].val;
		const char *a = hvd_types_enum_name(btf_types, type, value);
		const char *b = hvd_types_enum_name(dwarf_types, type, value);

		nr.enumerators++;
		if (a && b && !strcmp(a, b))
			continue;
		nr.different++;
		printf("%s: %ld is %s and %s\n", type, value, a, b);
	}
	(void)btf;
}

/* How often a name of a kind is there: one byte for each string. */
static unsigned char *count_names(const struct btf *btf, uint32_t kind)
{
	unsigned char *count = calloc(1, 1 << 26);
	uint32_t id;

	for (id = 1; count && id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_kind(t) == kind && t->name_off < 1 << 26 &&
		    count[t->name_off] < 255)
			count[t->name_off]++;
	}
	return count;
}

static void compare_kind(const struct btf *btf, uint32_t first, uint32_t kind,
			 const char *word)
{
	unsigned char *count = count_names(btf, kind);
	char type[512];
	uint32_t id;

	for (id = first; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_kind(t) != kind || !t->name_off)
			continue;
		if (count[t->name_off] > 1) {
			nr.ambiguous++;
			continue;
		}
		snprintf(type, sizeof(type), "%s %s", word,
			 btf__name_by_offset(btf, t->name_off));
		if (kind == BTF_KIND_ENUM)
			compare_enum(btf, t, type);
		else
			compare_type(btf, t, type);
	}
	free(count);
}

int main(int argc, char **argv)
{
	struct hvd_debug_file *file, *base_file = NULL;
	struct btf *btf, *base = NULL;
	struct hvd_types *base_types = NULL;
	struct hvd_error err;
	const void *data;
	size_t size;
	uint32_t first = 1;

	if (argc < 3)
		die("usage: typecmp BTF DWARF [BASE]");
	if (argc > 3) {
		base_file = open_file(argv[3], &data, &size);
		base_types = hvd_types_from_btf(data, size, NULL, &err);
		base = btf__parse_split(argv[3], NULL);
		if (!base_types || !base)
			die("the base cannot be read");
		first = btf__type_cnt(base);
	}
	file = open_file(argv[1], &data, &size);
	btf_types = hvd_types_from_btf(data, size, base_types, &err);
	btf = btf__parse_split(argv[1], base);
	dwarf_types = hvd_types_from_file(argv[2], NULL, "", 0, &err);
	if (!btf_types || !btf || !dwarf_types)
		die(err.text);
	if (strcmp(hvd_types_source(dwarf_types), "DWARF"))
		die("no DWARF");
	compare_kind(btf, first, BTF_KIND_STRUCT, "struct");
	compare_kind(btf, first, BTF_KIND_UNION, "union");
	compare_kind(btf, first, BTF_KIND_ENUM, "enum");
	printf("{\"types\": %u, \"members\": %u, \"bit_fields\": %u, "
	       "\"enumerators\": %u, \"ambiguous\": %u, \"local\": %u, "
	       "\"different\": %u}\n",
	       nr.types, nr.members, nr.bit_fields, nr.enumerators,
	       nr.ambiguous, nr.local, nr.different);
	hvd_types_close(dwarf_types);
	hvd_types_close(btf_types);
	hvd_types_close(base_types);
	hvd_debug_file_close(file);
	hvd_debug_file_close(base_file);
	btf__free(btf);
	btf__free(base);
	return nr.different != 0;
}
