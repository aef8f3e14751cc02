// SPDX-License-Identifier: GPL-2.0-or-later
/* The CPUs of the kernel in a dump: see cpus.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "cpus.h"
#include "ptregs.h"

/* CONFIG_MAXSMP; a dump may claim anything. */
#define MAX_CPUS 8192

/* struct elf_prstatus on x86-64: pr_reg behind signals, pid and times. */
#define NT_PRSTATUS   1
#define PRSTATUS_REGS 112
#define NOTE_HEADER   12
#define NOTE_NAME     8 /* "CORE", NUL, padding */
#define NOTE_REGS     (NOTE_HEADER + NOTE_NAME + PRSTATUS_REGS)

/** What the CPUs are read with. */
struct reader {
	struct hvd_kmem *kmem;
	struct hvd_symbols *symbols;
	struct hvd_types *types; /* NULL: there are none; see @no_types */
	struct hvd_error no_types;
	uint64_t crash_notes; /* the per-CPU pointer; 0: not to be had */
	uint64_t current; /* per-CPU: the running task; 0: see @no_current */
	struct hvd_error no_current;
};

static bool find(const struct reader *r, const char *name, uint64_t *address)
{
	return hvd_symbols_find(r->symbols, NULL, name, 0, address);
}

/* A number at a symbol of the kernel; false: there is none. */
static bool word_at(const struct reader *r, const char *name, size_t size,
		    uint64_t *value)
{
	struct hvd_error err;
	uint64_t address;

	return find(r, name, &address) &&
	       hvd_kmem_word(r->kmem, address, size, value, &err) ==
		       HVD_READ_DATA;
}

/* Bit @n of a struct cpumask at @mask. */
static bool in_mask(const struct reader *r, uint64_t mask, unsigned int n)
{
	struct hvd_error err;
	uint64_t word;

	return hvd_kmem_word(r->kmem, mask + n / 64 * 8, 8, &word, &err) ==
		       HVD_READ_DATA &&
	       word >> n % 64 & 1;
}

/*
 * Where the pointer to the task that a CPU runs is, for all CPUs: a variable of
 * its own up to 6.1 and from 6.15 on, in struct pcpu_hot from 6.2 to 6.14.
 */
static void find_current(struct reader *r)
{
	struct hvd_member m;
	uint64_t hot;

	if (find(r, "current_task", &r->current))
		return;
	if (!find(r, "pcpu_hot", &hot))
		hvd_error_set(&r->no_current, "task: expected a symbol "
					      "current_task or pcpu_hot, found "
					      "none");
	else if (!r->types)
		hvd_error_set(&r->no_current, "task: %s", r->no_types.text);
	else if (!hvd_types_member(r->types, "struct pcpu_hot", "current_task",
				   &m))
		hvd_error_set(&r->no_current, "task: expected a member "
					      "current_task of struct "
					      "pcpu_hot, found none");
	else
		r->current = hot + m.offset;
}

static int open_reader(struct reader *r, struct hvd_kernel *k,
		       struct hvd_error *err)
{
	memset(r, 0, sizeof(*r));
	r->kmem = hvd_kernel_kmem(k, err);
	r->symbols = r->kmem ? hvd_kernel_symbols(k, err) : NULL;
	if (!r->symbols)
		return -1;
	r->types = hvd_kernel_types(k, &r->no_types);
	word_at(r, "crash_notes", 8, &r->crash_notes);
	find_current(r);
	return 0;
}

/* The first reason is kept: what comes later may only follow from it. */
static void say_why(struct hvd_cpu *cpu, const struct hvd_error *err)
{
	if (!cpu->why.text[0])
		cpu->why = *err;
}

/*
 * crash_save_cpu() writes a note into the CPU's own buffer, so its number is
 * certain; the order of the same notes in the dump's header is that of buffers.
 */
static void read_regs(const struct reader *r, struct hvd_cpu *cpu)
{
	uint8_t note[NOTE_REGS + HVD_PTREGS_SIZE];
	struct hvd_error err;

	if (!r->crash_notes)
		hvd_error_set(&err, "registers: crash_notes cannot be read");
	else if (hvd_kmem_read(r->kmem, r->crash_notes + cpu->percpu, note,
			       sizeof(note), &err) != HVD_READ_DATA)
		hvd_error_prefix(&err, "registers");
	else if (!hvd_le32(note))
		cpu->saved_none =
			hvd_error_set(&err, "registers: the CPU saved none");
	else if (hvd_le32(note) != 5 || hvd_le32(note + 8) != NT_PRSTATUS ||
		 memcmp(note + NOTE_HEADER, "CORE", 5) ||
		 hvd_le32(note + 4) < PRSTATUS_REGS + HVD_PTREGS_SIZE)
		hvd_error_set(&err,
			      "registers: expected an NT_PRSTATUS, found "
			      "a note of type %" PRIu32 ", %" PRIu32 " bytes",
			      hvd_le32(note + 8), hvd_le32(note + 4));
	else
		cpu->has_regs = true;
	if (cpu->has_regs)
		hvd_ptregs_decode(note + NOTE_REGS, &cpu->regs);
	else
		say_why(cpu, &err);
}

