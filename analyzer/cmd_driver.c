// SPDX-License-Identifier: GPL-2.0-or-later
/* hvdump driver: the mshv driver's own objects, and the rest of the root's view.
 */
#include "config.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "json.h"
#include "kernel_open.h"
#include "names.h"
#include "table.h"
#include "text.h"

#define CELL 48

/* A count, "-" where it is not known. */
static const char *count(char *buf, uint64_t n)
{
	if (n == HVD_UNKNOWN)
		return "-";
	snprintf(buf, CELL, "%" PRIu64, n);
	return buf;
}

static const char *hex(char *buf, uint64_t n)
{
	if (n == HVD_UNKNOWN)
		return "-";
	snprintf(buf, CELL, "0x%" PRIx64, n);
	return buf;
}

static const char *answer(uint64_t n)
{
	if (n == HVD_UNKNOWN)
		return "-";
	return n ? "yes" : "no";
}

/* Of an enumerator, whose name comes from the dump; else its number. */
static const char *name(char *buf, const char *text, uint64_t n)
{
	if (!text)
		return count(buf, n);
	return clean_string(buf, CELL, text);
}

/* Where a page is: its number, since that is what `page` takes. */
static const char *page(char *buf, uint64_t address, uint64_t pfn)
{
	if (!address)
		return "none";
	return hex(buf, pfn);
}

/* ---------------------------------------------------------------- partitions */

enum { P_ID, P_VPS, P_INIT, P_REGIONS, P_PAGES, P_IRQFDS, P_IOEVENTFDS,
       P_ROUTES, P_ISOLATION, P_REFERENCES };

static const struct column partition_columns[] = {
	[P_ID] = {"PARTITION", .right = true},
	[P_VPS] = {"VPS", .right = true},
	[P_INIT] = {"INITIALIZED"},
	[P_REGIONS] = {"REGIONS", .right = true},
	[P_PAGES] = {"PAGES", .right = true},
	[P_IRQFDS] = {"IRQFDS", .right = true},
	[P_IOEVENTFDS] = {"IOEVENTFDS", .right = true},
	[P_ROUTES] = {"ROUTES", .right = true},
	[P_ISOLATION] = {"ISOLATION", .right = true},
	[P_REFERENCES] = {"REFERENCES", .right = true},
};

static uint64_t all_pages(const struct hvd_mshv_partition *p)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < p->nr_regions; i++)
		if (__builtin_add_overflow(sum, p->regions[i].pages, &sum))
			return HVD_UNKNOWN;
	return sum;
}

static void partition_row(struct table *t, const struct hvd_mshv_partition *p)
{
	char b[CELL];

	table_row(t);
	table_cell(t, P_ID, "%s", hex(b, p->id));
	table_cell(t, P_VPS, "%s", count(b, p->vp_count));
	table_cell(t, P_INIT, "%s", answer(p->initialized));
	table_cell(t, P_REGIONS, "%zu", p->nr_regions);
	table_cell(t, P_PAGES, "%s", count(b, all_pages(p)));
	table_cell(t, P_IRQFDS, "%zu", p->nr_irqfds);
	table_cell(t, P_IOEVENTFDS, "%zu", p->nr_ioeventfds);
	table_cell(t, P_ROUTES, "%zu", p->nr_routes);
	table_cell(t, P_ISOLATION, "%s", count(b, p->isolation_type));
	table_cell(t, P_REFERENCES, "%s", count(b, p->references));
}

/* ----------------------------------------------------------------------- VPs */

enum { V_PARTITION, V_VP, V_SUSPEND, V_BLOCKED, V_DISPATCHED, V_KICKED,
       V_SIGNALED, V_REGISTERS, V_INTERCEPT, V_STATISTICS, V_ADDRESS };

static const struct column vp_columns[] = {
	[V_PARTITION] = {"PARTITION", .right = true},
	[V_VP] = {"VP", .right = true},
	[V_SUSPEND] = {"SUSPENDED"},
	[V_BLOCKED] = {"BLOCKED"},
	[V_DISPATCHED] = {"DISPATCHED"},
	[V_KICKED] = {"KICKED"},
	[V_SIGNALED] = {"SIGNALED", .right = true},
	[V_REGISTERS] = {"REGISTERS", .right = true},
	[V_INTERCEPT] = {"INTERCEPT", .right = true},
	[V_STATISTICS] = {"STATISTICS", .right = true},
	[V_ADDRESS] = {"ADDRESS", .extra = true},
};

