/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mutations that know what a note segment is made of, and that put its lengths
 * and CRCs right afterwards: bytes changed at random rarely get past those.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/** mutate_notes() - change a segment in place; returns its new size */
size_t mutate_notes(uint8_t *data, size_t size, size_t max_size,
		    unsigned int seed);

/* libFuzzer's own. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#endif /* FUZZ_MUTATE_H */
