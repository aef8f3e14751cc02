// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Deposited pages: a record each, in one of its partition's two lists. A free
 * page carries a mark, so that it is recognised in a dump.
 */
#include "deposit.h"

#include "lib.h"
#include "log.h"
#include "memory.h"
#include "npt.h"
#include "partition.h"

#define MAX_RECORDS	65536u		/* 256 MiB */
#define MAX_PFN		(16 * GIB / PAGE_SIZE)

struct record {
	u32 next;			/* in its list; 0 at the end */
	u32 pfn;
	u16 tag;
	bool lent;
};

static struct record records[MAX_RECORDS];	/* number 0 is not used */
static u32 fresh = 1;				/* those from here on never were */
static u32 unused;				/* list of those that were */
static u8 deposited[MAX_PFN / 8];
static bool changed;

static void *page_of(const struct record *r)
{
	return (void *)(r->pfn * PAGE_SIZE);
}

static void clear(void *page)
{
	u64 count = PAGE_SIZE / 8;

	__asm__ volatile("rep stosq" : "+D"(page), "+c"(count) : "a"(0ul) : "memory");
}

/* "minihv deposited", the partition, the page's number; the rest is zero. */
static void mark_free(const struct partition *p, const struct record *r)
{
	u8 *page = page_of(r);

	clear(page);
	memcpy(page, "minihv deposited", 16);
	put64(page + 16, p->id);
	put64(page + 24, r->pfn);
}

static void guard(const struct record *r)
{
	if (!npt_guard(r->pfn * PAGE_SIZE))
		fatal("no table left to guard page 0x%x", r->pfn);
	changed = true;
}

static bool may_deposit(u64 pfn)
{
	u64 gpa = pfn * PAGE_SIZE;

	return pfn < MAX_PFN && !(deposited[pfn / 8] & 1 << pfn % 8) &&
	       memory_guest_owns(gpa, PAGE_SIZE) &&
	       (gpa < (u64)shared_start || gpa >= (u64)shared_end);
}

bool deposit_add(struct partition *p, u64 pfn)
{
	u32 index = unused ? unused : fresh;
	struct record *r = &records[index];

	if (index == MAX_RECORDS || !may_deposit(pfn) || !npt_guard(pfn * PAGE_SIZE))
		return false;
	changed = true;
	if (unused)
		unused = r->next;
	else
		fresh++;
	deposited[pfn / 8] |= (u8)(1 << pfn % 8);
	*r = (struct record){ .next = p->pool.first_free, .pfn = (u32)pfn };
	p->pool.first_free = index;
	p->pool.free++;
	mark_free(p, r);
	return true;
}

bool deposit_withdraw(struct partition *p, u64 *pfn)
{
	u32 index = p->pool.first_free;
	struct record *r = &records[index];

	if (!index)
		return false;
	p->pool.first_free = r->next;
	p->pool.free--;
	r->next = unused;
	unused = index;
	deposited[r->pfn / 8] &= (u8)~(1 << r->pfn % 8);
	clear(page_of(r));
	npt_unguard(r->pfn * PAGE_SIZE);
	changed = true;
	*pfn = r->pfn;
	return true;
}

void *deposit_use(struct partition *p, u32 tag)
{
	u32 index = p->pool.first_free;
	struct record *r = &records[index];

	if (!index)
		return NULL;
	p->pool.first_free = r->next;
	r->next = p->pool.first_used;
	p->pool.first_used = index;
	p->pool.free--;
	p->pool.used++;
	r->tag = (u16)tag;
	clear(page_of(r));
	return page_of(r);
}

void *deposit_use_many(struct partition *p, u32 tag, u32 count)
{
	void *page = NULL;

	if (p->pool.free < count)
		return NULL;
	while (count--)
		page = deposit_use(p, tag);
	return page;
}

/* From the used list, where *link names it, to the free one. */
static void release(struct partition *p, u32 *link)
{
	u32 index = *link;
	struct record *r = &records[index];

	*link = r->next;
	r->next = p->pool.first_free;
	p->pool.first_free = index;
	p->pool.used--;
	p->pool.free++;
	if (r->lent)
		guard(r);
	r->lent = false;
	mark_free(p, r);
}

static u32 *find(struct partition *p, const void *page)
{
	u32 *link = &p->pool.first_used;

	while (*link && page_of(&records[*link]) != page)
		link = &records[*link].next;
	if (!*link)
		fatal("page 0x%lx of partition 0x%lx is not in use", (u64)page, p->id);
	return link;
}

void deposit_release(struct partition *p, const void *page)
{
	release(p, find(p, page));
}

void deposit_release_tag(struct partition *p, u32 tag)
{
	for (u32 *link = &p->pool.first_used; *link;) {
		if (records[*link].tag == tag)
			release(p, link);
		else
			link = &records[*link].next;
	}
}

void deposit_release_all(struct partition *p)
{
	while (p->pool.first_used)
		release(p, &p->pool.first_used);
}

void deposit_lend(struct partition *p, const void *page)
{
	struct record *r = &records[*find(p, page)];

	r->lent = true;
	npt_unguard(r->pfn * PAGE_SIZE);
	changed = true;
}

void deposit_settle(void)
{
	if (changed)
		npt_flush();
	changed = false;
}
