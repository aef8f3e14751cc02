// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory map. */
#include "memory.h"

#include "log.h"

#define MAX_ENTRIES	64

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

		if (ours < start || ours_end > end) {
			emit(&o, start, end, machine[i].type);
			continue;
		}
		emit(&o, start, ours, machine[i].type);
		emit(&o, ours, ours_end, E820_RESERVED);
		emit(&o, ours_end, end, machine[i].type);
	}
	return o.count;
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
