// SPDX-License-Identifier: GPL-2.0-or-later
/* Walking two captures side by side: see diff.h. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diff.h"
#include "names.h"
#include "show.h"
#include "text.h"

void diff_say(struct diff *d, const struct difference *where, const char *kind,
	      const char *name, const char *a, const char *b)
{
	struct difference one = *where;

	one.kind = kind;
	snprintf(one.name, sizeof(one.name), "%s", name);
	snprintf(one.a, sizeof(one.a), "%s", a);
	snprintf(one.b, sizeof(one.b), "%s", b);
	*(one.is_volatile ? &d->volatiles : &d->count) += 1;
	d->fn(&one, d->arg);
}

/* The same, where the two texts differ. */
static void compare(struct diff *d, const struct difference *where,
		    const char *kind, const char *name, const char *a,
		    const char *b)
{
	a = a ? a : "unknown";
	b = b ? b : "unknown";
	if (strcmp(a, b))
		diff_say(d, where, kind, name, a, b);
}

static bool is_of_self(const struct hvd_dump *d, uint64_t partition)
{
	const struct hvd_dump_partition *self = hvd_dump_self(d);

	return self && self->rec.partition_id == partition;
}

bool diff_is_moving(const struct diff *d, uint64_t partition)
{
	return is_of_self(d->a->dump, partition) ||
	       is_of_self(d->b->dump, partition);
}

/* -------------------------------------------------------------------- properties */

static const char *property_text(char *buf, const struct hvd_dump_property *p)
{
	char status[NAME_SIZE];

	if (!p || p->flags & HVD_VALUE_NOT_ASKED)
		return "";
	if (p->status)
		snprintf(buf, DIFF_VALUE, "%s",
			 name_of_status(status, p->status));
	else
		snprintf(buf, DIFF_VALUE, "0x%016" PRIx64, p->value);
	return buf;
}

static void compare_property(struct diff *d, const struct difference *where,
			     const struct hvd_dump_property *a,
			     const struct hvd_dump_property *b)
{
	char name[NAME_SIZE], x[DIFF_VALUE], y[DIFF_VALUE];
	const char *from = property_text(x, a), *to = property_text(y, b);

	if (strcmp(from, to))
		diff_say(d, where, "property",
			 name_of_property(name, a ? a->code : b->code), from,
			 to);
}

/* Both are in ascending order of their codes. */
static void compare_properties(struct diff *d, const struct difference *where,
			       const struct hvd_dump_partition *a,
			       const struct hvd_dump_partition *b)
{
	size_t i = 0, k = 0;

	while (i < a->nr_props || k < b->nr_props) {
		const struct hvd_dump_property *x =
			i < a->nr_props ? &a->props[i] : NULL;
		const struct hvd_dump_property *y =
			k < b->nr_props ? &b->props[k] : NULL;

		if (x && y && x->code != y->code) {
			if (x->code < y->code)
				y = NULL;
			else
				x = NULL;
		}
		compare_property(d, where, x, y);
		i += x != NULL;
		k += y != NULL;
	}
}

/* --------------------------------------------------------------------------- VPs */

static void compare_activity(struct diff *d, const struct difference *where,
			     const struct hvd_dump_vtl *a,
			     const struct hvd_dump_vtl *b)
{
	struct hvd_vp_state x, y;

	hvd_vp_state_get(d->a->dump, a, &x);
	hvd_vp_state_get(d->b->dump, b, &y);
	compare(d, where, "state", "state", hvd_vp_activity_name(x.activity),
		hvd_vp_activity_name(y.activity));
	compare(d, where, "state", "mode", hvd_vp_mode_name(x.mode),
		hvd_vp_mode_name(y.mode));
	compare(d, where, "state", "active", a->active ? "yes" : "no",
		b->active ? "yes" : "no");
}

static void compare_vtl(struct diff *d, const struct difference *where,
			const struct hvd_dump_vp *a,
			const struct hvd_dump_vp *b, uint16_t vtl)
{
	const struct hvd_dump_vtl *x = hvd_dump_find_vtl(a, vtl);
	const struct hvd_dump_vtl *y = hvd_dump_find_vtl(b, vtl);
	struct difference at = *where;

	if (!x && !y)
		return;
	at.has_vtl = true;
	at.vtl = vtl;
	if (!x || !y) {
		diff_say(d, &at, "vtl", "VTL", x ? "there" : "",
			 y ? "there" : "");
		return;
	}
	compare_activity(d, &at, x, y);
	diff_registers(d, &at, x, y);
	diff_states(d, &at);
}

static void compare_vp(struct diff *d, const struct difference *where,
		       const struct hvd_dump_vp *a, const struct hvd_dump_vp *b)
{
	struct difference at = *where;
	uint16_t vtl;

	at.has_vp = true;
	at.vp = (a ? a : b)->rec.vp_index;
	if (!a || !b) {
		diff_say(d, &at, "vp", "VP", a ? "there" : "",
			 b ? "there" : "");
		return;
	}
	if ((d->a->sel.has_vp && d->a->sel.vp != at.vp))
		return;
	for (vtl = 0; vtl < HVD_DUMP_VTLS; vtl++)
		if (!d->a->sel.has_vtl || d->a->sel.vtl == vtl)
			compare_vtl(d, &at, a, b, vtl);
}

static void compare_vps(struct diff *d, const struct difference *where,
			const struct hvd_dump_partition *a,
			const struct hvd_dump_partition *b)
{
	size_t i = 0, k = 0;

	while (i < a->nr_vps || k < b->nr_vps) {
		const struct hvd_dump_vp *x = i < a->nr_vps ? &a->vps[i] : NULL;
		const struct hvd_dump_vp *y = k < b->nr_vps ? &b->vps[k] : NULL;

		if (x && y && x->rec.vp_index != y->rec.vp_index) {
			if (x->rec.vp_index < y->rec.vp_index)
				y = NULL;
			else
				x = NULL;
		}
		compare_vp(d, where, x, y);
		i += x != NULL;
		k += y != NULL;
	}
}

/* -------------------------------------------------------------------- partitions */

static void compare_partition(struct diff *d,
			      const struct hvd_dump_partition *a,
			      const struct hvd_dump_partition *b)
{
	uint64_t id = (a ? a : b)->rec.partition_id;
	struct difference at = {
		.has_partition = true,
		.partition = id,
		.is_volatile = false,
	};

	if (d->a->sel.partition && d->a->sel.partition != a)
		return;
	if (!a || !b) {
		diff_say(d, &at, "partition", "partition", a ? "there" : "",
			 b ? "there" : "");
		return;
	}
	compare(d, &at, "partition", "kind", text_kind(a), text_kind(b));
	compare(d, &at, "partition", "state", partition_state(a),
		partition_state(b));
	compare_properties(d, &at, a, b);
	diff_balance(d, &at);
	at.is_volatile = diff_is_moving(d, id);
	compare_vps(d, &at, a, b);
}

void diff_walk(struct diff *d)
{
	const struct hvd_dump *a = d->a->dump, *b = d->b->dump;
	uint64_t id;
	size_t i;

	d->count = 0;
	d->volatiles = 0;
	for (i = 0; i < a->nr_partitions; i++) {
		id = a->partitions[i].rec.partition_id;
		compare_partition(d, &a->partitions[i],
				  hvd_dump_find_partition(b, id));
	}
	for (i = 0; i < b->nr_partitions; i++) {
		id = b->partitions[i].rec.partition_id;
		if (!hvd_dump_find_partition(a, id))
			compare_partition(d, NULL, &b->partitions[i]);
	}
	diff_counters(d);
}
