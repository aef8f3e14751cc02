/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file property_fields.h
 * The fields of partition properties, as layouts of their 8-byte values. A
 * property gets its fields by a row of the table in property_fields.c.
 */
#ifndef HVD_PROPERTY_FIELDS_H
#define HVD_PROPERTY_FIELDS_H

#include "abi.h"
#include "layout.h"

/**
 * The fields of a property, HVD_ABI_PROPERTIES.
 *
 * @param[in] arch   the feature banks of x86-64 and arm64 have nothing in common
 * @param[in] value  of some properties it says what its bits mean (GUEST_OS_ID)
 * @return NULL: a number, and nothing else is known of it
 */
const struct hvd_layout *hvd_property_layout(enum hvd_abi_arch arch,
					     uint32_t code, uint64_t value);

#endif /* HVD_PROPERTY_FIELDS_H */
