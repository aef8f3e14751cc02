// SPDX-License-Identifier: GPL-2.0-or-later
/* Hypercalls that failed: see failures.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "abi_codes.h"
#include "failures.h"
#include "names.h"

/* What hvd_failure.argument stands for, call by call: doc/note-format.md. */
static void argument_text(char *buf, size_t size, const struct hvd_failure *f,
			  uint16_t machine)
{
	char name[NAME_SIZE];

	switch (f->call) {
	case HVD_CALL_GET_PARTITION_PROPERTY:
		snprintf(buf, size, ", property %s",
			 name_of_property(name, (uint32_t)f->argument));
		break;
	case HVD_CALL_GET_VP_REGISTERS:
		snprintf(buf, size, ", register %s (%u of %u done)",
			 name_of_register(name, machine, (uint32_t)f->argument),
			 f->reps_done, f->reps);
		break;
	default:
		snprintf(buf, size, ", argument 0x%" PRIx64,
			 (uint64_t)f->argument);
	}
}

const char *failure_text(char *buf, const struct hvd_failure *f,
			 uint16_t machine)
{
	char argument[96], vp[48] = "";

	argument_text(argument, sizeof(argument), f, machine);
	if (f->vp_index != NO_VP)
		snprintf(vp, sizeof(vp), ", VP %" PRIu32 ", VTL %u",
			 f->vp_index, f->vtl);
	snprintf(buf, FAILURE_SIZE, "partition 0x%" PRIx64 "%s%s",
		 (uint64_t)f->partition_id, vp, argument);
	return buf;
}

const char *failure_status(char *buf, uint16_t status)
{
	if (!status)
		return "success, with an answer that cannot be true";
	return name_of_status(buf, status);
}

size_t failures_group(const struct hvd_dump *dump, struct failure_group *groups,
		      uint64_t *left)
{
	size_t i, k, nr = 0;

	*left = 0;
	for (i = 0; i < dump->nr_failures; i++) {
		const struct hvd_failure *f = &dump->failures[i];

		for (k = 0; k < nr; k++)
			if (groups[k].first->call == f->call &&
			    groups[k].first->status == f->status)
				break;
		if (k == FAILURE_GROUPS) {
			++*left;
			continue;
		}
		if (k == nr)
			groups[nr++] = (struct failure_group){.first = f};
		groups[k].count++;
	}
	return nr;
}
