// SPDX-License-Identifier: GPL-2.0-or-later
/* How the mshv driver's partitions are interrupted: see mshv.h. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mshv_parts.h"

#define ROUTE "struct mshv_guest_irq_ent"

/* A table of routes is not longer: the driver takes 4096 (7.2). */
#define MAX_ROUTES (UINT64_C(1) << 16)

static void take_irqfd(const struct hvd_object *o, struct hvd_mshv_irqfd *f)
{
	uint64_t resampler;

	f->address = o->address;
	f->gsi = hvd_object_value(o, "irqfd_irqnum");
	f->vector = hvd_object_value(o, "irqfd_lapic_irq.lapic_vector");
	f->apic_id = hvd_object_value(o, "irqfd_lapic_irq.lapic_apic_id");
	f->level_triggered = hvd_object_value(
		o, "irqfd_lapic_irq.lapic_control.level_triggered");
	f->resampled = hvd_object_get(o, "irqfd_resampler", &resampler) &&
		       resampler;
}

static int add_irqfd(void *arg, uint64_t address, struct hvd_error *err)
{
	struct hvd_mshv_reader *r = arg;
	struct hvd_mshv_partition *p = r->p;
	struct hvd_mshv_irqfd *grown;
	struct hvd_object o;

	if (hvd_object_read(&o, &r->from, "struct mshv_irqfd", address, err) !=
	    HVD_READ_DATA)
		return -1;
	grown = hvd_grow(p->irqfds, p->nr_irqfds, sizeof(*grown));
	if (grown) {
		p->irqfds = grown;
		take_irqfd(&o, &grown[p->nr_irqfds++]);
	}
	hvd_object_free(&o);
	return grown ? 0 : hvd_error_set(err, "no memory for irqfds");
}

static void walk(struct hvd_mshv_reader *r, const char *head, const char *type,
		 const char *member,
		 int (*each)(void *, uint64_t, struct hvd_error *))
{
	const struct hvd_list list = {
		.from = &r->from,
		.type = type,
		.member = member,
		.head = hvd_object_where(&r->object, head),
		.each = each,
		.arg = r,
	};
	struct hvd_error err;

	if (list.head && hvd_hlist_walk(&list, &err))
		hvd_keep_why(&r->p->why, &err);
}

void hvd_mshv_read_irqfds(struct hvd_mshv_reader *r)
{
	walk(r, "pt_irqfds_list", "struct mshv_irqfd", "irqfd_hnode",
	     add_irqfd);
}

static int add_ioeventfd(void *arg, uint64_t address, struct hvd_error *err)
{
	struct hvd_mshv_reader *r = arg;
	struct hvd_mshv_partition *p = r->p;
	struct hvd_mshv_ioeventfd *grown;
	struct hvd_object o;

	if (hvd_object_read(&o, &r->from, "struct mshv_ioeventfd", address,
			    err) != HVD_READ_DATA)
		return -1;
	grown = hvd_grow(p->ioeventfds, p->nr_ioeventfds, sizeof(*grown));
	if (grown) {
		p->ioeventfds = grown;
		grown[p->nr_ioeventfds++] = (struct hvd_mshv_ioeventfd){
			.address = address,
			.gpa = hvd_object_value(&o, "iovntfd_addr"),
			.length = hvd_object_value(&o, "iovntfd_length"),
			.match = hvd_object_value(&o, "iovntfd_datamatch"),
			.doorbell = hvd_object_value(&o, "iovntfd_doorbell_id"),
			.wildcard = hvd_object_value(&o, "iovntfd_wildcard"),
		};
	}
	hvd_object_free(&o);
	return grown ? 0 : hvd_error_set(err, "no memory for ioeventfds");
}

void hvd_mshv_read_ioeventfds(struct hvd_mshv_reader *r)
{
	walk(r, "ioeventfds_list", "struct mshv_ioeventfd", "iovntfd_hnode",
	     add_ioeventfd);
}

/* Those that are not valid are no routes, but room for them. */
static int add_route(struct hvd_mshv_reader *r, uint64_t address,
		     struct hvd_error *err)
{
	struct hvd_mshv_partition *p = r->p;
	struct hvd_mshv_route *grown = NULL;
	struct hvd_object o;
	uint64_t valid, low;

	if (hvd_object_read(&o, &r->from, ROUTE, address, err) != HVD_READ_DATA)
		return -1;
	valid = hvd_object_value(&o, "girq_entry_valid");
	if (valid)
		grown = hvd_grow(p->routes, p->nr_routes, sizeof(*grown));
	if (grown) {
		p->routes = grown;
		low = hvd_object_value(&o, "girq_addr_lo");
		grown[p->nr_routes++] = (struct hvd_mshv_route){
			.gsi = hvd_object_value(&o, "guest_irq_num"),
			.msi_address = low |
				hvd_object_value(&o, "girq_addr_hi") << 32,
			.msi_data = hvd_object_value(&o, "girq_irq_data"),
		};
	}
	hvd_object_free(&o);
	return !valid || grown ? 0
			       : hvd_error_set(err, "no memory for routes");
}

static int read_table(struct hvd_mshv_reader *r, const struct hvd_object *table,
		      struct hvd_error *err)
{
	uint64_t nr = hvd_object_value(table, "num_rt_entries"), i, size;
	uint64_t first = hvd_object_where(table, "mshv_girq_info_tbl");

	if (!first || !hvd_types_size(r->from.types, ROUTE, &size))
		return hvd_error_set(err, "routes: the kernel's types have no "
				     "%s", ROUTE);
	if (nr > MAX_ROUTES)
		return hvd_error_set(err, "routes: expected at most %" PRIu64
				     ", found %" PRIu64, MAX_ROUTES, nr);
	for (i = 0; i < nr; i++)
		if (add_route(r, first + i * size, err))
			return hvd_error_prefix(err, "route %" PRIu64, i);
	return 0;
}

void hvd_mshv_read_routes(struct hvd_mshv_reader *r)
{
	uint64_t address;
	struct hvd_object table;
	struct hvd_error err;

	if (!hvd_object_get(&r->object, "pt_girq_tbl", &address) || !address)
		return;
	if (hvd_object_read(&table, &r->from,
			    "struct mshv_girq_routing_table", address, &err) !=
	    HVD_READ_DATA) {
		hvd_keep_why(&r->p->why, &err);
		return;
	}
	if (read_table(r, &table, &err))
		hvd_keep_why(&r->p->why, &err);
	hvd_object_free(&table);
}