static void vp_row(struct table *t, const struct hvd_mshv_partition *p,
		   const struct hvd_mshv_vp *vp)
{
	char b[CELL];

	table_row(t);
	table_cell(t, V_PARTITION, "%s", hex(b, p->id));
	table_cell(t, V_VP, "%s", count(b, vp->index));
	table_cell(t, V_SUSPEND, "%s", answer(vp->intercept_suspend));
	table_cell(t, V_BLOCKED, "%s", answer(vp->blocked));
	table_cell(t, V_DISPATCHED, "%s", answer(vp->dispatched));
	table_cell(t, V_KICKED, "%s", answer(vp->kicked));
	table_cell(t, V_SIGNALED, "%s", count(b, vp->signaled));
	table_cell(t, V_REGISTERS, "%s",
		   page(b, vp->register_page, vp->register_pfn));
	table_cell(t, V_INTERCEPT, "%s",
		   page(b, vp->intercept_page, vp->intercept_pfn));
	table_cell(t, V_STATISTICS, "%s",
		   page(b, vp->statistics_page[0], vp->statistics_pfn[0]));
	table_cell(t, V_ADDRESS, "0x%016" PRIx64, vp->address);
}

static void vp_rows(struct table *t, const struct hvd_mshv_partition *p)
{
	size_t i;

	for (i = 0; i < p->nr_vps; i++)
		vp_row(t, p, &p->vps[i]);
}

/* ------------------------------------------------------------------- regions */

enum { R_PARTITION, R_GFN, R_PAGES, R_TYPE, R_FLAGS, R_USER };

static const struct column region_columns[] = {
	[R_PARTITION] = {"PARTITION", .right = true},
	[R_GFN] = {"GFN", .right = true},
	[R_PAGES] = {"PAGES", .right = true},
	[R_TYPE] = {"TYPE"},
	[R_FLAGS] = {"FLAGS"},
	[R_USER] = {"USER"},
};

/* HV_MAP_GPA_... (include/hyperv/hvhdk.h), in few letters. */
static const struct flag_name map_flags[] = {
	{0x1, "r"},	       {0x2, "w"},
	{0x4, "x"},	       {0x8, "ux"},
	{0x8000, "adjustable"}, {0x10000, "no-access"},
	{0x200000, "uncached"}, {0x80000000, "large"},
	{0, NULL}};

static void region_rows(struct table *t, const struct hvd_mshv_partition *p)
{
	char b[CELL], flags[96];
	size_t i;

	for (i = 0; i < p->nr_regions; i++) {
		const struct hvd_mshv_region *m = &p->regions[i];

		table_row(t);
		table_cell(t, R_PARTITION, "%s", hex(b, p->id));
		table_cell(t, R_GFN, "%s", hex(b, m->start_gfn));
		table_cell(t, R_PAGES, "%s", count(b, m->pages));
		table_cell(t, R_TYPE, "%s", name(b, m->type_name, m->type));
		table_cell(t, R_FLAGS, "%s",
			   m->hv_flags == HVD_UNKNOWN
				   ? "-"
				   : join_flags(flags, sizeof(flags), map_flags,
						m->hv_flags));
		table_cell(t, R_USER, "%s", hex(b, m->start_uaddr));
	}
}

/* ---------------------------------------------------------------- interrupts */

enum { I_PARTITION, I_KIND, I_GSI, I_TO, I_DETAIL };

static const struct column irq_columns[] = {
	[I_PARTITION] = {"PARTITION", .right = true},
	[I_KIND] = {"KIND"},
	[I_GSI] = {"GSI", .right = true},
	[I_TO] = {"ADDRESS"},
	[I_DETAIL] = {"DETAIL"},
};

static void irq_row(struct table *t, const struct hvd_mshv_partition *p,
		    const char *kind, uint64_t gsi, uint64_t to)
{
	char b[CELL];

	table_row(t);
	table_cell(t, I_PARTITION, "%s", hex(b, p->id));
	table_cell(t, I_KIND, "%s", kind);
	table_cell(t, I_GSI, "%s", count(b, gsi));
	table_cell(t, I_TO, "%s", hex(b, to));
}

static void irq_rows(struct table *t, const struct hvd_mshv_partition *p)
{
	char b[CELL];
	size_t i;

	for (i = 0; i < p->nr_irqfds; i++) {
		const struct hvd_mshv_irqfd *f = &p->irqfds[i];

		irq_row(t, p, "irqfd", f->gsi, f->apic_id);
		table_cell(t, I_DETAIL, "vector %s%s%s", hex(b, f->vector),
			   f->level_triggered == 1 ? ", level" : "",
			   f->resampled ? ", resampled" : "");
	}
	for (i = 0; i < p->nr_routes; i++) {
		irq_row(t, p, "route", p->routes[i].gsi,
			p->routes[i].msi_address);
		table_cell(t, I_DETAIL, "data %s",
			   hex(b, p->routes[i].msi_data));
	}
	for (i = 0; i < p->nr_ioeventfds; i++) {
		const struct hvd_mshv_ioeventfd *f = &p->ioeventfds[i];

		irq_row(t, p, "ioeventfd", HVD_UNKNOWN, f->gpa);
		table_cell(t, I_DETAIL, "doorbell %s", count(b, f->doorbell));
	}
}

