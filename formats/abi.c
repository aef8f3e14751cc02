// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding rows in the tables of the hypervisor's interface. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "abi.h"
#include "abi_tables.h"

static const struct hvd_abi_table *table_of(enum hvd_abi_kind kind,
					    enum hvd_abi_arch arch)
{
	switch (kind) {
	case HVD_ABI_REGISTERS:
		if (arch == HVD_ABI_X86_64)
			return &hvd_abi_registers_x86_64;
		if (arch == HVD_ABI_ARM64)
			return &hvd_abi_registers_arm64;
		return NULL;
	case HVD_ABI_PROPERTIES:
		return &hvd_abi_properties;
	case HVD_ABI_HYPERCALLS:
		return &hvd_abi_hypercalls;
	case HVD_ABI_STATUS:
		return &hvd_abi_status;
	case HVD_ABI_SYSTEM_PROPERTIES:
		return &hvd_abi_system_properties;
	case HVD_ABI_PRIVILEGES:
		return &hvd_abi_privileges;
	case HVD_ABI_MESSAGES:
		return &hvd_abi_messages;
	case HVD_ABI_COUNTERS:
		if (arch == HVD_ABI_X86_64)
			return &hvd_abi_counters_x86_64;
		if (arch == HVD_ABI_ARM64)
			return &hvd_abi_counters_arm64;
		return NULL;
	default:
		return NULL;
	}
}

const struct hvd_abi_row *hvd_abi_rows(enum hvd_abi_kind kind,
				       enum hvd_abi_arch arch, size_t *count)
{
	const struct hvd_abi_table *table = table_of(kind, arch);

	*count = table ? table->count : 0;
	return table ? table->rows : NULL;
}

