// SPDX-License-Identifier: GPL-2.0-or-later
/* The power management timer (ACPI 6.4, 4.8.3.3): 3.579545 MHz, 24 bits or more. */
#include "timer.h"

#include "log.h"

#define HERTZ		3579545ul
#define MASK		0xffffffu

static u16 timer_port;

void timer_set_port(u16 port)
{
	timer_port = port;
}

void timer_wait_ms(u64 ms)
{
	timer_wait_us(ms * 1000);
}

void timer_wait_us(u64 us)
{
	u64 left = us * HERTZ / 1000000;
	u32 last, now, passed;

	if (!timer_port)
		fatal("no power management timer to wait with");
	for (last = inl(timer_port); left; last = now) {
		cpu_relax();
		now = inl(timer_port);
		passed = (now - last) & MASK;
		left -= passed < left ? passed : left;
	}
}
