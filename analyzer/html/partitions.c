// SPDX-License-Identifier: GPL-2.0-or-later
/* The partitions of a page: the tree, and a table of each one's VPs. */
#include "config.h"

#include <inttypes.h>

#include "heat_map.h"
#include "html.h"
#include "../names.h"
#include "parts.h"
#include "../show.h"
#include "../text.h"

/* Of many VPs the table is folded. */
#define UNFOLDED_VPS 32
/* Parents are what a dump says; a tree of ours is not deeper. */
#define MAX_DEPTH 8

struct tree {
	FILE *out;
	const struct session *s;
	size_t vtls; /* number of the next VTL, see parts.h */
};

void html_vtls(const struct hvd_dump *dump, html_vtl_fn fn, void *arg)
{
	size_t i, k, v, nr = 0;

	for (i = 0; i < dump->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &dump->partitions[i];

		for (k = 0; k < p->nr_vps; k++) {
			struct html_vtl at = {.partition = p, .vp = &p->vps[k]};

			for (v = 0; v < (at.vp->nr_vtls ? at.vp->nr_vtls : 1);
			     v++) {
				at.vtl = at.vp->nr_vtls ? &at.vp->vtls[v] : NULL;
				if (fn(&at, nr++, arg))
					return;
			}
		}
	}
}

static void print_place(FILE *out, const struct hvd_vp_state *state)
{
	char level[16];

	html_element(out, "td", "%s",
		     state->mode == HVD_MODE_UNKNOWN
			     ? "-"
			     : hvd_vp_mode_name(state->mode));
	html_element(out, "td", "%s", text_level(level, sizeof(level), state));
	if (state->has_pc)
		html_element(out, "td class=\"n\"", "0x%016" PRIx64, state->pc);
	else
		fputs("<td class=\"n\">-</td>", out);
}

static void print_vtl(struct tree *t, const struct hvd_dump_partition *p,
		      const struct hvd_dump_vp *vp,
		      const struct hvd_dump_vtl *vtl)
{
	struct hvd_vp_state state = {
		.activity = HVD_VP_NOT_CAPTURED, .level = -1,
	};
	char flags[64] = "no-record";

	if (vtl)
		hvd_vp_state_get(t->s->dump, vtl, &state);
	if (vp->recorded)
		join_flags(flags, sizeof(flags), vp_flag_names, vp->rec.flags);
	fprintf(t->out, "<tr data-vtl=\"%zu\" data-vp=\"%zu\">", t->vtls++,
		(size_t)(vp - p->vps));
	html_element(t->out, "th scope=\"row\"", "%" PRIu32, vp->rec.vp_index);
	if (vtl)
		html_element(t->out, "td class=\"n\"", "%u%s", vtl->vtl,
			     vtl->active ? " active" : "");
	else
		fputs("<td class=\"n\">-</td>", t->out);
	fprintf(t->out, "<td class=\"vp-%d\">%s</td>", (int)state.activity,
		hvd_vp_activity_name(state.activity));
	print_place(t->out, &state);
	html_element(t->out, "td", "%s", flags);
	fputs("</tr>\n", t->out);
}

static void print_vps(struct tree *t, const struct hvd_dump_partition *p)
{
	size_t i, k;

	if (!p->nr_vps)
		return;
	fprintf(t->out, "<details class=\"vps\"%s><summary>%zu VP%s, one by one"
			"</summary>\n<div class=\"wide\"><table>\n<thead><tr>"
			"<th scope=\"col\">VP</th><th scope=\"col\">VTL</th>"
			"<th scope=\"col\">State</th><th scope=\"col\">Mode"
			"</th><th scope=\"col\">Level</th>"
			"<th scope=\"col\">PC</th><th scope=\"col\">Flags</th>"
			"</tr></thead>\n<tbody>\n",
		p->nr_vps > UNFOLDED_VPS ? "" : " open", p->nr_vps,
		p->nr_vps == 1 ? "" : "s");
	for (i = 0; i < p->nr_vps; i++) {
		const struct hvd_dump_vp *vp = &p->vps[i];

		for (k = 0; k < vp->nr_vtls; k++)
			print_vtl(t, p, vp, &vp->vtls[k]);
		if (!vp->nr_vtls)
			print_vtl(t, p, vp, NULL);
	}
	fputs("</tbody></table></div></details>\n", t->out);
}

static void print_partition(struct tree *t, const struct hvd_dump_partition *p,
			    unsigned int depth)
{
	const char *state = partition_state(p);

	fprintf(t->out, "<article class=\"depth-%u\" id=\"p-%016" PRIx64 "\">\n"
			"<h3>",
		depth, (uint64_t)p->rec.partition_id);
	html_printf(t->out, "%s partition ", text_kind(p));
	html_element(t->out, "code", "0x%" PRIx64,
		     (uint64_t)p->rec.partition_id);
	fputs("</h3>\n<p>", t->out);
	html_printf(t->out, "%s, %zu VP%s", state ? state : "state not known",
		    p->nr_vps, p->nr_vps == 1 ? "" : "s");
	if (p->recorded && depth)
		html_printf(t->out, ", child of 0x%" PRIx64,
			    (uint64_t)p->rec.parent_id);
	fputs("</p>\n", t->out);
	html_heat_map(t->out, t->s->dump, p);
	print_vps(t, p);
	fputs("</article>\n", t->out);
}

/* How far down the tree it is; a circle ends at what is deepest. */
static unsigned int depth_of(const struct hvd_dump *d,
			     const struct hvd_dump_partition *p)
{
	unsigned int depth = 0;

	while (p && p->recorded && depth < MAX_DEPTH &&
	       p->rec.parent_id != p->rec.partition_id) {
		p = hvd_dump_find_partition(d, p->rec.parent_id);
		depth += p != NULL;
	}
	return depth;
}

void html_partitions(FILE *out, const struct session *s)
{
	struct tree t = {.out = out, .s = s};
	const struct hvd_dump *d = s->dump;
	size_t i;

	if (!d->nr_partitions)
		return;
	html_section(out, "partitions", "Partitions (%zu)", d->nr_partitions);
	for (i = 0; i < d->nr_partitions; i++)
		print_partition(&t, &d->partitions[i],
				depth_of(d, &d->partitions[i]));
	html_end_section(out);
}
