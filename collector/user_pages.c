// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program's pages: see user_pages.h.
 * Source: Intel SDM volume 3, "Paging"; Linux: arch/x86/include/asm/pgtable.h,
 * pgtable-invert.h.
 */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>

#include "bytes.h"
#include "kernel/object.h"
#include "user_pages.h"

#define TABLE		4096
#define ENTRIES		512
#define PRESENT		(UINT64_C(1) << 0)
#define LARGE		(UINT64_C(1) << 7)
/* Linux: a page that is there, and is not to be touched (NUMA balancing). */
#define PROTNONE	(UINT64_C(1) << 8)
#define ADDRESS		UINT64_C(0x000ffffffffff000)
#define PAGE_SHIFT	12
#define LEVEL_BITS	9

/** What one walk works on. */
struct tables {
	struct hvd_physmem *memory;
	uint64_t encrypted;	/* a bit of addresses that is none; or 0 */
	uint64_t start, end;	/* user addresses */
	struct pfn_set *set;
};

static int add_pages(struct tables *t, uint64_t pfn, uint64_t count,
		     struct hvd_error *err)
{
	for (; count; count--, pfn++)
		if (pfn_set_add(t->set, pfn))
			return hvd_error_set(err, "no memory for page numbers,"
					     " or expected one, found 0x%"
					     PRIx64, pfn);
	return 0;
}

/* Linux inverts the address of what is not present, against L1TF. */
static uint64_t address_of(const struct tables *t, uint64_t entry)
{
	if (!(entry & PRESENT))
		entry ^= ADDRESS;
	return entry & ADDRESS & ~t->encrypted;
}

static int walk(struct tables *t, uint64_t table, unsigned int level,
		uint64_t base, struct hvd_error *err);

/* An entry that maps @size bytes from @at on, or leads to a table that does. */
static int take(struct tables *t, uint64_t entry, unsigned int level,
		uint64_t at, uint64_t size, struct hvd_error *err)
{
	uint64_t from = at > t->start ? at : t->start;
	uint64_t to = at + size < t->end ? at + size : t->end;
	bool leaf = level == 1 || entry & LARGE;

	if (!(entry & PRESENT) && !(leaf && entry & PROTNONE))
		return 0;
	if (!leaf)
		return walk(t, address_of(t, entry), level - 1, at, err);
	/* A large page's address has other bits (PAT) below its size. */
	return add_pages(t, ((address_of(t, entry) & ~(size - 1)) >>
			     PAGE_SHIFT) + ((from - at) >> PAGE_SHIFT),
			 (to - from) >> PAGE_SHIFT, err);
}

static int walk(struct tables *t, uint64_t table, unsigned int level,
		uint64_t base, struct hvd_error *err)
{
	uint64_t size = UINT64_C(1) << (PAGE_SHIFT + LEVEL_BITS * (level - 1));
	uint8_t bytes[TABLE];
	unsigned int i;

	if (hvd_physmem_read(t->memory, table, bytes, TABLE, err) !=
	    HVD_READ_DATA)
		return hvd_error_prefix(err, "page table of level %u", level);
	for (i = 0; i < ENTRIES; i++) {
		uint64_t at = base + i * size;

		if (at >= t->end || at + size <= t->start)
			continue;
		if (take(t, hvd_le64(bytes + 8 * i), level, at, size, err))
			return -1;
	}
	return 0;
}

static bool is_on(struct hvd_kernel *k, const char *name, int64_t *value)
{
	struct hvd_vmcoreinfo *info = hvd_kernel_vmcoreinfo(k);

	*value = 0;
	return info && hvd_vmcoreinfo_number(info, name, value) && *value;
}

int user_pages_add(struct hvd_kernel *k, uint64_t mm, uint64_t start,
		   uint64_t end, struct pfn_set *set, struct hvd_error *err)
{
	struct tables t = { .memory = hvd_kernel_physmem(k), .set = set };
	struct hvd_object_source from;
	uint64_t pgd, table;
	struct hvd_object o;
	int64_t value;

	from.kmem = hvd_kernel_kmem(k, err);
	from.types = hvd_kernel_types(k, err);
	if (!from.kmem || !from.types || !t.memory)
		return -1;
	if (hvd_object_read(&o, &from, "struct mm_struct", mm, err) !=
	    HVD_READ_DATA)
		return -1;
	pgd = hvd_object_value(&o, "pgd");
	hvd_object_free(&o);
	if (hvd_kmem_translate(from.kmem, pgd, &table, err) != HVD_READ_DATA)
		return -1;
	is_on(k, "sme_mask", &value);
	t.encrypted = (uint64_t)value;
	t.start = start & ~(uint64_t)(TABLE - 1);
	t.end = end;
	return walk(&t, table, is_on(k, "pgtable_l5_enabled", &value) ? 5 : 4,
		    0, err);
}
