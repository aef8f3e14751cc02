// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdumpctl status: see readiness.h. */
#include "config.h"

#include <stdbool.h>
#include <stddef.h>

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

int readiness(void)
{
	char version[64];
	bool module = !host_sysfs("kernel/hvdump/version", version,
				sizeof(version));
	struct finding f;
	int ret = 0;
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].needs_module && !module)
			continue;
		checks[i].check(&f);
		if (finding_print(&f, checks[i].name))
			ret = -1;
	}
	return ret;
}
