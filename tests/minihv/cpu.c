// SPDX-License-Identifier: GPL-2.0-or-later
/* Per-CPU storage, the host's stacks, its IDT and its exceptions. */
#include "cpu.h"

#include "crash.h"
#include "lib.h"

#define HOST_CS		0x08
#define GATE_INTERRUPT	0x8e00
#define VECTORS		32

struct idt_gate {
	u16 offset_low, selector, flags, offset_mid;
	u32 offset_high, reserved;
};

extern const u64 exception_stubs[VECTORS];	/* entry.S */

struct cpu cpus[MAX_CPUS];
unsigned int cpu_count;
static struct vmcb vmcbs[MAX_CPUS] __attribute__((aligned(PAGE_SIZE)));
u8 cpu_stacks[MAX_CPUS][STACK_SIZE] __attribute__((aligned(STACK_SIZE)));
static struct idt_gate idt[VECTORS];

struct cpu *this_cpu(void)
{
	u64 rsp;

	__asm__("mov %%rsp, %0" : "=r"(rsp));
	return *(struct cpu **)(rsp & ~(u64)(STACK_SIZE - 1));
}

u64 cpu_stack_top(struct cpu *cpu)
{
	*(struct cpu **)cpu_stacks[cpu->index] = cpu;
	cpu->vmcb = &vmcbs[cpu->index];
	return (u64)cpu_stacks[cpu->index] + STACK_SIZE;
}

void cpu_load_idt(void)
{
	struct {
		u16 limit;
		u64 base;
	} __attribute__((packed)) idtr = { sizeof(idt) - 1, (u64)idt };

	for (int i = 0; i < VECTORS; i++) {
		u64 target = exception_stubs[i];

		idt[i] = (struct idt_gate){ (u16)target, HOST_CS, GATE_INTERRUPT,
					    (u16)(target >> 16), (u32)(target >> 32), 0 };
	}
	__asm__ volatile("lidt %0" : : "m"(idtr));
}

/* entry.S calls this on any exception but an NMI. */
_Noreturn void host_exception(const struct exception_frame *f);
_Noreturn void host_exception(const struct exception_frame *f)
{
	u64 cr2;

	__asm__("mov %%cr2, %0" : "=r"(cr2));
	crash_on_exception(this_cpu(), f, cr2);
}

/*
 * entry.S calls this on an NMI in the host: every NMI, since the guest's exit
 * first. Ours are announced by `kicked`; any other one is the guest's.
 */
void host_nmi(void);
void host_nmi(void)
{
	struct cpu *cpu = this_cpu();

	if (!__atomic_exchange_n(&cpu->kicked, 0, __ATOMIC_ACQ_REL))
		cpu->guest_nmi = 1;
}
