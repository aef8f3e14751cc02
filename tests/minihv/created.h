/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partitions that the root creates: what is known of them and of their VPs,
 * all of it kept in deposited pages. All functions want the partition lock.
 */
#ifndef MINIHV_CREATED_H
#define MINIHV_CREATED_H

#include "partition.h"
#include "value.h"

#define CREATED_MAX_VPS		256u
#define CREATED_MAX_PROPERTIES	96u
#define CREATED_MAX_REGISTERS	160u
#define STATE_PAGE_TYPES	2u	/* registers, intercept message */

struct set_property {
	u32 code, reserved;
	u64 value;
};

struct set_register {
	u32 code, reserved;
	struct hv_value value;
};

/* A page of its creator's pool. */
struct created {
	u64 flags;			/* of CreatePartition */
	u64 *slat;			/* slat.c: the top table */
	u64 gpa_pages;			/* accessible ones in it */
	u32 property_count, reserved;
	struct created_vp *vps[CREATED_MAX_VPS];
	struct set_property properties[CREATED_MAX_PROPERTIES];
};

/* A page of its partition's pool. */
struct created_vp {
	u32 index, register_count;
	u64 explicit_suspend, intercept_suspend, dispatch_suspend;
	u64 signal_count;		/* intercept messages sent to the root */
	u32 message_cpu;		/* the root VP that a message waits for */
	bool message_waits;
	void *state_page[STATE_PAGE_TYPES];
	struct set_register registers[CREATED_MAX_REGISTERS];
};

_Static_assert(sizeof(struct created) <= PAGE_SIZE, "struct created is a page");
_Static_assert(sizeof(struct created_vp) <= PAGE_SIZE, "struct created_vp is a page");

/** @return the VP, or NULL if there is none with that index */
struct created_vp *created_vp(const struct partition *p, u32 vp);

/** The VP's register (REGISTERS.md). @return whether it exists */
bool created_register(const struct partition *p, u32 vp, u32 code, struct hv_value *ret);

/** @return false when it does not exist, or no more can be kept */
bool created_set_register(const struct partition *p, struct created_vp *v, u32 code,
			  const struct hv_value *value);

/** The property (REGISTERS.md). @return whether it exists */
bool created_property(const struct partition *p, u32 code, u64 *ret);
bool created_set_property(struct partition *p, u32 code, u64 value);

#endif
