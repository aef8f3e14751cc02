// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: CPUs that were online and saved no registers: they did not answer the
 * NMI that stops them. Only Linux's memory tells of it.
 */
#include "config.h"

#include "rules.h"

void find_silent_cpus(struct finder *f)
{
	const struct stacks *st = host_stacks(f->host);
	const struct hvd_cpu *crashed = host_crashed(f->host);
	struct finding *finding = NULL;
	uint64_t count = 0;
	char command[32];
	size_t i;

	for (i = 0; st && crashed && i < st->cpus.nr; i++) {
		const struct hvd_cpu *cpu = &st->cpus.cpu[i];

		/* What could not be read may well be there. */
		if (!cpu->online || !cpu->saved_none || cpu == crashed)
			continue;
		if (!count++)
			finding = finding_add(f, "cpu-silent",
					      SEVERITY_WARNING, " ");
		snprintf(command, sizeof(command), "stacks --cpu %u",
			 cpu->number);
		rests_on(f, finding, command, "CPU %u was online and saved no "
			 "registers", cpu->number);
	}
	if (finding)
		finding_text(finding, "%" PRIu64 " %s not answer the NMI that "
			     "stops them.", count,
			     plural(count, "CPU did", "CPUs did"));
}
