// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * VMBus: the connection, its channels, its SynIC pages.
 * Source: drivers/hv/hyperv_vmbus.h, connection.c, vmbus_drv.c,
 * include/linux/hyperv.h.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "bytes.h"
#include "root.h"

#define MODULE	"hv_vmbus"
#define CHANNEL "struct vmbus_channel"
#define NOBODY	"VMBus is not there: no symbol vmbus_connection"

/* @old: what the member was called before; or NULL. */
static void add_page(const struct hvd_root *r, struct hvd_view *v,
		     const struct hvd_object *o, const char *member,
		     const char *old, const char *name, const char *pfn_name)
{
	uint64_t page = 0;
	bool known = hvd_object_get(o, member, &page) ||
		     (old && hvd_object_get(o, old, &page));

	hvd_root_page(r, v, name, pfn_name, known, page);
}

/* ------------------------------------------------------------ the connection */

static void add_version(const struct hvd_root *r, struct hvd_view *v)
{
	char text[24];
	uint64_t n;

	if (!hvd_root_word(r, MODULE, "vmbus_proto_version", 4, &n)) {
		hvd_view_text(v, "protocol", NULL);
		return;
	}
	snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64, n >> 16,
		 n & 0xffff);
	hvd_view_text(v, "protocol", text);
}

/* Known since 6.19; a kernel that knows nothing of it does not use it either. */
static void add_confidential(const struct hvd_root *r, struct hvd_view *v)
{
	uint64_t is = 0;

	hvd_root_word(r, MODULE, "is_confidential", 1, &is);
	hvd_view_fact(v, "confidential", HVD_FACT_FLAG, true, is);
}

void hvd_root_vmbus(struct hvd_root *r, struct hvd_view *view)
{
	struct hvd_object_source from;
	struct hvd_object o;
	uint64_t address;

	if (!hvd_root_find(r, MODULE, "vmbus_connection", &address)) {
		hvd_view_absent(view, NOBODY);
		return;
	}
	if (!hvd_root_types(r, MODULE, &from, view) ||
	    hvd_object_read(&o, &from, "struct vmbus_connection", address,
			    &view->why) != HVD_READ_DATA)
		return;
	hvd_view_row(view);
	hvd_view_enum(view, &o, "conn_state", "state",
		      "enum vmbus_connect_state");
	add_version(r, view);
	add_confidential(r, view);
	hvd_view_member(view, &o, "msg_conn_id", "message_connection",
			HVD_FACT_COUNT);
	hvd_view_member(view, &o, "relid_hiwater", "relid_hiwater",
			HVD_FACT_COUNT);
	add_page(r, view, &o, "int_page", NULL, "interrupt_page",
		 "interrupt_pfn");
	add_page(r, view, &o, "monitor_pages[0]", NULL, "monitor_page_0",
		 "monitor_pfn_0");
	add_page(r, view, &o, "monitor_pages[1]", NULL, "monitor_page_1",
		 "monitor_pfn_1");
	hvd_object_free(&o);
}

/* -------------------------------------------------------------- its channels */

/** Channels that are being read. */
struct channels {
	struct hvd_object_source from;
	struct hvd_view *view;
	bool sub; /* those of sc_list */
};

/* A GUID as it is written: three little-endian numbers, then bytes. */
static const char *guid(const struct hvd_object *o, const char *path, char *buf,
			size_t size)
{
	struct hvd_member m;
	const uint8_t *p;

	if (!hvd_types_member(o->from->types, o->type, path, &m) ||
	    m.size != 16 || m.offset > o->size || o->size - m.offset < 16)
		return NULL;
	p = o->bytes + m.offset;
	snprintf(buf, size, "%08" PRIx32 "-%04x-%04x-%02x%02x-%02x%02x%02x%02x"
		 "%02x%02x", hvd_le32(p), hvd_le16(p + 4), hvd_le16(p + 6),
		 p[8], p[9], p[10], p[11], p[12], p[13], p[14], p[15]);
	return buf;
}

static void add_row(struct hvd_view *v, const struct hvd_object *o, bool sub)
{
	char text[48];

	hvd_view_row(v);
	hvd_view_member(v, o, "offermsg.child_relid", "relid", HVD_FACT_COUNT);
	hvd_view_fact(v, "sub_channel", HVD_FACT_FLAG, true, sub);
	hvd_view_enum(v, o, "state", "state", "enum vmbus_channel_state");
	hvd_view_text(v, "type", guid(o, "offermsg.offer.if_type", text,
				      sizeof(text)));
	hvd_view_text(v, "instance", guid(o, "offermsg.offer.if_instance", text,
					  sizeof(text)));
	hvd_view_member(v, o, "offermsg.connection_id", "connection",
			HVD_FACT_COUNT);
	hvd_view_member(v, o, "target_cpu", "cpu", HVD_FACT_COUNT);
	hvd_view_member(v, o, "rescind", "rescinded", HVD_FACT_FLAG);
	hvd_view_member(v, o, "co_ring_buffer", "confidential_ring",
			HVD_FACT_FLAG);
	hvd_view_member(v, o, "co_external_memory", "confidential_memory",
			HVD_FACT_FLAG);
	hvd_view_member(v, o, "interrupts", "interrupts", HVD_FACT_COUNT);
	hvd_view_member(v, o, "sig_events", "signals", HVD_FACT_COUNT);
}

