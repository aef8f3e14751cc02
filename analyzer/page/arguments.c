// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The argument page of a CPU's hypercalls. Which call used it last is not in
 * it: each known input is tried, and what cannot be (reserved bits that are
 * set, partitions and registers that do not exist) is left out.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "call_input.h"
#include "../names.h"
#include "page.h"

#define SELF	    UINT64_MAX	 /* HV_PARTITION_ID_SELF */
#define VP_SELF	    0xfffffffeu	 /* HV_VP_INDEX_SELF */
#define VP_ANY	    0xffffffffu	 /* HV_ANY_VP */
#define MAX_INPUT   128		 /* bytes of the fixed part of any */
#define MAX_SHOWN   64		 /* elements of a list */
#define MIN_PFN	    0x100	 /* below 1 MiB no page is given away */
#define MAX_PFN	    (UINT64_C(1) << 40)
#define MAX_NAMED   6		 /* calls that are named for one page */

/** One input, held against the bytes. */
struct trial {
	const struct hvd_dump *dump;
	uint8_t covered[MAX_INPUT]; /* the bits that a row tells of */
	uint64_t partition;
	bool wrong;
	unsigned int score; /* values that are none by chance */
};

static bool ends_with(const char *name, const char *end)
{
	size_t a = strlen(name), b = strlen(end);

	return a >= b && !strcmp(name + a - b, end);
}

static void check(struct trial *t, bool right, unsigned int worth)
{
	if (right)
		t->score += worth;
	else
		t->wrong = true;
}

static void check_partition(struct trial *t, uint64_t id)
{
	t->partition = id;
	check(t, id == SELF || (id && hvd_dump_find_partition(t->dump, id)), 2);
}

static void check_vp(struct trial *t, uint64_t index)
{
	const struct hvd_dump_partition *p =
		hvd_dump_find_partition(t->dump, t->partition);

	if (index >= VP_SELF)
		return;
	/* Of its own VPs Linux asks without naming the partition. */
	check(t, t->partition == SELF ||
			 (p && hvd_dump_find_vp(p, (uint32_t)index)),
	      1);
}

static void check_code(struct trial *t, enum hvd_abi_kind kind, uint64_t code)
{
	enum hvd_abi_arch arch = t->dump->machine == 183 ? HVD_ABI_ARM64
							 : HVD_ABI_X86_64;

	check(t, code <= UINT32_MAX && hvd_abi_find(kind, arch, (uint32_t)code),
	      code ? 1 : 0);
}

/* What the field's name and kind ask of its value. */
static void check_field(struct trial *t, const struct hvd_field *f)
{
	const char *name = f->row->name;

	if (ends_with(name, "partition_id"))
		check_partition(t, f->value);
	else if (!strcmp(name, "vp_index"))
		check_vp(t, f->value);
	else if (!strcmp(name, "property_code"))
		check_code(t, HVD_ABI_PROPERTIES, f->value);
	else if (!strcmp(name, "property_id"))
		check_code(t, HVD_ABI_SYSTEM_PROPERTIES, f->value);
	else if (!strcmp(name, "pfn"))
		check(t, f->value >= MIN_PFN && f->value < MAX_PFN, 0);
	else if (f->row->kind == HVD_FIELD_REGISTER)
		check_code(t, HVD_ABI_REGISTERS, f->value);
	else if (f->row->kind == HVD_FIELD_NAMED)
		check(t, hvd_field_name_of(f), f->value ? 1 : 0);
}

static void cover(struct trial *t, const struct hvd_field *f)
{
	unsigned int bit, first = f->offset * 8 + f->row->bit;
	unsigned int bits = f->row->bits ? f->row->bits : f->row->size * 8;

	for (bit = first; bit < first + bits && bit < MAX_INPUT * 8; bit++)
		t->covered[bit / 8] |= (uint8_t)(1 << bit % 8);
}

static int try_field(const struct hvd_field *f, void *arg)
{
	struct trial *t = arg;

	if (f->cut)
		return -1;
	if (f->row->kind == HVD_FIELD_LAYOUT)
		return 0;
	cover(t, f);
	check_field(t, f);
	return t->wrong;
}

/* Is all that no row tells of 0? */
static bool rest_is_zero(const struct trial *t, const uint8_t *bytes,
			 size_t size)
{
	size_t i;

	for (i = 0; i < size && i < MAX_INPUT; i++)
		if (bytes[i] & ~t->covered[i])
			return false;
	return true;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	while (size && !*bytes) {
		bytes++;
		size--;
	}
	return !size;
}

