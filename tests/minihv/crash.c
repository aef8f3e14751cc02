// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hypervisor that faults has crashed. It says so in the crash area, sends an
 * NMI to every root VP, and goes on, on the stack of the fault, so that the
 * frames stay where they are. All it can still do is to step aside.
 *
 * A call that was in progress anywhere is never finished: the VP's RIP stays
 * on it, and the NMI comes before anything else.
 */
#include "crash.h"

#include "image.h"
#include "lib.h"
#include "log.h"
#include "power.h"
#include "smp.h"
#include "timer.h"

#define NOWHERE			0x00006ead00000000ul	/* not mapped */
#define MARK			0x6d696e6968766372ul	/* found in R12 and R13 */

#define GET_NEXT_CHILD		0x0047
#define DISABLE_HYPERVISOR_EX	0x010f
#define HV_RESET		0x40000003u

/* hvcrash=: on the given call of a kind, counted from the crash of the root on. */
static struct {
	bool active;
	u64 cpu;
	const struct call *call;	/* NULL: all */
	u64 count, seen;
	u64 delay_us;
	bool root_crashed;
} plan;

static volatile u32 crashed;

bool crash_happened(void)
{
	return __atomic_load_n(&crashed, __ATOMIC_ACQUIRE);
}

void crash_init(void)
{
	if (plan.active && plan.cpu >= cpu_count)
		fatal("hvcrash=: there is no CPU %lu", plan.cpu);
	crash_area_init();
}

/* ------------------------------------------------------------ how it begins */

_Noreturn void crash_fault(struct cpu *cpu)
{
	if (plan.delay_us)
		timer_wait_us(plan.delay_us);
	log_line(LOG_EVENTS, "crash-begin cpu=%u", cpu->index);
	__asm__ volatile("mov %[mark], %%r12\n\t"
			 "mov %[cpu], %%r13\n\t"
			 "add %[mark], %%r13\n\t"
			 "mov (%[nowhere]), %%rax"
			 : : [mark] "r"(MARK), [cpu] "r"((u64)cpu->index),
			     [nowhere] "r"(NOWHERE + cpu->index * PAGE_SIZE)
			 : "rax", "r12", "r13", "memory");
	fatal("cpu %u should have faulted", cpu->index);
}

bool crash_order(struct cpu *self, u64 index)
{
	if (index >= cpu_count)
		return false;
	if (&cpus[index] == self)	/* it is out already */
		__atomic_fetch_or(&self->requests, REQ_FAULT, __ATOMIC_ACQ_REL);
	else
		smp_request(&cpus[index], REQ_FAULT);
	return true;
}

void crash_before_call(const struct call *c, struct hypercall *h)
{
	plan.root_crashed |= h->code == GET_NEXT_CHILD;
	if (!plan.active || !plan.root_crashed || (plan.call && plan.call != c) ||
	    __atomic_add_fetch(&plan.seen, 1, __ATOMIC_RELAXED) != plan.count)
		return;
	log_line(LOG_EVENTS, "crash-at-call cpu=%u caller=%u code=0x%04x seen=%lu", (u32)plan.cpu,
		 h->cpu->index, (u32)h->code, plan.seen);
	if (&cpus[plan.cpu] == h->cpu)
		crash_fault(h->cpu);
	smp_request(&cpus[plan.cpu], REQ_FAULT);
}

/* ---------------------------------------------------------- what comes of it */

_Noreturn void crash_on_exception(struct cpu *cpu, const struct exception_frame *f, u64 cr2)
{
	if (cpus[0].state != CPU_RUNNING || __atomic_exchange_n(&crashed, 1, __ATOMIC_ACQ_REL))
		fatal("exception %lu error 0x%lx rip 0x%lx rsp 0x%lx cr2 0x%lx cpu %u", f->vector,
		      f->error, f->rip, f->rsp, cr2, cpu->index);
	crash_area_fill(cpu, f, cr2);
	log_line(LOG_EVENTS,
		 "crash cpu=%u vector=%lu error=0x%lx rip=0x%lx rsp=0x%lx cr2=0x%lx", cpu->index,
		 f->vector, f->error, image_address(f->rip), image_address(f->rsp), cr2);
	crash_area_set_valid();
	crash_area_log();
	cpu->told_of_crash = true;
	cpu->guest_nmi = 1;
	for (unsigned int i = 0; i < cpu_count; i++)
		if (&cpus[i] != cpu)
			smp_request(&cpus[i], REQ_CRASHED);
	cpu_run(cpu);
}

void crash_tell(struct cpu *cpu)
{
	if (cpu->told_of_crash)
		return;
	crash_area_add_context(cpu);
	cpu->told_of_crash = true;
	cpu->guest_nmi = 1;
}

static bool is_served(const struct cpu *cpu)
{
	u32 rcx = (u32)cpu->regs.rcx;

	switch (cpu->vmcb->exit_code) {
	case EXIT_CPUID:
		return true;
	case EXIT_VMMCALL:
		return (u16)rcx == DISABLE_HYPERVISOR_EX;
	case EXIT_MSR:
		return rcx == MSR_EFER || rcx == MSR_VM_CR || rcx == HV_RESET;
	default:
		return false;
	}
}

bool crash_takes_exit(struct cpu *cpu)
{
	u64 code = cpu->vmcb->exit_code;

	if (!crash_happened() || code == EXIT_NMI || code == EXIT_SHUTDOWN)
		return false;
	if (!cpu->told_of_crash || cpu->guest_nmi)
		return true;
	if (!is_served(cpu)) {
		log_line(LOG_EVENTS, "crash-refused cpu=%u exit=0x%lx rip=0x%lx rcx=0x%lx "
			 "info=0x%lx", cpu->index, code, cpu->vmcb->rip, cpu->regs.rcx,
			 cpu->vmcb->exit_info2);
		power_reset();
	}
	return false;
}

/* ---------------------------------------------------------- the command line */

static _Noreturn void bad(const char *why)
{
	fatal("hvcrash=: %s (CPU:CALL[:COUNT[:MICROSECONDS]])", why);
}

static u64 parse_number(const char **p, const char *end, u64 max, const char *why)
{
	u64 v;

	if (*p >= end || !parse_u64(p, &v) || *p > end || v > max)
		bad(why);
	return v;
}

static bool take_colon(const char **p, const char *end)
{
	if (*p == end || **p != ':')
		return false;
	++*p;
	return true;
}

static const struct call *parse_call(const char **p, const char *end)
{
	const char *word = *p, *number = word;
	const struct call *c;
	u64 code;

	while (*p < end && **p != ':')
		++*p;
	c = hypercall_by_name(word, (size_t)(*p - word));
	if (c || text_is(word, (size_t)(*p - word), "any"))
		return c;
	if (word < end && parse_u64(&number, &code) && number == *p && code <= 0xffff)
		c = hypercall_by_code((u16)code);
	if (!c)
		bad("unknown call");
	return c;
}

void crash_parse(const char *spec, size_t length)
{
	const char *end = spec + length;

	if (plan.active)
		bad("given twice");
	plan.cpu = parse_number(&spec, end, MAX_CPUS - 1, "bad CPU");
	if (!take_colon(&spec, end))
		bad("no call");
	plan.call = parse_call(&spec, end);
	plan.count = 1;
	if (take_colon(&spec, end))
		plan.count = parse_number(&spec, end, ~0ul, "bad count");
	if (take_colon(&spec, end))
		plan.delay_us = parse_number(&spec, end, 60000000, "bad delay");
	if (spec != end)
		bad("trailing text");
	if (!plan.count)
		bad("bad count");
	plan.active = true;
}
