// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The page that backs each CPU's APIC under AMD's Secure AVIC.
 * Source: arch/x86/kernel/apic/x2apic_savic.c (6.18).
 */
#include "config.h"

#include "root.h"

void hvd_root_savic(struct hvd_root *r, struct hvd_view *view)
{
	uint64_t percpu;
	size_t i;

	if (!hvd_root_word(r, NULL, "savic_page", 8, &percpu)) {
		hvd_view_absent(view, "no symbol savic_page: the kernel does "
				      "not know Secure AVIC");
		return;
	}
	if (!percpu) {
		hvd_view_absent(view, "Secure AVIC is not in use");
		return;
	}
	view->why = r->no_cpus;
	for (i = 0; i < r->cpus.nr; i++) {
		hvd_view_row(view);
		hvd_view_fact(view, "cpu", HVD_FACT_COUNT, true,
			      r->cpus.cpu[i].number);
		/* The per-CPU data is the page itself. */
		hvd_root_page(r, view, "page", "pfn", true,
			      percpu + r->cpus.cpu[i].percpu);
	}
}
