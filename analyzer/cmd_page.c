// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hvdump page: what a page is, what it holds by its kind, and its bytes, from
 * wherever they are.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "memory.h"
#include "names.h"
#include "ownership.h"
#include "page/page.h"
#include "text.h"

#define MAX_SOURCES 8
#define LINE_SIZE   16

/** Bytes of a page, or why there are none. */
struct source {
	const char *name; /* "note", "file", "vmcore" */
	const char *path; /* of a file */
	enum hvd_read outcome;
	struct hvd_error why;
	uint32_t offset; /* in the page */
	uint32_t size;
	uint8_t *bytes; /* malloc()ed */
};

struct page {
	uint64_t pfn;
	unsigned int shift;
	struct ownership uses;
	struct source sources[MAX_SOURCES]; /* the best first */
	size_t nr;
};

/* Decimal is a page number, 0x-hex an address in the page. */
static int parse_page(struct session *s, struct page *p)
{
	bool hex = !strncmp(s->page, "0x", 2) || !strncmp(s->page, "0X", 2);
	uint64_t n;

	p->shift = hvd_dump_page_shift(s->dump);
	if (parse_number(s->page, hex ? UINT64_MAX : UINT64_MAX >> p->shift,
			 &n)) {
		complain(s, "page %s: expected a decimal page number or a "
			    "0x-hex address", s->page);
		return -1;
	}
	p->pfn = hex ? n >> p->shift : n;
	return 0;
}

static struct source *add_source(struct page *p, const char *name,
				 uint32_t size)
{
	struct source *source = &p->sources[p->nr];

	if (p->nr == MAX_SOURCES)
		return NULL;
	*source = (struct source){.name = name, .size = size};
	source->bytes = calloc(1, size ? size : 1);
	if (!source->bytes)
		return NULL;
	p->nr++;
	return source;
}

static void add_copies(const struct session *s, struct page *p)
{
	const struct hvd_dump *d = s->dump;
	const struct hvd_dump_copy *c = hvd_dump_find_copy(d, p->pfn);
	struct source *source;

	for (; c && c < d->copies + d->nr_copies && c->rec.pfn == p->pfn; c++) {
		/* Room for the two files. */
		if (p->nr + 2 == MAX_SOURCES)
			return;
		source = add_source(p, "note", c->rec.size);
		if (!source)
			return;
		source->offset = c->rec.offset;
		memcpy(source->bytes, c->bytes, c->nr_bytes);
	}
}

static void add_file(struct page *p, const char *name, const char *path,
		     struct hvd_physmem *file, const struct hvd_error *why)
{
	struct source *source = add_source(p, name, 1u << p->shift);

	if (!source)
		return;
	source->path = path;
	if (file) {
		source->outcome = hvd_physmem_read(file, p->pfn << p->shift,
						   source->bytes, source->size,
						   &source->why);
	} else {
		source->outcome = HVD_READ_DAMAGED;
		source->why = *why;
	}
}

/* What could be read comes before what could not. */
static void sort_sources(struct page *p)
{
	struct source moved;
	size_t i, k;

	for (i = 1; i < p->nr; i++) {
		moved = p->sources[i];
		for (k = i; k && p->sources[k - 1].outcome && !moved.outcome;
		     k--)
			p->sources[k] = p->sources[k - 1];
		p->sources[k] = moved;
	}
}

static void find_sources(const struct session *s, const struct memory *m,
			 struct page *p)
{
	add_copies(s, p);
	add_file(p, "file", s->input->path, m->file, &m->why);
	if (m->vmcore && !memory_zeroed(s, p->pfn))
		add_file(p, "vmcore", m->vmcore_path, m->vmcore, &m->why);
	sort_sources(p);
}

static const struct source *best(const struct page *p)
{
	return p->nr && !p->sources[0].outcome ? &p->sources[0] : NULL;
}

/* Bytes of the page that both have, and that differ. */
static uint32_t difference(const struct source *a, const struct source *b)
{
	uint32_t from = a->offset > b->offset ? a->offset : b->offset, i;
	uint32_t a_end = a->offset + a->size, b_end = b->offset + b->size;
	uint32_t end = a_end < b_end ? a_end : b_end, count = 0;

	for (i = from; i < end; i++)
		count += a->bytes[i - a->offset] != b->bytes[i - b->offset];
	return count;
}

static const char *outcome_name(enum hvd_read outcome)
{
	static const char *const names[] = {
		[HVD_READ_DATA] = "data",
		[HVD_READ_ABSENT] = "absent",
		[HVD_READ_DAMAGED] = "damaged",
	};

	return names[outcome];
}

