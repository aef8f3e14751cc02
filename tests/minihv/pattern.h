/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pattern partitions: every value follows one rule (REGISTERS.md). */
#ifndef MINIHV_PATTERN_H
#define MINIHV_PATTERN_H

#include "partition.h"
#include "value.h"

/* What takes the place of a VTL and of a register's code for other content. */
#define RULE_VTL_STATS		0x80u		/* plus the area */
#define RULE_VTL_SYNIC		0x90u		/* plus the SINT */
#define RULE_CODE_STATS		0x5a000000u	/* plus the counter's number */
#define RULE_CODE_MESSAGE	0x5b000000u	/* plus the payload's qword */
#define RULE_CODE_FLAGS		0x5c000000u	/* plus the qword */
#define RULE_CODE_STATE		0x5d000000u	/* plus the type's low byte << 16, the qword */
#define RULE_CODE_RUN_TIME	0x5e000000u

/** The rule itself, with the seed of this run. */
u64 pattern_rule(u64 partition, u32 vp, u32 vtl, u32 code);

/** @return whether the register exists; its value in @p ret */
bool pattern_register(const struct partition *p, u32 vp, u32 vtl, u32 code,
		      struct hv_value *ret);

/** @return whether the property exists; its value in @p ret */
bool pattern_property(const struct partition *p, u32 code, u64 *ret);

#endif
