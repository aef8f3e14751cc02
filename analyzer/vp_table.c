// SPDX-License-Identifier: GPL-2.0-or-later
/* A line a VP and VTL, for `hvdump vps` and the report. */
#include "config.h"

#include <inttypes.h>

#include "names.h"
#include "show.h"
#include "stops.h"
#include "table.h"
#include "text.h"

enum {
	COL_PARTITION,
	COL_VP,
	COL_CPU,
	COL_VTL,
	COL_ACTIVE,
	COL_STATE,
	COL_MODE,
	COL_LEVEL,
	COL_PC,
	COL_FLAGS,
	COL_WAITS,
	COL_SP
};

static const struct column columns[] = {
	[COL_PARTITION] = {"PARTITION", .right = true},
	[COL_VP] = {"VP", .right = true},
	[COL_CPU] = {"CPU", .right = true},
	[COL_VTL] = {"VTL", .right = true},
	[COL_ACTIVE] = {"ACT"},
	[COL_STATE] = {"STATE"},
	[COL_MODE] = {"MODE"},
	[COL_LEVEL] = {"LEVEL"},
	[COL_PC] = {"PC", .right = true},
	[COL_FLAGS] = {"FLAGS"},
	[COL_WAITS] = {"WAITS"},
	[COL_SP] = {"SP", .right = true, .extra = true},
};

struct rows {
	struct session *s;
	struct table *t;
	size_t left;
};

static void vp_cells(struct table *t, const struct hvd_dump_vp *vp)
{
	char flags[64];

	table_row(t);
	table_cell(t, COL_PARTITION, "0x%016" PRIx64,
		   (uint64_t)vp->rec.partition_id);
	table_cell(t, COL_VP, "%" PRIu32, vp->rec.vp_index);
	if (vp->rec.cpu == HVD_CPU_NONE)
		table_cell(t, COL_CPU, "-");
	else
		table_cell(t, COL_CPU, "%" PRIu32, vp->rec.cpu);
	if (vp->recorded)
		table_cell(t, COL_FLAGS, "%s",
			   join_flags(flags, sizeof(flags), vp_flag_names,
				      vp->rec.flags));
	else
		table_cell(t, COL_FLAGS, "no-record");
}

static void vtl_cells(const struct rows *r, const struct hvd_dump_vp *vp,
		      const struct hvd_dump_vtl *vtl)
{
	char level[16], buf[WAITS_TEXT];
	struct hvd_vp_state state;
	const char *waits;

	hvd_vp_state_get(r->s->dump, vtl, &state);
	vp_cells(r->t, vp);
	table_cell(r->t, COL_VTL, "%u", vtl->vtl);
	table_cell(r->t, COL_ACTIVE, "%s",
		   !vp->recorded ? "?"
		   : vtl->active ? "yes"
				 : "no");
	table_cell(r->t, COL_STATE, "%s", hvd_vp_activity_name(state.activity));
	table_cell(r->t, COL_MODE, "%s",
		   state.mode == HVD_MODE_UNKNOWN
			   ? "-"
			   : hvd_vp_mode_name(state.mode));
	table_cell(r->t, COL_LEVEL, "%s",
		   text_level(level, sizeof(level), &state));
	if (state.has_pc)
		table_cell(r->t, COL_PC, "0x%016" PRIx64, state.pc);
	else
		table_cell(r->t, COL_PC, "-");
	waits = waits_text(r->s, vp, vtl, state.activity, buf);
	table_cell(r->t, COL_WAITS, "%s", waits ? waits : "-");
	if (state.has_sp)
		table_cell(r->t, COL_SP, "0x%016" PRIx64, state.sp);
}

static void add_vp(struct rows *r, const struct hvd_dump_vp *vp)
{
	size_t i;

	for (i = 0; i < vp->nr_vtls && r->left; i++) {
		if (!shows_vtl(r->s, &vp->vtls[i]))
			continue;
		vtl_cells(r, vp, &vp->vtls[i]);
		r->left--;
	}
	if (!vp->nr_vtls && r->left && !r->s->sel.has_vtl) {
		vp_cells(r->t, vp);
		table_cell(r->t, COL_STATE, "%s",
			   hvd_vp_activity_name(HVD_VP_NOT_CAPTURED));
		r->left--;
	}
}

int text_vp_table(struct session *s, size_t limit, int indent)
{
	struct rows r = {.s = s, .left = limit};
	size_t i, k;

	r.t = table_create(s, columns, sizeof(columns) / sizeof(columns[0]));
	if (!r.t)
		return STATUS_USAGE;
	for (i = 0; i < s->dump->nr_partitions; i++) {
		const struct hvd_dump_partition *p = &s->dump->partitions[i];

		if (!shows_partition(s, p))
			continue;
		for (k = 0; k < p->nr_vps && r.left; k++)
			if (shows_vp(s, &p->vps[k]))
				add_vp(&r, &p->vps[k]);
	}
	return table_finish(r.t, indent);
}
