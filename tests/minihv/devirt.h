/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking the hypervisor away from under the root (DisableHypervisorEx, 0x10f). */
#ifndef MINIHV_DEVIRT_H
#define MINIHV_DEVIRT_H

#include "cpu.h"

/** Answer REQ_STOP: this CPU does nothing any more, on the bare machine. */
_Noreturn void devirt_stop(struct cpu *cpu);

#endif
