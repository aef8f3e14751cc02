// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The hypervisor as Linux found it at boot, and what it took itself for.
 * Source: include/asm-generic/mshyperv.h, drivers/hv/hv_common.c.
 */
#include "config.h"

#include "root.h"

static void add_masks(struct hvd_view *v, const struct hvd_object *o)
{
	/* priv_high since 5.12, ext_features since 6.9. */
	static const char *const members[] = {
		"features", "priv_high", "ext_features", "misc_features",
		"hints", "nested_features", "isolation_config_a",
		"isolation_config_b",
	};
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		hvd_view_member(v, o, members[i], members[i], HVD_FACT_HEX32);
	hvd_view_member(v, o, "max_vp_index", "max_vp_index", HVD_FACT_COUNT);
	hvd_view_member(v, o, "max_lp_index", "max_lp_index", HVD_FACT_COUNT);
	hvd_view_member(v, o, "vtl", "vtl", HVD_FACT_COUNT);
	hvd_view_member(v, o, "shared_gpa_boundary", "shared_gpa_boundary",
			HVD_FACT_HEX64);
	hvd_view_member(v, o, "confidential_vmbus_available",
			"confidential_vmbus_available", HVD_FACT_FLAG);
}

/* An enum since 6.16; before, one bool for root or not. */
static const char *partition_kind(const struct hvd_root *r)
{
	static const char *const kinds[] = {"guest", "root", "l1vh"};
	uint64_t kind;

	if (hvd_root_word(r, NULL, "hv_curr_partition_type", 4, &kind))
		return kind < 3 ? kinds[kind] : NULL;
	if (hvd_root_word(r, NULL, "hv_root_partition", 1, &kind))
		return kind ? "root" : "guest";
	return NULL;
}

void hvd_root_hyperv(struct hvd_root *r, struct hvd_view *view)
{
	struct hvd_object o;
	uint64_t address;

	if (!hvd_root_find(r, NULL, "ms_hyperv", &address)) {
		hvd_view_absent(view, "no symbol ms_hyperv: the kernel knows "
				      "nothing of the hypervisor");
		return;
	}
	if (hvd_object_read(&o, &r->from, "struct ms_hyperv_info", address,
			    &view->why) != HVD_READ_DATA)
		return;
	hvd_view_row(view);
	hvd_view_text(view, "partition_kind", partition_kind(r));
	hvd_root_fact(r, view, "hv_current_partition_id", 8, HVD_FACT_HEX64);
	hvd_root_fact(r, view, "hv_nested", 1, HVD_FACT_FLAG);
	hvd_root_fact(r, view, "hv_max_vp_index", 4, HVD_FACT_COUNT);
	add_masks(view, &o);
	hvd_object_free(&o);
}
