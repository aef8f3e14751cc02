// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VMRUN's exit has put most of the state in the VMCB. VMSAVE adds FS, GS, TR,
 * LDTR, KERNEL_GS_BASE, STAR and its kin, and SYSENTER (APM 2 15.5.2): the
 * host never changes those, so what the processor holds is the guest's. The
 * same is true of DR0-DR3 and of the MSRs read here.
 */
#include "snapshot.h"

#include "apic.h"
#include "lib.h"

static void read_debug_registers(u64 *dr)
{
	__asm__ volatile("mov %%dr0, %0" : "=r"(dr[0]));
	__asm__ volatile("mov %%dr1, %0" : "=r"(dr[1]));
	__asm__ volatile("mov %%dr2, %0" : "=r"(dr[2]));
	__asm__ volatile("mov %%dr3, %0" : "=r"(dr[3]));
}

void snapshot_take(struct cpu *cpu)
{
	struct vp_snapshot *s = &cpu->snapshot;

	s->started = cpu->state == CPU_RUNNING;
	s->suspended = cpu->suspended;
	if (s->started)
		svm_vmsave(cpu->vmcb);
	memcpy(&s->vmcb, cpu->vmcb, sizeof(s->vmcb));
	s->regs = cpu->regs;
	read_debug_registers(s->dr);
	s->cr8 = apic_read(APIC_TPR) >> 4 & 0xf;	/* no virtual TPR: CR8 is the APIC's */
	s->tsc = rdtsc() + cpu->vmcb->tsc_offset;
	s->apic_base = rdmsr(MSR_APIC_BASE);
	s->pat = s->started ? rdmsr(MSR_PAT) : cpu->vmcb->g_pat;
}