/* Elements up to the first that is all zeros. */
static size_t count_elements(const struct hvd_call_input *in,
			     const uint8_t *bytes, size_t size)
{
	size_t n = 0, at = in->layout->size, each;

	if (!in->element)
		return 0;
	each = in->element->size;
	while (at + each <= size && !is_zero(bytes + at, each)) {
		at += each;
		n++;
	}
	return n;
}

static void try_elements(struct trial *t, const struct hvd_call_input *in,
			 const uint8_t *bytes, size_t size)
{
	size_t n = count_elements(in, bytes, size), i;

	/* A list is never empty, and its first says what it is a list of. */
	t->wrong = t->wrong || !n;
	for (i = 0; i < n && i < 4 && !t->wrong; i++) {
		const uint8_t *at =
			bytes + in->layout->size + i * in->element->size;
		struct trial one = {.dump = t->dump};

		t->wrong = hvd_layout_walk(in->element, at, in->element->size,
					   try_field, &one) ||
			   one.wrong ||
			   !rest_is_zero(&one, at, in->element->size);
		t->score += one.score;
	}
}

/* 0: it cannot be; else the more, the likelier. */
static unsigned int try_input(const struct hvd_dump *d,
			      const struct hvd_call_input *in,
			      const uint8_t *bytes, size_t size)
{
	struct trial t = {.dump = d};

	if (size < in->layout->size ||
	    hvd_layout_walk(in->layout, bytes, size, try_field, &t) ||
	    !rest_is_zero(&t, bytes, in->layout->size))
		return 0;
	if (in->element)
		try_elements(&t, in, bytes, size);
	return t.wrong ? 0 : t.score;
}

/* Bytes that are not 0, and that the input tells of: the more, the likelier. */
static size_t explained(const struct hvd_call_input *in,
			const struct page_content *page)
{
	size_t end = in->layout->size, i, n = 0;

	if (in->element)
		end += count_elements(in, page->bytes, page->size) *
		       in->element->size;
	for (i = 0; i < end && i < page->size; i++)
		n += page->bytes[i] != 0;
	return n;
}

/* The structure, and the elements behind it as one more field. */
static void show_input(struct view *v, const struct hvd_call_input *in,
		       const struct page_content *page)
{
	const struct hvd_layout *fixed = in->layout;
	size_t n = count_elements(in, page->bytes, page->size);
	struct hvd_layout whole = *fixed;
	struct hvd_field_row *rows;

	rows = calloc(fixed->nr_rows + 1, sizeof(*rows));
	if (!rows)
		return;
	memcpy(rows, fixed->rows, fixed->nr_rows * sizeof(*rows));
	whole.rows = rows;
	if (n) {
		rows[whole.nr_rows++] = (struct hvd_field_row){
			.name = "elements",
			.offset = (uint16_t)fixed->size,
			.size = (uint16_t)in->element->size,
			.kind = HVD_FIELD_LAYOUT,
			.count = n < MAX_SHOWN ? (uint16_t)n : MAX_SHOWN,
			.layout = in->element,
		};
		view_number(v, "elements_not_0", n);
	}
	view_layout(v, &whole, page->bytes, page->size);
	free(rows);
}

/* "GET_VP_REGISTERS, or ..." of all that are as likely. */
static void name_likely(char *buf, size_t room, const struct hvd_dump *d,
			const struct page_content *page, unsigned int best)
{
	const struct hvd_call_input *in;
	char number[NAME_SIZE];
	unsigned int named = 0;
	size_t i, used = 0;

	buf[0] = '\0';
	for (i = 0; (in = hvd_call_inputs(i)) && named < MAX_NAMED; i++) {
		if (try_input(d, in, page->bytes, page->size) != best)
			continue;
		used += (size_t)snprintf(buf + used, room - used, "%s%s",
					 named++ ? ", or " : "",
					 name_of_call(number, in->code));
		if (used >= room)
			return;
	}
}

void page_show_arguments(struct view *v, const struct page_content *page)
{
	const struct hvd_call_input *in, *likely = NULL;
	unsigned int score, best = 0;
	char names[256];
	size_t i;

	view_part(v, "Hypercall input");
	if (is_zero(page->bytes, page->size)) {
		view_words(v, "call", "none: zeros");
		return;
	}
	for (i = 0; (in = hvd_call_inputs(i)); i++) {
		score = try_input(v->s->dump, in, page->bytes, page->size);
		if (score > best ||
		    (likely && score == best &&
		     explained(in, page) > explained(likely, page))) {
			best = score;
			likely = in;
		}
	}
	if (!likely) {
		view_words(v, "call", "of no input that is known");
		return;
	}
	name_likely(names, sizeof(names), v->s->dump, page, best);
	view_words(v, "call", "by its fields: %s", names);
	show_input(v, likely, page);
}
