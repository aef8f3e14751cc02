/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file layout_rows.h
 * Writing tables of layout.h: one macro a row. Names are without quotes, sizes
 * and offsets in bytes. What is reserved has no row.
 */
#ifndef HVD_LAYOUT_ROWS_H
#define HVD_LAYOUT_ROWS_H

#include "layout.h"

#define HVD_ROW_COUNT(array_) (sizeof(array_) / sizeof((array_)[0]))

/** A field of any kind that needs no more than its place. */
#define HVD_ROW(kind_, name_, offset_, size_)				\
	{								\
		.name = #name_, .offset = offset_, .size = size_,	\
		.kind = HVD_FIELD_##kind_,				\
	}

/** The same, count_ times in a row. */
#define HVD_ROW_ARRAY(kind_, name_, offset_, size_, count_)		\
	{								\
		.name = #name_, .offset = offset_, .size = size_,	\
		.kind = HVD_FIELD_##kind_, .count = count_,		\
	}

/** Bits of an integer of size_ bytes. */
#define HVD_ROW_BITS(kind_, name_, offset_, size_, bit_, bits_)		\
	{								\
		.name = #name_, .offset = offset_, .size = size_,	\
		.bit = bit_, .bits = bits_, .kind = HVD_FIELD_##kind_,	\
	}

/** One bit of an integer of size_ bytes. */
#define HVD_ROW_FLAG(name_, offset_, size_, bit_) \
	HVD_ROW_BITS(FLAG, name_, offset_, size_, bit_, 1)

/** One of names_, a static array of struct hvd_value_name. */
#define HVD_ROW_NAMED(name_, offset_, size_, names_) \
	HVD_ROW_NAMED_BITS(name_, offset_, size_, 0, 0, names_)

#define HVD_ROW_NAMED_BITS(name_, offset_, size_, bit_, bits_, names_)	\
	{								\
		.name = #name_, .offset = offset_, .size = size_,	\
		.bit = bit_, .bits = bits_, .kind = HVD_FIELD_NAMED,	\
		.nr_names = HVD_ROW_COUNT(names_), .names = names_,	\
	}

/** A structure of size_ bytes in the structure, described by layout_. */
#define HVD_ROW_PART(name_, offset_, size_, layout_) \
	HVD_ROW_PARTS(name_, offset_, size_, 0, layout_)

/** An array of such structures. */
#define HVD_ROW_PARTS(name_, offset_, size_, count_, layout_)		\
	{								\
		.name = #name_, .offset = offset_, .size = size_,	\
		.kind = HVD_FIELD_LAYOUT, .count = count_,		\
		.layout = layout_,					\
	}

/** Define the layout of the structure name_ from the static array rows_. */
#define HVD_LAYOUT(variable_, name_, size_, sources_, rows_)		\
	const struct hvd_layout variable_ = {				\
		.name = name_, .sources = sources_, .size = size_,	\
		.rows = rows_, .nr_rows = HVD_ROW_COUNT(rows_),		\
	}

#endif /* HVD_LAYOUT_ROWS_H */
