// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule: nothing of Linux's own memory is in what was given. */
#include "config.h"

#include "rules.h"

/* Why not, without the path that it begins with. */
static const char *reason(const struct finder *f)
{
	const char *why = f->host->no_stacks.text;
	const char *path = f->s->input->path;
	size_t length = strlen(path);

	if (!strncmp(why, path, length) && !strncmp(why + length, ": ", 2))
		return why + length + 2;
	return why;
}

void find_no_linux(struct finder *f)
{
	struct finding *finding;

	if (!f->dump->has_capture || finder_is_live(f) || host_stacks(f->host))
		return;
	finding = finding_add(f, "no-linux", SEVERITY_INFO,
			      "Linux's memory is not in what was given: no "
			      "stacks, no driver's view.");
	rests_on(f, finding, "info", "%s", reason(f));
	finding->advice = "give hvdump the crash's directory, or the vmcore";
}
