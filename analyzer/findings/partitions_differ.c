// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: children that only the driver or only the hypervisor has told of. */
#include "config.h"

#include "rules.h"
#include "views.h"

void find_partitions_differ(struct finder *f)
{
	const uint32_t driver = HVD_SEEN_BY(HVD_SOURCE_DRIVER);
	const uint32_t hypervisor = HVD_SEEN_BY(HVD_SOURCE_ENUMERATION);
	const struct hvd_dump *d = f->dump;
	struct finding *finding = NULL;
	uint32_t seen;
	size_t i;

	for (i = 0; has_two_views(d) && i < d->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &d->partitions[i];

		seen = p->rec.seen & (driver | hypervisor);
		if (seen != driver && seen != hypervisor)
			continue;
		if (!finding)
			finding = finding_add(f, "partitions-differ",
					      SEVERITY_WARNING,
					      "The mshv driver and the "
					      "hypervisor do not tell of the "
					      "same partitions.");
		rests_on(f, finding, "partitions",
			 "partition 0x%" PRIx64 ": told of by the %s alone",
			 (uint64_t)p->rec.partition_id,
			 seen == driver ? "driver" : "hypervisor");
	}
}
