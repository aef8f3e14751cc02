// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls by which a root partition manages the machine. */
#include "crash_area.h"
#include "hypercall.h"
#include "lib.h"
#include "log.h"
#include "partition.h"
#include "pattern.h"
#include "power.h"

/* System properties (hyperv-tlfs.h of Linux names those it uses). */
#define PROPERTY_SLEEP_STATE	3
#define PROPERTY_SCHEDULER	15
#define PROPERTY_CRASH_AREA	47
#define SCHEDULER_LP_SMT	2

enum hv_status hvcall_get_lp_run_time(struct hypercall *h)
{
	u32 lp = get32(h->in);
	u64 now = rdtsc();

	if (lp >= cpu_count || !cpus[lp].lp_added)
		return HV_INVALID_LP_INDEX;
	put64(h->out, now);
	put64(h->out + 8, now);
	put64(h->out + 24, pattern_rule(ROOT_PARTITION_ID, lp, 0, RULE_CODE_RUN_TIME));
	return HV_SUCCESS;
}

/*
 * Input: LP index, APIC id, proximity domain, flags. All LPs were found and
 * started at boot. Adding one twice succeeds, because Linux 6.1 would hit a
 * BUG after a kexec otherwise.
 */
enum hv_status hvcall_add_lp(struct hypercall *h)
{
	u32 lp = get32(h->in), apic_id = get32(h->in + 4);

	h->has_vp = true;
	h->vp = lp;
	if (lp >= cpu_count)
		return HV_INVALID_LP_INDEX;
	if (cpus[lp].apic_id != apic_id)
		return HV_INVALID_PARAMETER;
	cpus[lp].lp_added = true;
	return HV_SUCCESS;
}

enum hv_status hvcall_get_system_property(struct hypercall *h)
{
	switch (get32(h->in)) {
	case PROPERTY_SCHEDULER:
		put32(h->out, SCHEDULER_LP_SMT);
		return HV_SUCCESS;
	case PROPERTY_CRASH_AREA:
		put64(h->out, crash_area_property());
		return HV_SUCCESS;
	default:
		return HV_UNKNOWN_PROPERTY;
	}
}

/* Sleep state: u32 property, pad, then u32 state, u8 PM1a type, u8 PM1b type. */
enum hv_status hvcall_set_system_property(struct hypercall *h)
{
	if (get32(h->in) != PROPERTY_SLEEP_STATE)
		return HV_UNKNOWN_PROPERTY;
	power_set_sleep_type(get32(h->in + 8), h->in[12]);
	return HV_SUCCESS;
}

enum hv_status hvcall_enter_sleep_state(struct hypercall *h)
{
	log_line(LOG_EVENTS, "sleep state=%u", get32(h->in));
	power_off();
}
