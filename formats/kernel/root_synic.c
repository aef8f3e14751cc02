// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SynIC pages that the mshv driver has of each CPU.
 * Source: drivers/hv/mshv_root.h, mshv_synic.c (6.15).
 */
#include "config.h"

#include <inttypes.h>

#include "root.h"

#define MODULE "mshv_root"
#define PAGES  "struct hv_synic_pages"

static void add_cpu(const struct hvd_root *r, struct hvd_view *v,
		    const struct hvd_object_source *from,
		    const struct hvd_cpu *cpu, uint64_t pages)
{
	static const char *const members[][3] = {
		{"hyp_synic_message_page", "message_page", "message_pfn"},
		{"synic_event_flags_page", "event_flags_page",
		 "event_flags_pfn"},
		{"synic_event_ring_page", "event_ring_page", "event_ring_pfn"},
	};
	struct hvd_object o;
	struct hvd_error err;
	uint64_t page;
	size_t i;

	if (hvd_object_read(&o, from, PAGES, pages + cpu->percpu, &err) !=
	    HVD_READ_DATA) {
		hvd_error_prefix(&err, "CPU %u", cpu->number);
		v->why = err;
		return;
	}
	hvd_view_row(v);
	hvd_view_fact(v, "cpu", HVD_FACT_COUNT, true, cpu->number);
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		bool known = hvd_object_get(&o, members[i][0], &page);

		hvd_root_page(r, v, members[i][1], members[i][2], known, page);
	}
	hvd_object_free(&o);
}

/* A per-CPU pointer of its own since 7.0; before, a member of mshv_root. */
static bool find_pages(const struct hvd_root *r,
		       const struct hvd_object_source *from, uint64_t *pages)
{
	struct hvd_error err;
	struct hvd_object o;
	uint64_t root;
	bool found;

	if (hvd_root_word(r, MODULE, "synic_pages", 8, pages))
		return *pages;
	if (!hvd_root_find(r, MODULE, "mshv_root", &root) ||
	    hvd_object_read(&o, from, "struct mshv_root", root, &err) !=
		    HVD_READ_DATA)
		return false;
	found = hvd_object_get(&o, "synic_pages", pages) && *pages;
	hvd_object_free(&o);
	return found;
}

void hvd_root_synic(struct hvd_root *r, struct hvd_view *view)
{
	struct hvd_object_source from;
	uint64_t root, pages;
	size_t i;

	if (!hvd_root_find(r, MODULE, "mshv_root", &root)) {
		hvd_view_absent(view, "the kernel has no mshv driver");
		return;
	}
	if (!hvd_root_types(r, MODULE, &from, view))
		return;
	if (!find_pages(r, &from, &pages)) {
		hvd_view_absent(view, "the mshv driver has none");
		return;
	}
	view->why = r->no_cpus;
	for (i = 0; i < r->cpus.nr; i++)
		add_cpu(r, view, &from, &r->cpus.cpu[i], pages);
}
