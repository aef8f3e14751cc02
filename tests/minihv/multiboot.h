/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the boot loader hands over (Multiboot Specification 0.6.96, section 3.3). */
#ifndef MINIHV_MULTIBOOT_H
#define MINIHV_MULTIBOOT_H

#include "x86.h"

#define CMDLINE_MAX	4096

struct boot_module {
	u64 start, end;
	char args[CMDLINE_MAX];		/* its string without the file name */
};

struct boot_info {
	char args[CMDLINE_MAX];		/* minihv's own options */
	struct boot_module kernel, initrd;
	bool has_initrd;
};

/**
 * Copy what is needed out of the loader's tables, which lie in memory that
 * the guest gets, and feed its memory map to memory.c. Stops when there is no
 * kernel module.
 * @return storage that stays valid
 */
const struct boot_info *multiboot_read(u32 mbi);

#endif
