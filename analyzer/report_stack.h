/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The crashed CPU's stack, where the report's file holds Linux's memory. */
#ifndef HVDUMP_REPORT_STACK_H
#define HVDUMP_REPORT_STACK_H

#include <jansson.h>

#include "host.h"

/** report_stack_print() - a section; nothing where there is no such stack */
void report_stack_print(struct host *host);

/** report_stack_json() - a list of the one CPU; null where there is none */
json_t *report_stack_json(struct host *host);

#endif /* HVDUMP_REPORT_STACK_H */
