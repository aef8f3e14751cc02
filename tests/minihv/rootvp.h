/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of the root's own VPs: real ones. */
#ifndef MINIHV_ROOTVP_H
#define MINIHV_ROOTVP_H

#include "cpu.h"
#include "value.h"

/**
 * Read one register of the root VP on @p cpu out of its snapshot
 * (smp_snapshot_begin()).
 * @return whether minihv holds that register; its value in @p ret
 */
bool rootvp_register(const struct cpu *cpu, u32 code, struct hv_value *ret);

#endif
