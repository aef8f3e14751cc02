// SPDX-License-Identifier: GPL-2.0-or-later
/* The crashed CPU's stack in the report: see report_stack.h. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "json_stacks.h"
#include "names.h"
#include "report_stack.h"
#include "stacks.h"

#define MAX_LINES 32

/* NULL: the file has no memory of Linux, or nobody knows who crashed. */
static const struct hvd_cpu *open_crashed(struct session *s, struct stacks *st)
{
	struct hvd_error err;
	size_t i = 0;

	if (stacks_open(s, st, &err) != STATUS_DONE || st->cpus.crashing < 0)
		return NULL;
	st->has_cpu = true;
	st->cpu = st->cpus.cpu[st->cpus.crashing].number;
	return stacks_next(st, &i);
}

static void print_cpu(FILE *out, const struct stacks *st,
		      const struct hvd_cpu *cpu)
{
	char comm[64];

	fprintf(out, "\nWhere Linux crashed: CPU %u", cpu->number);
	if (cpu->has_task)
		fprintf(out, ", PID %" PRId32 ", %s", cpu->pid,
			clean_string(comm, sizeof(comm), cpu->comm));
	fputc('\n', out);
	if (st->stack.why.text[0])
		fprintf(out, "  not whole: %s\n", st->stack.why.text);
}

void report_stack_print(struct session *s)
{
	struct stacks st;
	const struct hvd_cpu *cpu = open_crashed(s, &st);
	size_t i;

	if (cpu && st.stack.nr) {
		print_cpu(s->out, &st, cpu);
		for (i = 0; i < st.stack.nr && i < MAX_LINES; i++) {
			fputs("  ", s->out);
			stacks_print_place(s->out, &st, &st.stack.frames[i]);
			fputc('\n', s->out);
		}
		if (i < st.stack.nr)
			fprintf(s->out, "  and %zu more: ", st.stack.nr - i);
		else
			fputs("  all CPUs, and registers: ", s->out);
		fputs("hvdump stacks\n", s->out);
	}
	stacks_close(&st);
}

json_t *report_stack_json(struct session *s)
{
	struct stacks st;
	const struct hvd_cpu *cpu = open_crashed(s, &st);
	json_t *list = cpu ? json_array() : json_null();

	if (cpu)
		json_append(list, json_stack(&st, cpu));
	stacks_close(&st);
	return list;
}
