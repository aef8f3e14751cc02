// SPDX-License-Identifier: GPL-2.0-or-later
/* The crashed CPU's stack in the report: see report_stack.h. */
#include "config.h"


#include "json_stacks.h"
#include "report_stack.h"

#define MAX_LINES 32

static void print_cpu(FILE *out, const struct stacks *st,
		      const struct hvd_cpu *cpu)
{
	fprintf(out, "\nWhere Linux crashed: CPU %u", cpu->number);
	stacks_print_task(out, cpu, ", ");
	fputc('\n', out);
	if (st->stack.why.text[0])
		fprintf(out, "  not whole: %s\n", st->stack.why.text);
}

void report_stack_print(struct host *host)
{
	const struct hvd_cpu *cpu = host_crashed(host);
	const struct stacks *st = &host->stacks;
	FILE *out = host->s->out;
	size_t i;

	if (!cpu || !st->stack.nr)
		return;
	print_cpu(out, st, cpu);
	for (i = 0; i < st->stack.nr && i < MAX_LINES; i++) {
		fputs("  ", out);
		stacks_print_place(out, st, &st->stack.frames[i]);
		fputc('\n', out);
	}
	if (i < st->stack.nr)
		fprintf(out, "  and %zu more: ", st->stack.nr - i);
	else
		fputs("  all CPUs, and registers: ", out);
	fputs("hvdump stacks\n", out);
}

json_t *report_stack_json(struct host *host)
{
	const struct hvd_cpu *cpu = host_crashed(host);
	json_t *list = cpu ? json_array() : json_null();

	if (cpu)
		json_append(list, json_stack(&host->stacks, cpu));
	return list;
}
