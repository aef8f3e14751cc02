// SPDX-License-Identifier: GPL-2.0-or-later
/* What Secure Boot and lockdown ask of us: see lockdown.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "host.h"
#include "lockdown.h"

/* The level that is on; false: none is, or the kernel knows no lockdown. */
static bool read_level(char *level, size_t size)
{
	char levels[128];
	const char *begin, *end;

	host_sysfs("kernel/security/lockdown", levels, sizeof(levels));
	begin = strchr(levels, '[');
	end = begin ? strchr(begin, ']') : NULL;
	if (!end)
		return false;
	snprintf(level, size, "%.*s", (int)(end - begin - 1), begin + 1);
	return strcmp(level, "none") != 0;
}

/* Are signatures asked for without lockdown (module.sig_enforce)? */
static bool enforced(void)
{
	char on[8];

	host_sysfs("module/module/parameters/sig_enforce", on, sizeof(on));
	return !strcmp(on, "Y");
}

/* The part of the sentence that says what to do. */
static void tell_need(bool module, bool image, char *text, size_t size)
{
	if (module && image)
		snprintf(text, size, "signatures are needed to load hvdump.ko"
			 " or a crash kernel again");
	else
		snprintf(text, size, "sign %s%s%s by a key that the kernel"
			 " trusts%s; see hvdump-module(7)",
			 module ? "" : "hvdump.ko",
			 module || image ? "" : " and ",
			 image ? "" : "the crash kernel",
			 image ? "" : ", and load it by kexec -s");
}

bool lockdown_tell(char *text, size_t size)
{
	char need[192] = "hvdump.ko must stay signed";
	char level[32], version[64];
	bool module = !host_sysfs("kernel/hvdump/version", version,
				  sizeof(version));
	bool image = host_number("kernel/kexec_crash_loaded") == 1;

	if (read_level(level, sizeof(level))) {
		tell_need(module, image, need, sizeof(need));
		snprintf(text, size, "locked down (%s): %s", level, need);
		return !module || !image;
	}
	if (enforced()) {
		/* Of crash kernels it asks nothing. */
		if (!module)
			tell_need(false, true, need, sizeof(need));
		snprintf(text, size, "module.sig_enforce is on: %s", need);
		return !module;
	}
	snprintf(text, size, "not locked down; nothing needs a signature");
	return false;
}
