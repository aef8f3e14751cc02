// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a page of any kind, on both architectures, as text and as JSON;
 * and as a message. Input: the kind, the architecture, four bytes that say whose
 * it is, then the page, of any size.
 */
#include "config.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "json.h"
#include "message.h"
#include "page/page.h"

#define HEAD	   6
#define KINDS	   16
#define MAX_OUTPUT (1 << 20) /* of a page of 4 KiB */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A note segment with one VP: HVD_TYPE_VP of partition 0x102, VP 0. */
static const uint32_t segment[] = {
	7, 48, HVD_TYPE_VP, 0x55445648, 0x504d, /* "HVDUMP" */
	1, 48, 0, 0, 0x102, 0, 0, HVD_CPU_NONE, 1, 0, 0, 0,
};

static struct hvd_dump *dump_of(uint16_t machine)
{
	static struct hvd_dump *dumps[2];
	struct hvd_dump **d = &dumps[machine == EM_AARCH64];
	struct hvd_error err;

	if (!*d)
		*d = hvd_dump_create(segment, sizeof(segment), machine, &err);
	CHECK(*d && hvd_dump_find_partition(*d, 0x102));
	return *d;
}

static void check_text(const char *text, size_t size)
{
	size_t i;

	CHECK(size <= MAX_OUTPUT);
	for (i = 0; i < size; i++)
		CHECK(text[i] == '\n' || (text[i] >= 0x20 && text[i] < 0x7f));
}

/* The parts of a page, as text; their number. */
static unsigned int show_text(const struct session *s,
			      const struct page_content *page, bool *known)
{
	struct session to = *s;
	struct view v = {.s = &to};
	char *text = NULL;
	size_t size = 0;

	to.out = open_memstream(&text, &size);
	CHECK(to.out);
	*known = page_show(&v, page);
	fclose(to.out);
	check_text(text, size);
	free(text);
	return v.nr;
}

static unsigned int show_json(const struct session *s,
			      const struct page_content *page, bool *known)
{
	struct view v = {.s = s, .parts = json_array()};
	size_t parts;
	char *text;

	*known = page_show(&v, page);
	parts = json_array_size(v.parts);
	CHECK(parts == v.nr);
	text = json_dumps(v.parts, JSON_ENSURE_ASCII);
	CHECK(text);
	check_text(text, strlen(text));
	free(text);
	json_decref(v.parts);
	return (unsigned int)parts;
}

static void check_message(const uint8_t *bytes, size_t size, uint16_t machine)
{
	struct hvd_message m;
	uint32_t vp;

	if (hvd_message_decode(bytes, size, machine, &m)) {
		CHECK(size < HVD_MESSAGE_HEADER);
		return;
	}
	CHECK(m.size <= m.claimed && m.size <= HVD_MESSAGE_PAYLOAD);
	CHECK(HVD_MESSAGE_HEADER + (size_t)m.size <= size);
	CHECK(!m.row || m.row->code == m.type);
	CHECK(!m.layout || m.layout->size <= HVD_MESSAGE_PAYLOAD);
	if (hvd_message_vp(&m, &vp))
		CHECK(m.size >= 4 && vp == hvd_le32(m.payload));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session s = {.err = stderr, .prefix = "fuzz"};
	struct hvd_page use = {.partition_id = 0x102, .pfn = 1};
	struct page_content page = {.use = &use};
	bool text_known, json_known;
	unsigned int parts;

	if (size < HEAD)
		return 0;
	use.kind = data[0] % KINDS;
	use.detail = hvd_le32(data + 2);
	s.dump = dump_of(data[1] & 1 ? EM_AARCH64 : EM_X86_64);
	page.bytes = data + HEAD;
	page.size = size - HEAD < HV_PAGE_BYTES ? size - HEAD : HV_PAGE_BYTES;
	parts = show_text(&s, &page, &text_known);
	CHECK(show_json(&s, &page, &json_known) == parts);
	CHECK(text_known == json_known);
	check_message(page.bytes, page.size, s.dump->machine);
	return 0;
}
