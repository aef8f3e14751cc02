/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The crash dump area: pages that the hypervisor shares with the root, and in
 * which it says that and how it has crashed.
 */
#ifndef MINIHV_CRASH_AREA_H
#define MINIHV_CRASH_AREA_H

#include "cpu.h"

#define CRASH_AREA_VERSIONS	5

/** What the processor and entry.S leave on the stack at an exception. */
struct exception_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8;
	u64 rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

/** Write what does not wait for a crash; after msr_init() has cleared the pages. */
void crash_area_init(void);

/** First page and number of additional ones in the format of GetSystemProperty 47. */
u64 crash_area_property(void);

/** @p cpu is the one that has crashed: all but the valid bit. */
void crash_area_fill(const struct cpu *cpu, const struct exception_frame *f, u64 cr2);

/** The registers of another processor, as it learns of the crash. */
void crash_area_add_context(const struct cpu *cpu);

/** Set the valid bit: this is what the root looks at. */
void crash_area_set_valid(void);

/** The area without contexts and stack, as log lines. */
void crash_area_log(void);

#endif
