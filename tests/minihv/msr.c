// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MSRs. To a root partition the hypervisor hands the pages behind the
 * hypercall, VP assist and SynIC MSRs; the root only flips their enable bits.
 * In any other partition the guest names the pages.
 */
#include "msr.h"

#include "apic.h"
#include "crash.h"
#include "intercept.h"
#include "lib.h"
#include "log.h"
#include "memory.h"
#include "npt.h"
#include "options.h"
#include "partition.h"
#include "power.h"
#include "synic.h"

/* The synthetic MSRs (TLFS 2.6 and the chapters it names). */
enum {
	HV_GUEST_OS_ID = 0x40000000,
	HV_HYPERCALL = 0x40000001,
	HV_VP_INDEX = 0x40000002,
	HV_RESET = 0x40000003,
	HV_REFERENCE_TSC = 0x40000021,
	HV_EOI = 0x40000070,
	HV_ICR = 0x40000071,
	HV_TPR = 0x40000072,
	HV_VP_ASSIST_PAGE = 0x40000073,
	HV_SCONTROL = 0x40000080,
	HV_SVERSION = 0x40000081,
	HV_SIEFP = 0x40000082,
	HV_SIMP = 0x40000083,
	HV_EOM = 0x40000084,
	HV_SIRBP = 0x40000085,
	HV_SINT0 = 0x40000090,
	HV_SINT15 = 0x4000009f,
	HV_CRASH_P0 = 0x40000100,
	HV_CRASH_CTL = 0x40000105,
	HV_TSC_INVARIANT = 0x40000118,
	TEST_CRASH = 0x4f000001,	/* minihv's own: the processor that is to crash */
};

#define HV_MSR_FIRST	0x40000000u
#define HV_MSR_LAST	0x4fffffffu
#define ENABLE		1ul
#define SINT_MASKED	(1ul << 16)
#define CRASH_CTL_CAN	(1ul << 63 | 1ul << 62)	/* notify; P3, P4 give a message */

enum shared_page { PAGE_ASSIST, PAGE_SIM, PAGE_SIEF, PAGE_SIRB, PAGES_PER_CPU };

static u8 hypercall_page[PAGE_SIZE] __attribute__((section(".bss.shared"), aligned(PAGE_SIZE)));
static u8 cpu_pages[MAX_CPUS][PAGES_PER_CPU][PAGE_SIZE]
	__attribute__((section(".bss.shared"), aligned(PAGE_SIZE)));

struct partition_msrs partition_msrs;

static const u8 hypercall_code[] = { 0x0f, 0x01, 0xd9, 0xc3 };	/* vmmcall; ret */

/*
 * A root is given all pages. An L1VH parent without VMBus is given those of messages
 * and event flags, as Linux's mshv_root expects; a guest is given none.
 */
static void give_pages(struct synthetic_msrs *m, u8 (*pages)[PAGE_SIZE])
{
	if (partition_own_kind() == OWN_ROOT) {
		m->vp_assist = (u64)pages[PAGE_ASSIST];
		m->sirbp = (u64)pages[PAGE_SIRB];
	}
	if (partition_own_kind() != OWN_GUEST) {
		m->simp = (u64)pages[PAGE_SIM];
		m->siefp = (u64)pages[PAGE_SIEF];
	}
}

void msr_init(void)
{
	/* The assist page must be zero: bit 0 would make Linux skip an EOI. */
	memset(shared_start, 0, (size_t)(shared_end - shared_start));
	memcpy(hypercall_page, hypercall_code, sizeof(hypercall_code));
	if (partition_own_kind() == OWN_ROOT)
		partition_msrs.hypercall = (u64)hypercall_page;
	for (unsigned int i = 0; i < cpu_count; i++) {
		struct synthetic_msrs *m = &cpus[i].msrs;

		give_pages(m, cpu_pages[i]);
		for (int n = 0; n < SINT_COUNT; n++)
			m->sint[n] = SINT_MASKED;
		if (options.synic_pattern && partition_own_kind() == OWN_ROOT)
			synic_fill(&cpus[i]);
	}
}

/* The MSRs that merely hold a value: where. */
static u64 *storage(struct cpu *cpu, u32 msr)
{
	struct synthetic_msrs *m = &cpu->msrs;

	switch (msr) {
	case HV_GUEST_OS_ID:
		return &partition_msrs.guest_os_id;
	case HV_REFERENCE_TSC:
		return &partition_msrs.reference_tsc;
	case HV_TSC_INVARIANT:
		return &partition_msrs.tsc_invariant;
	case HV_SCONTROL:
		return &m->scontrol;
	case HV_SINT0 ... HV_SINT15:
		return &m->sint[msr - HV_SINT0];
	case HV_CRASH_P0 ... HV_CRASH_CTL:
		return options.crash_msrs ? &partition_msrs.crash[msr - HV_CRASH_P0] : NULL;
	default:
		return NULL;
	}
}

/* The MSRs that name a page of the hypervisor's choice: where. */
static u64 *page_msr(struct cpu *cpu, u32 msr)
{
	switch (msr) {
	case HV_HYPERCALL:
		return &partition_msrs.hypercall;
	case HV_VP_ASSIST_PAGE:
		return &cpu->msrs.vp_assist;
	case HV_SIEFP:
		return &cpu->msrs.siefp;
	case HV_SIMP:
		return &cpu->msrs.simp;
	case HV_SIRBP:
		return &cpu->msrs.sirbp;
	default:
		return NULL;
	}
}