/* -------------------------------------------------------------- all of these */

enum { ROW_PARTITIONS, ROW_VPS, ROW_REGIONS, ROW_IRQS };

#define COLUMNS(list) list, sizeof(list) / sizeof(list[0])

static const struct {
	const char *title;
	const struct column *columns;
	size_t nr;
	void (*rows)(struct table *t, const struct hvd_mshv_partition *p);
} tables[] = {
	{"Partitions of the mshv driver", COLUMNS(partition_columns),
	 partition_row},
	{"VPs (pages by their numbers)", COLUMNS(vp_columns), vp_rows},
	{"Memory regions", COLUMNS(region_columns), region_rows},
	{"Interrupts", COLUMNS(irq_columns), irq_rows},
};

static bool has_rows(int which, const struct hvd_mshv_partition *p)
{
	switch (which) {
	case ROW_VPS:
		return p->nr_vps;
	case ROW_REGIONS:
		return p->nr_regions;
	case ROW_IRQS:
		return p->nr_irqfds || p->nr_routes || p->nr_ioeventfds;
	default:
		return true;
	}
}

/* @heading: with a title, and only if there is something to show. */
static int print_table(struct session *s, const struct driver *d, int which,
		       bool heading)
{
	const struct hvd_mshv *m = &d->mshv;
	bool any = false;
	struct table *t;
	size_t i;

	for (i = 0; i < m->nr_partitions; i++)
		any |= driver_shows(d, &m->partitions[i]) &&
		       has_rows(which, &m->partitions[i]);
	if (heading && !any)
		return STATUS_DONE;
	if (heading)
		fprintf(s->out, "%s%s\n", which ? "\n" : "",
			tables[which].title);
	t = table_create(s, tables[which].columns, tables[which].nr);
	if (!t)
		return STATUS_USAGE;
	for (i = 0; i < m->nr_partitions; i++)
		if (driver_shows(d, &m->partitions[i]))
			tables[which].rows(t, &m->partitions[i]);
	return table_finish(t, heading ? 2 : 0);
}

static void print_damages(const struct session *s, const struct driver *d)
{
	const struct hvd_mshv *m = &d->mshv;
	char b[CELL];
	size_t i, j;

	if (m->why.text[0])
		fprintf(s->out, "  damaged: %s\n", m->why.text);
	for (i = 0; i < m->nr_partitions; i++) {
		const struct hvd_mshv_partition *p = &m->partitions[i];

		if (p->why.text[0])
			fprintf(s->out, "  damaged: partition %s: %s\n",
				hex(b, p->id), p->why.text);
		for (j = 0; j < p->nr_vps; j++)
			if (p->vps[j].why.text[0])
				fprintf(s->out,
					"  damaged: partition %s: %s\n",
					hex(b, p->id), p->vps[j].why.text);
	}
}

static void print_ports(const struct session *s, const struct hvd_mshv *m)
{
	char b[CELL];
	size_t i;

	if (m->nr_ports)
		fputs("\nPorts\n", s->out);
	for (i = 0; i < m->nr_ports; i++)
		fprintf(s->out, "  %" PRIu64 "  %s  data 0x%016" PRIx64 "\n",
			m->ports[i].id,
			name(b, m->ports[i].type_name, m->ports[i].type),
			m->ports[i].data);
	if (m->no_ports.text[0])
		fprintf(s->out, "\n%s\n", m->no_ports.text);
}

/* ------------------------------------------------------------ other subjects */

static const char *fact_text(char *buf, const struct hvd_fact *f)
{
	if (!f->known)
		return "-";
	switch (f->kind) {
	case HVD_FACT_COUNT:
		return count(buf, f->value);
	case HVD_FACT_HEX32:
		snprintf(buf, CELL, "0x%08" PRIx64, f->value);
		return buf;
	case HVD_FACT_HEX64:
		snprintf(buf, CELL, "0x%016" PRIx64, f->value);
		return buf;
	case HVD_FACT_FLAG:
		return answer(f->value);
	default:
		return name(buf, f->text, 0);
	}
}

static void print_row(const struct session *s, const struct hvd_view *v,
		      size_t row)
{
	char b[CELL];
	size_t i;

	for (i = 0; i < v->nr_facts; i++)
		if (v->facts[i].row == row &&
		    (v->facts[i].known || s->opt.verbose))
			fprintf(s->out, "  %-30s %s\n", v->facts[i].name,
				fact_text(b, &v->facts[i]));
}

