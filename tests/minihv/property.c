// SPDX-License-Identifier: GPL-2.0-or-later
/* Which partition properties there are, and the root's. */
#include "property.h"

#include "msr.h"

struct range {
	u32 first, last;
};

static const struct range ranges[] = {
	{ 0x00010000, 0x00010002 },
	{ 0x00020000, 0x00020005 },
	{ 0x00030003, 0x00030005 },
	{ 0x00040000, 0x00040003 },
	{ 0x00050000, 0x00050026 },
	{ 0x00050028, 0x00050035 },
	{ 0x00060000, 0x00060019 },
	{ 0x00070000, 0x00070000 },
	{ 0x00080000, 0x00080015 },
	{ 0x00080100, 0x00080105 },
};

bool property_exists(u32 code)
{
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

bool property_of_root(u32 code, u64 *ret)
{
	switch (code) {
	case PROPERTY_PRIVILEGE_FLAGS:
		*ret = partition_root()->privileges;
		return true;
	case PROPERTY_SUSPEND:
	case PROPERTY_PROCESSOR_VENDOR:		/* 0: AMD */
		*ret = 0;
		return true;
	case PROPERTY_PHYSICAL_ADDRESS_BITS:
	case PROPERTY_PHYSICAL_ADDRESS_WIDTH:
		*ret = cpuid(0x80000008, 0).eax & 0xff;
		return true;
	case PROPERTY_GUEST_OS_ID:
		*ret = partition_msrs.guest_os_id;
		return true;
	default:
		return false;
	}
}