static bool read_synthetic(struct cpu *cpu, u32 msr, u64 *v)
{
	const u64 *p = storage(cpu, msr);

	if (!p)
		p = page_msr(cpu, msr);
	if (p) {
		*v = msr == HV_CRASH_CTL ? CRASH_CTL_CAN : *p;
		return true;
	}
	switch (msr) {
	case HV_VP_INDEX:
		*v = cpu->index;
		return true;
	case HV_ICR:
		*v = (u64)apic_read(APIC_ICR_HIGH) << 32 | apic_read(APIC_ICR_LOW);
		return true;
	case HV_TPR:
		*v = apic_read(APIC_TPR);
		return true;
	case HV_SVERSION:
		*v = 1;
		return true;
	case HV_RESET:
	case HV_EOM:
		*v = 0;
		return true;
	default:
		return false;
	}
}

static void crash_notify(struct cpu *cpu)
{
	const u64 *p = partition_msrs.crash;

	log_line(LOG_EVENTS, "guest-crash cpu=%u p0=0x%lx p1=0x%lx p2=0x%lx p3=0x%lx p4=0x%lx "
		 "ctl=0x%lx",
		 cpu->index, p[0], p[1], p[2], p[3], p[4], p[5]);
}

/*
 * In a partition other than the root the guest names the page. The real one lays a
 * page of its own over the guest's; here the guest's gets the code.
 */
static bool name_page(u64 *p, u32 msr, u64 v)
{
	u64 page = v & ~(PAGE_SIZE - 1);

	if (v & ENABLE && (!memory_guest_owns(page, PAGE_SIZE) || !npt_reachable(page)))
		return false;
	*p = v;
	if (msr == HV_HYPERCALL && v & ENABLE)
		memcpy((void *)page, hypercall_code, sizeof(hypercall_code));
	return true;
}

static bool write_synthetic(struct cpu *cpu, u32 msr, u64 v)
{
	u64 *p = storage(cpu, msr);

	if (p) {
		*p = v;
		if (msr == HV_CRASH_CTL)
			crash_notify(cpu);
		return true;
	}
	p = page_msr(cpu, msr);
	if (p && partition_own_kind() != OWN_ROOT)
		return name_page(p, msr, v);
	if (p) {
		*p = (*p & ~ENABLE) | (v & ENABLE);
		return true;
	}
	switch (msr) {
	case HV_EOI:
		apic_write(APIC_EOI, 0);
		return true;
	case HV_ICR:
		apic_guest_icr(cpu, v);
		return true;
	case HV_TPR:
		apic_write(APIC_TPR, (u32)v & 0xff);
		return true;
	case HV_RESET:
		if (v & 1)
			power_reset();
		return true;
	case HV_EOM:
		intercept_eom(cpu);
		return true;
	case TEST_CRASH:
		return crash_order(cpu, v);
	default:
		return false;
	}
}

/* The three architectural MSRs of svm_init_maps(): SVM does not exist for the guest. */
static bool read_architectural(struct cpu *cpu, u32 msr, u64 *v)
{
	switch (msr) {
	case MSR_EFER:
		*v = cpu->vmcb->efer & ~EFER_SVME;
		return true;
	case MSR_VM_CR:
		*v = 1ul << 4;		/* SVMDIS */
		return true;
	default:
		return false;
	}
}

static bool write_architectural(struct cpu *cpu, u32 msr, u64 v)
{
	if (msr == MSR_VM_CR)
		return true;
	if (msr != MSR_EFER || (v & EFER_SVME))
		return false;
	/* LMA is the processor's to change; SVME must be set or VMRUN fails. */
	cpu->vmcb->efer = (v & ~EFER_LMA) | (cpu->vmcb->efer & EFER_LMA) | EFER_SVME;
	return true;
}

static bool is_synthetic(u32 msr)
{
	return msr >= HV_MSR_FIRST && msr <= HV_MSR_LAST;
}

static bool access(struct cpu *cpu, u32 msr, bool write, u64 *v)
{
	if (is_synthetic(msr))
		return write ? write_synthetic(cpu, msr, *v) : read_synthetic(cpu, msr, v);
	return write ? write_architectural(cpu, msr, *v) : read_architectural(cpu, msr, v);
}

void msr_exit(struct cpu *cpu)
{
	struct vmcb *vmcb = cpu->vmcb;
	bool write = vmcb->exit_info1 & 1, ok;
	u32 msr = (u32)cpu->regs.rcx;
	u64 v = (u64)(u32)cpu->regs.rdx << 32 | (u32)vmcb->rax;

	ok = access(cpu, msr, write, &v);
	if (msr != HV_EOI || !ok)
		log_line(LOG_TRACE, "msr cpu=%u %s 0x%08x value=0x%lx %s", cpu->index,
			 write ? "write" : "read", msr, ok || write ? v : 0, ok ? "ok" : "gp");
	if (!ok) {
		svm_inject_exception(cpu, VECTOR_GP, true, 0);
		return;
	}
	if (!write) {
		vmcb->rax = (u32)v;
		cpu->regs.rdx = v >> 32;
	}
	svm_skip(cpu, 2);
}
