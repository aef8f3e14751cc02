// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: hypercalls of the capture failed. */
#include "config.h"

#include "../failures.h"
#include "rules.h"

/* A property that a hypervisor does not have says nothing about the crash. */
static bool only_properties(const struct hvd_dump *d)
{
	size_t i;

	for (i = 0; i < d->nr_failures; i++)
		if (d->failures[i].call != HVD_CALL_GET_PARTITION_PROPERTY)
			return false;
	return true;
}

void find_failed_calls(struct finder *f)
{
	const struct hvd_dump *d = f->dump;
	struct failure_group groups[FAILURE_GROUPS];
	char call[NAME_SIZE], status[NAME_SIZE];
	struct finding *finding;
	uint64_t left;
	size_t i, nr = failures_group(d, groups, &left);

	if (!nr)
		return;
	finding = finding_add(f, "failed-calls",
			      only_properties(d) ? SEVERITY_INFO
						 : SEVERITY_WARNING,
			      "%zu %s failed: what they asked for is missing.",
			      d->nr_failures,
			      plural(d->nr_failures, "hypercall",
				     "hypercalls"));
	for (i = 0; i < nr; i++)
		rests_on(f, finding, "notes", "%" PRIu64 " %s: %s",
			 groups[i].count,
			 name_of_call(call, groups[i].first->call),
			 failure_status(status, groups[i].first->status));
	finding->more += left;
}
