// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the mshv_vtl driver, which runs VTL 0 from VTL 2, has of each CPU.
 * Source: drivers/hv/mshv_vtl_main.c, mshv_vtl.h (6.19).
 */
#include "config.h"

#include "root.h"

#define MODULE "mshv_vtl"
#define RUN    "struct mshv_vtl_run"

static void add_run(struct hvd_view *v, const struct hvd_object_source *from,
		    uint64_t run)
{
	struct hvd_object o = {.from = from, .type = RUN};
	struct hvd_error err;

	if (run && hvd_object_read(&o, from, RUN, run, &err) != HVD_READ_DATA)
		v->why = err;
	hvd_view_member(v, &o, "cancel", "cancel", HVD_FACT_COUNT);
	hvd_view_member(v, &o, "vtl_ret_action_size", "return_actions_size",
			HVD_FACT_COUNT);
	hvd_view_member(v, &o, "cpu_context.rax", "rax", HVD_FACT_HEX64);
	hvd_view_member(v, &o, "cpu_context.rcx", "rcx", HVD_FACT_HEX64);
	hvd_object_free(&o);
}

static void add_cpu(const struct hvd_root *r, struct hvd_view *v,
		    const struct hvd_object_source *from,
		    const struct hvd_cpu *cpu, uint64_t symbol)
{
	struct hvd_object o;
	struct hvd_error err;
	uint64_t entries, at, run = 0;
	bool counted;

	if (hvd_object_read(&o, from, "struct mshv_vtl_per_cpu",
			    symbol + cpu->percpu, &err) != HVD_READ_DATA) {
		hvd_error_prefix(&err, "CPU %u", cpu->number);
		v->why = err;
		return;
	}
	counted = hvd_root_find(r, MODULE, "num_vtl0_transitions", &at) &&
		  hvd_kmem_word(from->kmem, at + cpu->percpu, 8, &entries,
				&err) == HVD_READ_DATA;
	hvd_view_row(v);
	hvd_view_fact(v, "cpu", HVD_FACT_COUNT, true, cpu->number);
	hvd_view_member(v, &o, "run", "run", HVD_FACT_HEX64);
	hvd_view_member(v, &o, "reg_page", "register_page", HVD_FACT_HEX64);
	hvd_view_fact(v, "vtl0_entries", HVD_FACT_COUNT, counted,
		      counted ? entries : 0);
	hvd_object_get(&o, "run", &run);
	add_run(v, from, run);
	hvd_object_free(&o);
}

void hvd_root_vtl(struct hvd_root *r, struct hvd_view *view)
{
	struct hvd_object_source from;
	uint64_t symbol;
	size_t i;

	if (!hvd_root_find(r, MODULE, "mshv_vtl_per_cpu", &symbol)) {
		hvd_view_absent(view, "the driver mshv_vtl is not there");
		return;
	}
	if (!hvd_root_types(r, MODULE, &from, view))
		return;
	view->why = r->no_cpus;
	for (i = 0; i < r->cpus.nr; i++)
		add_cpu(r, view, &from, &r->cpus.cpu[i], symbol);
}
