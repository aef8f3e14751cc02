// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The register tables, one an architecture. Each .def file is read twice: for
 * its rows, and for the other names of them.
 */
#include "abi_tables.h"

#define HVD_ROW(code_, name_, bits_, arch_, group_, capture_, sources_, text_)	\
	{									\
		.code = code_,							\
		.name = #name_,							\
		.bits = bits_,							\
		.arch = arch_,							\
		.group = HVD_ABI_GROUP_##group_,				\
		.capture = HVD_ABI_##capture_,					\
		.unit = "",							\
		.sources = #sources_,						\
		.text = text_,							\
	},

static const struct hvd_abi_row x86_64_rows[] = {
#define HVD_REG(code_, name_, bits_, group_, capture_, sources_, text_)	\
	HVD_ROW(code_, name_, bits_, HVD_ABI_X86_64, group_, capture_,	\
		sources_, text_)
#define HVD_ALSO(code_, name_)
#include "abi_registers_x86_64.def"
};

static const struct hvd_abi_alias x86_64_aliases[] = {
#define HVD_REG(code_, name_, bits_, group_, capture_, sources_, text_)
#define HVD_ALSO(code_, name_) { code_, #name_ },
#include "abi_registers_x86_64.def"
};

HVD_ABI_TABLE(hvd_abi_registers_x86_64, x86_64_rows, x86_64_aliases);

static const struct hvd_abi_row arm64_rows[] = {
#define HVD_REG(code_, name_, bits_, group_, capture_, sources_, text_)	\
	HVD_ROW(code_, name_, bits_, HVD_ABI_ARM64, group_, capture_,	\
		sources_, text_)
#define HVD_ALSO(code_, name_)
#include "abi_registers_arm64.def"
};

static const struct hvd_abi_alias arm64_aliases[] = {
#define HVD_REG(code_, name_, bits_, group_, capture_, sources_, text_)
#define HVD_ALSO(code_, name_) { code_, #name_ },
#include "abi_registers_arm64.def"
};

HVD_ABI_TABLE(hvd_abi_registers_arm64, arm64_rows, arm64_aliases);
