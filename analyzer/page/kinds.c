// SPDX-License-Identifier: GPL-2.0-or-later
/* The kinds of pages that are shown field by field: see page.h. */
#include "config.h"

#include "page.h"

/** A kind, and how it is shown. */
struct kind {
	uint32_t kind; /* HVD_PAGE_... */
	void (*show)(struct view *v, const struct page_content *page);
};

static const struct kind kinds[] = {
	{HVD_PAGE_HYPERCALL, page_show_hypercall},
	{HVD_PAGE_VP_ASSIST, page_show_vp_assist},
	{HVD_PAGE_SIM, page_show_sim},
	{HVD_PAGE_SIEF, page_show_sief},
	{HVD_PAGE_SIRB, page_show_event_ring},
	{HVD_PAGE_REFERENCE_TSC, page_show_reference_tsc},
	{HVD_PAGE_CRASH_AREA, page_show_crash_area},
	{HVD_PAGE_INPUT, page_show_arguments},
	{HVD_PAGE_STATISTICS, page_show_statistics},
	{HVD_PAGE_REGISTERS, page_show_registers},
	{HVD_PAGE_INTERCEPT, page_show_intercept},
	{HVD_PAGE_GHCB, page_show_ghcb},
};

bool page_show(struct view *v, const struct page_content *page)
{
	unsigned int before = v->nr;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == page->use->kind)
			break;
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return false;
	kinds[i].show(v, page);
	if (v->nr == before && !v->parts)
		fprintf(v->s->out, "\nThere is nothing in it\n");
	return true;
}
