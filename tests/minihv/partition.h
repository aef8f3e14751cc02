/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Partitions: the root, and children that exist only as answers to hypercalls. */
#ifndef MINIHV_PARTITION_H
#define MINIHV_PARTITION_H

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
#define PRIV_CPU_MANAGEMENT	(1ul << 44)
#define PRIV_VP_REGISTERS	(1ul << 49)

#define MAX_CHILDREN		64
#define MAX_CHILD_VPS		2048

enum partition_kind {
	KIND_ROOT,
	KIND_PATTERN,		/* pattern.c */
	KIND_SCENARIO,		/* scenario.c */
};

struct partition {
	u64 id;
	enum partition_kind kind;
	u64 privileges;
	u32 vp_count;
	const u32 *vp_index;	/* of the children: increasing */
	u32 vtl_count;		/* of pattern partitions */
};

/** Parse parts=SPEC (README.md); stops with the reason if it is malformed. */
void partition_parse(const char *spec, size_t length);

const struct partition *partition_root(void);

/** @return the partition with this id (SELF: the root), or NULL */
const struct partition *partition_find(u64 id);

/** @return the child with the lowest id above @p id, or NULL */
const struct partition *partition_next_child(u64 id);

/** Whether a child partition has a VP of that index. */
bool partition_has_vp(const struct partition *p, u32 vp);

/** One line a partition. */
void partition_log(void);

#endif
