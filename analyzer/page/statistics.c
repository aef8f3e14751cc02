// SPDX-License-Identifier: GPL-2.0-or-later
/* A statistics page: 512 counters; those that are not 0, by name. */
#include "config.h"

#include <elf.h>
#include <inttypes.h>

#include "../names.h"
#include "abi.h"
#include "bytes.h"
#include "page.h"

#define OBJECT(detail) ((detail)&0xffffff)
#define AREA(detail)   ((detail) >> 24)
#define NAME_WIDTH     46

static void show_counter(struct view *v, uint32_t object, uint32_t index,
			 uint64_t value)
{
	enum hvd_abi_arch arch = v->s->dump->machine == EM_AARCH64
					 ? HVD_ABI_ARM64
					 : HVD_ABI_X86_64;
	const struct hvd_abi_row *row = hvd_abi_find(
		HVD_ABI_COUNTERS, arch, HVD_ABI_COUNTER(object, index));
	char number[NAME_SIZE];

	snprintf(number, sizeof(number), "%" PRIu32, index);
	view_number(v, row ? row->name : number, value);
}

void page_show_statistics(struct view *v, const struct page_content *page)
{
	uint32_t detail = page->use->detail, i;
	const char *object = name_of_object(OBJECT(detail));
	const char *area = name_of_area(AREA(detail));

	view_part(v, "Counters of %s, area %s", object ? object : "?",
		  area ? area : "?");
	v->width = NAME_WIDTH;
	for (i = 0; (i + 1) * 8 <= page->size; i++) {
		uint64_t value = hvd_le64(page->bytes + i * 8);

		if (value)
			show_counter(v, OBJECT(detail), i, value);
	}
	v->width = 0;
}
