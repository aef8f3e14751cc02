// SPDX-License-Identifier: GPL-2.0-or-later
/* Four levels of 512 entries, as the processor's own tables have. */
#include "slat.h"

#include "created.h"

#define LEVELS		4
#define INDEX_BITS	9
#define ENTRY_MAPPED	(1ul << 63)
#define ENTRY_ACCESS	0x1ful
#define ENTRY_ADDRESS	0x000ffffffffff000ul

/* The entry for @p gfn in the lowest table; missing tables are made if wanted. */
static u64 *walk(struct partition *p, u64 gfn, bool make)
{
	u64 **link = &p->created->slat;

	if (gfn >> SLAT_GFN_BITS)
		return NULL;
	for (int level = LEVELS - 1;; level--) {
		u64 *entry;

		if (!*link && make)
			*link = deposit_use(p, DEPOSIT_TAG_PARTITION);
		if (!*link)
			return NULL;
		entry = *link + (gfn >> level * INDEX_BITS) % 512;
		if (!level)
			return entry;
		link = (u64 **)entry;
	}
}

static bool accessible(u64 entry)
{
	return entry & ENTRY_MAPPED && !(entry & SLAT_NO_ACCESS);
}

static void set(struct partition *p, u64 *entry, u64 value)
{
	p->created->gpa_pages += accessible(value);
	p->created->gpa_pages -= accessible(*entry);
	*entry = value;
}

bool slat_map(struct partition *p, u64 gfn, u64 pfn, u32 access)
{
	u64 *entry = walk(p, gfn, true);

	if (entry)
		set(p, entry, ENTRY_MAPPED | (pfn * PAGE_SIZE & ENTRY_ADDRESS) | access);
	return entry;
}

void slat_unmap(struct partition *p, u64 gfn)
{
	u64 *entry = walk(p, gfn, false);

	if (entry)
		set(p, entry, 0);
}

bool slat_lookup(const struct partition *p, u64 gfn, u32 *access)
{
	const u64 *entry = walk((struct partition *)p, gfn, false);

	if (!entry || !(*entry & ENTRY_MAPPED))
		return false;
	*access = (u32)(*entry & ENTRY_ACCESS);
	return true;
}
