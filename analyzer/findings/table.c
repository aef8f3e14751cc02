// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All rules. Of findings of one weight the one that stands first here is shown
 * first: what died, then what it was doing, then what is missing.
 */
#include "config.h"

#include "rules.h"

#define RULE(name_) {.name = #name_, .find = find_##name_}

static const struct finding_rule rules[] = {
	RULE(reason),
	RULE(later_crash),
	RULE(armed_only),
	RULE(guest_crash),
	RULE(vp_gave_up),
	RULE(out_of_memory),
	RULE(silent_cpus),
	RULE(damage),
	RULE(incomplete),
	RULE(unasked),
	RULE(intercepts),
	RULE(asking),
	RULE(partitions_differ),
	RULE(vps_differ),
	RULE(views_differ),
	RULE(failed_calls),
	RULE(not_captured),
	RULE(pending),
	RULE(unread),
	RULE(dump_level),
	RULE(no_linux),
	RULE(devirtualised),
};

const struct finding_rule *finding_rules(size_t i)
{
	return i < sizeof(rules) / sizeof(rules[0]) ? &rules[i] : NULL;
}