static void print_use(const struct session *s, const struct ownership_range *r)
{
	char kind[NAME_SIZE], owner[OWNER_SIZE], flags[64], place[NAME_SIZE];
	const char *at = ownership_place(place, r);

	join_flags(flags, sizeof(flags), page_flag_names, r->use.flags);
	text_line(s, "is", "%s of %s%s%s%s%s%s", ownership_kind(kind, r),
		  page_owner(owner, &r->use), *at ? ", " : "", at,
		  *flags ? " [" : "", flags, *flags ? "]" : "");
	if (s->opt.verbose)
		text_line(s, "by", "%s", ownership_evidence(r));
}

static void print_uses(const struct session *s, const struct page *p)
{
	const struct hvd_gap *gap = hvd_dump_find_gap(s->dump, p->pfn);
	char why[REASON_SIZE];
	bool known = false;
	size_t i;

	for (i = 0; i < p->uses.nr; i++) {
		if (!ownership_known(&p->uses.at[i]))
			continue;
		print_use(s, &p->uses.at[i]);
		known = true;
	}
	if (!known)
		text_line(s, "is", "of no use that is known");
	if (!known && p->uses.left_out)
		text_line(s, "not looked up", "%" PRIu64 " pages of guests or "
			  "the hypervisor", p->uses.left_out);
	if (gap)
		text_line(s, memory_zeroed(s, p->pfn) ? "not read" :
							"not collected", "%s",
			  page_reason(why, gap->error));
}

static void print_source(const struct session *s, const struct source *source,
			 const struct source *first)
{
	const char *where = source->path ? source->path : "the notes";
	uint32_t differ;

	if (source->outcome) {
		text_line(s, source->name, "%s: %s",
			  source->outcome == HVD_READ_ABSENT ? "not in the dump"
							     : "damaged",
			  source->why.text);
	} else if (source == first) {
		text_line(s, "bytes from", "%s, %" PRIu32 " from 0x%" PRIx32
			  " on", where, source->size, source->offset);
	} else {
		differ = difference(source, first);
		if (differ)
			text_line(s, source->name, "%" PRIu32 " of the bytes "
				  "differ in %s", differ, where);
		else
			text_line(s, source->name, "the same in %s", where);
	}
}

static void print_line(const struct session *s, const struct source *source,
		       uint32_t at)
{
	uint32_t i, len = source->size - at;

	if (len > LINE_SIZE)
		len = LINE_SIZE;
	fprintf(s->out, "%04" PRIx32 " ", source->offset + at);
	for (i = 0; i < LINE_SIZE; i++)
		if (i < len)
			fprintf(s->out, "%s%02x", i == 8 ? "  " : " ",
				source->bytes[at + i]);
		else
			fputs(i == 8 ? "    " : "   ", s->out);
	fputs("  |", s->out);
	for (i = 0; i < len; i++) {
		uint8_t c = source->bytes[at + i];

		fputc(c >= 0x20 && c < 0x7f ? c : '.', s->out);
	}
	fputs("|\n", s->out);
}

static bool is_zero(const struct source *source, uint32_t at)
{
	static const uint8_t zeros[LINE_SIZE];

	return source->size - at >= LINE_SIZE &&
	       !memcmp(source->bytes + at, zeros, LINE_SIZE);
}

/* Of lines of zeros that follow one another, the first; a star for the rest. */
static void print_bytes(const struct session *s, const struct source *source)
{
	bool before = false, starred = false;
	uint32_t at;

	fputc('\n', s->out);
	for (at = 0; at < source->size; at += LINE_SIZE) {
		bool zero = is_zero(source, at);

		if (!zero || !before) {
			print_line(s, source, at);
			starred = false;
		} else if (!starred) {
			fputs("*\n", s->out);
			starred = true;
		}
		before = zero;
	}
	fprintf(s->out, "%04" PRIx32 "\n", source->offset + source->size);
}

/*
 * By each kind that the page is said to be; true: one of them is known. Of
 * pages that are used twice (statistics of two areas) a kind comes once.
 */
static bool show_kinds(struct view *v, const struct page *p,
		       const struct source *source)
{
	struct page_content content = {
		.bytes = source->bytes,
		.size = source->size < HV_PAGE_BYTES ? source->size
						     : HV_PAGE_BYTES,
	};
	uint64_t shown = 0;
	bool known = false;
	size_t i;

	if (source->offset)
		return false;
	for (i = 0; i < p->uses.nr; i++) {
		const struct hvd_page *use = &p->uses.at[i].use;

		if (!ownership_known(&p->uses.at[i]) ||
		    (use->kind < 64 && shown >> use->kind & 1))
			continue;
		content.use = use;
		shown |= use->kind < 64 ? UINT64_C(1) << use->kind : 0;
		known |= page_show(v, &content);
	}
	return known;
}

