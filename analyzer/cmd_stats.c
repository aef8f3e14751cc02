// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump stats: the counters of statistics pages, by name. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "bytes.h"
#include "json.h"
#include "json_stream.h"
#include "memory.h"
#include "names.h"
#include "statistics.h"

/** All that is shown. */
struct listing {
	struct session *s;
	struct memory memory;
	struct json_stream *json; /* NULL: text */
	bool has_lp;
	uint64_t lp;
};

/** A page of counters. */
struct counters {
	const struct hvd_page *page;
	enum page_state state;
	bool readable;
	uint8_t bytes[STATISTICS_BYTES];
};

static bool is_shown(const struct listing *l, const struct hvd_page *page)
{
	const struct selection *sel = &l->s->sel;
	bool is_lp = STATISTICS_OBJECT(page->detail) == STATISTICS_OF_LP;

	if (l->has_lp)
		return is_lp && page->vp_index == l->lp;
	if (!sel->partition)
		return true;
	return !is_lp &&
	       page->partition_id == sel->partition->rec.partition_id &&
	       (!sel->has_vp || page->vp_index == sel->vp);
}

/* What is 0, and what nobody has a name for and is 0, only with --all. */
static bool shows_counter(const struct listing *l, uint64_t value,
			  const struct hvd_abi_row *row)
{
	return value || (row && l->s->opt.all);
}

/* ------------------------------------------------------------------- text */

static void print_heading(const struct listing *l, const struct counters *c)
{
	char owner[OWNER_SIZE];

	/* The owner's words end with the area. */
	fprintf(l->s->out, "Counters of %s: page 0x%" PRIx64 "%s%s\n",
		page_owner(owner, c->page), (uint64_t)c->page->pfn,
		c->readable ? "" : ", not in the dump: ",
		c->readable ? "" : page_state_name(c->state));
}

static void print_counters(const struct listing *l, const struct counters *c)
{
	uint32_t i;

	print_heading(l, c);
	for (i = 0; c->readable && i < STATISTICS_COUNTERS; i++) {
		const struct hvd_abi_row *row = statistics_row(l->s->dump, c->page, i);
		uint64_t value = hvd_le64(c->bytes + 8 * i);

		if (!shows_counter(l, value, row))
			continue;
		if (row)
			fprintf(l->s->out, "  %-46s %20" PRIu64 "%s%s\n",
				row->name, value, row->unit[0] ? " " : "",
				row->unit);
		else
			fprintf(l->s->out, "  %-46" PRIu32 " %20" PRIu64 "\n",
				i, value);
	}
	fputc('\n', l->s->out);
}

/* ------------------------------------------------------------------- JSON */

static json_t *values_json(const struct listing *l, const struct counters *c)
{
	json_t *list = json_object();
	char number[NAME_SIZE];
	uint32_t i;

	for (i = 0; i < STATISTICS_COUNTERS; i++) {
		const struct hvd_abi_row *row = statistics_row(l->s->dump, c->page, i);
		uint64_t value = hvd_le64(c->bytes + 8 * i);
		json_t *o;

		if (!shows_counter(l, value, row))
			continue;
		o = json_object();
		json_set(o, "index", json_integer(i));
		json_set(o, "value", json_hex(value, 16));
		json_set(o, "unit", json_string_or_null(row ? row->unit : ""));
		snprintf(number, sizeof(number), "%" PRIu32, i);
		json_set(list, row ? row->name : number, o);
	}
	return list;
}

static json_t *counters_json(const struct listing *l, const struct counters *c)
{
	const struct hvd_page *page = c->page;
	uint32_t object = STATISTICS_OBJECT(page->detail);
	bool has_index = page->vp_index != UINT32_MAX;
	json_t *index = has_index ? json_integer(page->vp_index) : json_null();
	json_t *o = json_object();

	json_set(o, "object", json_string_or_null(name_of_object(object)));
	json_set(o, "area", json_string_or_null(name_of_area(STATISTICS_AREA(page->detail))));
	json_set(o, "partition", page->partition_id == UINT64_MAX
					 ? json_null()
					 : json_hex(page->partition_id, 16));
	json_set(o, "vp", object == STATISTICS_OF_LP ? json_null() : json_incref(index));
	json_set(o, "lp", object == STATISTICS_OF_LP ? json_incref(index) : json_null());
	json_decref(index);
	json_set(o, "pfn", json_integer((json_int_t)page->pfn));
	json_set(o, "state", json_string(page_state_name(c->state)));
	json_set(o, "counters", c->readable ? values_json(l, c) : json_null());
	return o;
}

/* -------------------------------------------------------------------- all */

static void show_page(struct listing *l, const struct hvd_page *page)
{
	struct counters c = {.page = page};

	c.state = memory_state(l->s, &l->memory, page->pfn);
	c.readable = !memory_read(l->s, &l->memory, page->pfn, c.bytes,
				  sizeof(c.bytes));
	if (l->json)
		stream_value(l->json, NULL, counters_json(l, &c));
	else
		print_counters(l, &c);
}

static int show_pages(struct listing *l)
{
	const struct hvd_page **pages;
	size_t i, nr;

	pages = statistics_pages(l->s->dump, &nr);
	for (i = 0; pages && i < nr; i++)
		if (is_shown(l, pages[i]))
			show_page(l, pages[i]);
	free(pages);
	return pages ? 0 : -1;
}

static int show_json(struct listing *l)
{
	struct json_stream st = {.out = l->s->out};

	l->json = &st;
	stream_open(&st, NULL, '{');
	stream_members(&st, json_begin(l->s));
	stream_open(&st, "stats", '[');
	st.failed |= show_pages(l) != 0;
	stream_close(&st, ']');
	stream_close(&st, '}');
	return json_end(l->s, st.failed);
}

int cmd_stats(struct session *s)
{
	struct listing l = {.s = s};
	int status = STATUS_DONE;

	if (s->opt.lp && parse_number(s->opt.lp, UINT32_MAX, &l.lp)) {
		complain(s, "--lp %s: expected a number", s->opt.lp);
		return STATUS_USAGE;
	}
	l.has_lp = s->opt.lp != NULL;
	memory_open(s, &l.memory);
	if (s->opt.json) {
		status = show_json(&l);
	} else if (show_pages(&l)) {
		complain(s, "no memory for the list of pages");
		status = STATUS_FAILED;
	}
	memory_close(&l.memory);
	return status;
}
