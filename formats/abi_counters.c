// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables of counters, one an architecture; rows of any stand in both. The
 * .def file is read once for each.
 */
#include "abi_tables.h"

enum { HYPERVISOR = 1, LP = 2, PARTITION = 0x10001, VP = 0x10002 };

#define ROW(object_, index_, name_, arch_, unit_, sources_)		\
	{								\
		.code = HVD_ABI_COUNTER(object_, index_),		\
		.name = #name_,						\
		.arch = arch_,						\
		.unit = unit_,						\
		.sources = #sources_,					\
		.text = "",						\
	},

/* Which rows a table takes. */
#define X86_64_ANY(...)	   ROW(__VA_ARGS__)
#define X86_64_X86_64(...) ROW(__VA_ARGS__)
#define X86_64_ARM64(...)
#define ARM64_ANY(...)	  ROW(__VA_ARGS__)
#define ARM64_ARM64(...)  ROW(__VA_ARGS__)
#define ARM64_X86_64(...)

static const struct hvd_abi_row x86_64_rows[] = {
#define HVD_COUNTER(object_, index_, name_, arch_, unit_, sources_)	\
	X86_64_##arch_(object_, index_, name_, HVD_ABI_X86_64, unit_, sources_)
#include "abi_counters.def"
};

static const struct hvd_abi_row arm64_rows[] = {
#define HVD_COUNTER(object_, index_, name_, arch_, unit_, sources_)	\
	ARM64_##arch_(object_, index_, name_, HVD_ABI_ARM64, unit_, sources_)
#include "abi_counters.def"
};

const struct hvd_abi_table hvd_abi_counters_x86_64 = {
	.rows = x86_64_rows,
	.count = HVD_ABI_COUNT(x86_64_rows),
};

const struct hvd_abi_table hvd_abi_counters_arm64 = {
	.rows = arm64_rows,
	.count = HVD_ABI_COUNT(arm64_rows),
};
