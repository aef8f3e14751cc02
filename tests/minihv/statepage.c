// SPDX-License-Identifier: GPL-2.0-or-later
/* The pages come from the partition's own pool and are lent to the root. */
#include "statepage.h"

#include "intercept.h"
#include "lib.h"
#include "log.h"
#include "registers.h"

/* hv_vp_register_page of Linux and mshv-bindings, version 1. */
#define PAGE_VERSION	0x000
#define PAGE_VALID	0x002
#define PAGE_DIRTY	0x004
#define VERSION		1

#define DIRTY_GENERAL	0x01u
#define DIRTY_RIP	0x02u
#define DIRTY_XMM	0x04u
#define DIRTY_SEGMENTS	0x08u
#define DIRTY_FLAGS	0x10u

/* Runs of registers whose names follow one another as their places do. */
static const struct run {
	u32 code, count;
	u16 offset, size;
	u32 dirty;		/* the root may change them, and says so by this bit */
} runs[] = {
	{ REG_RAX, 16, 0x008, 8, DIRTY_GENERAL },
	{ REG_RIP, 1, 0x088, 8, DIRTY_RIP },
	{ REG_RFLAGS, 1, 0x090, 8, DIRTY_FLAGS },
	{ REG_XMM0, 6, 0x0a0, 16, DIRTY_XMM },
	{ REG_ES, 6, 0x100, 16, DIRTY_SEGMENTS },
	{ REG_CR0, 1, 0x160, 8, 0 },
	{ REG_CR3, 3, 0x168, 8, 0 },		/* CR3, CR4, CR8 */
	{ REG_EFER, 1, 0x180, 8, 0 },
	{ REG_DR7, 1, 0x188, 8, 0 },
	{ REG_PENDING_INTERRUPTION, 2, 0x190, 8, 0 },
	{ REG_XFEM, 1, 0x1a8, 8, 0 },
};

void statepage_update(const struct partition *p, const struct created_vp *v)
{
	u8 *page = v->state_page[STATE_PAGE_REGISTERS];

	if (!page)
		return;
	page[PAGE_VERSION] = VERSION;
	page[PAGE_VALID] = 1;
	put32(page + PAGE_DIRTY, 0);
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		for (u32 n = 0; n < runs[i].count; n++) {
			u8 *at = page + runs[i].offset + n * runs[i].size;
			struct hv_value value;

			created_register(p, v->index, runs[i].code + n, &value);
			put64(at, value.lo);
			if (runs[i].size == 16)
				put64(at + 8, value.hi);
		}
	}
}

static void take_one(const struct partition *p, struct created_vp *v, u32 code,
		     const struct hv_value *value)
{
	struct hv_value before;

	created_register(p, v->index, code, &before);
	if (before.lo != value->lo || before.hi != value->hi)
		created_set_register(p, v, code, value);
}

void statepage_take(const struct partition *p, struct created_vp *v)
{
	const u8 *page = v->state_page[STATE_PAGE_REGISTERS];
	u32 dirty = page ? get32(page + PAGE_DIRTY) : 0;

	for (size_t i = 0; dirty && i < ARRAY_SIZE(runs); i++) {
		for (u32 n = 0; runs[i].dirty & dirty && n < runs[i].count; n++) {
			const u8 *at = page + runs[i].offset + n * runs[i].size;
			struct hv_value value = { get64(at),
						  runs[i].size == 16 ? get64(at + 8) : 0 };

			take_one(p, v, runs[i].code + n, &value);
		}
	}
}

static void say(const char *what, const struct partition *p, const struct created_vp *v, u32 type)
{
	log_line(LOG_EVENTS, "%s part=0x%lx vp=%u type=%u pfn=0x%lx", what, p->id, v->index, type,
		 (u64)v->state_page[type] / PAGE_SIZE);
}

void *statepage_map(struct partition *p, struct created_vp *v, u32 type)
{
	void *page = v->state_page[type];

	if (page)
		return page;
	page = deposit_use(p, DEPOSIT_TAG_VP(v->index));
	if (!page)
		return NULL;
	v->state_page[type] = page;
	if (type == STATE_PAGE_REGISTERS)
		statepage_update(p, v);
	else
		intercept_message(p, v, page);
	deposit_lend(p, page);
	say("state-map", p, v, type);
	return page;
}

bool statepage_unmap(struct partition *p, struct created_vp *v, u32 type)
{
	if (!v->state_page[type])
		return false;
	say("state-unmap", p, v, type);
	deposit_release(p, v->state_page[type]);
	v->state_page[type] = NULL;
	return true;
}
