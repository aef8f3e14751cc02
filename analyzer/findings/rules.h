/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules, a file each; doc/findings.md says what they find. */
#ifndef HVDUMP_RULES_H
#define HVDUMP_RULES_H

#include "finder.h"

void find_armed_only(struct finder *f);
void find_asking(struct finder *f);
void find_damage(struct finder *f);
void find_devirtualised(struct finder *f);
void find_dump_level(struct finder *f);
void find_failed_calls(struct finder *f);
void find_guest_crash(struct finder *f);
void find_incomplete(struct finder *f);
void find_intercepts(struct finder *f);
void find_later_crash(struct finder *f);
void find_no_linux(struct finder *f);
void find_not_captured(struct finder *f);
void find_out_of_memory(struct finder *f);
void find_partitions_differ(struct finder *f);
void find_pending(struct finder *f);
void find_reason(struct finder *f);
void find_silent_cpus(struct finder *f);
void find_unasked(struct finder *f);
void find_unread(struct finder *f);
void find_views_differ(struct finder *f);
void find_vp_gave_up(struct finder *f);
void find_vps_differ(struct finder *f);

#endif /* HVDUMP_RULES_H */
