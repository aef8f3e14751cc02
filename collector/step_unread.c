// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which pages of the vmcore the hypervisor guards: asked of hvdump_vmcore.ko,
 * beforehand, so that hvdump.elf can say it.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collect.h"

#define LIVE_VMCORE	"/proc/vmcore"
#define LOAD_SECONDS	30
#define SCAN_MS		600000

static bool is_there(const struct collector *c)
{
	return access(c->options.guard, X_OK) == 0;
}

/* A kernel without the module is no failure; the kernel's log has more. */
void load_guard(struct collector *c)
{
	static const char *const argv[] = { "modprobe", "-q", "hvdump_vmcore",
					    NULL };
	struct child child = { .argv = argv, .stdout_fd = -1,
			       .seconds = LOAD_SECONDS };
	struct child_end end;

	if (!strcmp(c->options.vmcore, LIVE_VMCORE) && !is_there(c) &&
	    access("/proc/vmcore", R_OK) == 0)
		child_run(&child, &end);
}

static void say_found(struct collector *c)
{
	struct manifest_unread *m = &c->manifest.unread;
	const struct unread *u = &c->unread;

	m->pages = u->pages;
	m->ranges = u->nr;
	m->ms = manifest_ms(&c->manifest);
	if (!u->probing)
		m->state = UNREAD_NONE;
	else if (m->state != UNREAD_PARTIAL)
		m->state = UNREAD_LISTED;
	if (u->no_room) {
		m->state = UNREAD_PARTIAL;
		snprintf(m->why, sizeof(m->why), "the module's list is full");
	}
	if (u->pages)
		manifest_say(&c->manifest, "%" PRIu64 " pages of the vmcore are"
			     " not read: the hypervisor guards them", u->pages);
}

void step_unread(struct collector *c)
{
	struct manifest_unread *m = &c->manifest.unread;
	struct hvd_error err;

	if (!is_there(c)) {
		m->state = UNREAD_UNKNOWN;
		snprintf(m->why, sizeof(m->why), "hvdump_vmcore.ko is not loaded");
		return;
	}
	if (unread_scan(c->options.guard, SCAN_MS, &err)) {
		m->state = UNREAD_PARTIAL;
		snprintf(m->why, sizeof(m->why), "%.200s", err.text);
	}
	if (unread_read(&c->unread, c->options.guard, &err)) {
		m->state = UNREAD_UNKNOWN;
		snprintf(m->why, sizeof(m->why), "%.200s", err.text);
		manifest_say(&c->manifest, "%s", err.text);
		return;
	}
	say_found(c);
}
