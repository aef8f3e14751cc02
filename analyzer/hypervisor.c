// SPDX-License-Identifier: GPL-2.0-or-later
/* The hypervisor in its own memory: see hypervisor.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "crash_area.h"
#include "hypervisor.h"
#include "names.h"

#define PAGE_SIZE 4096u
#define AREA_PAGES 1024 /* Linux is told of up to 5 usually */

#define CALL_BYTES 7 /* the longest call, and the longest look back */

/* What cannot be read says why: the collector's reason is the better one. */
static int read_physical(const struct session *s, struct hypervisor *h,
			 uint64_t address, void *buf, size_t size,
			 struct hvd_error *err)
{
	const struct hvd_gap *gap;
	char why[REASON_SIZE];

	if (memory_read_physical(&h->memory, address, buf, size, err) ==
	    HVD_READ_DATA)
		return 0;
	gap = hvd_dump_find_gap(s->dump, address / PAGE_SIZE);
	if (gap)
		hvd_error_set(err, "page 0x%" PRIx64 ": %s",
			      address / PAGE_SIZE,
			      page_reason(why, gap->error));
	else if (hvd_dump_devirtualised(s->dump) == HVD_DEVIRTUALISED_NO)
		hvd_error_prefix(err, "the hypervisor was not taken out of "
				 "the way, so its memory could not be read");
	return -1;
}

static bool is_area(const struct hvd_page *p)
{
	return p->kind == HVD_PAGE_CRASH_AREA;
}

/* Its pages follow one another: it is one range of memory. */
static size_t find_area(const struct hvd_dump *d, uint64_t *pfn)
{
	size_t i, nr = 0;

	for (i = 0; i < d->nr_pages && nr < AREA_PAGES; i++) {
		if (!is_area(&d->pages[i]))
			continue;
		if (!nr)
			*pfn = d->pages[i].pfn;
		else if (d->pages[i].pfn != *pfn + nr)
			break;
		nr++;
	}
	return nr;
}

static void read_area(const struct session *s, struct hypervisor *h)
{
	size_t i, pages = find_area(s->dump, &h->area_pfn);
	struct hvd_error err;

	if (!pages) {
		hvd_error_set(&h->no_area, "the notes refer to no crash area: "
			      "not a root, or the kernel was not told of one");
		return;
	}
	h->area = malloc(pages * PAGE_SIZE);
	for (i = 0; h->area && i < pages; i++) {
		if (read_physical(s, h, (h->area_pfn + i) * PAGE_SIZE,
				  h->area + i * PAGE_SIZE, PAGE_SIZE, &err)) {
			if (!i)
				h->no_area = err;
			break;
		}
		h->area_size += PAGE_SIZE;
	}
	if (!h->area_size)
		return;
	h->version = hvd_le32(h->area);
	h->valid = hvd_le32(h->area + 4) & 1;
	h->layout = hvd_crash_area_layout(h->version);
	if (!h->layout)
		hvd_error_set(&h->no_area, "crash area: expected a version of "
			      "1 to 5, found %" PRIu32, h->version);
}

bool hypervisor_field(const struct hypervisor *h, const char *name,
		      unsigned int index, uint64_t *value)
{
	*value = 0;
	return h->layout && hvd_layout_value(h->layout, h->area, h->area_size,
					     name, index, value);
}

/** For the walk through the hypervisor's own page tables. */
struct reader {
	const struct session *s;
	struct hypervisor *h;
};

static enum hvd_read read_table(void *arg, uint64_t address, void *buf,
				size_t size, struct hvd_error *err)
{
	struct reader *r = arg;

	return read_physical(r->s, r->h, address, buf, size, err)
		       ? HVD_READ_ABSENT
		       : HVD_READ_DATA;
}

static int to_physical(struct reader *r, uint64_t address, uint64_t *physical,
		       struct hvd_error *err)
{
	const struct hvd_pagewalk_memory memory = {.read = read_table,
						   .arg = r};
	struct hvd_pagewalk walk;

	hvd_pagewalk_in(&memory, &r->h->regime, address, &walk);
	*physical = walk.physical;
	if (walk.result == HVD_WALK_MAPPED)
		return 0;
	*err = walk.why;
	return hvd_error_prefix(err, "0x%016" PRIx64, address);
}

