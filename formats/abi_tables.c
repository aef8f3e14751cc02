// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables that are the same on every architecture. Each .def file is read
 * twice: for its rows, and for the other names of them.
 */
#include "abi_tables.h"

/* partition properties */

/* one class: a note asks for a property or it does not */
#define HVD_PROP_ASK HVD_ABI_REST
#define HVD_PROP_SKIP HVD_ABI_NEVER

static const struct hvd_abi_row property_rows[] = {
#define HVD_PROP(code_, name_, bits_, unit_, arch_, capture_, sources_, text_)	\
	{									\
		.code = code_,							\
		.name = #name_,							\
		.bits = bits_,							\
		.arch = HVD_ABI_##arch_,					\
		.capture = HVD_PROP_##capture_,					\
		.unit = unit_,							\
		.sources = #sources_,						\
		.text = text_,							\
	},
#define HVD_ALSO(code_, name_)
#include "abi_properties.def"
};

static const struct hvd_abi_alias property_aliases[] = {
#define HVD_PROP(code_, name_, bits_, unit_, arch_, capture_, sources_, text_)
#define HVD_ALSO(code_, name_) { code_, #name_ },
#include "abi_properties.def"
};

HVD_ABI_TABLE(hvd_abi_properties, property_rows, property_aliases);

/* hypercalls */

static const struct hvd_abi_row hypercall_rows[] = {
#define HVD_CALL(code_, name_, form_, sources_)				\
	{								\
		.code = code_,						\
		.name = #name_,						\
		.arch = HVD_ABI_ANY,					\
		.form = HVD_ABI_FORM_##form_,				\
		.unit = "",						\
		.sources = #sources_,					\
		.text = "",						\
	},
#define HVD_ALSO(code_, name_)
#include "abi_hypercalls.def"
};

static const struct hvd_abi_alias hypercall_aliases[] = {
#define HVD_CALL(code_, name_, form_, sources_)
#define HVD_ALSO(code_, name_) { code_, #name_ },
#include "abi_hypercalls.def"
};

HVD_ABI_TABLE(hvd_abi_hypercalls, hypercall_rows, hypercall_aliases);

/* what has a code, a name and sources, and no more */

#define HVD_PLAIN_ROW(code_, name_, sources_)				\
	{								\
		.code = code_,						\
		.name = #name_,						\
		.arch = HVD_ABI_ANY,					\
		.unit = "",						\
		.sources = #sources_,					\
		.text = "",						\
	},

static const struct hvd_abi_row status_rows[] = {
#define HVD_STATUS(code_, name_, sources_) HVD_PLAIN_ROW(code_, name_, sources_)
#define HVD_ALSO(code_, name_)
#include "abi_status.def"
};

static const struct hvd_abi_alias status_aliases[] = {
#define HVD_STATUS(code_, name_, sources_)
#define HVD_ALSO(code_, name_) { code_, #name_ },
#include "abi_status.def"
};

HVD_ABI_TABLE(hvd_abi_status, status_rows, status_aliases);

static const struct hvd_abi_row system_property_rows[] = {
#define HVD_SYSPROP(code_, name_, sources_) HVD_PLAIN_ROW(code_, name_, sources_)
#define HVD_ALSO(code_, name_)
#include "abi_system_properties.def"
};

static const struct hvd_abi_alias system_property_aliases[] = {
#define HVD_SYSPROP(code_, name_, sources_)
#define HVD_ALSO(code_, name_) { code_, #name_ },
#include "abi_system_properties.def"
};

HVD_ABI_TABLE(hvd_abi_system_properties, system_property_rows,
	      system_property_aliases);

static const struct hvd_abi_row privilege_rows[] = {
#define HVD_PRIV(code_, name_, sources_) HVD_PLAIN_ROW(code_, name_, sources_)
#define HVD_ALSO(code_, name_)
#include "abi_privileges.def"
};

static const struct hvd_abi_alias privilege_aliases[] = {
#define HVD_PRIV(code_, name_, sources_)
#define HVD_ALSO(code_, name_) { code_, #name_ },
#include "abi_privileges.def"
};

HVD_ABI_TABLE(hvd_abi_privileges, privilege_rows, privilege_aliases);

static const struct hvd_abi_row message_rows[] = {
#define HVD_MESSAGE(code_, name_, arch_, x86_64_, arm64_, sources_)	\
	{								\
		.code = code_,						\
		.name = #name_,						\
		.arch = HVD_ABI_##arch_,				\
		.unit = "",						\
		.sources = #sources_,					\
		.text = "",						\
	},
#define HVD_ALSO(code_, name_)
#include "abi_messages.def"
};

static const struct hvd_abi_alias message_aliases[] = {
#define HVD_MESSAGE(code_, name_, arch_, x86_64_, arm64_, sources_)
#define HVD_ALSO(code_, name_) { code_, #name_ },
#include "abi_messages.def"
};

HVD_ABI_TABLE(hvd_abi_messages, message_rows, message_aliases);
