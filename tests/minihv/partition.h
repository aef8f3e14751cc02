/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Partitions: the root, children that exist only as answers to hypercalls,
 * and those that the root creates.
 */
#ifndef MINIHV_PARTITION_H
#define MINIHV_PARTITION_H

#include "deposit.h"
#include "lib.h"
#include "x86.h"

#define HV_PARTITION_ID_SELF	0xfffffffffffffffful
#define HV_VP_INDEX_SELF	0xfffffffeu
#define ROOT_PARTITION_ID	1ul	/* the first one that a hypervisor creates */

/* Partition privileges (TLFS 2.4.4; CPUID 0x40000003 EAX, EBX). */
#define PRIV_SYNIC_MSRS		(1ul << 2)
#define PRIV_APIC_MSRS		(1ul << 4)
#define PRIV_HYPERCALL_MSRS	(1ul << 5)
#define PRIV_VP_INDEX		(1ul << 6)
#define PRIV_TSC_INVARIANT	(1ul << 15)
#define PRIV_CREATE_PARTITIONS	(1ul << 32)
#define PRIV_PARTITION_ID	(1ul << 33)
#define PRIV_MEMORY_POOL	(1ul << 34)
#define PRIV_STATS		(1ul << 40)
#define PRIV_CPU_MANAGEMENT	(1ul << 44)
#define PRIV_VP_REGISTERS	(1ul << 49)

/* What Linux's own partition is; in minihv it is number ROOT_PARTITION_ID always. */
enum own_kind {
	OWN_ROOT,
	OWN_L1VH,		/* a parent that does not manage the machine */
	OWN_GUEST,
};

#define MAX_CHILDREN		128
#define MAX_CHILD_VPS		8192

enum partition_kind {
	KIND_ROOT,
	KIND_PATTERN,		/* pattern.c */
	KIND_SCENARIO,		/* scenario.c */
	KIND_CREATED,		/* created.c: made by CreatePartition */
};

/* Those that are there from the start are active, and stay so. */
enum partition_state {
	STATE_ACTIVE,
	STATE_NEW,		/* created, not initialized */
	STATE_FINALIZED,
};

struct partition {
	u64 id;			/* 0: this entry of the table is free */
	u64 parent;
	enum partition_kind kind;
	enum partition_state state;
	u64 privileges;
	u32 vp_count;
	const u32 *vp_index;	/* of pattern and scenario partitions: increasing */
	u32 vtl_count;		/* of pattern and created partitions */
	struct pool pool;
	struct created *created;	/* created.c */
};

/*
 * Held by every hypercall that looks at or changes children, deposits or the
 * nested page tables.
 */
extern struct spinlock partition_lock;

/** Parse parts=SPEC (README.md); stops with the reason if it is malformed. */
void partition_parse(const char *spec, size_t length);

/** The partition that Linux runs in: the root, unless mode= says otherwise. */
const struct partition *partition_root(void);

/** What it is, and making it that, before any guest runs. */
enum own_kind partition_own_kind(void);
void partition_set_own_kind(enum own_kind kind);

/** @return the partition with this id (SELF: the root), or NULL */
struct partition *partition_find(u64 id);

/** @return the child of @p parent with the lowest id above @p id, or NULL */
const struct partition *partition_next_child(u64 parent, u64 id);

/**
 * Add a child of @p parent, of KIND_CREATED and STATE_NEW. Its id is above all
 * that were ever in use.
 * @return NULL when there are too many
 */
struct partition *partition_add(u64 parent);

/** Take a partition out of the table; its pool must be empty. */
void partition_remove(struct partition *p);

/** Whether a partition of any kind has a VP of that index. */
bool partition_has_vp(const struct partition *p, u32 vp);

/** One line a partition. */
void partition_log(void);

#endif