int hypervisor_physical(const struct session *s, struct hypervisor *h,
			uint64_t address, uint64_t *physical)
{
	struct reader r = {.s = s, .h = h};
	struct hvd_error err;

	return to_physical(&r, address, physical, &err);
}

static enum hvd_read read_image(void *arg, uint32_t rva, void *buf,
				size_t size, struct hvd_error *err)
{
	struct reader *r = arg;
	uint64_t at = r->h->base + rva, physical;
	uint8_t *to = buf;
	size_t part;

	for (; size; size -= part, to += part, at += part) {
		part = PAGE_SIZE - (size_t)(at % PAGE_SIZE);
		if (part > size)
			part = size;
		if (to_physical(r, at, &physical, err) ||
		    read_physical(r->s, r->h, physical, to, part, err))
			return HVD_READ_ABSENT;
	}
	return HVD_READ_DATA;
}

static void read_pe(const struct session *s, struct hypervisor *h)
{
	struct reader r = {s, h};
	const struct hvd_pe_memory memory = {.read = read_image, .arg = &r};
	uint64_t root, size;

	if (!hypervisor_field(h, "hypervisor_base", 0, &h->base) ||
	    !hypervisor_field(h, "page_table_base", 0, &root) || !h->base) {
		hvd_error_set(&h->no_image, "where it is stands in the crash "
			      "area, %s%s", h->no_area.text[0] ? "of which: "
							       : "which is "
								 "empty",
			      h->no_area.text);
		return;
	}
	hypervisor_field(h, "size_of_image", 0, &size);
	h->size = (uint32_t)size;
	if (to_physical(&r, h->base, &h->image_at, &h->no_image))
		return;
	h->has_image = !hvd_pe_read(&memory, &h->pe, &h->no_image);
	if (h->has_image)
		h->no_image.text[0] = '\0'; /* of a file that was tried first */
}

/* E8 and four bytes, or FF /2 in each of its lengths: Intel SDM volume 2, CALL. */
static bool ends_with_call(const uint8_t *b)
{
	static const unsigned int lengths[] = {2, 3, 4, 6, 7};
	size_t i;

	if (b[CALL_BYTES - 5] == 0xe8)
		return true;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		const uint8_t *at = b + CALL_BYTES - lengths[i];

		if (at[0] == 0xff && (at[1] >> 3 & 7) == 2)
			return true;
	}
	return false;
}

static bool is_code(const struct hypervisor *h, uint32_t rva)
{
	const struct hvd_pe_section *section = hvd_pe_section_of(&h->pe, rva);

	return section && (section->flags & HVD_PE_EXECUTE);
}

/*
 * The offset in the image of an address: one of the image's own, or another one
 * that the hypervisor's tables lead to the same memory.
 */
static bool find_code(struct reader *r, uint64_t address, uint32_t *rva)
{
	struct hypervisor *h = r->h;
	uint64_t physical, own;
	struct hvd_error err;

	if (address >= h->base && address - h->base < h->size) {
		*rva = (uint32_t)(address - h->base);
	} else {
		if (to_physical(r, address, &physical, &err) ||
		    physical < h->image_at || physical - h->image_at >= h->size)
			return false;
		*rva = (uint32_t)(physical - h->image_at);
		if (to_physical(r, h->base + *rva, &own, &err) ||
		    own != physical)
			return false;
	}
	return is_code(h, *rva);
}

static void add_return(struct reader *r, struct hv_processor *p, uint64_t at,
		       uint64_t address, uint32_t rva)
{
	struct hv_return *grown;
	uint8_t before[CALL_BYTES];
	struct hvd_error err;

	grown = realloc(p->returns, (p->nr_returns + 1) * sizeof(*grown));
	if (!grown)
		return;
	p->returns = grown;
	grown[p->nr_returns++] = (struct hv_return){
		.at = at,
		.word = address,
		.address = r->h->base + rva,
		.follows_call = rva >= CALL_BYTES &&
				read_image(r, rva - CALL_BYTES, before,
					   CALL_BYTES, &err) == HVD_READ_DATA &&
				ends_with_call(before),
	};
}

