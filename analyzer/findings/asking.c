// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: what Linux was asking the hypervisor when it died. A CPU that stopped in
 * the hypercall page has the call in RCX (TLFS, "Hypercall Interface"); of the
 * one that crashed, the functions on its stack tell.
 */
#include "config.h"

#include "kernel/symbols.h"
#include "rules.h"

#define PAGE	    4096
#define CALL(rcx)   ((uint16_t)(rcx))
#define FAST(rcx)   ((rcx) >> 16 & 1)

struct found {
	struct finding *finding;
};

static struct finding *once(struct finder *f, struct found *found)
{
	if (!found->finding)
		found->finding = finding_add(
			f, "root-was-asking", SEVERITY_INFO,
			"Linux was asking the hypervisor something.");
	return found->finding;
}

/* Where the kernel keeps the address of its hypercall page; 0: not to be had. */
static uint64_t hypercall_page(const struct stacks *st)
{
	struct hvd_error err;
	struct hvd_kmem *kmem = hvd_kernel_kmem(st->kernel, &err);
	uint64_t address, page;

	if (!kmem || !hvd_symbols_find(st->symbols, NULL, "hv_hypercall_pg", 0,
				       &address) ||
	    hvd_kmem_word(kmem, address, 8, &page, &err) != HVD_READ_DATA)
		return 0;
	return page;
}

static void look_at_registers(struct finder *f, struct found *found,
			      const struct stacks *st)
{
	uint64_t page = hypercall_page(st);
	char call[NAME_SIZE], command[32];
	size_t i;

	for (i = 0; page && i < st->cpus.nr; i++) {
		const struct hvd_cpu *cpu = &st->cpus.cpu[i];

		if (!cpu->has_regs || cpu->regs.ip < page ||
		    cpu->regs.ip - page >= PAGE)
			continue;
		snprintf(command, sizeof(command), "stacks --cpu %u",
			 cpu->number);
		rests_on(f, once(f, found), command,
			 "CPU %u was in hypercall %s, RCX 0x%" PRIx64
			 ", RDX 0x%" PRIx64 "%s", cpu->number,
			 name_of_call(call, CALL(cpu->regs.cx)), cpu->regs.cx,
			 cpu->regs.dx,
			 FAST(cpu->regs.cx) ? "" : " (its arguments)");
	}
}

/* Functions of the kernel's that make a hypercall. */
static bool is_asking(const char *name)
{
	return !strncmp(name, "hv_do_", 6) || !strncmp(name, "hv_call_", 8) ||
	       !strncmp(name, "hv_std_hypercall", 16) ||
	       !strncmp(name, "hv_deposit_memory", 17) ||
	       !strncmp(name, "mshv_ioctl_passthru_hvcall", 26);
}

static void look_at_stack(struct finder *f, struct found *found,
			  const struct stacks *st, const struct hvd_cpu *cpu)
{
	struct stacks_place place;
	char command[32];
	size_t i;

	for (i = 0; i < st->stack.nr; i++) {
		stacks_place(st, &st->stack.frames[i], &place);
		if (!is_asking(place.name))
			continue;
		snprintf(command, sizeof(command), "stacks --cpu %u",
			 cpu->number);
		rests_on(f, once(f, found), command,
			 "CPU %u, which crashed, was in %s()", cpu->number,
			 place.name);
		return;
	}
}

/* The arguments as they were when the capture began, before anyone wrote there. */
static void look_at_arguments(struct finder *f, struct found *found)
{
	const struct hvd_dump *d = f->dump;
	size_t i;

	for (i = 0; i < d->nr_pages; i++) {
		const struct hvd_page *p = &d->pages[i];

		if (p->kind != HVD_PAGE_INPUT ||
		    p->vp_index != d->capture.vp_index)
			continue;
		rests_on_page(f, found->finding, p->pfn,
			      "the arguments of VP %" PRIu32 ", %s",
			      p->vp_index,
			      p->flags & HVD_PAGE_OVERWRITTEN
				      ? "written over since"
				      : "as they were");
	}
}

void find_asking(struct finder *f)
{
	const struct stacks *st = host_stacks(f->host);
	const struct hvd_cpu *cpu = host_crashed(f->host);
	struct found found = {NULL};

	if (!st)
		return;
	look_at_registers(f, &found, st);
	if (cpu)
		look_at_stack(f, &found, st, cpu);
	if (found.finding)
		look_at_arguments(f, &found);
}
