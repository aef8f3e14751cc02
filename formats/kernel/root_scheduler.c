// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Under the root scheduler: the VP that each CPU dispatched last.
 * Source: drivers/hv/mshv_root_main.c (6.15), include/hyperv/hvhdk.h.
 */
#include "config.h"

#include "root.h"

#define MODULE	 "mshv_root"
#define DISPATCH "struct hv_input_dispatch_vp"

static void add_cpu(struct hvd_view *v, const struct hvd_object_source *from,
		    const struct hvd_cpu *cpu, uint64_t percpu)
{
	struct hvd_object o;
	struct hvd_error err;
	uint64_t page;

	if (hvd_kmem_word(from->kmem, percpu + cpu->percpu, 8, &page, &err) !=
		    HVD_READ_DATA ||
	    !page)
		return;
	if (hvd_object_read(&o, from, DISPATCH, page, &err) != HVD_READ_DATA) {
		hvd_error_prefix(&err, "CPU %u", cpu->number);
		v->why = err;
		return;
	}
	hvd_view_row(v);
	hvd_view_fact(v, "cpu", HVD_FACT_COUNT, true, cpu->number);
	hvd_view_member(v, &o, "partition_id", "partition", HVD_FACT_HEX64);
	hvd_view_member(v, &o, "vp_index", "vp", HVD_FACT_COUNT);
	hvd_view_member(v, &o, "time_slice", "time_slice", HVD_FACT_COUNT);
	hvd_object_free(&o);
}

void hvd_root_scheduler(struct hvd_root *r, struct hvd_view *view)
{
	struct hvd_object_source from;
	uint64_t percpu;
	size_t i;

	if (!hvd_root_word(r, MODULE, "root_scheduler_input", 8, &percpu)) {
		hvd_view_absent(view, "the kernel has no mshv driver");
		return;
	}
	if (!percpu) {
		hvd_view_absent(view, "VPs are scheduled by the hypervisor");
		return;
	}
	if (!hvd_root_types(r, MODULE, &from, view))
		return;
	view->why = r->no_cpus;
	for (i = 0; i < r->cpus.nr; i++)
		add_cpu(view, &from, &r->cpus.cpu[i], percpu);
}
