// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: makedumpfile left out pages of the kernel's own. From Linux 7 on its bit
 * 8 (user pages) takes slab pages with it: doc/limits.md.
 */
#include "config.h"

#include <stdlib.h>

#include "rules.h"

#define USER_PAGES 8
#define FIRST	   7

static bool is_of_seven(const struct hvd_header *h)
{
	char release[65];

	clean_text(release, sizeof(release), h->release, sizeof(h->release));
	return strtoul(release, NULL, 10) >= FIRST;
}

void find_dump_level(struct finder *f)
{
	const struct hvd_input *in = f->s->vmcore ? f->s->vmcore : f->s->input;
	struct finding *finding;

	if (in->format != HVD_FORMAT_KDUMP || !(in->dump_level & USER_PAGES) ||
	    !f->dump->has_header || !is_of_seven(&f->dump->header))
		return;
	finding = finding_add(f, "dump-level", SEVERITY_WARNING,
			      "The vmcore lacks pages of the kernel's own: it "
			      "was written with level %" PRIu32 ".",
			      in->dump_level);
	rests_on(f, finding, "info", "makedumpfile's level in the vmcore's "
		 "header: %" PRIu32, in->dump_level);
	finding->advice = "have hvdump_vmcore.ko in the crash kernel, which keeps "
			  "guests' memory out at level 23; or give makedumpfile "
			  "-d 23";
}
