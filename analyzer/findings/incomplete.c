// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: the capture lacked time or space, or was cut off. */
#include "config.h"

#include "rules.h"

static const char *advice_on(uint32_t why)
{
	switch (why) {
	case HVD_WHY_SPACE:
		return "hvdump.ko's size_kb= gives it more room";
	case HVD_WHY_TIME:
		return "hvdump.ko's budget_ms= gives it more time";
	case HVD_WHY_TABLE:
		return "hvdump.ko's max_partitions= and max_vps= let it follow "
		       "more of them";
	default:
		return NULL;
	}
}

static void find_cut_off(struct finder *f)
{
	struct finding *finding;

	if (!f->dump->has_capture || f->dump->has_end)
		return;
	finding = finding_add(f, "capture-cut-off", SEVERITY_ERROR,
			      "The capture was cut off: what came later is "
			      "missing.");
	rests_on(f, finding, "notes", "no end record");
}

void find_incomplete(struct finder *f)
{
	const struct hvd_dump *d = f->dump;
	struct finding *finding = NULL;
	char text[DROPPED_SIZE];
	size_t i;

	find_cut_off(f);
	for (i = 0; i < d->nr_dropped; i++) {
		/* That is a rule of its own: unasked.c. */
		if (d->dropped[i].why == HVD_WHY_HYPERVISOR)
			continue;
		if (!finding)
			finding = finding_add(f, "capture-incomplete",
					      SEVERITY_ERROR,
					      "The capture is incomplete.");
		rests_on(f, finding, "info", "%s",
			 dropped_text(text, &d->dropped[i]));
		if (!finding->advice)
			finding->advice = advice_on(d->dropped[i].why);
	}
}
