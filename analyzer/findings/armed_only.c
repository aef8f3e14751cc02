// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: hvdump.ko did not capture anything, or was not there at all. */
#include "config.h"

#include "rules.h"

void find_armed_only(struct finder *f)
{
	const struct hvd_dump *d = f->dump;
	struct finding *finding;

	if (d->has_capture || hvd_dump_has_state(d) || d->nr_damages)
		return;
	if (d->has_header) {
		finding = finding_add(f, "hook-never-ran", SEVERITY_ERROR,
				      "hvdump.ko was armed, and its hook never "
				      "ran: there is no hypervisor state.");
		rests_on(f, finding, "notes",
			 "a header record and no capture record");
		return;
	}
	if (hvd_dump_is_ours(d))
		return;
	finding = finding_add(f, "no-module", SEVERITY_ERROR,
			      "hvdump.ko was not loaded, or its notes were "
			      "lost: there is no hypervisor state.");
	rests_on(f, finding, "notes", "no notes of owner HVDUMP");
	finding->advice = "install hvdump.ko and load the crash kernel again: "
			  "hvdumpctl status says whether a crash would be "
			  "captured";
}
