/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file register_fields.h
 * The fields of registers, as layouts of their 16-byte values. A register gets
 * its fields by a row of the table in register_fields_x86_64.c,
 * register_fields_arm64.c, or, where both architectures have it with the same
 * code, register_fields_synthetic.c.
 */
#ifndef HVD_REGISTER_FIELDS_H
#define HVD_REGISTER_FIELDS_H

#include "abi.h"
#include "layout.h"
#include "layout_rows.h"

/**
 * The fields of a register.
 *
 * @param[in] low  bits 0 to 63 of the value: of some registers they say what
 *                 the others mean (who wrote GUEST_OS_ID, which event is
 *                 pending)
 * @return NULL: a number, and nothing else is known of it
 */
const struct hvd_layout *hvd_register_layout(enum hvd_abi_arch arch,
					     uint32_t code, uint64_t low);

/* ------------------------------------------------- for the tables alone */

/** Registers with consecutive codes whose values mean the same. */
struct hvd_register_fields {
	uint32_t first, last;	/**< codes */
	const struct hvd_layout *layout;
	/** Which layout, where the value decides; then layout is the first. */
	const struct hvd_layout *(*choose)(uint64_t low);
};

/** In ascending order of their codes; they do not overlap. */
struct hvd_register_table {
	const struct hvd_register_fields *rows;
	size_t count;
};

extern const struct hvd_register_table hvd_fields_x86_64;
extern const struct hvd_register_table hvd_fields_arm64;
extern const struct hvd_register_table hvd_fields_synthetic;

/* Rows of a layout: a register's value is one integer of 8 bytes. */
#define FLAG(name_, bit_)		HVD_ROW_FLAG(name_, 0, 8, bit_)
#define NUMBER(name_, bit_, bits_) \
	HVD_ROW_BITS(NUMBER, name_, 0, 8, bit_, bits_)
#define HEX(name_, bit_, bits_)		HVD_ROW_BITS(HEX, name_, 0, 8, bit_, bits_)
#define NAMED(name_, bit_, bits_, names_) \
	HVD_ROW_NAMED_BITS(name_, 0, 8, bit_, bits_, names_)

/** Define the layout name_ of a register from the rows name_##_rows. */
#define REGISTER(name_, sources_)					\
	static const struct hvd_layout name_ = {			\
		.name = #name_, .sources = sources_, .size = 8,		\
		.rows = name_##_rows,					\
		.nr_rows = HVD_ROW_COUNT(name_##_rows),			\
	}

/** The same of one whose value has 16 bytes. */
#define LONG_REGISTER(name_, sources_)					\
	static const struct hvd_layout name_ = {			\
		.name = #name_, .sources = sources_, .size = 16,	\
		.rows = name_##_rows,					\
		.nr_rows = HVD_ROW_COUNT(name_##_rows),			\
	}

#endif /* HVD_REGISTER_FIELDS_H */