/* The area's copy of a stack: words that are addresses of the image's code. */
static void read_stack(struct reader *r, struct hv_processor *p,
		       uint32_t offset, uint32_t size, uint64_t address)
{
	struct hypervisor *h = r->h;
	uint32_t i, rva;

	p->stack = address;
	if (offset > h->area_size || size > h->area_size - offset)
		return;
	p->stack_size = size;
	for (i = 0; i < size / 8 && i < HV_WORDS; i++) {
		uint64_t word = hvd_le64(h->area + offset + i * 8);

		if (h->has_image && find_code(r, word, &rva))
			add_return(r, p, address + i * 8, word, rva);
	}
}

static void take_processor(struct reader *r, struct hv_processor *p,
			   const uint8_t *state)
{
	uint32_t offset = hvd_le32(state), size = hvd_le32(state + 4);
	struct hypervisor *h = r->h;

	if (size && offset <= h->area_size && size <= h->area_size - offset) {
		p->registers = h->area + offset;
		p->registers_size = size;
	}
	if (hvd_le32(state + 8))
		read_stack(r, p, hvd_le32(state + 12), hvd_le32(state + 8),
			   hvd_le64(state + 16));
}

/* Version 1 calls them processor states, later ones contexts. */
static void read_processors(const struct session *s, struct hypervisor *h)
{
	struct reader r = {s, h};
	uint64_t count = 0, offset = 0, size = 0, i;

	if (!hypervisor_field(h, "context_count", 0, &count))
		hypervisor_field(h, "number_processors", 0, &count);
	if (!hypervisor_field(h, "context_offset", 0, &offset))
		hypervisor_field(h, "processor_state_offset", 0, &offset);
	if (!hypervisor_field(h, "context_size", 0, &size))
		hypervisor_field(h, "processor_state_size", 0, &size);
	if (!h->valid || count > HV_PROCESSORS ||
	    size < hvd_layout_crash_processor.size || offset > h->area_size ||
	    count * size > h->area_size - offset)
		return;
	h->processors = calloc(count ? count : 1, sizeof(*h->processors));
	if (!h->processors)
		return;
	for (i = 0; i < count; i++) {
		h->processors[i].index = (unsigned int)i;
		take_processor(&r, &h->processors[i],
			       h->area + offset + i * size);
	}
	h->nr_processors = count;
}

void hypervisor_open(struct session *s, struct hypervisor *h)
{
	uint64_t root;

	memset(h, 0, sizeof(*h));
	memory_open(s, &h->memory);
	read_area(s, h);
	hypervisor_field(h, "page_table_base", 0, &root);
	/* It runs in long mode; of its CR4 no more is needed than LA57. */
	h->regime = (struct hvd_pagewalk_regime){.paging = HVD_PAGING_X86_4,
						 .root = root};
	read_pe(s, h);
	read_processors(s, h);
}

void hypervisor_close(struct hypervisor *h)
{
	size_t i;

	for (i = 0; i < h->nr_processors; i++)
		free(h->processors[i].returns);
	free(h->processors);
	free(h->area);
	memory_close(&h->memory);
}

/* The image's name without its ending, out of the crash area. */
static void image_name(char *buf, size_t size, const struct hypervisor *h)
{
	uint64_t length = 0;
	uint32_t at = 0;
	size_t i;

	for (i = 0; h->layout && i < h->layout->nr_rows; i++)
		if (!strcmp(h->layout->rows[i].name, "image_name"))
			at = h->layout->rows[i].offset;
	hypervisor_field(h, "image_name_length", 0, &length);
	if (length > HVD_CRASH_AREA_NAME)
		length = HVD_CRASH_AREA_NAME;
	for (i = 0; at && i < length / 2 && i + 1 < size; i++) {
		uint16_t c = hvd_le16(h->area + at + 2 * i);

		if (!c || c == '.')
			break;
		buf[i] = c > 0x20 && c < 0x7f ? (char)c : '?';
	}
	if (!at || !i)
		i = (size_t)snprintf(buf, size, "image");
	buf[i] = '\0';
}

const char *hypervisor_text(char *buf, const struct hypervisor *h,
			    uint64_t address)
{
	char name[HVD_CRASH_AREA_NAME / 2 + 1];

	if (h->base && address >= h->base && address - h->base < h->size) {
		image_name(name, sizeof(name), h);
		snprintf(buf, HV_TEXT_SIZE, "%s+0x%" PRIx64, name,
			 address - h->base);
	} else {
		snprintf(buf, HV_TEXT_SIZE, "0x%016" PRIx64, address);
	}
	return buf;
}
