// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory map. */
#include "memory.h"

#include "lib.h"
#include "log.h"
#include "options.h"

#define MAX_ENTRIES	64

/* struct setup_data of the boot protocol: next, type, length, data. */
#define NODE_TYPE	8
#define NODE_LENGTH	12
#define NODE_SIZE	16
#define SETUP_NONE	0

static struct e820_entry machine[MAX_ENTRIES];
static unsigned int machine_count;

void memory_add(u64 base, u64 length, u32 type)
{
	if (!length)
		return;
	if (machine_count == MAX_ENTRIES)
		fatal("more than %u entries in the memory map", MAX_ENTRIES);
	machine[machine_count++] = (struct e820_entry){ base, length, type };
}

struct map_out {
	struct e820_entry *map;
	unsigned int count, max;
};

static void emit(struct map_out *o, u64 start, u64 end, u32 type)
{
	if (start >= end)
		return;
	if (o->count == o->max)
		fatal("the guest's memory map is full");
	o->map[o->count++] = (struct e820_entry){ start, end - start, type };
}

unsigned int memory_guest_map(struct e820_entry *map, unsigned int max)
{
	u64 ours = (u64)guarded_start, ours_end = (u64)shared_end;
	struct map_out o = { map, 0, max };

	for (unsigned int i = 0; i < machine_count; i++) {
		u64 start = machine[i].base, end = start + machine[i].length;

		if (ours < start || ours_end > end || options.ram_setup_data) {
			emit(&o, start, end, machine[i].type);
			continue;
		}
		emit(&o, start, ours, machine[i].type);
		emit(&o, ours, ours_end, E820_RESERVED);
		emit(&o, ours_end, end, machine[i].type);
	}
	return o.count;
}

/* The page below the image belongs to nobody, and the guest must reach the node. */
u64 memory_setup_data(void)
{
	u64 at = (u64)guarded_start - PAGE_SIZE;
	u8 *node = (u8 *)at;

	if (!options.ram_setup_data)
		return 0;
	if (!memory_guest_owns(at, PAGE_SIZE))
		fatal("no memory below 0x%lx for setup_data", (u64)guarded_start);
	memset(node, 0, PAGE_SIZE);
	put32(node + NODE_TYPE, SETUP_NONE);
	put32(node + NODE_LENGTH, (u32)((u64)shared_end - at - NODE_SIZE));
	return at;
}

bool memory_guest_owns(u64 gpa, u64 length)
{
	u64 end;

	if (__builtin_add_overflow(gpa, length, &end))
		return false;
	if (gpa < (u64)guarded_end && end > (u64)guarded_start)
		return false;
	for (unsigned int i = 0; i < machine_count; i++) {
		const struct e820_entry *e = &machine[i];

		if (e->type == E820_RAM && gpa >= e->base && end <= e->base + e->length)
			return true;
	}
	return false;
}
