/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Partition properties (TLFS, HV_PARTITION_PROPERTY_CODE). */
#ifndef MINIHV_PROPERTY_H
#define MINIHV_PROPERTY_H

#include "partition.h"

enum hv_property {
	PROPERTY_PRIVILEGE_FLAGS = 0x00010000,
	PROPERTY_SUSPEND = 0x00020000,
	PROPERTY_CPU_WEIGHT = 0x00020003,
	PROPERTY_PROCESSORS_PER_SOCKET = 0x00050003,
	PROPERTY_PHYSICAL_ADDRESS_BITS = 0x00050010,
	PROPERTY_PROCESSOR_VENDOR = 0x00060000,
	PROPERTY_PHYSICAL_ADDRESS_WIDTH = 0x00060006,
	PROPERTY_XSAVE_STATES = 0x00060007,
	PROPERTY_PROCESSOR_CLOCK = 0x00060009,
	PROPERTY_GUEST_OS_ID = 0x00070000,
};

/**
 * @return whether a first-party source names a property with this code that
 * GetPartitionProperty can return (those from 0x00090000 on are bigger than
 * 64 bits and have a call of their own)
 */
bool property_exists(u32 code);

/** The root's own properties. @return whether it has this one; value in @p ret */
bool property_of_root(u32 code, u64 *ret);

#endif
