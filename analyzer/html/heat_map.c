// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The heat map: one path for each activity, with a figure for each VP. So a map
 * of thousands costs some bytes a VP, and is drawn at once. The figures differ
 * in shape, too: for paper, and for who sees no colours.
 */
#include "config.h"

#include <inttypes.h>

#include "heat_map.h"
#include "html.h"

#define ACTIVITIES (HVD_VP_NOT_CAPTURED + 1)
#define MAX_COLUMNS 64
#define PITCH 12 /* from figure to figure, in the units of a view box */

/* How an activity is drawn: a path of relative moves from the corner of 10 x 10. */
static const char *const figures[ACTIVITIES] = {
	[HVD_VP_UNKNOWN] = "m4 4h2v2h-2z",
	[HVD_VP_RUNNING] = "h10v10h-10z",
	[HVD_VP_HALTED] = "m2 2h6v6h-6z",
	[HVD_VP_IDLE] = "m3 3h4v4h-4z",
	[HVD_VP_INTERCEPT] = "m5 0l5 5l-5 5l-5 -5z",
	[HVD_VP_SUSPENDED] = "h10v10h-10zm2 2v6h6v-6z",
	[HVD_VP_DISPATCH] = "h10v10h-10zm1 1v8h8v-8z",
	[HVD_VP_STARTUP] = "m0 10l5 -10l5 10z",
	[HVD_VP_NOT_CAPTURED] = "m0 1l1 -1l9 9l-1 1z",
};

static size_t count_columns(size_t nr)
{
	size_t columns = 8;

	while (columns < MAX_COLUMNS && columns * columns / 4 < nr)
		columns *= 2;
	return columns < nr ? columns : nr;
}

static void draw_activity(FILE *out, const struct hvd_dump *dump,
			  const struct hvd_dump_partition *p,
			  enum hvd_vp_activity activity, size_t columns)
{
	size_t i;

	fprintf(out, "<path class=\"vp-%d\" d=\"", (int)activity);
	for (i = 0; i < p->nr_vps; i++)
		if (hvd_vp_activity_get(dump, &p->vps[i]) == activity)
			fprintf(out, "M%zu %zu%s", i % columns * PITCH,
				i / columns * PITCH, figures[activity]);
	fputs("\"/>", out);
}

static void print_legend(FILE *out, const size_t *counts)
{
	size_t a;

	fputs("<ul class=\"legend\">", out);
	for (a = 0; a < ACTIVITIES; a++)
		if (counts[a])
			fprintf(out,
				"<li><svg viewBox=\"0 0 10 10\" width=\"10\" "
				"height=\"10\" aria-hidden=\"true\">"
				"<path class=\"vp-%zu\" d=\"M0 0%s\"/></svg> "
				"%zu %s</li>",
				a, figures[a], counts[a],
				hvd_vp_activity_name((enum hvd_vp_activity)a));
	fputs("</ul>\n", out);
}

void html_heat_map(FILE *out, const struct hvd_dump *dump,
		   const struct hvd_dump_partition *p)
{
	size_t counts[ACTIVITIES] = {0}, columns = count_columns(p->nr_vps);
	size_t i, a;

	if (!p->nr_vps)
		return;
	for (i = 0; i < p->nr_vps; i++)
		counts[hvd_vp_activity_get(dump, &p->vps[i])]++;
	fprintf(out,
		"<svg class=\"map\" role=\"img\" data-columns=\"%zu\" "
		"viewBox=\"0 0 %zu %zu\" width=\"%zu\" "
		"aria-label=\"what %zu VPs were doing, counted below\">",
		columns, columns * PITCH - 2,
		(p->nr_vps + columns - 1) / columns * PITCH - 2,
		columns * PITCH - 2, p->nr_vps);
	for (a = 0; a < ACTIVITIES; a++)
		if (counts[a])
			draw_activity(out, dump, p, (enum hvd_vp_activity)a,
				      columns);
	fputs("</svg>\n", out);
	print_legend(out, counts);
}
