// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a note segment: decoder, model, and all that is derived. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "derive.h"
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The machine where no header record says it. */
	static const uint16_t machines[] = {EM_X86_64, EM_AARCH64, EM_NONE};

	derive_all(data, size, machines[size % 3]);
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	return mutate_notes(data, size, max_size, seed);
}
