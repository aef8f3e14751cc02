/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pattern partitions: every value follows one rule (REGISTERS.md). */
#ifndef MINIHV_PATTERN_H
#define MINIHV_PATTERN_H

#include "partition.h"
#include "value.h"

/** @return whether the register exists; its value in @p ret */
bool pattern_register(const struct partition *p, u32 vp, u32 vtl, u32 code,
		      struct hv_value *ret);

/** @return whether the property exists; its value in @p ret */
bool pattern_property(const struct partition *p, u32 code, u64 *ret);

#endif
