// SPDX-License-Identifier: GPL-2.0-or-later
/* The register page of a VP: what its parent may read and write by memory. */
#include "config.h"

#include <elf.h>

#include "page.h"
#include "page_layouts.h"

#define VALID_AT 2

void page_show_registers(struct view *v, const struct page_content *page)
{
	bool arm = v->s->dump->machine == EM_AARCH64;

	view_part(v, "Register page");
	if (page->size > VALID_AT && !page->bytes[VALID_AT])
		view_words(v, "remark", "not valid: what it holds is old");
	view_layout(v, arm ? &hvd_layout_arm64_register_page
			   : &hvd_layout_register_page,
		    page->bytes, page->size);
}
