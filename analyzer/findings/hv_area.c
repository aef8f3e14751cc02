// SPDX-License-Identifier: GPL-2.0-or-later
/* The crash dump area's codes: see hv_area.h. */
#include "config.h"

#include "hv_area.h"

/* Versions of the area, as doc/abi-sources.md has them. */
#define VALID_AT 4
#define BASE_AT	 0x8
#define SIZE_AT	 0x10

#define OLDEST 1
#define NEWEST 5

/* Offsets of the five words of the bug check, and of its return address. */
static const struct {
	uint16_t codes, from;
} offsets[NEWEST + 1] = {
	[1] = {0x58, 0x80}, [2] = {0x80, 0xa8}, [3] = {0x80, 0xa8},
	[4] = {0x80, 0xa8}, [5] = {0xb8, 0xe0},
};

static void take_apart(struct hv_area *a, const uint8_t *bytes)
{
	size_t i;

	a->version = hvd_le32(bytes);
	a->there = hvd_le32(bytes + VALID_AT) & 1 && a->version >= OLDEST &&
		   a->version <= NEWEST;
	if (!a->there)
		return;
	a->base = hvd_le64(bytes + BASE_AT);
	a->size = hvd_le32(bytes + SIZE_AT);
	for (i = 0; i < 5; i++)
		a->code[i] = hvd_le64(bytes + offsets[a->version].codes +
				      8 * i);
	a->from = hvd_le64(bytes + offsets[a->version].from);
}

/* References stand in the order of their pages: the area's first is its head. */
void hv_area_get(struct finder *f, struct hv_area *area)
{
	const struct hvd_dump *d = f->dump;
	uint8_t bytes[HOST_PAGE];
	size_t i;

	memset(area, 0, sizeof(*area));
	for (i = 0; i < d->nr_pages; i++)
		if (d->pages[i].kind == HVD_PAGE_CRASH_AREA)
			break;
	if (i == d->nr_pages || host_page(f->host, d->pages[i].pfn, bytes))
		return;
	area->pfn = d->pages[i].pfn;
	take_apart(area, bytes);
}

bool hv_area_place(const struct hv_area *area, uint64_t *offset)
{
	if (!area->there || area->from < area->base ||
	    area->from - area->base >= area->size)
		return false;
	*offset = area->from - area->base;
	return true;
}

const char *hv_area_text(char *buf, const struct hv_area *area)
{
	char place[40] = "";
	uint64_t offset;

	buf[0] = '\0';
	if (!area->there)
		return buf;
	if (hv_area_place(area, &offset))
		snprintf(place, sizeof(place), ", at its image+0x%" PRIx64,
			 offset);
	snprintf(buf, HV_AREA_TEXT, ": bug check 0x%" PRIx64 "%s",
		 area->code[0], place);
	return buf;
}

void hv_area_evidence(struct finder *f, struct finding *finding,
		      const struct hv_area *area)
{
	if (!area->there)
		return;
	rests_on_page(f, finding, area->pfn,
		      "the crash area, version %" PRIu32 ": 0x%" PRIx64
		      " (0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64
		      ", 0x%" PRIx64 ") from 0x%016" PRIx64, area->version,
		      area->code[0], area->code[1], area->code[2],
		      area->code[3], area->code[4], area->from);
}
