/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the kernel in a dump by its own virtual addresses: text, direct
 * map, vmalloc, modules, stacks. Translations are kept, pages too.
 */
#ifndef HVDUMP_KMEM_H
#define HVDUMP_KMEM_H

#include <stddef.h>
#include <stdint.h>

#include "physmem.h"
#include "vmcoreinfo.h"

struct hvd_kmem;

/**
 * hvd_kmem_open() - find the kernel's page table through VMCOREINFO
 * (SYMBOL(swapper_pg_dir), NUMBER(phys_base), NUMBER(pgtable_l5_enabled)).
 * @m and @v stay the caller's and must live longer. Returns NULL with @err set.
 */
struct hvd_kmem *hvd_kmem_open(struct hvd_physmem *m,
			       const struct hvd_vmcoreinfo *v,
			       struct hvd_error *err);
void hvd_kmem_close(struct hvd_kmem *k); /* NULL is allowed */

/**
 * hvd_kmem_read() - read @size bytes at the virtual address @address
 * All or nothing, as hvd_physmem_read(). What is not mapped is ABSENT, and
 * @err says so: "0x...: not mapped", "0x...: page 0x... is not in the dump".
 */
enum hvd_read hvd_kmem_read(struct hvd_kmem *k, uint64_t address, void *buf,
			    size_t size, struct hvd_error *err);

/** hvd_kmem_word() - the little-endian number of @size bytes: 1, 2, 4 or 8 */
enum hvd_read hvd_kmem_word(struct hvd_kmem *k, uint64_t address, size_t size,
			    uint64_t *value, struct hvd_error *err);

/**
 * hvd_kmem_string() - a string up to its NUL, at most @size - 1 bytes of it
 * @buf always ends in a NUL when this says DATA.
 */
enum hvd_read hvd_kmem_string(struct hvd_kmem *k, uint64_t address, char *buf,
			      size_t size, struct hvd_error *err);

/** hvd_kmem_translate() - the physical address of a virtual one */
enum hvd_read hvd_kmem_translate(struct hvd_kmem *k, uint64_t address,
				 uint64_t *physical, struct hvd_error *err);

#endif /* HVDUMP_KMEM_H */
