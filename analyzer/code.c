// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Code and stack of a VP: see code.h. In long mode the bases of CS and SS are
 * taken for zero, else they count: Intel SDM volume 1, 3.3.4 and 3.4.2.1.
 */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "abi_codes.h"
#include "bytes.h"
#include "code.h"
#include "guest_memory.h"
#include "json.h"
#include "vpstate.h"

#define PER_LINE  16
#define ADDRESS32 UINT64_C(0xffffffff)

/* The memory of the partition that was looked at last. */
struct code_reader {
	struct guest_memory memory;
};

static struct guest_memory *open_memory(struct session *s,
					const struct hvd_dump_partition *p)
{
	if (s->code && s->code->memory.partition == p)
		return &s->code->memory;
	code_close(s);
	s->code = calloc(1, sizeof(*s->code));
	if (!s->code)
		return NULL;
	guest_memory_open(&s->code->memory, s, p);
	return &s->code->memory;
}

void code_close(struct session *s)
{
	if (!s->code)
		return;
	guest_memory_close(&s->code->memory);
	free(s->code);
	s->code = NULL;
}

static bool is_segmented(enum hvd_vp_mode mode)
{
	return mode == HVD_MODE_REAL || mode == HVD_MODE_V86 ||
	       mode == HVD_MODE_PROTECTED_16 || mode == HVD_MODE_PROTECTED_32 ||
	       mode == HVD_MODE_COMPAT;
}

/* A linear address: with the segment's base where that counts. */
static uint64_t linear(const struct hvd_dump_vtl *vtl,
		       const struct hvd_vp_state *state, uint32_t segment,
		       uint64_t offset)
{
	const struct hvd_dump_register *reg;

	if (!is_segmented(state->mode))
		return offset;
	reg = hvd_dump_find_register(vtl, segment);
	if (!hvd_register_good(reg))
		return offset;
	return (hvd_segment_get(reg).base + offset) & ADDRESS32;
}

static unsigned int word_size(enum hvd_vp_mode mode)
{
	switch (mode) {
	case HVD_MODE_REAL:
	case HVD_MODE_V86:
	case HVD_MODE_PROTECTED_16:
		return 2;
	case HVD_MODE_PROTECTED_32:
	case HVD_MODE_COMPAT:
	case HVD_MODE_AARCH32:
		return 4;
	default:
		return 8;
	}
}

/* What lies before the PC may be in a page that is not to be had. */
static void read_code(struct guest_memory *g,
		      const struct hvd_pagewalk_regime *regime,
		      struct vp_code *c)
{
	size_t got;

	if (c->pc >= CODE_BEFORE) {
		got = guest_memory_read_virtual(g, regime, c->pc - CODE_BEFORE,
						c->code, CODE_BYTES,
						&c->no_code);
		if (got > CODE_BEFORE) {
			c->before = CODE_BEFORE;
			c->nr_code = got;
			return;
		}
	}
	c->nr_code = guest_memory_read_virtual(g, regime, c->pc, c->code,
					       CODE_BYTES - CODE_BEFORE,
					       &c->no_code);
}

static uint64_t word_at(const uint8_t *p, unsigned int size)
{
	return size == 8 ? hvd_le64(p) : size == 4 ? hvd_le32(p) : hvd_le16(p);
}

static void read_stack(struct guest_memory *g,
		       const struct hvd_pagewalk_regime *regime,
		       struct vp_code *c)
{
	uint8_t bytes[STACK_WORDS * 8];
	size_t got, i;

	got = guest_memory_read_virtual(g, regime, c->sp, bytes,
					(size_t)STACK_WORDS * c->word,
					&c->no_stack);
	c->nr_stack = got / c->word;
	for (i = 0; i < c->nr_stack; i++)
		c->stack[i] = word_at(bytes + i * c->word, c->word);
}

