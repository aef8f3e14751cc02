// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ABI tables for tests in other languages.
 *
 *	dump_abi	every row, tab-separated: kind, architecture, code, name,
 *			bits, group, capture, form, unit, sources, text
 *	dump_abi -	for each line "KIND ARCH NAME" of standard input the
 *			code that hvd_abi_find_name() gives, or "-"
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "abi.h"

#define WORD 128

static void dump_table(enum hvd_abi_kind kind, enum hvd_abi_arch arch)
{
	size_t count;
	const struct hvd_abi_row *row = hvd_abi_rows(kind, arch, &count);

	for (; count; count--, row++)
		printf("%s\t%s\t0x%08" PRIx32 "\t%s\t%u\t%s\t%s\t%s\t%s\t%s\t%s\n",
		       hvd_abi_kind_name(kind), hvd_abi_arch_name(row->arch),
		       row->code, row->name, row->bits,
		       hvd_abi_group_name(row->group),
		       hvd_abi_capture_name(row->capture),
		       hvd_abi_form_name(row->form), row->unit, row->sources,
		       row->text);
}

static void dump_all(void)
{
	for (unsigned int kind = 0; kind < HVD_ABI_KINDS; kind++) {
		if (kind != HVD_ABI_REGISTERS) {
			dump_table(kind, HVD_ABI_ANY);
			continue;
		}
		dump_table(kind, HVD_ABI_X86_64);
		dump_table(kind, HVD_ABI_ARM64);
	}
}

/* The kind that goes by this name, or HVD_ABI_KINDS. */
static unsigned int kind_of(const char *word)
{
	unsigned int kind = 0;

	while (kind < HVD_ABI_KINDS && strcmp(hvd_abi_kind_name(kind), word))
		kind++;
	return kind;
}

/* Likewise; anything else is HVD_ABI_ANY. */
static unsigned int arch_of(const char *word)
{
	unsigned int arch = HVD_ABI_X86_64;

	while (arch < HVD_ABI_ANY && strcmp(hvd_abi_arch_name(arch), word))
		arch++;
	return arch;
}

static void look_up(void)
{
	char kind[WORD], arch[WORD], name[WORD];

	while (scanf("%127s %127s %127s", kind, arch, name) == 3) {
		const struct hvd_abi_row *row;

		row = hvd_abi_find_name(kind_of(kind), arch_of(arch), name);
		if (row)
			printf("0x%08" PRIx32 "\n", row->code);
		else
			puts("-");
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "-") == 0)
		look_up();
	else
		dump_all();
	return 0;
}
