// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: was the hypervisor taken away before the crash kernel started? */
#include "config.h"

#include "rules.h"

void find_devirtualised(struct finder *f)
{
	enum hvd_devirtualised gone = hvd_dump_devirtualised(f->dump);
	const struct hvd_dump *d = f->dump;
	struct finding *finding;
	size_t i;

	if (gone == HVD_DEVIRTUALISED_UNKNOWN)
		return;
	if (gone == HVD_DEVIRTUALISED_YES)
		finding = finding_add(f, "devirtualised", SEVERITY_INFO,
				      "The hypervisor was taken away before "
				      "the crash kernel started.");
	else
		finding = finding_add(f, "not-devirtualised", SEVERITY_INFO,
				      "The hypervisor was still there when the "
				      "crash kernel started: its memory stays "
				      "guarded.");
	for (i = 0; i < d->nr_stages; i++)
		rests_on(f, finding, "info",
			 "stage record of call %" PRIu32 ", CPU %" PRIu32,
			 d->stages[i].call, d->stages[i].cpu);
	if (!d->nr_stages)
		rests_on(f, finding, "info", "the capture record");
}
