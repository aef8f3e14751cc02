// SPDX-License-Identifier: GPL-2.0-or-later
/* The stacks that are shown: see stacks.h. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "kernel_open.h"
#include "names.h"
#include "stacks.h"

int stacks_open(struct session *s, struct stacks *st, struct hvd_error *err)
{
	memset(st, 0, sizeof(*st));
	st->kernel = session_kernel(s, err);
	if (!st->kernel)
		return STATUS_FAILED;
	st->symbols = hvd_kernel_symbols(st->kernel, err);
	if (!st->symbols || hvd_cpus_open(st->kernel, &st->cpus, err)) {
		hvd_error_prefix(err, "%s", session_kernel_path(s));
		return STATUS_FAILED;
	}
	st->unwinder = hvd_unwinder_open(st->kernel, &st->no_unwinder);
	return STATUS_DONE;
}

int stacks_select(const struct session *s, struct stacks *st)
{
	size_t i;

	if (!s->opt.cpu)
		return STATUS_DONE;
	if (parse_number(s->opt.cpu, UINT32_MAX, &st->cpu)) {
		complain(s, "--cpu %s: expected a CPU number", s->opt.cpu);
		return STATUS_USAGE;
	}
	st->has_cpu = true;
	for (i = 0; i < st->cpus.nr; i++)
		if (st->cpus.cpu[i].number == st->cpu)
			return STATUS_DONE;
	complain(s, "%s: no CPU %s", session_kernel_path(s), s->opt.cpu);
	return STATUS_FAILED;
}

void stacks_close(struct stacks *st)
{
	hvd_unwinder_close(st->unwinder);
	hvd_cpus_close(&st->cpus);
}

/* Where nothing can be unwound there is still where the CPU was. */
static void first_frame(const struct hvd_cpu *cpu, struct stacks *st)
{
	struct hvd_stack *stack = &st->stack;

	memset(stack, 0, sizeof(*stack));
	stack->why = st->no_unwinder;
	if (!cpu->has_regs)
		return;
	stack->nr = 1;
	stack->frames[0] = (struct hvd_frame){
		.ip = cpu->regs.ip,
		.sp = cpu->regs.sp,
		.how = HVD_FRAME_REGS,
		.has_regs = true,
		.regs = cpu->regs,
	};
}

static void unwind(struct stacks *st, const struct hvd_cpu *cpu)
{
	if (st->unwinder)
		hvd_unwind_cpu(st->unwinder, cpu, &st->stack);
	else
		first_frame(cpu, st);
	if (st->stack.complete || !cpu->online)
		return;
	if (!st->unfinished++)
		hvd_error_set(&st->why, "CPU %u: %s", cpu->number,
			      st->stack.why.text);
}

const struct hvd_cpu *stacks_next(struct stacks *st, size_t *i)
{
	for (; *i < st->cpus.nr; (*i)++) {
		const struct hvd_cpu *cpu = &st->cpus.cpu[*i];

		if (st->has_cpu && cpu->number != st->cpu)
			continue;
		unwind(st, cpu);
		return cpu;
	}
	return NULL;
}

bool stacks_is_crashing(const struct stacks *st, const struct hvd_cpu *cpu)
{
	return st->cpus.crashing >= 0 &&
	       cpu == &st->cpus.cpu[st->cpus.crashing];
}

static void clean(char *buf, size_t size, const char *text)
{
	clean_string(buf, size, text);
}

void stacks_print_task(FILE *out, const struct hvd_cpu *cpu, const char *sep)
{
	char comm[64];

	if (cpu->has_task)
		fprintf(out, "%sPID %" PRId32 "%s%s", sep, cpu->pid, sep,
			clean_string(comm, sizeof(comm), cpu->comm));
}

void stacks_place(const struct stacks *st, const struct hvd_frame *f,
		  struct stacks_place *place)
{
	struct hvd_symbol symbol;

	memset(place, 0, sizeof(*place));
	place->is_user = f->has_regs && f->regs.cs & 3;
	/* A call that never returns may be a function's last instruction. */
	if (place->is_user ||
	    !hvd_symbols_at(st->symbols, f->ip - f->is_call, &symbol))
		return;
	place->has_symbol = true;
	place->offset = f->ip - symbol.address;
	place->size = symbol.size;
	clean(place->name, sizeof(place->name), symbol.name);
	if (symbol.module)
		clean(place->module, sizeof(place->module), symbol.module);
}

const char *stacks_place_text(char *buf, const struct stacks *st,
			      const struct hvd_frame *f)
{
	struct stacks_place p;
	size_t used;
	int n;

	stacks_place(st, f, &p);
	if (p.has_symbol && !p.is_user)
		n = snprintf(buf, PLACE_SIZE, "%s+0x%" PRIx64 "/0x%" PRIx64,
			     p.name, p.offset, p.size);
	else
		n = snprintf(buf, PLACE_SIZE, "0x%016" PRIx64 "%s", f->ip,
			     p.is_user ? " (user space)" : "");
	used = n < 0 ? 0 : (size_t)n;
	if (p.module[0] && used < PLACE_SIZE)
		snprintf(buf + used, PLACE_SIZE - used, " [%s]", p.module);
	return buf;
}

void stacks_print_place(FILE *out, const struct stacks *st,
			const struct hvd_frame *f)
{
	char text[PLACE_SIZE];

	fputs(stacks_place_text(text, st, f), out);
}

int stacks_status(const struct session *s, const struct stacks *st)
{
	if (!st->unfinished)
		return STATUS_DONE;
	if (!s->opt.quiet)
		complain(s, "%s: %s", session_kernel_path(s), st->why.text);
	return STATUS_DAMAGED;
}
