/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's memory map, what of it is minihv's, and what the guest is told. */
#ifndef MINIHV_MEMORY_H
#define MINIHV_MEMORY_H

#include "x86.h"

enum e820_type {
	E820_RAM = 1,
	E820_RESERVED = 2,
};

struct e820_entry {
	u64 base, length;
	u32 type;
} __attribute__((packed));

/* minihv.ld: first the hypervisor's own memory, then what it shares. */
extern char guarded_start[], guarded_end[], shared_start[], shared_end[];

/** Note an entry of the machine's map; before memory_guest_map(). */
void memory_add(u64 base, u64 length, u32 type);

/**
 * The map for the guest: the machine's. minihv's memory is cut out as reserved,
 * or with ram=setup_data left in as RAM (memory_setup_data()).
 *
 * @param map	receives at most @p max entries
 * @return how many; stops when they do not fit
 */
unsigned int memory_guest_map(struct e820_entry *map, unsigned int max);

/**
 * With ram=setup_data: write the node that keeps Linux's hands off minihv's memory.
 * What is RAM in the map is in Linux's direct map and in its dumps, which hv_crash
 * relies on; and a setup_data node reserves its whole length.
 *
 * @return its address for the boot protocol's setup_data field, or 0
 */
u64 memory_setup_data(void);

/** True when all of [@p gpa, @p gpa + @p length) is memory the guest may use. */
bool memory_guest_owns(u64 gpa, u64 length);

#endif
