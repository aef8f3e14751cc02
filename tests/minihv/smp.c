// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Processors. minihv starts all of them itself and keeps those whose VP the
 * guest has not started halted in the host. A processor that runs its guest
 * is reached by an NMI, which is intercepted (exit.c).
 */
#include "smp.h"

#include "apic.h"
#include "crash.h"
#include "devirt.h"
#include "lib.h"
#include "log.h"
#include "partition.h"
#include "snapshot.h"
#include "trampoline.h"

#define START_TIMEOUT		30000000000ul	/* TSC ticks, some 10 s */
#define SNAPSHOT_TIMEOUT	10000000000ul

extern char trampoline_start[], trampoline_end[];

u32 ap_stack_top;		/* trampoline.S: the stack of the processor being started */
static struct cpu *starting;
static struct spinlock snapshot_lock;

void smp_init(const struct acpi_info *acpi)
{
	u32 self = apic_read(APIC_ID) >> 24;

	if (acpi->cpu_count > MAX_CPUS)
		fatal("%u processors, at most %u are supported", acpi->cpu_count, MAX_CPUS);
	cpu_count = acpi->cpu_count;
	for (unsigned int i = 0; i < cpu_count; i++) {
		cpus[i].index = i;
		cpus[i].apic_id = acpi->apic_ids[i];
		cpus[i].state = CPU_ABSENT;
	}
	if (cpus[0].apic_id != self)
		fatal("the boot processor (APIC id %u) is not the first in the MADT", self);
	/* Only a root adds processors itself. */
	for (unsigned int i = 0; i < cpu_count; i++)
		cpus[i].lp_added = cpus[i].vp_created = !i || partition_own_kind() != OWN_ROOT;
}

_Noreturn void ap_main(void);
_Noreturn void ap_main(void)
{
	struct cpu *cpu = starting;

	cpu_load_idt();
	svm_enable(cpu);
	svm_reset_state(cpu);
	__atomic_store_n(&cpu->state, CPU_WAIT_SIPI, __ATOMIC_RELEASE);
	cpu_run(cpu);
}

/* A write to port 0x80 takes about a microsecond. */
static void delay_us(unsigned int us)
{
	while (us--)
		outb(0x80, 0);
}

static void start_one(struct cpu *cpu)
{
	u64 begin = rdtsc();

	starting = cpu;
	ap_stack_top = (u32)cpu_stack_top(cpu);
	apic_send(cpu->apic_id, ICR_MODE_INIT | ICR_ASSERT | ICR_LEVEL);
	delay_us(10000);
	apic_send(cpu->apic_id, ICR_MODE_SIPI | ICR_ASSERT | (TRAMPOLINE >> 12));
	while (__atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE) == CPU_ABSENT) {
		if (rdtsc() - begin > START_TIMEOUT)
			fatal("processor %u does not start", cpu->index);
		cpu_relax();
	}
}

void smp_start_others(void)
{
	memcpy((void *)TRAMPOLINE, trampoline_start,
	       (size_t)(trampoline_end - trampoline_start));
	for (unsigned int i = 1; i < cpu_count; i++)
		start_one(&cpus[i]);
}

void smp_kick(struct cpu *cpu)
{
	/* One NMI at a time: they would merge, and host_nmi() counts on each. */
	if (!__atomic_exchange_n(&cpu->kicked, 1, __ATOMIC_ACQ_REL))
		apic_send(cpu->apic_id, ICR_MODE_NMI | ICR_ASSERT);
}

void smp_request(struct cpu *cpu, enum cpu_request request)
{
	__atomic_fetch_or(&cpu->requests, request, __ATOMIC_ACQ_REL);
	smp_kick(cpu);
}

static void serve_snapshot(struct cpu *cpu)
{
	snapshot_take(cpu);
	__atomic_fetch_and(&cpu->requests, ~(u32)REQ_SNAPSHOT, __ATOMIC_RELEASE);
}

static void serve_init(struct cpu *cpu)
{
	cpu->state = CPU_WAIT_SIPI;
	cpu->guest_nmi = 0;
	svm_reset_state(cpu);
}

/* Also loads what VMRUN does not (FS, GS, TR, LDTR, syscall MSRs): only here. */
static void serve_sipi(struct cpu *cpu)
{
	if (cpu->state != CPU_WAIT_SIPI)
		return;
	svm_startup_state(cpu, cpu->sipi_vector);
	svm_vmload(cpu->vmcb);
	cpu->guest_nmi = 0;	/* one that came before means nothing to it */
	cpu->state = CPU_RUNNING;
	log_line(LOG_EVENTS, "vp-start vp=%u lp=%u vector=0x%02x", cpu->index, cpu->index,
		 (u32)cpu->sipi_vector);
}

/* What leads to the end, of a VP or of the hypervisor. */
static void serve_ends(struct cpu *cpu, u32 todo)
{
	__atomic_fetch_and(&cpu->requests, ~todo, __ATOMIC_ACQ_REL);
	if (todo & REQ_STOP)
		devirt_stop(cpu);
	if ((todo & REQ_SUSPEND) && !cpu->suspended) {
		log_line(LOG_EVENTS, "vp-suspend vp=%u", cpu->index);
		__atomic_store_n(&cpu->suspended, true, __ATOMIC_RELEASE);
	}
	if (todo & REQ_CRASHED)
		crash_tell(cpu);
	if (todo & REQ_FAULT)
		crash_fault(cpu);
}

bool smp_serve(struct cpu *cpu)
{
	u32 todo = __atomic_load_n(&cpu->requests, __ATOMIC_ACQUIRE);

	if (todo & REQ_ENDS)
		serve_ends(cpu, todo & REQ_ENDS);
	if (todo & REQ_SNAPSHOT)
		serve_snapshot(cpu);
	if (todo & (REQ_INIT | REQ_SIPI)) {
		__atomic_fetch_and(&cpu->requests, ~(u32)(REQ_INIT | REQ_SIPI),
				   __ATOMIC_ACQ_REL);
		if (todo & REQ_INIT)
			serve_init(cpu);
		if (todo & REQ_SIPI)
			serve_sipi(cpu);
	}
	return cpu->state == CPU_RUNNING && !cpu->suspended;
}

void smp_wait(struct cpu *cpu)
{
	/* A request between this look and the HLT brings an NMI: see svm_park. */
	if (!cpu->requests)
		svm_park();
}

void smp_serve_while_waiting(struct cpu *self)
{
	if (self->requests & REQ_STOP)
		devirt_stop(self);
	if (self->requests & REQ_SNAPSHOT)
		serve_snapshot(self);
	cpu_relax();
}

void smp_lock(struct cpu *self, struct spinlock *lock)
{
	while (!spin_trylock(lock))
		smp_serve_while_waiting(self);
}

bool smp_snapshot_begin(struct cpu *self, struct cpu *target)
{
	u64 begin = rdtsc();

	smp_lock(self, &snapshot_lock);
	if (target == self) {
		snapshot_take(self);
		return true;
	}
	smp_request(target, REQ_SNAPSHOT);
	while (__atomic_load_n(&target->requests, __ATOMIC_ACQUIRE) & REQ_SNAPSHOT) {
		if (rdtsc() - begin > SNAPSHOT_TIMEOUT || crash_happened()) {
			smp_snapshot_end();
			return false;
		}
		smp_serve_while_waiting(self);
	}
	return true;
}

void smp_snapshot_end(void)
{
	spin_unlock(&snapshot_lock);
}
