// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: the hypervisor could not be asked. Where it has crashed that is as it
 * must be: only memory is left to tell of it.
 */
#include "config.h"

#include "rules.h"

void find_unasked(struct finder *f)
{
	const struct hvd_dump *d = f->dump;
	struct finding *finding = NULL;
	char text[DROPPED_SIZE];
	bool crashed = hvd_dump_death(d) == HVD_DEATH_HYPERVISOR ||
		       hvd_dump_later_crash(d);
	size_t i;

	for (i = 0; i < d->nr_dropped; i++) {
		if (d->dropped[i].why != HVD_WHY_HYPERVISOR)
			continue;
		if (!finding)
			finding = finding_add(
				f, "hypervisor-not-asked",
				crashed ? SEVERITY_INFO : SEVERITY_ERROR,
				"The hypervisor could not be asked%s.",
				crashed ? ", since it had crashed: only what "
					  "memory held is here"
					: "");
		rests_on(f, finding, "info", "%s",
			 dropped_text(text, &d->dropped[i]));
	}
}
