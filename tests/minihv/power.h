/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Resetting the machine and putting it to sleep. */
#ifndef MINIHV_POWER_H
#define MINIHV_POWER_H

#include "x86.h"

/** Where power_off() writes; @p port 0 when unknown. */
void power_set_port(u16 port);

/** What the root said about its sleep states (SetSystemProperty 0x6f). */
void power_set_sleep_type(u32 state, u8 pm1a_type);

/** Soft off, by the PM1a control register. */
_Noreturn void power_off(void);

_Noreturn void power_reset(void);

#endif
