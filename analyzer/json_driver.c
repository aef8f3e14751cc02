// SPDX-License-Identifier: GPL-2.0-or-later
/* "driver" of the JSON object: what the root kernel knew. */
#include "config.h"

#include <string.h>

#include "driver.h"
#include "json.h"
#include "names.h"

/* Counts and indices; HVD_UNKNOWN is null, and nobody counts that far. */
static json_t *count(uint64_t n)
{
	if (n == HVD_UNKNOWN)
		return json_null();
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *hex(uint64_t n, int digits)
{
	return n == HVD_UNKNOWN ? json_null() : json_hex(n, digits);
}

/* A kernel address; where there is none, 0, it is null too. */
static json_t *address(uint64_t n)
{
	return n ? hex(n, 16) : json_null();
}

static json_t *flag(uint64_t n)
{
	return n == HVD_UNKNOWN ? json_null() : json_boolean(n != 0);
}

/* Names of enumerators come from the dump. */
static json_t *name(const char *text)
{
	char clean[64];

	if (!text)
		return json_null();
	return json_string_or_null(clean_string(clean, sizeof(clean), text));
}

static json_t *vp_json(const struct hvd_mshv_vp *vp)
{
	json_t *o = json_object();

	json_set(o, "index", count(vp->index));
	json_set(o, "slot", count(vp->slot));
	json_set(o, "address", address(vp->address));
	json_set(o, "partition_address", address(vp->partition));
	json_set(o, "register_page", address(vp->register_page));
	json_set(o, "register_pfn", count(vp->register_pfn));
	json_set(o, "intercept_page", address(vp->intercept_page));
	json_set(o, "intercept_pfn", count(vp->intercept_pfn));
	json_set(o, "ghcb_page", address(vp->ghcb_page));
	json_set(o, "ghcb_pfn", count(vp->ghcb_pfn));
	json_set(o, "statistics_page", address(vp->statistics_page[0]));
	json_set(o, "statistics_pfn", count(vp->statistics_pfn[0]));
	json_set(o, "parent_statistics_page", address(vp->statistics_page[1]));
	json_set(o, "parent_statistics_pfn", count(vp->statistics_pfn[1]));
	json_set(o, "intercept_suspend", flag(vp->intercept_suspend));
	json_set(o, "blocked", flag(vp->blocked));
	json_set(o, "dispatched", flag(vp->dispatched));
	json_set(o, "kicked", flag(vp->kicked));
	json_set(o, "signaled", count(vp->signaled));
	json_set(o, "damage", json_string_or_null(vp->why.text));
	return o;
}

static json_t *region_json(const struct hvd_mshv_region *m)
{
	json_t *o = json_object();

	json_set(o, "address", address(m->address));
	json_set(o, "start_gfn", count(m->start_gfn));
	json_set(o, "pages", count(m->pages));
	json_set(o, "type", name(m->type_name));
	json_set(o, "type_code", count(m->type));
	json_set(o, "start_uaddr", hex(m->start_uaddr, 16));
	json_set(o, "map_flags", hex(m->hv_flags, 8));
	return o;
}

static json_t *irqfd_json(const struct hvd_mshv_irqfd *f)
{
	json_t *o = json_object();

	json_set(o, "address", address(f->address));
	json_set(o, "gsi", count(f->gsi));
	json_set(o, "vector", count(f->vector));
	json_set(o, "apic_id", hex(f->apic_id, 16));
	json_set(o, "level_triggered", flag(f->level_triggered));
	json_set(o, "resampled", json_boolean(f->resampled));
	return o;
}

static json_t *ioeventfd_json(const struct hvd_mshv_ioeventfd *f)
{
	json_t *o = json_object();

	json_set(o, "address", address(f->address));
	json_set(o, "gpa", hex(f->gpa, 16));
	json_set(o, "length", count(f->length));
	json_set(o, "match", hex(f->match, 16));
	json_set(o, "wildcard", flag(f->wildcard));
	json_set(o, "doorbell", count(f->doorbell));
	return o;
}

static json_t *route_json(const struct hvd_mshv_route *r)
{
	json_t *o = json_object();

	json_set(o, "gsi", count(r->gsi));
	json_set(o, "msi_address", hex(r->msi_address, 16));
	json_set(o, "msi_data", hex(r->msi_data, 8));
	return o;
}

static json_t *vps_json(const struct hvd_mshv_partition *p)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < p->nr_vps; i++)
		json_append(list, vp_json(&p->vps[i]));
	return list;
}

