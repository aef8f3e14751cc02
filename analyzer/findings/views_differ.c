// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rule: what `check` finds to differ between the driver's objects in Linux's
 * memory and the note. Made only where both are there.
 */
#include "config.h"

#include "../check.h"
#include "rules.h"

/* Those that other rules tell of already, from the note alone. */
static bool is_told(const struct finder *f, const char *id)
{
	return (!strcmp(id, "partitions") &&
		findings_has(f->out, "partitions-differ")) ||
	       (!strcmp(id, "vps") && findings_has(f->out, "vps-differ"));
}

/* Of the checks, those that hold the two views against each other. */
static bool is_of_views(const char *id)
{
	static const char *const ids[] = {
		"objects", "identity", "death", "partitions", "vp-objects",
		"vps", "state-pages", "registers", "regions",
	};
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (!strcmp(ids[i], id))
			return true;
	return false;
}

static void add(struct finder *f, struct finding **finding,
		const struct check *check)
{
	size_t i;

	if (!*finding)
		*finding = finding_add(f, "views-differ", SEVERITY_WARNING,
				       "Linux's own objects and the note do "
				       "not agree.");
	for (i = 0; i < check->nr_evidence; i++)
		rests_on(f, *finding, "check", "%s: %s", check->id,
			 check->evidence[i]);
	(*finding)->more += check->differences - check->nr_evidence;
}

void find_views_differ(struct finder *f)
{
	struct finding *finding = NULL;
	struct checks c;
	size_t i;

	if (!host_driver(f->host))
		return;
	checks_make(f->s, &c);
	for (i = 0; i < c.nr; i++)
		if (c.at[i].differences && is_of_views(c.at[i].id) &&
		    !is_told(f, c.at[i].id))
			add(f, &finding, &c.at[i]);
	checks_free(&c);
}
