// SPDX-License-Identifier: GPL-2.0-or-later
/* The hypercall page: the instruction that it begins with, by its bytes. */
#include "config.h"

#include <string.h>

#include "page.h"

/** A beginning that is known. */
struct pattern {
	const char *name;
	uint8_t size;
	uint8_t bytes[8];
};

static const struct pattern patterns[] = {
	{"vmcall; ret (Intel)", 4, {0x0f, 0x01, 0xc1, 0xc3}},
	{"vmmcall; ret (AMD)", 4, {0x0f, 0x01, 0xd9, 0xc3}},
	{"vmcall (Intel), and more", 3, {0x0f, 0x01, 0xc1}},
	{"vmmcall (AMD), and more", 3, {0x0f, 0x01, 0xd9}},
	{"hvc #1; ret (arm64)", 8,
	 {0x22, 0x00, 0x00, 0xd4, 0xc0, 0x03, 0x5f, 0xd6}},
	{"zeros: the page was not enabled", 8, {0}},
};

static const char *name_of(const uint8_t *bytes, size_t size)
{
	size_t i;

	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (patterns[i].size <= size &&
		    !memcmp(bytes, patterns[i].bytes, patterns[i].size))
			return patterns[i].name;
	return NULL;
}

/* Code behind the first return: calls to other VTLs and back from them. */
static size_t end_of_code(const uint8_t *bytes, size_t size)
{
	size_t end = size;

	while (end && (bytes[end - 1] == 0 || bytes[end - 1] == 0xcc ||
		       bytes[end - 1] == 0x90))
		end--;
	return end;
}

void page_show_hypercall(struct view *v, const struct page_content *page)
{
	const char *name = name_of(page->bytes, page->size);

	view_part(v, "Hypercall page");
	view_words(v, "instruction", "%s", name ? name : "not a known one");
	view_number(v, "code_bytes", end_of_code(page->bytes, page->size));
}
