// SPDX-License-Identifier: GPL-2.0-or-later
/* Looking up the fields of a register: see register_fields.h. */
#include "register_fields.h"

static const struct hvd_register_fields *
find(const struct hvd_register_table *table, uint32_t code)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct hvd_register_fields *row = &table->rows[middle];

		if (code >= row->first && code <= row->last)
			return row;
		if (code > row->last)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct hvd_layout *hvd_register_layout(enum hvd_abi_arch arch,
					     uint32_t code, uint64_t low)
{
	const struct hvd_register_fields *row =
		find(arch == HVD_ABI_ARM64 ? &hvd_fields_arm64
					   : &hvd_fields_x86_64, code);

	if (!row)
		row = find(&hvd_fields_synthetic, code);
	if (!row)
		return NULL;
	return row->choose ? row->choose(low) : row->layout;
}