/* A member of the task; -1 with @err. */
static int task_member(const struct reader *r, uint64_t task, const char *name,
		       void *buf, size_t size, struct hvd_error *err)
{
	struct hvd_member m;

	if (!r->types)
		return hvd_error_set(err, "%s", r->no_types.text);
	if (!hvd_types_member(r->types, "struct task_struct", name, &m) ||
	    m.size != size)
		return hvd_error_set(err,
				     "expected a member %s of %zu bytes "
				     "in struct task_struct, found none",
				     name, size);
	return hvd_kmem_read(r->kmem, task + m.offset, buf, size, err) ==
			       HVD_READ_DATA
		       ? 0
		       : -1;
}

static int read_task(const struct reader *r, struct hvd_cpu *cpu,
		     struct hvd_error *err)
{
	uint8_t pid[4];

	if (!r->current) {
		*err = r->no_current;
		return -1;
	}
	if (hvd_kmem_word(r->kmem, r->current + cpu->percpu, 8, &cpu->task,
			  err) != HVD_READ_DATA ||
	    task_member(r, cpu->task, "pid", pid, sizeof(pid), err) ||
	    task_member(r, cpu->task, "comm", cpu->comm, 16, err))
		return hvd_error_prefix(err, "task");
	cpu->comm[16] = '\0';
	cpu->pid = (int32_t)hvd_le32(pid);
	cpu->has_task = true;
	return 0;
}

static void read_cpu(const struct reader *r, struct hvd_cpu *cpu)
{
	struct hvd_error err;
	uint64_t offsets, online;

	/* Without SMP there are neither offsets nor masks. */
	cpu->online = !find(r, "__cpu_online_mask", &online) ||
		      in_mask(r, online, cpu->number);
	if (find(r, "__per_cpu_offset", &offsets) &&
	    hvd_kmem_word(r->kmem, offsets + 8 * cpu->number, 8, &cpu->percpu,
			  &err) != HVD_READ_DATA) {
		hvd_error_set(&cpu->why, "__per_cpu_offset: %s", err.text);
		return;
	}
	read_regs(r, cpu);
	if (cpu->online && read_task(r, cpu, &err))
		say_why(cpu, &err);
}

/* The numbers of all possible CPUs, into @cpus; -1 with @err */
static int find_cpus(const struct reader *r, struct hvd_cpus *cpus,
		     struct hvd_error *err)
{
	uint64_t possible = 0, nr = 1;
	unsigned int i;

	/* Without SMP there are no masks, and nr_cpu_ids is no variable. */
	if (find(r, "__cpu_possible_mask", &possible) &&
	    !word_at(r, "nr_cpu_ids", 4, &nr))
		return hvd_error_set(err, "nr_cpu_ids: cannot be read");
	if (!nr || nr > MAX_CPUS)
		return hvd_error_set(err,
				     "nr_cpu_ids: expected 1 to %d, found "
				     "%" PRIu64,
				     MAX_CPUS, nr);
	cpus->cpu = calloc(nr, sizeof(*cpus->cpu));
	if (!cpus->cpu)
		return hvd_error_set(err, "no memory for the CPUs");
	for (i = 0; i < nr; i++)
		if (!possible || in_mask(r, possible, i))
			cpus->cpu[cpus->nr++].number = i;
	return cpus->nr ? 0
			: hvd_error_set(err, "__cpu_possible_mask: expected a "
					     "CPU, found none");
}

/*
 * panic_cpu is the CPU that called panic(), or oopsed (crash_kexec()). It is
 * -1 after a hypervisor crash; crashing_cpu is the one that ended it then.
 */
static int find_crashing(const struct reader *r, const struct hvd_cpus *cpus)
{
	static const char *const names[] = {"panic_cpu", "crashing_cpu"};
	uint64_t number;
	size_t i, k;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (k = 0; word_at(r, names[i], 4, &number) && k < cpus->nr;
		     k++)
			if (cpus->cpu[k].number == number)
				return (int)k;
	return -1;
}

int hvd_cpus_open(struct hvd_kernel *k, struct hvd_cpus *cpus,
		  struct hvd_error *err)
{
	struct reader r;
	size_t i;

	memset(cpus, 0, sizeof(*cpus));
	if (open_reader(&r, k, err))
		return -1;
	if (find_cpus(&r, cpus, err)) {
		hvd_cpus_close(cpus);
		return -1;
	}
	for (i = 0; i < cpus->nr; i++)
		read_cpu(&r, &cpus->cpu[i]);
	cpus->crashing = find_crashing(&r, cpus);
	return 0;
}

void hvd_cpus_close(struct hvd_cpus *cpus)
{
	free(cpus->cpu);
	memset(cpus, 0, sizeof(*cpus));
}
