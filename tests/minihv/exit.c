// SPDX-License-Identifier: GPL-2.0-or-later
/* The loop that every CPU runs in for ever: enter the guest, see why it came out. */
#include "cpu.h"
#include "cpuid.h"
#include "crash.h"
#include "hypercall.h"
#include "log.h"
#include "memory.h"
#include "msr.h"
#include "npt.h"
#include "power.h"
#include "smp.h"

#define EVENT_VALID	(1u << 31)

/*
 * The root touched memory that is not its own. It gets the #GP that a native
 * machine would give for a bad access: nothing can be emulated here.
 */
static void nested_page_fault(struct cpu *cpu)
{
	const struct vmcb *v = cpu->vmcb;
	u64 gpa = v->exit_info2;
	const char *what = gpa >= (u64)guarded_start && gpa < (u64)guarded_end ? "guarded" :
			   memory_guest_owns(gpa & ~7ul, 8) ? "deposited" : "unmapped";

	log_line(LOG_EVENTS, "inject-gp cpu=%u gpa=0x%lx rip=0x%lx info=0x%lx %s", cpu->index,
		 gpa, v->rip, v->exit_info1, what);
	svm_inject_exception(cpu, VECTOR_GP, true, 0);
}

/* One event at a time: the guest's NMI waits for what else is to be delivered. */
static void deliver_guest_nmi(struct cpu *cpu)
{
	if (cpu->guest_nmi && !(cpu->vmcb->event_inj & EVENT_VALID)) {
		cpu->guest_nmi = 0;
		svm_inject_nmi(cpu);
	}
}

static void handle_exit(struct cpu *cpu)
{
	u64 code = cpu->vmcb->exit_code;

	switch (code) {
	case EXIT_NMI:
		svm_take_nmi();	/* host_nmi() tells ours from the guest's */
		break;
	case EXIT_CPUID:
		cpuid_exit(cpu);
		break;
	case EXIT_MSR:
		msr_exit(cpu);
		break;
	case EXIT_VMMCALL:
		hypercall_exit(cpu);
		break;
	case EXIT_NPF:
		nested_page_fault(cpu);
		break;
	case EXIT_SHUTDOWN:
		log_line(LOG_EVENTS, "triple-fault cpu=%u rip=0x%lx", cpu->index,
			 cpu->vmcb->rip);
		power_reset();
	default:
		if (code >= EXIT_VMRUN && code <= EXIT_SKINIT) {
			svm_inject_exception(cpu, VECTOR_UD, false, 0);	/* SVM is hidden */
			break;
		}
		fatal("unexpected exit 0x%lx info 0x%lx 0x%lx rip 0x%lx cpu %u", code,
		      cpu->vmcb->exit_info1, cpu->vmcb->exit_info2, cpu->vmcb->rip, cpu->index);
	}
}

/*
 * An exit in the middle of delivering an event leaves that event undone
 * (APM 2 15.7.2): deliver it again, unless the exit asked for another one.
 */
static void prepare_entry(struct vmcb *v)
{
	u64 undone = v->exit_int_info;

	v->event_inj = undone & EVENT_VALID ? undone : 0;
	v->exit_int_info = 0;
}

void cpu_run(struct cpu *cpu)
{
	for (;;) {
		while (!smp_serve(cpu))
			smp_wait(cpu);
		deliver_guest_nmi(cpu);
		npt_enter(cpu);
		svm_run((u64)cpu->vmcb, &cpu->regs);
		npt_leave(cpu);
		prepare_entry(cpu->vmcb);
		if (!crash_takes_exit(cpu))
			handle_exit(cpu);
	}
}
