/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvprobe: shared between its two files. */
#ifndef HVPROBE_H
#define HVPROBE_H

#include <linux/types.h>

/* A register as the processor itself gives it. */
struct native_register {
	u32 code;		/* the hypervisor's name for it */
	u64 lo, hi;
};

/**
 * native_read() - read this CPU's registers with ordinary instructions.
 * @r: room for @max registers
 *
 * Return: how many were read. Interrupts must be off.
 */
unsigned int native_read(struct native_register *r, unsigned int max);

/* Offsets are used by native_spin()'s assembly. */
struct spin {
	u32 stop;		/* set by others: leave the loop */
	u32 spinning;		/* set by the loop: the registers are loaded */
};

/**
 * native_spin() - spin with known values in the general registers.
 * @spin: cleared by the caller; its address is in RDI
 *
 * Register number n (in the hypervisor's order, RAX is 0) holds
 * SPIN_PATTERN * (n + 1), but for RSP, RBP and RDI. RIP stays between
 * hvprobe_spin_begin and hvprobe_spin_end.
 */
void native_spin(struct spin *spin);

/**
 * probe_hypercall() - issue a hypercall.
 *
 * Return: its result value.
 */
u64 probe_hypercall(u64 control, u64 in, u64 out);

/** probe_say() - add to the answers. */
__printf(1, 2) void probe_say(const char *fmt, ...);

/* Commands, in crash.c. */
int probe_disable(char *args);
int probe_crash(char *args);

#define SPIN_PATTERN	0x0101010101010101ull
extern char hvprobe_spin_begin[], hvprobe_spin_end[];

#endif
