// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump pages: who owns which memory, and where its bytes are. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "json.h"
#include "memory.h"
#include "names.h"
#include "table.h"

enum {
	COL_PFN,
	COL_SIZE,
	COL_KIND,
	COL_OWNER,
	COL_STATE,
	COL_FLAGS,
	COL_ADDRESS,
	COL_PAGES,
	COL_WHY
};

static const struct column columns[] = {
	[COL_PFN] = {"PFN", .right = true},
	[COL_SIZE] = {"SIZE", .right = true},
	[COL_KIND] = {"KIND"},
	[COL_OWNER] = {"OWNER"},
	[COL_STATE] = {"STATE"},
	[COL_FLAGS] = {"FLAGS"},
	[COL_ADDRESS] = {"ADDRESS", .right = true, .extra = true},
	[COL_PAGES] = {"PAGES", .right = true, .extra = true},
	[COL_WHY] = {"WHY", .extra = true},
};

/** Pages that follow one another, of one use and in one state. */
struct range {
	struct hvd_page use; /* of the first */
	uint64_t pages;
	bool listed; /* its owner is known; else only that it was wanted */
	enum page_state state;
	uint32_t error; /* where it is PAGE_UNREAD */
};

struct ranges {
	struct range *at;
	size_t nr;
};

static void add_range(const struct session *s, const struct memory *m,
		      struct ranges *r, const struct hvd_page *use,
		      uint64_t pages, bool listed)
{
	struct range *range = &r->at[r->nr++];
	const struct hvd_gap *gap = hvd_dump_find_gap(s->dump, use->pfn);

	*range = (struct range){.use = *use, .pages = pages, .listed = listed};
	range->state = memory_state(s, m, use->pfn);
	if (range->state == PAGE_UNREAD)
		range->error = gap->error;
}

/* Does a page element tell of the same use? */
static bool is_referenced(const struct hvd_dump *d, const struct hvd_page *use)
{
	const struct hvd_page *p = hvd_dump_find_page(d, use->pfn);

	for (; p && p < d->pages + d->nr_pages && p->pfn == use->pfn; p++)
		if (p->kind == use->kind &&
		    p->partition_id == use->partition_id &&
		    p->vp_index == use->vp_index && p->detail == use->detail)
			return true;
	return false;
}

static int compare_ranges(const void *x, const void *y)
{
	const struct range *a = x, *b = y;

	if (a->use.pfn != b->use.pfn)
		return a->use.pfn < b->use.pfn ? -1 : 1;
	return (a->use.kind > b->use.kind) - (a->use.kind < b->use.kind);
}

static bool continues(const struct range *a, const struct range *b)
{
	return a->use.pfn + a->pages == b->use.pfn && a->listed == b->listed &&
	       a->use.kind == b->use.kind &&
	       a->use.partition_id == b->use.partition_id &&
	       a->use.vp_index == b->use.vp_index &&
	       a->use.detail == b->use.detail && a->use.flags == b->use.flags &&
	       a->state == b->state && a->error == b->error;
}

static void sort_and_merge(struct ranges *r)
{
	size_t i, kept = 0;

	if (r->nr)
		qsort(r->at, r->nr, sizeof(*r->at), compare_ranges);
	for (i = 0; i < r->nr; i++) {
		if (kept && continues(&r->at[kept - 1], &r->at[i]))
			r->at[kept - 1].pages += r->at[i].pages;
		else
			r->at[kept++] = r->at[i];
	}
	r->nr = kept;
}

/* References; copies that nothing refers to; gaps that nothing refers to. */
static int find_ranges(const struct session *s, struct ranges *r)
{
	const struct hvd_dump *d = s->dump;
	struct memory m;
	size_t i;

	r->nr = 0;
	r->at = calloc(d->nr_pages + d->nr_copies + d->nr_gaps + 1,
		       sizeof(*r->at));
	if (!r->at)
		return -1;
	memory_open(s, &m);
	for (i = 0; i < d->nr_pages; i++)
		add_range(s, &m, r, &d->pages[i], 1, true);
	for (i = 0; i < d->nr_copies; i++) {
		const struct hvd_page use = copy_use(&d->copies[i]);

		if (!is_referenced(d, &use))
			add_range(s, &m, r, &use, 1, true);
	}
	for (i = 0; i < d->nr_gaps; i++) {
		const struct hvd_page use = {
			.pfn = d->gaps[i].pfn,
			.kind = d->gaps[i].kind,
			.partition_id = UINT64_MAX,
			.vp_index = UINT32_MAX,
		};

		if (!hvd_dump_find_page(d, use.pfn))
			add_range(s, &m, r, &use, d->gaps[i].pages, false);
	}
	memory_close(&m);
	sort_and_merge(r);
	return 0;
}

