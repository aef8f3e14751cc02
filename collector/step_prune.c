// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Old dumps go twice: before the vmcore, which needs the room, but never the
 * newest of them, since this one may come to nothing; and behind it, when it is
 * complete.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "prune.h"

static void removed(void *arg, const char *name)
{
	struct manifest *m = arg;

	printf("hvdump-collect: %s, an older dump, is removed\n", name);
	if (m->nr_removed < MANIFEST_REMOVED)
		m->removed[m->nr_removed++] = strdup(name);
}

void step_prune(struct collector *c)
{
	const struct options *o = &c->options;
	struct manifest *m = &c->manifest;
	const char *slash = strrchr(c->dir, '/');
	struct prune_limits limits = {
		.dumps = o->keep_dumps,
		.bytes = o->keep_mib << 20,
		.present = slash ? slash + 1 : c->dir,
		.spare = 1,
	};

	if (o->offline || o->stream || (!o->keep_dumps && !o->keep_mib))
		return;
	if (m->files[FILE_VMCORE].state == STATE_COMPLETE ||
	    (!o->save_vmcore && m->files[FILE_ELF].state == STATE_COMPLETE))
		limits.spare = 0;
	prune(o->output, &limits, removed, m);
}
