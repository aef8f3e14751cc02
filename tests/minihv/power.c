// SPDX-License-Identifier: GPL-2.0-or-later
/* Power: the ACPI PM1 control register (ACPI 6.4, 4.8.3.2) and the reset port. */
#include "power.h"

#include "log.h"

#define SLEEP_ENABLE	(1u << 13)
#define SLEEP_TYPE_SHIFT 10
#define STATE_SOFT_OFF	5
#define RESET_PORT	0xcf9

static u16 pm1a_port;
static u8 soft_off_type;

void power_set_port(u16 port)
{
	pm1a_port = port;
}

void power_set_sleep_type(u32 state, u8 pm1a_type)
{
	if (state == STATE_SOFT_OFF)
		soft_off_type = pm1a_type & 7;
}

void power_off(void)
{
	log_line(LOG_EVENTS, "power-off");
	if (pm1a_port)
		outw(pm1a_port, (u16)((u32)soft_off_type << SLEEP_TYPE_SHIFT | SLEEP_ENABLE));
	fatal("power-off has no effect");
}

void power_reset(void)
{
	log_line(LOG_EVENTS, "reset");
	outb(RESET_PORT, 2);
	outb(RESET_PORT, 6);
	halt_forever();
}
