// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The mshv driver's ports: see mshv.h. They are in an IDR, a radix tree.
 * Source: include/linux/xarray.h, lib/radix-tree.c (the same nodes since 4.20).
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mshv_parts.h"

#define NODE "struct xa_node"

/* An entry that is a node, and no pointer of a user's. */
#define ENTRY_TAG	3
#define ENTRY_INTERNAL	2
/* Smaller ones are marks: a retry, a sibling, zero. */
#define FIRST_NODE	4096

/* Entries of the tree that are looked at: a dump may lead the same way often. */
#define MAX_ENTRIES (1u << 18)

/** A tree that is being walked. */
struct tree {
	struct hvd_mshv *mshv;
	const struct hvd_object_source *from;
	uint64_t base; /* of the ids */
	unsigned int entries;
};

static bool is_node(uint64_t entry)
{
	return (entry & ENTRY_TAG) == ENTRY_INTERNAL && entry > FIRST_NODE;
}

static void take_port(const struct hvd_object *o, struct hvd_mshv_port *port)
{
	port->type = hvd_object_value(o, "hv_port_type");
	port->type_name = hvd_types_enum_name(o->from->types,
					      "enum hv_port_type",
					      (int64_t)port->type);
	port->callback = hvd_object_value(o, "hv_port_doorbell.doorbell_cb");
	port->data = hvd_object_value(o, "hv_port_doorbell.data");
}

static int add_port(struct tree *t, uint64_t id, uint64_t address,
		    struct hvd_error *err)
{
	struct hvd_mshv *m = t->mshv;
	struct hvd_mshv_port *grown;
	struct hvd_object o;

	if (hvd_object_read(&o, t->from, "struct port_table_info", address,
			    err) != HVD_READ_DATA)
		return hvd_error_prefix(err, "port %" PRIu64, id);
	grown = hvd_grow(m->ports, m->nr_ports, sizeof(*grown));
	if (grown) {
		m->ports = grown;
		grown[m->nr_ports].id = id;
		grown[m->nr_ports].address = address;
		take_port(&o, &grown[m->nr_ports++]);
	}
	hvd_object_free(&o);
	return grown ? 0 : hvd_error_set(err, "no memory for ports");
}

static int walk(struct tree *t, uint64_t entry, uint64_t first,
		uint64_t above, struct hvd_error *err);

static int walk_slots(struct tree *t, const struct hvd_object *node,
		      uint64_t first, uint64_t shift, struct hvd_error *err)
{
	struct hvd_member slots;
	uint64_t i, entry;

	if (!hvd_types_member(t->from->types, NODE, "slots", &slots))
		return hvd_error_set(err, NODE ": expected slots, found none");
	for (i = 0; hvd_object_element(node, &slots, i, &entry); i++)
		if (entry && walk(t, entry, first + (i << shift), shift, err))
			return -1;
	return 0;
}

/* Every node is finer than the one above it: so there is no circle. */
static int walk(struct tree *t, uint64_t entry, uint64_t first,
		uint64_t above, struct hvd_error *err)
{
	struct hvd_object node;
	uint64_t shift;
	int result;

	if (++t->entries > MAX_ENTRIES)
		return hvd_error_set(err, "more than %u entries", MAX_ENTRIES);
	if (!is_node(entry))
		return entry & ENTRY_TAG ? 0 : add_port(t, first + t->base,
							entry, err);
	if (hvd_object_read(&node, t->from, NODE, entry & ~(uint64_t)ENTRY_TAG,
			    err) != HVD_READ_DATA)
		return -1;
	shift = hvd_object_value(&node, "shift");
	if (shift >= above)
		result = hvd_error_set(err, NODE " 0x%016" PRIx64 ": expected "
				       "a shift below %" PRIu64 ", found "
				       "%" PRIu64, node.address, above, shift);
	else
		result = walk_slots(t, &node, first, shift, err);
	hvd_object_free(&node);
	return result;
}

void hvd_mshv_read_ports(struct hvd_mshv *mshv,
			 const struct hvd_object_source *from, uint64_t idr)
{
	struct tree t = {.mshv = mshv, .from = from};
	struct hvd_error *err = &mshv->no_ports;
	struct hvd_object o;
	uint64_t head;
	int result = 0;

	if (hvd_object_read(&o, from, "struct idr", idr, err) !=
	    HVD_READ_DATA) {
		hvd_error_prefix(err, "ports");
		return;
	}
	if (!hvd_object_get(&o, "idr_rt.xa_head", &head) ||
	    !hvd_object_get(&o, "idr_base", &t.base))
		result = hvd_error_set(err, "struct idr: expected xa_head and "
				       "idr_base, found none");
	else if (head)
		result = walk(&t, head, 0, 64, err);
	if (result)
		hvd_error_prefix(err, "ports");
	else
		err->text[0] = '\0';
	hvd_object_free(&o);
}
