/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BREAKER_H
#define BREAKER_H

/* hypercalls.c: each returns only when it cannot be done, a negative errno */
int break_while_others_call(void);
int break_before_a_call(void);
int hang_in_calls(void);
int break_early_suspended(void);
int break_hypervisor(const char *cpu);

#endif
