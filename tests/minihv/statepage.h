/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VP state pages (TLFS, HvCallMapVpStatePage), of created partitions' VPs. */
#ifndef MINIHV_STATEPAGE_H
#define MINIHV_STATEPAGE_H

#include "created.h"

enum state_page_type {
	STATE_PAGE_REGISTERS,
	STATE_PAGE_INTERCEPT,
};

/** @return the page, or NULL when the partition's pool has none left for it */
void *statepage_map(struct partition *p, struct created_vp *v, u32 type);

/** @return false when it is not mapped */
bool statepage_unmap(struct partition *p, struct created_vp *v, u32 type);

/** Write the register page anew, if it is mapped. */
void statepage_update(const struct partition *p, const struct created_vp *v);

/** Take over what the root has changed in the register page. */
void statepage_take(const struct partition *p, struct created_vp *v);

#endif
