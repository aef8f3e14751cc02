/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading a bzImage as the boot loader of the 32-bit boot protocol would. */
#ifndef MINIHV_LINUX_BOOT_H
#define MINIHV_LINUX_BOOT_H

#include "cpu.h"
#include "multiboot.h"

/** Put the kernel in place and point @p cpu's VP at its 32-bit entry. */
void linux_load(struct cpu *cpu, const struct boot_info *boot);

#endif
