/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file abi_tables.h
 * The tables behind abi.h; nobody but abi.c needs it.
 */
#ifndef HVD_ABI_TABLES_H
#define HVD_ABI_TABLES_H

#include "abi.h"

/** Another name of a code. */
struct hvd_abi_alias {
	uint32_t code;
	const char *name;
};

/** A table, and the other names of its codes. */
struct hvd_abi_table {
	const struct hvd_abi_row *rows;	/**< in ascending order of the codes */
	size_t count;
	const struct hvd_abi_alias *aliases;	/**< in the same order */
	size_t alias_count;
};

extern const struct hvd_abi_table hvd_abi_registers_x86_64;
extern const struct hvd_abi_table hvd_abi_registers_arm64;
extern const struct hvd_abi_table hvd_abi_properties;
extern const struct hvd_abi_table hvd_abi_hypercalls;
extern const struct hvd_abi_table hvd_abi_status;
extern const struct hvd_abi_table hvd_abi_system_properties;
extern const struct hvd_abi_table hvd_abi_privileges;
extern const struct hvd_abi_table hvd_abi_messages;
extern const struct hvd_abi_table hvd_abi_counters_x86_64;
extern const struct hvd_abi_table hvd_abi_counters_arm64;

#define HVD_ABI_COUNT(array_) (sizeof(array_) / sizeof((array_)[0]))

/** Define the table @p name_ from the static arrays name_rows, name_aliases. */
#define HVD_ABI_TABLE(name_, rows_, aliases_)			\
	const struct hvd_abi_table name_ = {			\
		.rows = rows_,					\
		.count = HVD_ABI_COUNT(rows_),			\
		.aliases = aliases_,				\
		.alias_count = HVD_ABI_COUNT(aliases_),		\
	}

#endif /* HVD_ABI_TABLES_H */
