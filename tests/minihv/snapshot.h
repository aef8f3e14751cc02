/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A copy of a root VP's state, taken on its own CPU while its guest is out. */
#ifndef MINIHV_SNAPSHOT_H
#define MINIHV_SNAPSHOT_H

#include "cpu.h"

/** Fill @p cpu->snapshot. Runs on @p cpu. */
void snapshot_take(struct cpu *cpu);

#endif
