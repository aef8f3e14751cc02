// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DisableHypervisorEx. All other processors are stopped for good, the boot
 * processor leaves SVM and goes on in the root's code (devirt_entry.S). What
 * was guarded is then memory like any other: nothing stands before it.
 */
#include "devirt.h"

#include "hypercall.h"
#include "lib.h"
#include "log.h"
#include "memory.h"
#include "smp.h"

#define STOP_TIMEOUT	10000000000ul	/* TSC ticks, some seconds */
#define DR7_RESET	0x400ul

#define MSR_SYSENTER_CS		0x174u
#define MSR_SYSENTER_EIP	0x176u
#define MSR_STAR		0xc0000081u
#define MSR_SFMASK		0xc0000084u
#define MSR_KERNEL_GS_BASE	0xc0000102u

_Noreturn void devirt_enter(u32 rip, u32 arg);	/* devirt_entry.S */

/* GIF must be open before SVME goes: nothing could open it afterwards. */
static void leave_svm(void)
{
	__asm__ volatile("cli; stgi" : : : "memory");
	wrmsr(MSR_VM_HSAVE_PA, 0);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) & ~EFER_SVME);
}

_Noreturn void devirt_stop(struct cpu *cpu)
{
	leave_svm();
	__atomic_store_n(&cpu->state, CPU_STOPPED, __ATOMIC_RELEASE);
	halt_forever();
}

static bool has_stopped(const struct cpu *cpu)
{
	return __atomic_load_n(&cpu->state, __ATOMIC_ACQUIRE) == CPU_STOPPED;
}

/* One that does not answer is left behind: the root has no time to lose. */
static unsigned int stop_others(const struct cpu *self)
{
	unsigned int stopped = 0;
	u64 begin = rdtsc();

	for (unsigned int i = 0; i < cpu_count; i++)
		if (&cpus[i] != self)
			smp_request(&cpus[i], REQ_STOP);
	for (unsigned int i = 0; i < cpu_count; i++) {
		while (&cpus[i] != self && !has_stopped(&cpus[i]) &&
		       rdtsc() - begin < STOP_TIMEOUT)
			cpu_relax();
		stopped += has_stopped(&cpus[i]);
	}
	return stopped;
}

/* What the host never touches still holds the root's values. */
static void clear_registers(void)
{
	__asm__ volatile("mov %0, %%dr0; mov %0, %%dr1; mov %0, %%dr2; mov %0, %%dr3"
			 : : "r"(0ul));
	__asm__ volatile("mov %0, %%dr7" : : "r"(DR7_RESET));
	__asm__ volatile("mov %0, %%cr8" : : "r"(0ul));
	for (u32 msr = MSR_STAR; msr <= MSR_SFMASK; msr++)
		wrmsr(msr, 0);
	for (u32 msr = MSR_SYSENTER_CS; msr <= MSR_SYSENTER_EIP; msr++)
		wrmsr(msr, 0);
	wrmsr(MSR_KERNEL_GS_BASE, 0);
}

/*
 * Input: u64 entry point, u64 argument for it. Never returns if the call is
 * right; only the boot processor may make it (Linux's hv_crash.c).
 */
enum hv_status hvcall_disable_hypervisor_ex(struct hypercall *h)
{
	u64 rip = get64(h->in), arg = get64(h->in + 8);
	unsigned int stopped;

	if (h->cpu->index)
		return HV_OPERATION_DENIED;
	if (rip > 0xffffffff || arg > 0xffffffff || !memory_guest_owns(rip, 1))
		return HV_INVALID_PARAMETER;
	stopped = stop_others(h->cpu);
	log_line(LOG_EVENTS, "devirtualised cpu=%u rip=0x%lx arg=0x%lx stopped=%u of=%u",
		 h->cpu->index, rip, arg, stopped, cpu_count - 1);
	clear_registers();
	leave_svm();
	devirt_enter((u32)rip, (u32)arg);
}
