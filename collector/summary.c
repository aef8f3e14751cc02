// SPDX-License-Identifier: GPL-2.0-or-later
/* Summing up a note segment: see summary.h. */
#include <stdio.h>
#include <string.h>

#include "summary.h"

static void note_damage(struct summary *s, uint64_t offset, const char *what)
{
	if (s->damages++)
		return;
	s->first_damage.offset = offset;
	snprintf(s->first_damage.what, sizeof(s->first_damage.what), "%s",
		 what);
}

static int take_end(struct summary *s, const struct hvd_record *rec)
{
	struct hvd_elements els;
	struct hvd_end end;
	uint32_t i;

	if (hvd_read_end(rec, &end) ||
	    hvd_dropped_elements(rec, end.count, end.stride, &els))
		return -1;
	s->has_end = true;
	for (i = 0; i < els.count && s->nr_dropped < SUMMARY_DROPPED; i++)
		hvd_get_dropped(&els, i, &s->dropped[s->nr_dropped++]);
	return 0;
}

static int take_record(struct summary *s, const struct hvd_record *rec)
{
	switch (rec->type) {
	case HVD_TYPE_HEADER:
		if (hvd_read_header(rec, &s->header))
			return -1;
		s->has_header = true;
		return 0;
	case HVD_TYPE_CAPTURE:
		if (hvd_read_capture(rec, &s->capture))
			return -1;
		s->has_capture = true;
		return 0;
	case HVD_TYPE_END:
		return take_end(s, rec);
	case HVD_TYPE_FAILURE:
		s->failures++;
		return 0;
	default:
		return 0;
	}
}

void summary_make(struct summary *s, const void *notes, uint64_t size)
{
	struct hvd_reader r;
	struct hvd_record rec;
	enum hvd_next next;

	memset(s, 0, sizeof(*s));
	hvd_reader_init(&r, notes, size);
	while ((next = hvd_reader_next(&r, &rec)) != HVD_NEXT_END) {
		if (next == HVD_NEXT_DAMAGE) {
			note_damage(s, r.damage.offset, r.damage.what);
			continue;
		}
		s->records++;
		if (take_record(s, &rec))
			note_damage(s, rec.offset,
				    "expected a whole record, found less");
	}
}

bool summary_any(const struct summary *s)
{
	return s->records || s->damages;
}

bool summary_complete(const struct summary *s)
{
	return s->has_header && s->has_capture && s->has_end &&
	       !s->damages && !s->nr_dropped;
}

bool summary_same(const struct summary *a, const struct summary *b)
{
	return a->records == b->records && a->damages == b->damages &&
	       a->has_end == b->has_end;
}
