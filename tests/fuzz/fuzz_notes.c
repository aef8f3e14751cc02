// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a note segment: decoder, model, and all that is derived. The
 * same bytes as the page of a chunk table too.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "derive.h"
#include "mutate.h"
#include "table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed);

static void check_table(const uint8_t *data, size_t size)
{
	struct hvd_error err;
	struct hvd_table t;
	uint32_t i;

	if (hvd_table_read(&t, data, size, &err))
		return;
	CHECK(t.count + t.bad <= HVD_TABLE_CHUNKS);
	for (i = 0; i < t.count; i++)
		CHECK(t.chunks[i].length &&
		      t.chunks[i].address <= UINT64_MAX - t.chunks[i].length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The machine where no header record says it. */
	static const uint16_t machines[] = {EM_X86_64, EM_AARCH64, EM_NONE};

	check_table(data, size);
	derive_all(data, size, machines[size % 3]);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	return mutate_notes(data, size, max_size, seed);
}
