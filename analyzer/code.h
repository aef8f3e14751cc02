/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code that a VP was about to run, and the top of its stack. */
#ifndef HVDUMP_ANALYZER_CODE_H
#define HVDUMP_ANALYZER_CODE_H

#include <jansson.h>
#include <stdio.h>

#include "capture.h"
#include "session.h"

#define CODE_BEFORE 16
#define CODE_BYTES  48 /* with those before */
#define STACK_WORDS 8

/** What the dump has at a VP's PC and SP. Addresses are linear ones. */
struct vp_code {
	bool has_pc, has_sp;
	uint64_t pc, sp;
	unsigned int before; /* @code begins so many bytes before @pc */
	uint8_t code[CODE_BYTES];
	size_t nr_code; /* 0: @no_code says why */
	struct hvd_error no_code;
	unsigned int word; /* bytes of a stack word, as the VP's mode has it */
	uint64_t stack[STACK_WORDS];
	size_t nr_stack; /* 0: @no_stack says why */
	struct hvd_error no_stack;
};

/**
 * code_read() - of one VTL; never fails
 * The session keeps the memory of the partition that was looked at last, until
 * code_close().
 */
void code_read(struct session *s, const struct hvd_dump_vp *vp,
	       const struct hvd_dump_vtl *vtl, struct vp_code *c);
void code_close(struct session *s);

/** code_print() - as a group of `hvdump regs` */
void code_print(FILE *out, const struct vp_code *c);

/** code_json(), stack_json() - an object each */
json_t *code_json(const struct vp_code *c);
json_t *stack_json(const struct vp_code *c);

#endif /* HVDUMP_ANALYZER_CODE_H */
