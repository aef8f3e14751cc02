// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: Linux had panicked, and the hypervisor crashed while asked, or later. */
#include "config.h"

#include "hv_area.h"
#include "rules.h"

void find_later_crash(struct finder *f)
{
	const struct hvd_stage *g = hvd_dump_later_crash(f->dump);
	struct finding *finding;
	char text[STAGE_SIZE], codes[HV_AREA_TEXT];
	struct hv_area area;

	if (!g)
		return;
	hv_area_get(f, &area);
	finding = finding_add(f, "hypervisor-crashed-later", SEVERITY_FATAL,
			      "The hypervisor crashed %s%s.",
			      g->first == HVD_FIRST_ENDED ? "after the capture"
			      : g->first ? "during the capture"
					 : "during or after the capture",
			      hv_area_text(codes, &area));
	rests_on(f, finding, "info",
		 "stage record of call %" PRIu32 ", CPU %" PRIu32, g->call,
		 g->cpu);
	if (g->first)
		rests_on(f, finding, "info", "%s", stage_text(text, g));
	hv_area_evidence(f, finding, &area);
}