/* The memory and how it is translated; or why there is neither. */
static struct guest_memory *find_memory(struct session *s,
					const struct hvd_dump_vp *vp,
					const struct hvd_dump_vtl *vtl,
					struct hvd_pagewalk_regime *regime,
					struct hvd_error *err)
{
	const struct hvd_dump_partition *p =
		hvd_dump_find_partition(s->dump, vp->rec.partition_id);
	struct guest_memory *g;

	if (guest_memory_regime(s->dump, vtl, regime, err))
		return NULL;
	g = p ? open_memory(s, p) : NULL;
	if (!g)
		hvd_error_set(err, "no memory for it");
	return g;
}

void code_read(struct session *s, const struct hvd_dump_vp *vp,
	       const struct hvd_dump_vtl *vtl, struct vp_code *c)
{
	struct hvd_pagewalk_regime regime;
	struct hvd_vp_state state;
	struct guest_memory *g;

	*c = (struct vp_code){0};
	hvd_vp_state_get(s->dump, vtl, &state);
	c->word = word_size(state.mode);
	c->has_pc = state.has_pc;
	c->has_sp = state.has_sp;
	c->pc = linear(vtl, &state, HVD_X64_CS, state.pc);
	c->sp = linear(vtl, &state, HVD_X64_SS, state.sp);
	g = find_memory(s, vp, vtl, &regime, &c->no_code);
	c->no_stack = c->no_code;
	if (!g)
		return;
	if (c->has_pc)
		read_code(g, &regime, c);
	else
		hvd_error_set(&c->no_code, "its PC was not captured");
	if (c->has_sp)
		read_stack(g, &regime, c);
	else
		hvd_error_set(&c->no_stack, "its SP was not captured");
}

/* The line that begins with the PC is marked. */
static void print_code(FILE *out, const struct vp_code *c)
{
	size_t i;

	fputs(" code\n", out);
	if (!c->nr_code)
		fprintf(out, "  not to be had: %s", c->no_code.text);
	for (i = 0; i < c->nr_code; i++) {
		if (i % PER_LINE == 0)
			fprintf(out, "%s %c0x%016" PRIx64 " ", i ? "\n" : "",
				i == c->before ? '>' : ' ',
				c->pc - c->before + i);
		fprintf(out, " %02x", c->code[i]);
	}
	fputc('\n', out);
}

static void print_stack(FILE *out, const struct vp_code *c)
{
	size_t i, per_line = PER_LINE / c->word;

	fputs(" stack\n", out);
	if (!c->nr_stack)
		fprintf(out, "  not to be had: %s", c->no_stack.text);
	for (i = 0; i < c->nr_stack; i++) {
		if (i % per_line == 0)
			fprintf(out, "%s  0x%016" PRIx64 " ", i ? "\n" : "",
				c->sp + i * c->word);
		fprintf(out, " %0*" PRIx64, (int)c->word * 2, c->stack[i]);
	}
	fputc('\n', out);
}

void code_print(FILE *out, const struct vp_code *c)
{
	print_code(out, c);
	print_stack(out, c);
}

static json_t *address_json(bool known, uint64_t address)
{
	return known ? json_hex(address, 16) : json_null();
}

json_t *code_json(const struct vp_code *c)
{
	char text[CODE_BYTES * 2 + 1] = "";
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < c->nr_code; i++)
		snprintf(text + 2 * i, 3, "%02x", c->code[i]);
	json_set(o, "pc", address_json(c->has_pc, c->pc));
	json_set(o, "before", json_integer(c->before));
	json_set(o, "bytes", c->nr_code ? json_string(text) : json_null());
	json_set(o, "why",
		 c->nr_code ? json_null() : json_string(c->no_code.text));
	return o;
}

json_t *stack_json(const struct vp_code *c)
{
	json_t *words = json_array(), *o = json_object();
	size_t i;

	for (i = 0; i < c->nr_stack; i++)
		json_append(words, json_hex(c->stack[i], (int)c->word * 2));
	json_set(o, "sp", address_json(c->has_sp, c->sp));
	json_set(o, "words", words);
	json_set(o, "why",
		 c->nr_stack ? json_null() : json_string(c->no_stack.text));
	return o;
}
