// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks as JSON: see json_stacks.h. */
#include "config.h"

#include <string.h>

#include "json_stacks.h"
#include "names.h"

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

json_t *json_stack(const struct stacks *st, const struct hvd_cpu *cpu)
{
	const struct hvd_stack *stack = &st->stack;
	json_t *o = json_object(), *frames = json_array();
	char comm[64];
	size_t i;

	for (i = 0; i < stack->nr; i++)
		json_append(frames, frame_json(st, &stack->frames[i]));
	clean_string(comm, sizeof(comm), cpu->comm);
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
