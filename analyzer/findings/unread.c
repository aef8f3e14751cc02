// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: pages that the collector lacks; as expected where they are guarded. */
#include "config.h"

#include <errno.h>

#include "../memory.h"
#include "rules.h"

/* A host's guarded pages may come in thousands of pieces. */
#define SHOWN 16

void find_unread(struct finder *f)
{
	const struct hvd_dump *d = f->dump;
	struct finding *finding;
	char why[REASON_SIZE];
	bool guarded = true;
	uint64_t pages = 0;
	size_t i;

	for (i = 0; i < d->nr_gaps; i++) {
		guarded &= !d->gaps[i].error || d->gaps[i].error == EPERM;
		pages += d->gaps[i].pages;
	}
	if (!d->nr_gaps)
		return;
	finding = finding_add(f, "pages-not-read",
			      guarded ? SEVERITY_INFO : SEVERITY_WARNING,
			      "%" PRIu64 " %s of memory %s not collected.",
			      pages, plural(pages, "page", "pages"),
			      plural(pages, "was", "were"));
	for (i = 0; i < d->nr_gaps && i < SHOWN; i++)
		rests_on(f, finding, "pages", "page 0x%" PRIx64 "%s: %s",
			 (uint64_t)d->gaps[i].pfn,
			 d->gaps[i].pages > 1 ? " and on" : "",
			 page_reason(why, d->gaps[i].error));
}
