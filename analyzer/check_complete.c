// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks: is all there that the capture speaks of? */
#include "config.h"

#include <errno.h>
#include <inttypes.h>

#include "check.h"
#include "names.h"

static void check_records(struct checks *c)
{
	const struct hvd_dump *d = c->note;
	char text[DROPPED_SIZE];
	size_t i;

	check_begin(c, "records");
	if (!hvd_dump_is_ours(d)) {
		check_unknown(c, "the file holds no notes of hvdump.ko");
		return;
	}
	if (!d->has_header)
		check_differs(c, "no header record");
	if (!d->has_capture)
		check_differs(c, "no capture record: the hook never ran");
	else if (!d->has_end)
		check_differs(c, "no end record: the capture was cut off");
	else if (d->end.records != d->captured)
		check_differs(c, "the end record counts %" PRIu32 " records, "
			      "there are %" PRIu64, d->end.records,
			      d->captured);
	for (i = 0; i < d->nr_dropped; i++)
		check_differs(c, "%s", dropped_text(text, &d->dropped[i]));
	check_end(c, "Records of the capture: %" PRIu64 ".", d->captured);
}

/*
 * Pages that the hypervisor lends may lie in memory that is none of Linux's, and
 * so in no vmcore, unless the hypervisor was taken out of the way.
 */
static bool is_lent(const struct checks *c, const struct hvd_page *p)
{
	const struct hvd_gap *gap = hvd_dump_find_gap(c->note, p->pfn);

	if (gap && gap->error == ENXIO)
		return true;
	if (hvd_dump_devirtualised(c->note) == HVD_DEVIRTUALISED_YES)
		return false;
	switch (p->kind) {
	case HVD_PAGE_HYPERCALL:
	case HVD_PAGE_VP_ASSIST:
	case HVD_PAGE_SIM:
	case HVD_PAGE_SIEF:
	case HVD_PAGE_SIRB:
	case HVD_PAGE_REFERENCE_TSC:
	case HVD_PAGE_CRASH_AREA:
		return true;
	default:
		return false;
	}
}

/*
 * 1: it is not there, and cannot be: the hypervisor guards it, or never gave it
 * to Linux. Nothing is wrong then.
 */
static size_t check_page(struct checks *c, const struct hvd_page *p)
{
	enum page_state state = memory_state(c->session, &c->memory, p->pfn);
	char kind[NAME_SIZE], owner[OWNER_SIZE];

	if (state == PAGE_IN_NOTE || state == PAGE_IN_FILE ||
	    state == PAGE_IN_VMCORE)
		return 0;
	if (state == PAGE_GUARDED || is_lent(c, p))
		return 1;
	check_differs(c, "page 0x%" PRIx64 " (%s, %s): %s", (uint64_t)p->pfn,
		      page_kind(kind, p), page_owner(owner, p),
		      page_state_name(state));
	return 0;
}

static void check_pages(struct checks *c)
{
	const struct hvd_dump *d = c->note;
	size_t i, lent = 0;

	check_begin(c, "pages");
	if (!d->nr_pages) {
		check_unknown(c, "the note refers to no pages");
		return;
	}
	if (c->session->input->format == HVD_FORMAT_NOTES) {
		check_unknown(c, "bare notes come without pages");
		return;
	}
	for (i = 0; i < d->nr_pages; i++)
		lent += check_page(c, &d->pages[i]);
	check_end(c, "Pages that the note refers to: %zu, of which %zu are the "
		  "hypervisor's own and out of reach.", d->nr_pages, lent);
}

void check_complete(struct checks *c)
{
	check_records(c);
	check_pages(c);
}
