/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A register's value as GetVpRegisters returns it: 128 bits, zero-extended. */
#ifndef MINIHV_VALUE_H
#define MINIHV_VALUE_H

#include "x86.h"

struct hv_value {
	u64 lo, hi;
};

/* HV_X64_SEGMENT_REGISTER and HV_X64_TABLE_REGISTER (TLFS datatypes). */
static inline struct hv_value value_segment(u64 base, u32 limit, u16 selector, u16 attributes)
{
	return (struct hv_value){ base, (u64)attributes << 48 | (u64)selector << 32 | limit };
}

static inline struct hv_value value_table(u64 base, u16 limit)
{
	return (struct hv_value){ (u64)limit << 48, base };
}

#endif
