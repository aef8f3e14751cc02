// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * layouts: every structure that hvdump takes apart by rows, and the fields of
 * every register, as JSON; for tests/cli/test_layouts_btf.py.
 *
 * A register's fields may depend on its value; they are those of 0.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "abi.h"
#include "layouts.h"
#include "register_fields.h"

static const char *between = "";

static void print_row(const struct hvd_field_row *row, const char *comma)
{
	printf("%s\n   {\"name\": \"%s\", \"offset\": %u, \"size\": %u, "
	       "\"bit\": %u, \"bits\": %u, \"count\": %u, \"layout\": %s}",
	       comma, row->name, row->offset, row->size, row->bit, row->bits,
	       row->count, row->layout ? "true" : "false");
}

static void print_rows(const struct hvd_layout *layout)
{
	printf("\"layout\": \"%s\", \"size\": %" PRIu32 ", \"rows\": [",
	       layout->name, layout->size);
	for (size_t i = 0; i < layout->nr_rows; i++)
		print_row(&layout->rows[i], i ? "," : "");
	printf("]}");
}

static void print_structures(void)
{
	const struct hvd_layout_entry *entry;

	for (size_t i = 0; (entry = hvd_layouts(i)); i++) {
		printf("%s\n  {\"kind\": \"structure\", \"linux\": ", between);
		between = ",";
		if (entry->linux_name)
			printf("\"%s\", ", entry->linux_name);
		else
			printf("null, ");
		print_rows(entry->layout);
	}
}

static void print_registers(enum hvd_abi_arch arch)
{
	const struct hvd_layout *layout;
	size_t count;
	const struct hvd_abi_row *row =
		hvd_abi_rows(HVD_ABI_REGISTERS, arch, &count);

	for (; count; count--, row++) {
		layout = hvd_register_layout(arch, row->code, 0);
		if (!layout)
			continue;
		printf("%s\n  {\"kind\": \"register\", \"arch\": \"%s\", "
		       "\"code\": %" PRIu32 ", \"register\": \"%s\", ",
		       between, hvd_abi_arch_name(arch), row->code, row->name);
		between = ",";
		print_rows(layout);
	}
}

int main(void)
{
	printf("[");
	print_structures();
	print_registers(HVD_ABI_X86_64);
	print_registers(HVD_ABI_ARM64);
	printf("\n]\n");
	return 0;
}
