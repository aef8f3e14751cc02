// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Setting up SVM and a VMCB's contents.
 *
 * The root partition gets nearly all of the machine: no I/O port, interrupt
 * or control register is intercepted. What exits is what must (VMRUN and its
 * kin, VMMCALL), what identifies the hypervisor (CPUID, synthetic MSRs), what
 * would reveal SVM (three MSRs), nested page faults, and NMIs, which are how
 * one CPU of minihv reaches another.
 */
#include "cpu.h"
#include "lib.h"
#include "log.h"
#include "npt.h"
#include "svm.h"

#define MISC1_NMI	(1u << 1)
#define MISC1_INIT	(1u << 3)
#define MISC1_CPUID	(1u << 18)
#define MISC1_MSR_PROT	(1u << 28)
#define MISC1_SHUTDOWN	(1u << 31)
#define MISC2_SVM_INSNS	0x7fu		/* VMRUN..SKINIT, VMMCALL */

#define NESTED_PAGING	1u
#define EVENT_VALID	(1u << 31)
#define EVENT_HAS_ERROR	(1u << 11)
#define EVENT_NMI	(2u << 8)
#define EVENT_EXCEPTION	(3u << 8)

#define PAT_RESET	0x0007040600070406ul
#define DR6_RESET	0xffff0ff0ul
#define DR7_RESET	0x400ul

/* Packed attributes: present, S, type; bit 10 D/B, bit 11 G. */
#define SEG_CODE16	0x09b
#define SEG_DATA16	0x093
#define SEG_LDT		0x082
#define SEG_TSS32	0x08b

#define MSRPM_SIZE	(2 * PAGE_SIZE)
#define IOPM_SIZE	(3 * PAGE_SIZE)

static u8 msrpm[MSRPM_SIZE] __attribute__((aligned(PAGE_SIZE)));
static u8 iopm[IOPM_SIZE] __attribute__((aligned(PAGE_SIZE)));
static u8 hsave[MAX_CPUS][PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

/*
 * Two bits an MSR (read, write); 2 KiB for each of the ranges 0-0x1fff,
 * 0xc0000000-0xc0001fff and 0xc0010000-0xc0011fff. The synthetic MSRs lie in
 * none of them and therefore always exit (APM 2 15.11).
 */
static void intercept_msr(u32 msr)
{
	u32 base = msr >= 0xc0010000u ? 0x1000 : msr >= 0xc0000000u ? 0x800 : 0;
	u32 bit = (msr & 0x1fff) * 2;

	msrpm[base + bit / 8] |= (u8)(3u << bit % 8);
}

void svm_init_maps(void)
{
	intercept_msr(MSR_EFER);
	intercept_msr(MSR_VM_CR);
	intercept_msr(MSR_VM_HSAVE_PA);
}

void svm_enable(struct cpu *cpu)
{
	if (!(cpuid(0x80000001, 0).ecx & (1u << 2)))
		fatal("this processor has no SVM (use -cpu max or EPYC)");
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	wrmsr(MSR_VM_HSAVE_PA, (u64)hsave[cpu->index]);
	svm_clgi();
}

static void init_controls(struct vmcb *v)
{
	v->intercept_misc1 = MISC1_NMI | MISC1_INIT | MISC1_CPUID | MISC1_MSR_PROT |
			     MISC1_SHUTDOWN;
	v->intercept_misc2 = MISC2_SVM_INSNS;
	v->iopm_base_pa = (u64)iopm;
	v->msrpm_base_pa = (u64)msrpm;
	v->asid = 1;
	v->nested_ctl = NESTED_PAGING;
	v->nested_cr3 = npt_root();
}

static struct vmcb_seg segment(u16 selector, u64 base, u16 attrib)
{
	return (struct vmcb_seg){ .selector = selector, .attrib = attrib,
				  .limit = 0xffff, .base = base };
}

void svm_reset_state(struct cpu *cpu)
{
	struct vmcb *v = cpu->vmcb;

	memset(v, 0, sizeof(*v));
	memset(&cpu->regs, 0, sizeof(cpu->regs));
	init_controls(v);
	v->cs = segment(0xf000, 0xffff0000, SEG_CODE16);
	v->ds = v->es = v->ss = v->fs = v->gs = segment(0, 0, SEG_DATA16);
	v->gdtr = v->idtr = segment(0, 0, 0);
	v->ldtr = segment(0, 0, SEG_LDT);
	v->tr = segment(0, 0, SEG_TSS32);
	v->rip = 0xfff0;
	v->rflags = X86_RFLAGS_ONE;
	v->cr0 = X86_CR0_ET;
	v->efer = EFER_SVME;
	v->dr6 = DR6_RESET;
	v->dr7 = DR7_RESET;
	v->g_pat = PAT_RESET;
	cpu->regs.rdx = cpuid(1, 0).eax;	/* as after INIT: the processor's signature */
}

void svm_startup_state(struct cpu *cpu, u8 vector)
{
	svm_reset_state(cpu);
	cpu->vmcb->cs.selector = (u16)(vector << 8);
	cpu->vmcb->cs.base = (u64)vector << 12;
	cpu->vmcb->rip = 0;
}

void svm_skip(struct cpu *cpu, unsigned int length)
{
	cpu->vmcb->rip += length;
	cpu->vmcb->int_state = 0;	/* an STI or MOV SS shadow ends here */
}

void svm_inject_exception(struct cpu *cpu, u8 vector, bool has_error, u32 error)
{
	cpu->vmcb->event_inj = vector | EVENT_EXCEPTION | EVENT_VALID |
			       (has_error ? EVENT_HAS_ERROR : 0) | (u64)error << 32;
}

void svm_inject_nmi(struct cpu *cpu)
{
	cpu->vmcb->event_inj = VECTOR_NMI | EVENT_NMI | EVENT_VALID;
}