static void print_text(const struct session *s, const struct page *p)
{
	const struct source *first = best(p);
	struct view v = {.s = s};
	size_t i;

	fprintf(s->out, "Page 0x%" PRIx64 " (%" PRIu64 "), address 0x%016"
		PRIx64 "\n", p->pfn, p->pfn, p->pfn << p->shift);
	print_uses(s, p);
	for (i = 0; i < p->nr; i++)
		print_source(s, &p->sources[i], first);
	if (first && (!show_kinds(&v, p, first) || s->opt.all))
		print_bytes(s, first);
}

static json_t *json_hex_bytes(const struct source *source)
{
	char *text = malloc(2 * (size_t)source->size + 1);
	json_t *value;
	uint32_t i;

	if (!text)
		return NULL;
	for (i = 0; i < source->size; i++)
		sprintf(text + 2 * (size_t)i, "%02x", source->bytes[i]);
	text[2 * (size_t)source->size] = '\0';
	value = json_string(text);
	free(text);
	return value;
}

static json_t *source_json(const struct source *source)
{
	json_t *o = json_object();
	bool data = !source->outcome;
	char path[512];

	json_set(o, "source", json_string(source->name));
	json_set(o, "path",
		 source->path
			 ? json_string_or_null(clean_string(
				   path, sizeof(path), source->path))
			 : json_null());
	json_set(o, "outcome", json_string(outcome_name(source->outcome)));
	json_set(o, "why", data ? json_null()
				: json_string_or_null(clean_string(
					  path, sizeof(path),
					  source->why.text)));
	json_set(o, "offset", json_integer((json_int_t)source->offset));
	json_set(o, "size", json_integer((json_int_t)source->size));
	json_set(o, "bytes", data ? json_hex_bytes(source) : json_null());
	return o;
}

static json_t *uses_json(const struct page *p)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < p->uses.nr; i++)
		if (ownership_known(&p->uses.at[i]))
			json_append(list, ownership_json(&p->uses.at[i]));
	return list;
}

/* What the kinds say; null: nothing that is known. */
static json_t *content_json(const struct session *s, const struct page *p)
{
	const struct source *first = best(p);
	struct view v = {.s = s, .parts = json_array()};

	if (first && show_kinds(&v, p, first))
		return v.parts;
	json_decref(v.parts);
	return json_null();
}

static int print_json(struct session *s, const struct page *p)
{
	const struct hvd_gap *gap = hvd_dump_find_gap(s->dump, p->pfn);
	json_t *root = json_begin(s), *o = json_object(), *list = json_array();
	size_t i;

	json_set(o, "pfn", json_integer((json_int_t)p->pfn));
	json_set(o, "address", json_hex(p->pfn << p->shift, 16));
	json_set(o, "size", json_integer((json_int_t)1 << p->shift));
	json_set(o, "uses", uses_json(p));
	json_set(o, "gap_error",
		 gap ? json_integer((json_int_t)gap->error) : json_null());
	for (i = 0; i < p->nr; i++)
		json_append(list, source_json(&p->sources[i]));
	json_set(o, "sources", list);
	json_set(o, "content", content_json(s, p));
	json_set(root, "page", o);
	return json_finish(s, root);
}

/* Bytes; or damage, where a source has it; or nothing of the kind. */
static int verdict(const struct session *s, const struct page *p)
{
	size_t i;

	if (best(p))
		return STATUS_DONE;
	for (i = 0; i < p->nr; i++)
		if (p->sources[i].outcome == HVD_READ_DAMAGED) {
			complain(s, "page 0x%" PRIx64 ": damaged: %s", p->pfn,
				 p->sources[i].why.text);
			return STATUS_DAMAGED;
		}
	complain(s, "page 0x%" PRIx64 ": not in the dump: %s", p->pfn,
		 p->nr ? p->sources[0].why.text : "no memory to look");
	return STATUS_FAILED;
}

static int show_page(struct session *s, struct host *host, struct page *p)
{
	struct memory m;
	int status = STATUS_DONE;

	if (ownership_find(host, p->pfn, s->opt.verbose, &p->uses)) {
		complain(s, "no memory for the list of pages");
		return STATUS_FAILED;
	}
	memory_open(s, &m);
	find_sources(s, &m, p);
	if (s->opt.json)
		status = print_json(s, p);
	else
		print_text(s, p);
	if (status == STATUS_DONE)
		status = verdict(s, p);
	memory_close(&m);
	return status;
}

int cmd_page(struct session *s)
{
	struct page p = {0};
	struct host host;
	int status;
	size_t i;

	if (parse_page(s, &p))
		return STATUS_USAGE;
	host_open(&host, s);
	status = show_page(s, &host, &p);
	for (i = 0; i < p.nr; i++)
		free(p.sources[i].bytes);
	ownership_free(&p.uses);
	host_close(&host);
	return status;
}
