// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hv_crash: may the hypervisor be taken out of the way, was it, and what CPU 0
 * had in its registers before. Source: arch/x86/hyperv/hv_crash.c (6.19).
 */
#include "config.h"

#include "root.h"

static void add_flags(const struct hvd_root *r, struct hvd_view *v)
{
	hvd_root_fact(r, v, "hv_crash_enabled", 1, HVD_FACT_FLAG);
	hvd_root_fact(r, v, "hv_has_crashed", 1, HVD_FACT_FLAG);
	hvd_root_fact(r, v, "lx_has_crashed", 1, HVD_FACT_FLAG);
	hvd_root_fact(r, v, "crash_cpus_wait", 4, HVD_FACT_COUNT);
	hvd_root_fact(r, v, "trampoline_pa", 4, HVD_FACT_HEX32);
	hvd_root_fact(r, v, "devirt_arg", 4, HVD_FACT_HEX32);
}

/* The crash dump area, and its first word but one: bit 0 says that it is valid. */
static void add_area(const struct hvd_root *r, struct hvd_view *v)
{
	struct hvd_error err;
	uint64_t area = 0, valid = 0;
	bool known = hvd_root_word(r, NULL, "hv_cda", 8, &area);

	hvd_root_page(r, v, "hv_cda", "hv_cda_pfn", known, area);
	known = known && area &&
		hvd_kmem_word(r->from.kmem, area + 4, 4, &valid, &err) ==
			HVD_READ_DATA;
	hvd_view_fact(v, "hv_cda_valid", HVD_FACT_FLAG, known, valid & 1);
}

static void add_context(const struct hvd_root *r, struct hvd_view *v,
			uint64_t address)
{
	static const char *const members[] = {
		"rsp", "cr0", "cr2", "cr4", "cr8", "cs", "ss", "ds", "es", "fs",
		"gs", "gsbase", "efer", "pat",
	};
	struct hvd_object o = {0};
	size_t i;

	if (hvd_object_read(&o, &r->from, "struct hv_crash_ctxt", address,
			    &v->why) != HVD_READ_DATA)
		return;
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		hvd_view_member(v, &o, members[i], members[i], HVD_FACT_HEX64);
	hvd_object_free(&o);
}

void hvd_root_crash(struct hvd_root *r, struct hvd_view *view)
{
	uint64_t address;

	if (!hvd_root_find(r, NULL, "hv_crash_ctxt", &address)) {
		hvd_view_absent(view, "no symbol hv_crash_ctxt: this kernel "
				      "cannot take the hypervisor out of the "
				      "way");
		return;
	}
	hvd_view_row(view);
	add_flags(r, view);
	add_area(r, view);
	add_context(r, view, address);
}
