// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump stacks: what each CPU's kernel was doing, call by call. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "json_stacks.h"
#include "stacks.h"

/* ------------------------------------------------------------- as text */

static void print_regs(FILE *out, const struct hvd_regs_x86 *r)
{
	fprintf(out,
		"      RIP %04x:%016" PRIx64 " RSP %04x:%016" PRIx64
		" RFLAGS %08" PRIx64 "\n",
		r->cs, r->ip, r->ss, r->sp, r->flags);
	fprintf(out,
		"      RAX %016" PRIx64 " RBX %016" PRIx64 " RCX %016" PRIx64
		"\n",
		r->ax, r->bx, r->cx);
	fprintf(out,
		"      RDX %016" PRIx64 " RSI %016" PRIx64 " RDI %016" PRIx64
		"\n",
		r->dx, r->si, r->di);
	fprintf(out,
		"      RBP %016" PRIx64 " R8  %016" PRIx64 " R9  %016" PRIx64
		"\n",
		r->bp, r->r8, r->r9);
	fprintf(out,
		"      R10 %016" PRIx64 " R11 %016" PRIx64 " R12 %016" PRIx64
		"\n",
		r->r10, r->r11, r->r12);
	fprintf(out,
		"      R13 %016" PRIx64 " R14 %016" PRIx64 " R15 %016" PRIx64
		"\n",
		r->r13, r->r14, r->r15);
}

static void print_frame(FILE *out, const struct stacks *st, size_t i)
{
	const struct hvd_frame *f = &st->stack.frames[i];

	if (f->how == HVD_FRAME_EXCEPTION)
		fprintf(out, "      --- exception ---\n");
	fprintf(out, " #%-3zu [%016" PRIx64 "] ", i, f->sp);
	stacks_print_place(out, st, f);
	if (f->how > HVD_FRAME_EXCEPTION)
		fprintf(out, " (%s)", hvd_frame_how_name(f->how));
	fputc('\n', out);
	if (f->how == HVD_FRAME_EXCEPTION && f->has_regs)
		print_regs(out, &f->regs);
}

static void print_headline(FILE *out, const struct stacks *st,
			   const struct hvd_cpu *cpu)
{
	fprintf(out, "CPU %u", cpu->number);
	stacks_print_task(out, cpu, "  ");
	if (stacks_is_crashing(st, cpu))
		fprintf(out, "  crashed");
	if (!cpu->online)
		fprintf(out, "  offline");
	if (st->stack.nr) {
		fprintf(out, "  in ");
		stacks_print_place(out, st, &st->stack.frames[0]);
	}
	fputc('\n', out);
}

static void print_cpu(FILE *out, const struct stacks *st,
		      const struct hvd_cpu *cpu)
{
	size_t i;

	print_headline(out, st, cpu);
	for (i = 0; i < st->stack.nr; i++)
		print_frame(out, st, i);
	if (st->stack.why.text[0])
		fprintf(out, "      no further: %s\n", st->stack.why.text);
	if (cpu->why.text[0] && strcmp(cpu->why.text, st->stack.why.text))
		fprintf(out, "      not known: %s\n", cpu->why.text);
}

static void print_text(const struct session *s, struct stacks *st)
{
	const struct hvd_cpu *cpu;
	size_t i;
	bool first = true;

	for (i = 0; (cpu = stacks_next(st, &i)); i++) {
		if (!first)
			fputc('\n', s->out);
		first = false;
		print_cpu(s->out, st, cpu);
	}
}

/* ------------------------------------------------------------- as JSON */

static int print_json(const struct session *s, struct stacks *st)
{
	json_t *root = json_begin(s), *list = json_array();
	const struct hvd_cpu *cpu;
	size_t i;

	for (i = 0; (cpu = stacks_next(st, &i)); i++)
		json_append(list, json_stack(st, cpu));
	json_set(root, "cpus", list);
	return json_finish(s, root);
}

int cmd_stacks(struct session *s)
{
	struct stacks st;
	struct hvd_error err;
	int status = stacks_open(s, &st, &err);

	if (status != STATUS_DONE)
		complain(s, "%s", err.text);
	else
		status = stacks_select(s, &st);
	if (status == STATUS_DONE) {
		if (s->opt.json)
			status = print_json(s, &st);
		else
			print_text(s, &st);
	}
	if (status == STATUS_DONE)
		status = stacks_status(s, &st);
	stacks_close(&st);
	return status;
}
