// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdumpctl status: see readiness.h. */
#include "config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "host.h"
#include "readiness.h"
#include "readiness_checks.h"

/* Those that rest on the module say nothing new when it is not there. */
static const struct {
	const char *name;
	void (*check)(struct finding *f);
	bool needs_module;
} checks[] = {
	{ "module", check_module, false },
	{ "hypervisor", check_hypervisor, true },
	{ "reserved", check_reserved, false },
	{ "crash-kernel", check_loaded, false },
	{ "lockdown", check_lockdown, false },
	{ "attached", check_attached, true },
	{ "room", check_room, true },
	{ "hv-crash", check_hv_crash, true },
	{ "notifiers", check_notifiers, true },
	{ "config", check_configuration, false },
	{ "target", check_target, false },
	{ "collector", check_collector, false },
	{ "integration", check_integration, false },
	{ "makedumpfile", check_makedumpfile, false },
	{ "guests", check_guests, false },
};

/* Do all of them, and tell @done of each. */
static void each_check(void (*done)(const struct finding *f, const char *name,
				    void *arg), void *arg)
{
	char version[64];
	bool module = !host_sysfs("kernel/hvdump/version", version,
				sizeof(version));
	struct finding f;
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].needs_module && !module)
			continue;
		checks[i].check(&f);
		done(&f, checks[i].name, arg);
	}
}

static void print_one(const struct finding *f, const char *name, void *arg)
{
	int *ret = arg;

	if (finding_print(f, name))
		*ret = -1;
}

int readiness(void)
{
	int ret = 0;

	each_check(print_one, &ret);
	return ret;
}

/** The names of those that fail. */
struct failed {
	char *names;
	size_t size, used;
	unsigned int count;
};

static void note_failed(const struct finding *f, const char *name, void *arg)
{
	struct failed *all = arg;
	int n;

	if (f->verdict != FAIL || all->used >= all->size)
		return;
	n = snprintf(all->names + all->used, all->size - all->used, "%s%s",
		     all->count++ ? ", " : "", name);
	all->used += n > 0 ? n : 0;
}

unsigned int readiness_failed(char *names, size_t size)
{
	struct failed all = { .names = names, .size = size };

	names[0] = '\0';
	each_check(note_failed, &all);
	return all.count;
}
