// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of all structures: see layouts.h. A new one gets a row here. */
#include "layouts.h"

#include "call_input.h"
#include "crash_area.h"
#include "layout_rows.h"
#include "message_layouts.h"
#include "page_layouts.h"

static const struct hvd_field_row segment_rows[] = {
	HVD_ROW(HEX, base, 0x0, 8),
	HVD_ROW(HEX, limit, 0x8, 4),
	HVD_ROW(HEX, selector, 0xc, 2),
	HVD_ROW_BITS(HEX, segment_type, 0xe, 2, 0, 4),
	HVD_ROW_FLAG(non_system_segment, 0xe, 2, 4),
	HVD_ROW_BITS(NUMBER, descriptor_privilege_level, 0xe, 2, 5, 2),
	HVD_ROW_FLAG(present, 0xe, 2, 7),
	HVD_ROW_FLAG(available, 0xe, 2, 12),
	HVD_ROW_FLAG(_long, 0xe, 2, 13),
	HVD_ROW_FLAG(_default, 0xe, 2, 14),
	HVD_ROW_FLAG(granularity, 0xe, 2, 15),
};
HVD_LAYOUT(hvd_layout_x64_segment, "hv_x64_segment_register", 16, "LM",
	   segment_rows);

static const struct hvd_layout_entry entries[] = {
	{&hvd_layout_x64_segment, "hv_x64_segment_register"},
#define ENTRY(variable_, linux_name_) {&hvd_layout_##variable_, linux_name_},
	HVD_MESSAGE_LAYOUTS(ENTRY)
	HVD_PAGE_LAYOUTS(ENTRY)
	HVD_CALL_LAYOUTS(ENTRY)
	HVD_CRASH_AREA_LAYOUTS(ENTRY)
};

const struct hvd_layout_entry *hvd_layouts(size_t i)
{
	return i < HVD_ROW_COUNT(entries) ? &entries[i] : NULL;
}
