/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time in units that people use: the ACPI power management timer. */
#ifndef MINIHV_TIMER_H
#define MINIHV_TIMER_H

#include "x86.h"

/** The timer's I/O port, from the FADT; 0 = there is none. */
void timer_set_port(u16 port);

/** Do nothing for so long. */
void timer_wait_ms(u64 ms);
void timer_wait_us(u64 us);

#endif
