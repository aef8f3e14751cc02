/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel of the tests' own making: memory, symbols, members and modules, to
 * be linked instead of what reads them out of dumps.
 */
#ifndef KERNEL_FAKE_H
#define KERNEL_FAKE_H

#include "kernel/kernel.h"

/** fake_reset() - forget all; fake_teardown() - the same, for cmocka */
void fake_reset(void);
int fake_teardown(void **state);

/** fake_memory() - @size bytes of zeros at @address; they may be written to */
uint8_t *fake_memory(uint64_t address, size_t size);

/** fake_put() - a little-endian number of @size bytes into such memory */
void fake_put(uint64_t address, uint64_t value, size_t size);
void fake_bytes(uint64_t address, const void *bytes, size_t size);

/** fake_symbol() - @module: NULL, or the name of one */
void fake_symbol(const char *name, const char *module, uint64_t address,
		 uint64_t size);

/** fake_text() - code is from here on; of the kernel, or of a module */
void fake_text(uint64_t address, uint64_t size);

/** fake_module() - with one part */
void fake_module(const char *name, uint64_t address, uint64_t start,
		 uint64_t size);

/** fake_type(), fake_member() - "struct NAME"; bits 0: no bit field */
void fake_type(const char *type, uint64_t size);
void fake_member(const char *type, const char *path, uint64_t offset,
		 uint64_t size, unsigned int bit, unsigned int bits);

/** fake_array() - a member that is an array of @elements, @size bytes in all */
void fake_array(const char *type, const char *path, uint64_t offset,
		uint64_t size, uint64_t elements);

/** The kernel that all functions are asked for. */
extern struct hvd_kernel *const fake_kernel;

#endif /* KERNEL_FAKE_H */
