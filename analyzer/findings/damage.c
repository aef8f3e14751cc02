// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: the file is damaged. */
#include "config.h"

#include "rules.h"

void find_damage(struct finder *f)
{
	const struct hvd_dump *d = f->dump;
	const char *damage = f->s->input->damage;
	struct finding *finding;
	uint64_t i;

	if (!d->nr_damages && !damage)
		return;
	finding = finding_add(f, "damaged", SEVERITY_ERROR,
			      "The file is damaged: something may be missing "
			      "or wrong.");
	if (damage)
		rests_on(f, finding, "info", "%s", damage);
	for (i = 0; i < d->nr_damages && i < HVD_DUMP_DAMAGES; i++)
		rests_on(f, finding, "notes", "note offset %" PRIu64 ": %s",
			 d->damages[i].offset, d->damages[i].what);
	if (d->nr_damages > HVD_DUMP_DAMAGES)
		finding->more += d->nr_damages - HVD_DUMP_DAMAGES;
}
