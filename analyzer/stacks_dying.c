// SPDX-License-Identifier: GPL-2.0-or-later
/* What every crash has on its stack, to be told from what it came of: stacks.h. */
#include "config.h"

#include <string.h>

#include "stacks.h"

/* What stands on top of every crash: how it was noticed, and how Linux ends. */
static const char *const dying[] = {
	"__crash_kexec", "crash_kexec", "panic", "vpanic", "nmi_panic",
	"oops_end", "oops_begin", "die", "die_addr", "die_body",
	"crash_smp_send_stop", "native_stop_other_cpus",
	"page_fault_oops", "kernelmode_fixup_or_oops", "bad_area_nosemaphore",
	"do_user_addr_fault", "do_kern_addr_fault", "bad_area",
	"handle_page_fault", "do_error_trap", "do_trap", "handle_bug",
	"report_bug", "no_context", "mm_fault_error", "handle_stack_overflow",
	"native_machine_crash_shutdown", "machine_crash_shutdown",
	"check_panic_on_warn", "handle_invalid_op", "crash_nmi_callback",
};

static const char *const dying_begin[] = {"hv_crash_", "exc_", "asm_exc_",
					  "__die", "__bad_area", "__warn"};

/* Below these stands what happened to be interrupted. */
static const char *const entries[] = {"asm_", "end_repeat_nmi", "entry_",
				      "ret_from_fork"};

bool stacks_is_dying(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(dying) / sizeof(dying[0]); i++)
		if (!strcmp(name, dying[i]))
			return true;
	for (i = 0; i < sizeof(dying_begin) / sizeof(dying_begin[0]); i++)
		if (!strncmp(name, dying_begin[i], strlen(dying_begin[i])))
			return true;
	return false;
}

bool stacks_is_entry(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if (!strncmp(name, entries[i], strlen(entries[i])))
			return true;
	return false;
}

void stacks_plain_name(char *name)
{
	char *dot = strchr(name, '.');

	if (dot && dot != name)
		*dot = '\0';
}
