// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keeping guests' memory out of the vmcore where makedumpfile's filter cannot:
 * hvdump-kernel looks its pages up in the dump and hands them to hvdump_vmcore.ko,
 * which lets readers of /proc/vmcore see zeros there. makedumpfile leaves zeros
 * out.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "dump_level.h"
#include "helper.h"

#define GUESTS_SECONDS	600

static void unprotected(struct manifest_guests *g, const char *what,
			const char *why)
{
	g->state = GUESTS_UNPROTECTED;
	snprintf(g->why, sizeof(g->why), "%s: %.200s", what, why);
}

static void judge(struct manifest_guests *g, struct helper *h)
{
	g->partitions = helper_number(h, "partitions");
	g->pages = helper_number(h, "pages");
	g->ranges = helper_number(h, "ranges");
	if (h->failed)
		unprotected(g, HELPER, h->how);
	else if (!helper_number(h, "known"))
		unprotected(g, "guests' memory is not known",
			    helper_text(h, "why"));
	else if (!g->pages)
		g->state = GUESTS_NONE;
	else if (!helper_number(h, "excluded"))
		unprotected(g, "guests' memory cannot be kept out",
			    helper_text(h, "why"));
	else
		g->state = GUESTS_EXCLUDED;
}

static void look(struct collector *c)
{
	const char *argv[] = { HELPER, "guests", c->options.vmcore,
			       c->options.exclude, NULL };
	struct helper h;

	/* The module knows nothing of a file. */
	if (c->options.offline)
		argv[3] = "";
	helper_run(&h, argv, GUESTS_SECONDS);
	judge(&c->manifest.guests, &h);
}

/* Will a level that is going to be tried keep user pages? */
static bool keeps_user_pages(const struct collector *c)
{
	const struct options *o = &c->options;
	size_t i;
	int level;

	if (o->fixed_words) {
		level = options_dump_level(o->words, o->nr_words);
		return level < 0 || !(level & LEVEL_USER);
	}
	for (i = 0; i < o->nr_levels; i++)
		if (!(o->levels[i] & LEVEL_USER))
			return true;
	level = level_for(c->release, c->manifest.makedumpfile_version);
	return !o->nr_levels && !(level & LEVEL_USER);
}

void step_guests(struct collector *c)
{
	struct manifest_guests *g = &c->manifest.guests;

	if (c->options.guest_memory) {
		g->state = GUESTS_KEPT;
		return;
	}
	if (!keeps_user_pages(c)) {
		g->state = GUESTS_FILTERED;
		return;
	}
	look(c);
	g->ms = manifest_ms(&c->manifest);
	if (g->state == GUESTS_EXCLUDED)
		printf("hvdump-collect: guests' memory is kept out (%" PRIu64
		       " pages, %" PRId64 " ms)\n", g->pages, g->ms);
}
