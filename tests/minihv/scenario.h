/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scenario partitions: VPs in states that a person would recognise (REGISTERS.md). */
#ifndef MINIHV_SCENARIO_H
#define MINIHV_SCENARIO_H

#include "partition.h"
#include "value.h"

/** @return how many VTLs, from 0 on, a VP of that index has */
u32 scenario_vtl_count(u32 vp);

/** @return whether the register exists; its value in @p ret */
bool scenario_register(const struct partition *p, u32 vp, u32 vtl, u32 code,
		       struct hv_value *ret);

/** @return whether the property exists; its value in @p ret */
bool scenario_property(const struct partition *p, u32 code, u64 *ret);

#endif
