// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CPUID: the machine's own answers, with SVM taken away and the Microsoft
 * hypervisor's leaves put in (TLFS 2.4, feature discovery).
 */
#include "cpuid.h"

#include "options.h"
#include "partition.h"

#define HV_MAX_LEAF		0x40000006u
#define HV_BUILD		27744u		/* the first that Linux's mshv accepts */
#define HV_VERSION		(10u << 16)	/* major 10, minor 0 */

/*
 * Hints: APIC access by MSR, relaxed timing, no auto-EOI. Without the first
 * Linux would send INIT and SIPI through the APIC's registers, and that
 * processor would leave minihv unnoticed. No hints for hypercalls (TLB flush,
 * IPIs): each would be one more call to answer at every turn.
 */
#define HINT_APIC_MSRS		(1u << 3)
#define HINT_RELAXED_TIMING	(1u << 5)
#define HINT_NO_AUTO_EOI	(1u << 9)

#define FEATURE_CRASH_MSRS	(1u << 10)	/* 0x40000003 EDX */
#define HW_SLAT_IN_USE		(1u << 3)	/* 0x40000006 EAX */

struct cpuid_regs cpuid_hypervisor(u32 leaf)
{
	struct cpuid_regs r = { 0 };
	u64 privileges = partition_root()->privileges;

	switch (leaf) {
	case 0x40000000:	/* "Microsoft Hv" */
		r = (struct cpuid_regs){ HV_MAX_LEAF, 0x7263694d, 0x666f736f, 0x76482074 };
		break;
	case 0x40000001:
		r.eax = 0x31237648;	/* "Hv#1" */
		break;
	case 0x40000002:
		r.eax = HV_BUILD;
		r.ebx = HV_VERSION;
		break;
	case 0x40000003:
		r.eax = (u32)privileges;
		r.ebx = (u32)(privileges >> 32);
		r.edx = options.crash_msrs ? FEATURE_CRASH_MSRS : 0;
		break;
	case 0x40000004:
		r.eax = HINT_APIC_MSRS | HINT_RELAXED_TIMING | HINT_NO_AUTO_EOI;
		r.ebx = 0xffffffff;	/* never tell about long spin waits */
		break;
	case 0x40000005:
		r.eax = r.ebx = MAX_CPUS;
		break;
	case 0x40000006:
		r.eax = HW_SLAT_IN_USE;
		break;
	}
	return r;
}

static void copy_bit(u32 *reg, u32 bit, bool set)
{
	*reg = set ? *reg | bit : *reg & ~bit;
}

/* The host's CR4 is not the guest's: mirror the guest's OSXSAVE and OSPKE. */
static struct cpuid_regs native(const struct vmcb *v, u32 leaf, u32 subleaf)
{
	struct cpuid_regs r = cpuid(leaf, subleaf);

	switch (leaf) {
	case 1:
		r.ecx |= 1u << 31;		/* a hypervisor is present */
		copy_bit(&r.ecx, 1u << 27, v->cr4 & X86_CR4_OSXSAVE);
		break;
	case 7:
		if (!subleaf)
			copy_bit(&r.ecx, 1u << 4, v->cr4 & X86_CR4_PKE);
		break;
	case 0x80000001:
		r.ecx &= ~(1u << 2);		/* SVM */
		break;
	case 0x8000000a:			/* SVM features */
		r = (struct cpuid_regs){ 0 };
		break;
	}
	return r;
}

void cpuid_exit(struct cpu *cpu)
{
	u32 leaf = (u32)cpu->vmcb->rax, subleaf = (u32)cpu->regs.rcx;
	struct cpuid_regs r = leaf >> 28 == 4 ? cpuid_hypervisor(leaf) :
						native(cpu->vmcb, leaf, subleaf);

	cpu->vmcb->rax = r.eax;
	cpu->regs.rbx = r.ebx;
	cpu->regs.rcx = r.ecx;
	cpu->regs.rdx = r.edx;
	svm_skip(cpu, 2);
}