/* In KiB while that is exact and short. */
static void size_cell(struct table *t, uint64_t pages, unsigned int shift)
{
	uint64_t kib = pages << (shift - 10);

	if (pages > UINT64_MAX >> (shift - 10))
		table_cell(t, COL_SIZE, "%" PRIu64 " pages", pages);
	else if (kib >= 10240 && kib % 1024 == 0)
		table_cell(t, COL_SIZE, "%" PRIu64 "M", kib / 1024);
	else
		table_cell(t, COL_SIZE, "%" PRIu64 "K", kib);
}

static void range_row(struct table *t, const struct range *r,
		      unsigned int shift)
{
	char kind[NAME_SIZE], owner[OWNER_SIZE], flags[64], why[REASON_SIZE];

	table_row(t);
	table_cell(t, COL_PFN, "0x%" PRIx64, (uint64_t)r->use.pfn);
	table_cell(t, COL_ADDRESS, "0x%016" PRIx64,
		   (uint64_t)r->use.pfn << shift);
	table_cell(t, COL_PAGES, "%" PRIu64, r->pages);
	size_cell(t, r->pages, shift);
	table_cell(t, COL_KIND, "%s", page_kind(kind, &r->use));
	table_cell(t, COL_OWNER, "%s",
		   r->listed ? page_owner(owner, &r->use) : "-");
	table_cell(t, COL_STATE, "%s", page_state_name(r->state));
	table_cell(t, COL_FLAGS, "%s",
		   join_flags(flags, sizeof(flags), page_flag_names,
			      r->use.flags));
	if (r->state == PAGE_UNREAD || r->state == PAGE_GUARDED)
		table_cell(t, COL_WHY, "%s", page_reason(why, r->error));
}

static json_t *range_json(const struct range *r, unsigned int shift)
{
	json_t *o = page_json(&r->use);

	json_set(o, "pfn", json_integer((json_int_t)r->use.pfn));
	json_set(o, "address", json_hex((uint64_t)r->use.pfn << shift, 16));
	json_set(o, "pages", json_integer((json_int_t)r->pages));
	json_set(o, "owned", json_boolean(r->listed));
	json_set(o, "state", json_string(page_state_name(r->state)));
	json_set(o, "error",
		 r->state == PAGE_UNREAD ? json_integer((json_int_t)r->error)
					 : json_null());
	return o;
}

static int print_json(struct session *s, const struct ranges *r)
{
	unsigned int shift = hvd_dump_page_shift(s->dump);
	json_t *list = json_array(), *root = json_begin(s);
	size_t i;

	for (i = 0; i < r->nr; i++)
		json_append(list, range_json(&r->at[i], shift));
	json_set(root, "page_size", json_integer((json_int_t)1 << shift));
	json_set(root, "pages", list);
	return json_finish(s, root);
}

static int print_table(struct session *s, const struct ranges *r)
{
	struct table *t = table_create(s, columns,
				       sizeof(columns) / sizeof(columns[0]));
	size_t i;

	if (!t)
		return STATUS_USAGE;
	for (i = 0; i < r->nr; i++)
		range_row(t, &r->at[i], hvd_dump_page_shift(s->dump));
	return table_finish(t, 0);
}

int cmd_pages(struct session *s)
{
	struct ranges r;
	int status = STATUS_FAILED;

	if (find_ranges(s, &r))
		complain(s, "no memory for the list of pages");
	else
		status = s->opt.json ? print_json(s, &r) : print_table(s, &r);
	free(r.at);
	return status;
}