static void add_lists(json_t *o, const struct hvd_mshv_partition *p)
{
	json_t *regions = json_array(), *irqfds = json_array();
	json_t *events = json_array(), *routes = json_array();
	size_t i;

	for (i = 0; i < p->nr_regions; i++)
		json_append(regions, region_json(&p->regions[i]));
	for (i = 0; i < p->nr_irqfds; i++)
		json_append(irqfds, irqfd_json(&p->irqfds[i]));
	for (i = 0; i < p->nr_ioeventfds; i++)
		json_append(events, ioeventfd_json(&p->ioeventfds[i]));
	for (i = 0; i < p->nr_routes; i++)
		json_append(routes, route_json(&p->routes[i]));
	json_set(o, "vps", vps_json(p));
	json_set(o, "regions", regions);
	json_set(o, "irqfds", irqfds);
	json_set(o, "ioeventfds", events);
	json_set(o, "routes", routes);
}

static json_t *partition_json(const struct hvd_mshv_partition *p)
{
	json_t *o = json_object();

	json_set(o, "id", hex(p->id, 16));
	json_set(o, "address", address(p->address));
	json_set(o, "vp_count", count(p->vp_count));
	json_set(o, "initialized", flag(p->initialized));
	json_set(o, "import_completed", flag(p->import_completed));
	json_set(o, "isolation_type", count(p->isolation_type));
	json_set(o, "references", count(p->references));
	json_set(o, "async_status", hex(p->async_status, 16));
	json_set(o, "damage", json_string_or_null(p->why.text));
	add_lists(o, p);
	return o;
}

static json_t *ports_json(const struct hvd_mshv *m)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < m->nr_ports; i++) {
		const struct hvd_mshv_port *p = &m->ports[i];
		json_t *o = json_object();

		json_set(o, "id", count(p->id));
		json_set(o, "address", address(p->address));
		json_set(o, "type", name(p->type_name));
		json_set(o, "callback", address(p->callback));
		json_set(o, "data", address(p->data));
		json_append(list, o);
	}
	return list;
}

static json_t *fact_json(const struct hvd_fact *f)
{
	if (!f->known)
		return json_null();
	switch (f->kind) {
	case HVD_FACT_COUNT:
		return count(f->value);
	case HVD_FACT_HEX32:
		return json_hex(f->value, 8);
	case HVD_FACT_HEX64:
		return json_hex(f->value, 16);
	case HVD_FACT_FLAG:
		return json_boolean(f->value != 0);
	default:
		return name(f->text);
	}
}

static json_t *row_json(const struct hvd_view *v, size_t *at)
{
	size_t row = v->facts[*at].row;
	json_t *o = json_object();

	for (; *at < v->nr_facts && v->facts[*at].row == row; ++*at)
		json_set(o, v->facts[*at].name, fact_json(&v->facts[*at]));
	return o;
}

static json_t *view_json(const struct hvd_view *v)
{
	json_t *list;
	size_t at = 0;

	if (v->absent || (!v->is_list && !v->nr_facts))
		return json_null();
	if (!v->is_list)
		return row_json(v, &at);
	list = json_array();
	while (at < v->nr_facts)
		json_append(list, row_json(v, &at));
	return list;
}

json_t *driver_json(const struct driver *d)
{
	json_t *o = json_object(), *list = json_array();
	json_t *absent = json_object(), *damage = json_object();
	size_t i;

	for (i = 0; i < d->mshv.nr_partitions; i++)
		if (driver_shows(d, &d->mshv.partitions[i]))
			json_append(list,
				    partition_json(&d->mshv.partitions[i]));
	json_set(o, "loaded", json_boolean(d->mshv.loaded));
	json_set(o, "scheduler_type", name(d->mshv.scheduler_name));
	json_set(o, "partitions", list);
	json_set(o, "ports", ports_json(&d->mshv));
	if (d->no_mshv.text[0])
		json_set(damage, "mshv", json_string(d->no_mshv.text));
	if (d->mshv.why.text[0])
		json_set(damage, "partitions", json_string(d->mshv.why.text));
	if (d->mshv.no_ports.text[0])
		json_set(damage, "ports", json_string(d->mshv.no_ports.text));
	for (i = 0; i < d->nr_views; i++) {
		const struct hvd_view *v = &d->views[i];

		json_set(o, v->name, view_json(v));
		if (v->why.text[0])
			json_set(v->absent ? absent : damage, v->name,
				 json_string(v->why.text));
	}
	json_set(o, "absent", absent);
	json_set(o, "damage", damage);
	return o;
}
