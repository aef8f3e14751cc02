// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump pages: who owns which memory, and where its bytes are. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "json.h"
#include "names.h"
#include "ownership.h"
#include "table.h"

enum {
	COL_ADDRESS,
	COL_SIZE,
	COL_KIND,
	COL_OWNER,
	COL_STATE,
	COL_FLAGS,
	COL_PFN,
	COL_PAGES,
	COL_WHY,
	COL_EVIDENCE,
	COL_AT
};

static const struct column columns[] = {
	/* Of its numbers the one that `page` takes as it stands here. */
	[COL_ADDRESS] = {"ADDRESS", .right = true},
	[COL_SIZE] = {"SIZE", .right = true},
	[COL_KIND] = {"KIND"},
	[COL_OWNER] = {"OWNER"},
	[COL_STATE] = {"STATE"},
	[COL_FLAGS] = {"FLAGS"},
	[COL_PFN] = {"PFN", .right = true, .extra = true},
	[COL_PAGES] = {"PAGES", .right = true, .extra = true},
	[COL_WHY] = {"WHY", .extra = true},
	[COL_EVIDENCE] = {"EVIDENCE", .extra = true},
	[COL_AT] = {"AT", .extra = true},
};

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

/* What the notes say of the page, and what was found out. */
static void flags_cell(struct table *t, const struct ownership_range *r)
{
	char flags[64];

	join_flags(flags, sizeof(flags), page_flag_names, r->use.flags);
	table_cell(t, COL_FLAGS, "%s%s%s", flags,
		   flags[0] && r->overlap ? " " : "",
		   r->overlap ? "overlap" : "");
}

static void range_row(struct table *t, const struct ownership_range *r,
		      unsigned int shift)
{
	char kind[NAME_SIZE], owner[OWNER_SIZE], why[REASON_SIZE];
	char place[NAME_SIZE];

	table_row(t);
	table_cell(t, COL_PFN, "0x%" PRIx64, (uint64_t)r->use.pfn);
	table_cell(t, COL_ADDRESS, "0x%016" PRIx64,
		   (uint64_t)r->use.pfn << shift);
	table_cell(t, COL_PAGES, "%" PRIu64, r->pages);
	size_cell(t, r->pages, shift);
	table_cell(t, COL_KIND, "%s", ownership_kind(kind, r));
	table_cell(t, COL_OWNER, "%s",
		   ownership_known(r) ? page_owner(owner, &r->use) : "-");
	table_cell(t, COL_STATE, "%s", page_state_name(r->state));
	flags_cell(t, r);
	if (r->state == PAGE_UNREAD || r->state == PAGE_GUARDED)
		table_cell(t, COL_WHY, "%s", page_reason(why, r->error));
	table_cell(t, COL_EVIDENCE, "%s", ownership_evidence(r));
	table_cell(t, COL_AT, "%s", ownership_place(place, r));
}

static json_t *range_json(const struct ownership_range *r, unsigned int shift)
{
	json_t *o = ownership_json(r);

	json_set(o, "pfn", json_integer((json_int_t)r->use.pfn));
	json_set(o, "address", json_hex((uint64_t)r->use.pfn << shift, 16));
	json_set(o, "pages", json_integer((json_int_t)r->pages));
	json_set(o, "owned", json_boolean(ownership_known(r)));
	json_set(o, "state", json_string(page_state_name(r->state)));
	json_set(o, "error",
		 r->state == PAGE_UNREAD ? json_integer((json_int_t)r->error)
					 : json_null());
	json_set(o, "overlap", json_boolean(r->overlap));
	return o;
}

static int print_json(struct session *s, const struct ownership *r)
{
	unsigned int shift = hvd_dump_page_shift(s->dump);
	json_t *list = json_array(), *root = json_begin(s);
	size_t i;

	for (i = 0; i < r->nr; i++)
		json_append(list, range_json(&r->at[i], shift));
	json_set(root, "page_size", json_integer((json_int_t)1 << shift));
	json_set(root, "overlaps", json_integer((json_int_t)r->overlaps));
	json_set(root, "left_out", json_integer((json_int_t)r->left_out));
	json_set(root, "pages", list);
	return json_finish(s, root);
}

static int print_table(struct session *s, const struct ownership *r)
{
	struct table *t = table_create(s, columns,
				       sizeof(columns) / sizeof(columns[0]));
	size_t i;

	if (!t)
		return STATUS_USAGE;
	for (i = 0; i < r->nr; i++)
		range_row(t, &r->at[i], hvd_dump_page_shift(s->dump));
	if (table_finish(t, 0) != STATUS_DONE)
		return STATUS_FAILED;
	if (r->left_out && !s->opt.no_headings)
		fprintf(s->out, "%" PRIu64 " pages of guests or the hypervisor "
			"were not looked up\n", r->left_out);
	return STATUS_DONE;
}

int cmd_pages(struct session *s)
{
	int status = STATUS_FAILED;
	struct ownership o;
	struct host host;

	host_open(&host, s);
	if (ownership_get(&host, &o))
		complain(s, "no memory for the list of pages");
	else
		status = s->opt.json ? print_json(s, &o) : print_table(s, &o);
	ownership_free(&o);
	host_close(&host);
	return status;
}
