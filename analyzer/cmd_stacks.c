// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump stacks: what each CPU's kernel was doing, call by call. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "names.h"
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

/* "name+0x12/0x40 [module]", or the address */
static void print_place(FILE *out, const struct stacks *st,
			const struct hvd_frame *f)
{
	struct stacks_place p;

	stacks_place(st, f, &p);
	if (p.is_user)
		fprintf(out, "0x%016" PRIx64 " (user space)", f->ip);
	else if (!p.has_symbol)
		fprintf(out, "0x%016" PRIx64, f->ip);
	else
		fprintf(out, "%s+0x%" PRIx64 "/0x%" PRIx64, p.name, p.offset,
			p.size);
	if (p.module[0])
		fprintf(out, " [%s]", p.module);
}

static void print_frame(FILE *out, const struct stacks *st, size_t i)
{
	const struct hvd_frame *f = &st->stack.frames[i];

	if (f->how == HVD_FRAME_EXCEPTION)
		fprintf(out, "      --- exception ---\n");
	fprintf(out, " #%-3zu [%016" PRIx64 "] ", i, f->sp);
	print_place(out, st, f);
	if (f->how > HVD_FRAME_EXCEPTION)
		fprintf(out, " (%s)", hvd_frame_how_name(f->how));
	fputc('\n', out);
	if (f->how == HVD_FRAME_EXCEPTION && f->has_regs)
		print_regs(out, &f->regs);
}

static void print_headline(FILE *out, const struct stacks *st,
			   const struct hvd_cpu *cpu)
{
	char comm[64];

	fprintf(out, "CPU %u", cpu->number);
	if (cpu->has_task)
		fprintf(out, "  PID %" PRId32 "  %s", cpu->pid,
			clean_text(comm, sizeof(comm),
				   (const uint8_t *)cpu->comm,
				   strlen(cpu->comm)));
	if (stacks_is_crashing(st, cpu))
		fprintf(out, "  crashed");
	if (!cpu->online)
		fprintf(out, "  offline");
	if (st->stack.nr) {
		fprintf(out, "  in ");
		print_place(out, st, &st->stack.frames[0]);
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

static json_t *regs_json(const struct hvd_regs_x86 *r)
{
	const struct {
		const char *name;
		uint64_t value;
		int digits;
	} all[] = {
		{"rip", r->ip, 16},  {"rsp", r->sp, 16},
		{"rbp", r->bp, 16},  {"rflags", r->flags, 16},
		{"rax", r->ax, 16},  {"rbx", r->bx, 16},
		{"rcx", r->cx, 16},  {"rdx", r->dx, 16},
		{"rsi", r->si, 16},  {"rdi", r->di, 16},
		{"r8", r->r8, 16},   {"r9", r->r9, 16},
		{"r10", r->r10, 16}, {"r11", r->r11, 16},
		{"r12", r->r12, 16}, {"r13", r->r13, 16},
		{"r14", r->r14, 16}, {"r15", r->r15, 16},
		{"cs", r->cs, 4},    {"ss", r->ss, 4},
	};
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		json_set(o, all[i].name, json_hex(all[i].value, all[i].digits));
	return o;
}

static json_t *frame_json(const struct stacks *st, const struct hvd_frame *f)
{
	struct stacks_place p;
	json_t *o = json_object();

	stacks_place(st, f, &p);
	json_set(o, "ip", json_hex(f->ip, 16));
	json_set(o, "sp", json_hex(f->sp, 16));
	json_set(o, "symbol", json_string_or_null(p.name));
	json_set(o, "offset",
		 p.has_symbol ? json_integer((json_int_t)p.offset)
			      : json_null());
	json_set(o, "size",
		 p.has_symbol ? json_integer((json_int_t)p.size) : json_null());
	json_set(o, "module", json_string_or_null(p.module));
	json_set(o, "user", json_boolean(p.is_user));
	json_set(o, "how", json_string(hvd_frame_how_name(f->how)));
	json_set(o, "registers",
		 f->has_regs ? regs_json(&f->regs) : json_null());
	return o;
}

static json_t *cpu_json(const struct stacks *st, const struct hvd_cpu *cpu)
{
	const struct hvd_stack *stack = &st->stack;
	json_t *o = json_object(), *frames = json_array();
	char comm[64];
	size_t i;

	for (i = 0; i < stack->nr; i++)
		json_append(frames, frame_json(st, &stack->frames[i]));
	clean_text(comm, sizeof(comm), (const uint8_t *)cpu->comm,
		   strlen(cpu->comm));
	json_set(o, "cpu", json_integer(cpu->number));
	json_set(o, "online", json_boolean(cpu->online));
	json_set(o, "crashing", json_boolean(stacks_is_crashing(st, cpu)));
	json_set(o, "pid",
		 cpu->has_task ? json_integer(cpu->pid) : json_null());
	json_set(o, "comm", cpu->has_task ? json_string(comm) : json_null());
	json_set(o, "frames", frames);
	json_set(o, "complete", json_boolean(stack->complete));
	json_set(o, "why", json_string_or_null(stack->why.text));
	json_set(o, "unknown", json_string_or_null(cpu->why.text));
	return o;
}

static int print_json(const struct session *s, struct stacks *st)
{
	json_t *root = json_begin(s), *list = json_array();
	const struct hvd_cpu *cpu;
	size_t i;

	for (i = 0; (cpu = stacks_next(st, &i)); i++)
		json_append(list, cpu_json(st, cpu));
	json_set(root, "cpus", list);
	return json_finish(s, root);
}

int cmd_stacks(struct session *s)
{
	struct stacks st;
	int status = stacks_open(s, &st);

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
