/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks as JSON. */
#ifndef HVDUMP_JSON_STACKS_H
#define HVDUMP_JSON_STACKS_H

#include "json.h"
#include "stacks.h"

/** json_stack() - of the CPU that stacks_next() has just returned */
json_t *json_stack(const struct stacks *st, const struct hvd_cpu *cpu);

#endif /* HVDUMP_JSON_STACKS_H */
