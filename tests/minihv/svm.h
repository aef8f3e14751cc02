/* SPDX-License-Identifier: GPL-2.0-or-later */
/* AMD's Secure Virtual Machine: the VMCB and what is done with it (APM 2, ch. 15). */
#ifndef MINIHV_SVM_H
#define MINIHV_SVM_H

#include "x86.h"

struct cpu;

/* A segment or table register in the VMCB; attributes in the 12-bit packed form. */
struct vmcb_seg {
	u16 selector;
	u16 attrib;
	u32 limit;
	u64 base;
};

/* APM 2 appendix B: control area, then from 0x400 on the state save area. */
struct vmcb {
	u32 intercept_cr;		/* 0x000 */
	u32 intercept_dr;
	u32 intercept_exceptions;
	u32 intercept_misc1;		/* 0x00c */
	u32 intercept_misc2;		/* 0x010 */
	u8 reserved1[0x40 - 0x14];
	u64 iopm_base_pa;		/* 0x040 */
	u64 msrpm_base_pa;		/* 0x048 */
	u64 tsc_offset;			/* 0x050 */
	u32 asid;			/* 0x058 */
	u8 tlb_control;			/* 0x05c */
	u8 reserved2[3];
	u64 int_ctl;			/* 0x060 */
	u64 int_state;			/* 0x068 */
	u64 exit_code;			/* 0x070 */
	u64 exit_info1;			/* 0x078 */
	u64 exit_info2;			/* 0x080 */
	u64 exit_int_info;		/* 0x088 */
	u64 nested_ctl;			/* 0x090 */
	u8 reserved3[0xa8 - 0x98];
	u64 event_inj;			/* 0x0a8 */
	u64 nested_cr3;			/* 0x0b0 */
	u8 reserved4[0x400 - 0xb8];
	struct vmcb_seg es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u8 reserved5[0x4cb - 0x4a0];
	u8 cpl;				/* 0x4cb */
	u32 reserved6;
	u64 efer;			/* 0x4d0 */
	u8 reserved7[0x548 - 0x4d8];
	u64 cr4;			/* 0x548 */
	u64 cr3, cr0, dr7, dr6, rflags;
	u64 rip;			/* 0x578 */
	u8 reserved8[0x5d8 - 0x580];
	u64 rsp;			/* 0x5d8 */
	u8 reserved9[0x5f8 - 0x5e0];
	u64 rax;			/* 0x5f8 */
	u64 star, lstar, cstar, sfmask, kernel_gs_base;
	u64 sysenter_cs, sysenter_esp, sysenter_eip;
	u64 cr2;			/* 0x640 */
	u8 reserved10[0x668 - 0x648];
	u64 g_pat;			/* 0x668 */
	u8 reserved11[0x1000 - 0x670];
};

_Static_assert(offsetof(struct vmcb, event_inj) == 0xa8, "VMCB control area");
_Static_assert(offsetof(struct vmcb, cpl) == 0x4cb, "VMCB save area");
_Static_assert(offsetof(struct vmcb, rip) == 0x578, "VMCB save area");
_Static_assert(offsetof(struct vmcb, cr2) == 0x640, "VMCB save area");
_Static_assert(sizeof(struct vmcb) == PAGE_SIZE, "VMCB is a page");

/* Exit codes (APM 2 appendix C). */
enum {
	EXIT_NMI = 0x61,
	EXIT_CPUID = 0x72,
	EXIT_MSR = 0x7c,
	EXIT_SHUTDOWN = 0x7f,
	EXIT_VMRUN = 0x80,
	EXIT_VMMCALL = 0x81,
	EXIT_SKINIT = 0x86,
	EXIT_NPF = 0x400,
};

/* General registers that VMRUN leaves to software; rax and rsp are in the VMCB. */
struct guest_regs {
	u64 rbx, rcx, rdx, rbp, rsi, rdi;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
};

/** Turn SVM on for the CPU this runs on, and close the global interrupt flag. */
void svm_enable(struct cpu *cpu);

/** Shared permission maps; once, before any CPU runs a guest. */
void svm_init_maps(void);

/** Put @p cpu's VMCB and registers into the state after INIT (APM 2 14.1.3). */
void svm_reset_state(struct cpu *cpu);

/** After INIT and a start-up IPI: real mode at @p vector << 12. */
void svm_startup_state(struct cpu *cpu, u8 vector);

/** Step over the instruction that caused the exit (QEMU saves no next RIP). */
void svm_skip(struct cpu *cpu, unsigned int length);

/** Have @p vector (an exception or NMI) delivered at the next entry. */
void svm_inject_exception(struct cpu *cpu, u8 vector, bool has_error, u32 error);
void svm_inject_nmi(struct cpu *cpu);

/* entry.S */
void svm_run(u64 vmcb_pa, struct guest_regs *regs);
void svm_take_nmi(void);
void svm_park(void);

static inline void svm_vmload(const struct vmcb *v)
{
	__asm__ volatile("vmload" : : "a"((u64)v) : "memory");
}

static inline void svm_vmsave(struct vmcb *v)
{
	__asm__ volatile("vmsave" : : "a"((u64)v) : "memory");
}

static inline void svm_clgi(void)
{
	__asm__ volatile("clgi" : : : "memory");
}

#endif