static int add_channel(void *arg, uint64_t address, struct hvd_error *err)
{
	struct channels *c = arg;
	struct channels below = *c;
	struct hvd_list subs = {.from = &c->from, .type = CHANNEL,
				.member = "sc_list", .each = add_channel,
				.arg = &below};
	struct hvd_object o;
	int result = 0;

	if (hvd_object_read(&o, &c->from, CHANNEL, address, err) !=
	    HVD_READ_DATA)
		return -1;
	add_row(c->view, &o, c->sub);
	subs.head = hvd_object_where(&o, "sc_list");
	hvd_object_free(&o);
	below.sub = true;
	if (!c->sub && subs.head)
		result = hvd_list_walk(&subs, err);
	return result;
}

void hvd_root_channels(struct hvd_root *r, struct hvd_view *view)
{
	struct channels c = {.view = view};
	struct hvd_list list = {.from = &c.from, .type = CHANNEL,
				.member = "listentry", .each = add_channel,
				.arg = &c};
	struct hvd_member m;
	uint64_t address, first;

	if (!hvd_root_find(r, MODULE, "vmbus_connection", &address)) {
		hvd_view_absent(view, NOBODY);
		return;
	}
	if (!hvd_root_types(r, MODULE, &c.from, view))
		return;
	if (!hvd_types_member(c.from.types, "struct vmbus_connection",
			      "chn_list", &m)) {
		hvd_error_set(&view->why, "struct vmbus_connection: expected "
					  "a member chn_list, found none");
		return;
	}
	list.head = address + m.offset;
	/* The head is made a ring when the bus is probed. */
	if (hvd_kmem_word(c.from.kmem, list.head, 8, &first, &view->why) !=
	    HVD_READ_DATA)
		return;
	if (first)
		hvd_list_walk(&list, &view->why);
	else
		hvd_view_absent(view, "VMBus was never connected");
}

/* ------------------------------------------------------------ its SynIC pages */

/*
 * Since 6.19 the host's pages and the paravisor's are told apart; before, there
 * were only the host's, by shorter names.
 */
static void add_cpu(const struct hvd_root *r, struct hvd_view *v,
		    const struct hvd_object_source *from,
		    const struct hvd_cpu *cpu, uint64_t percpu)
{
	struct hvd_object o;
	struct hvd_error err;

	if (hvd_object_read(&o, from, "struct hv_per_cpu_context",
			    percpu + cpu->percpu, &err) != HVD_READ_DATA) {
		hvd_error_prefix(&err, "CPU %u", cpu->number);
		v->why = err;
		return;
	}
	hvd_view_row(v);
	hvd_view_fact(v, "cpu", HVD_FACT_COUNT, true, cpu->number);
	add_page(r, v, &o, "hyp_synic_message_page", "synic_message_page",
		 "message_page", "message_pfn");
	add_page(r, v, &o, "hyp_synic_event_page", "synic_event_page",
		 "event_flags_page", "event_flags_pfn");
	add_page(r, v, &o, "para_synic_message_page", NULL,
		 "paravisor_message_page", "paravisor_message_pfn");
	add_page(r, v, &o, "para_synic_event_page", NULL,
		 "paravisor_event_flags_page", "paravisor_event_flags_pfn");
	hvd_object_free(&o);
}

void hvd_root_vmbus_synic(struct hvd_root *r, struct hvd_view *view)
{
	struct hvd_object_source from;
	struct hvd_object o;
	uint64_t address, percpu;
	size_t i;

	if (!hvd_root_find(r, MODULE, "hv_context", &address)) {
		hvd_view_absent(view, "VMBus is not there: no symbol "
				      "hv_context");
		return;
	}
	if (!hvd_root_types(r, MODULE, &from, view) ||
	    hvd_object_read(&o, &from, "struct hv_context", address,
			    &view->why) != HVD_READ_DATA)
		return;
	if (!hvd_object_get(&o, "cpu_context", &percpu) || !percpu)
		hvd_view_absent(view, "VMBus has none");
	else
		view->why = r->no_cpus;
	for (i = 0; !view->absent && i < r->cpus.nr; i++)
		add_cpu(r, view, &from, &r->cpus.cpu[i], percpu);
	hvd_object_free(&o);
}