static const struct hvd_abi_row *find_code(const struct hvd_abi_table *table,
					   uint32_t code)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->rows[middle].code == code)
			return &table->rows[middle];
		if (table->rows[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct hvd_abi_row *hvd_abi_find(enum hvd_abi_kind kind,
				       enum hvd_abi_arch arch, uint32_t code)
{
	const struct hvd_abi_table *table = table_of(kind, arch);

	return table ? find_code(table, code) : NULL;
}

static const char *skip_underscores(const char *s)
{
	while (*s == '_')
		s++;
	return s;
}

/* Walk through two names, ignoring case and underscores, up to a difference. */
static void walk(const char **a, const char **b)
{
	for (;;) {
		*a = skip_underscores(*a);
		*b = skip_underscores(*b);
		if (!**a || !**b ||
		    tolower((unsigned char)**a) != tolower((unsigned char)**b))
			return;
		(*a)++;
		(*b)++;
	}
}

/* The same but for case and underscores: GetVpRegisters, GET_VP_REGISTERS. */
static bool same_loosely(const char *a, const char *b)
{
	walk(&a, &b);
	return !*a && !*b;
}

/* What follows the prefix, or NULL: HvX64RegisterRip has HV_X64_REGISTER_. */
static const char *after_prefix(const char *name, const char *prefix)
{
	walk(&name, &prefix);
	return *prefix ? NULL : name;
}

static bool same_exactly(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

/* The one code that goes by this name; two that do are none. */
static const struct hvd_abi_row *match(const struct hvd_abi_table *table,
				       const char *name,
				       bool (*same)(const char *, const char *))
{
	const struct hvd_abi_row *found = NULL;
	size_t i;

	for (i = 0; i < table->count; i++) {
		if (!same(table->rows[i].name, name))
			continue;
		if (found)
			return NULL;
		found = &table->rows[i];
	}
	if (found)
		return found;
	for (i = 0; i < table->alias_count; i++)
		if (same(table->aliases[i].name, name))
			return find_code(table, table->aliases[i].code);
	return NULL;
}

static const struct hvd_abi_row *match_either(const struct hvd_abi_table *table,
					      const char *name)
{
	const struct hvd_abi_row *row = match(table, name, same_exactly);

	return row ? row : match(table, name, same_loosely);
}

/* How the headers begin the names of a kind; "HV" comes last, as the shortest. */
static const char *const prefixes[HVD_ABI_KINDS][6] = {
	[HVD_ABI_REGISTERS] = {
		"HV_X64_REGISTER_", "HV_ARM64_REGISTER_", "HV_REGISTER_",
	},
	[HVD_ABI_PROPERTIES] = {
		"HV_PARTITION_PROPERTY_",
	},
	[HVD_ABI_HYPERCALLS] = {
		"HVCALL_", "HV_",
	},
	[HVD_ABI_STATUS] = {
		"HV_STATUS_",
	},
	[HVD_ABI_SYSTEM_PROPERTIES] = {
		"HV_SYSTEM_PROPERTY_", "HV_",
	},
	[HVD_ABI_PRIVILEGES] = {
		"HV_",
	},
	[HVD_ABI_MESSAGES] = {
		"HVMSG_", "HV_MESSAGE_TYPE_",
	},
};

const struct hvd_abi_row *hvd_abi_find_name(enum hvd_abi_kind kind,
					    enum hvd_abi_arch arch,
					    const char *name)
{
	const struct hvd_abi_table *table = table_of(kind, arch);
	const struct hvd_abi_row *row;

	if (!table || !name)
		return NULL;
	row = match_either(table, name);
	for (size_t i = 0; !row && prefixes[kind][i]; i++) {
		const char *rest = after_prefix(name, prefixes[kind][i]);

		if (rest)
			row = match_either(table, rest);
	}
	return row;
}

bool hvd_abi_is_uncertain(const struct hvd_abi_row *row)
{
	return strpbrk(row->sources, "LMOTW") == NULL;
}

const char *hvd_abi_source_name(char letter)
{
	switch (letter) {
	case 'L': return "LX";
	case 'M': return "MSHV";
	case 'O': return "OVMM";
	case 'T': return "TLFS";
	case 'W': return "WDK";
	case 'm': return "MILE";
	default: return NULL;
	}
}

/* names[index], or NULL beyond the end or where there is none */
static const char *name_at(const char *const *names, size_t count,
			   unsigned int index)
{
	return index < count ? names[index] : NULL;
}

const char *hvd_abi_kind_name(enum hvd_abi_kind kind)
{
	static const char *const names[] = {
		[HVD_ABI_REGISTERS] = "registers",
		[HVD_ABI_PROPERTIES] = "properties",
		[HVD_ABI_HYPERCALLS] = "hypercalls",
		[HVD_ABI_STATUS] = "status",
		[HVD_ABI_SYSTEM_PROPERTIES] = "system-properties",
		[HVD_ABI_PRIVILEGES] = "privileges",
		[HVD_ABI_MESSAGES] = "messages",
		[HVD_ABI_COUNTERS] = "counters",
	};

	return name_at(names, HVD_ABI_COUNT(names), kind);
}

const char *hvd_abi_arch_name(unsigned int arch)
{
	static const char *const names[] = {
		[HVD_ABI_X86_64] = "x86-64",
		[HVD_ABI_ARM64] = "arm64",
		[HVD_ABI_ANY] = "any",
	};

	return name_at(names, HVD_ABI_COUNT(names), arch);
}

const char *hvd_abi_group_name(unsigned int group)
{
	static const char *const names[] = {
#define HVD_GROUP(group_, name_) [HVD_ABI_GROUP_##group_] = name_,
#include "abi_groups.def"
	};

	return name_at(names, HVD_ABI_COUNT(names), group);
}

const char *hvd_abi_capture_name(unsigned int capture)
{
	static const char *const names[] = {
		[HVD_ABI_NEVER] = "never",
		[HVD_ABI_REST] = "rest",
		[HVD_ABI_ESSENTIAL] = "essential",
	};

	return name_at(names, HVD_ABI_COUNT(names), capture);
}

const char *hvd_abi_form_name(unsigned int form)
{
	static const char *const names[] = {
		[HVD_ABI_FORM_UNKNOWN] = "unknown",
		[HVD_ABI_FORM_SIMPLE] = "simple",
		[HVD_ABI_FORM_REP] = "rep",
		[HVD_ABI_FORM_FAST] = "fast",
		[HVD_ABI_FORM_VARIABLE] = "variable",
	};

	return name_at(names, HVD_ABI_COUNT(names), form);
}