/* One line a row: what is not known is left out, unless -v is given. */
static void print_rows(const struct session *s, const struct hvd_view *v)
{
	size_t i, row = (size_t)-1;
	char b[CELL];

	for (i = 0; i < v->nr_facts; i++) {
		const struct hvd_fact *f = &v->facts[i];

		if (f->row != row)
			fprintf(s->out, "%s ", i ? "\n" : "");
		row = f->row;
		if (f->known || s->opt.verbose)
			fprintf(s->out, " %s %s", f->name, fact_text(b, f));
	}
	if (v->nr_facts)
		fputc('\n', s->out);
}

static void print_view(const struct session *s, const struct hvd_view *v)
{
	if (v->absent) {
		if (s->opt.verbose)
			fprintf(s->out, "\n%s: %s\n", v->title, v->why.text);
		return;
	}
	fprintf(s->out, "\n%s\n", v->title);
	if (v->is_list)
		print_rows(s, v);
	else
		print_row(s, v, 0);
	if (v->why.text[0])
		fprintf(s->out, "  not read: %s\n", v->why.text);
	else if (!v->nr_facts)
		fputs("  none\n", s->out);
}

/* What there is none of, in one line: absence is said, too. */
static void print_absent(const struct session *s, const struct driver *d)
{
	const char *between = "\nNot there (-v says why): ";
	size_t i;

	for (i = 0; i < d->nr_views && !s->opt.verbose; i++)
		if (d->views[i].absent) {
			fprintf(s->out, "%s%s", between, d->views[i].name);
			between = ", ";
		}
	if (*between == ',')
		fputc('\n', s->out);
}

static void print_driver(const struct session *s, const struct driver *d)
{
	const struct hvd_mshv *m = &d->mshv;

	if (d->no_mshv.text[0])
		fprintf(s->out, "The mshv driver: %s\n", d->no_mshv.text);
	else if (!m->loaded)
		fputs("The mshv driver is not there\n", s->out);
	else if (!m->nr_partitions)
		fputs("The mshv driver has no partitions\n", s->out);
}

static int print_text(struct session *s, const struct driver *d)
{
	int which, status = STATUS_DONE;
	char b[CELL];
	size_t i;

	/* A table by columns asked for is for programs: nothing else. */
	if (s->opt.columns)
		return print_table(s, d, ROW_VPS, false);
	print_driver(s, d);
	for (which = ROW_PARTITIONS; which <= ROW_IRQS; which++)
		if (status == STATUS_DONE)
			status = print_table(s, d, which, true);
	print_damages(s, d);
	print_ports(s, &d->mshv);
	if (d->mshv.scheduler_name)
		fprintf(s->out, "\nScheduler: %s\n",
			name(b, d->mshv.scheduler_name, 0));
	for (i = 0; i < d->nr_views && !d->has_id; i++)
		print_view(s, &d->views[i]);
	if (!d->has_id)
		print_absent(s, d);
	return status;
}

/* --------------------------------------------------------------- the command */

static int select_partition(struct session *s, struct driver *d)
{
	size_t i;

	if (!s->opt.partition)
		return STATUS_DONE;
	if (parse_number(s->opt.partition, UINT64_MAX, &d->id)) {
		complain(s, "-p %s: expected a number or 0x-hex",
			 s->opt.partition);
		return STATUS_USAGE;
	}
	d->has_id = true;
	for (i = 0; i < d->mshv.nr_partitions; i++)
		if (d->mshv.partitions[i].id == d->id)
			return STATUS_DONE;
	if (!d->mshv.loaded)
		return STATUS_DONE;
	complain(s, "%s: the mshv driver has no partition %s",
		 session_kernel_path(s), s->opt.partition);
	return STATUS_FAILED;
}

static int print_all(struct session *s, const struct driver *d)
{
	json_t *root;

	if (!s->opt.json)
		return print_text(s, d);
	root = json_begin(s);
	json_set(root, "driver", driver_json(d));
	return json_finish(s, root);
}

static int end_status(const struct session *s, const struct driver *d)
{
	struct hvd_error why;

	if (!driver_is_whole(d, &why)) {
		if (!s->opt.quiet)
			complain(s, "%s: %s", session_kernel_path(s), why.text);
		return STATUS_DAMAGED;
	}
	if (d->mshv.loaded)
		return STATUS_DONE;
	if (!s->opt.quiet)
		complain(s, "%s: the kernel has no mshv driver (mshv_root)",
			 session_kernel_path(s));
	return STATUS_NO_STATE;
}

int cmd_driver(struct session *s)
{
	struct hvd_error err;
	struct driver d;
	int status = driver_open(s, &d, &err);

	if (status != STATUS_DONE)
		complain(s, "%s", err.text);
	else
		status = select_partition(s, &d);
	if (status == STATUS_DONE)
		status = print_all(s, &d);
	if (status == STATUS_DONE)
		status = end_status(s, &d);
	driver_close(&d);
	return status;
}
