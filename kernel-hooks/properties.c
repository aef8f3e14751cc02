// SPDX-License-Identifier: GPL-2.0-or-later
/* The properties of every partition. All of this file is "road". */
#include <linux/kernel.h>

#include "formats/abi_capture.h"
#include "hvdump.h"

/* hv_input_get_partition_property: one u64 comes back */
struct get_property {
	u64 partition_id;
	u32 code;
	u32 padding;
};

u32 hvd_max_properties(void)
{
	return ARRAY_SIZE(hvd_capture_properties);
}

static void fail(struct hvd_session *s, u64 partition_id, u32 code, u16 status)
{
	struct hvd_failure f = {
		.partition_id = partition_id,
		.argument = code,
		.vp_index = HVD_NO_VP,
		.call = HVD_CALL_GET_PARTITION_PROPERTY,
		.status = status,
	};

	hvd_fail(s, &f);
}

/* Is it this property that cannot be read, or nothing of this partition? */
static bool about_property(u16 status)
{
	return status != HVD_STATUS_INVALID_HYPERCALL_CODE &&
	       status != HVD_STATUS_INVALID_PARTITION_ID;
}

/* Fills in the value, or why there is none. */
static void read_property(struct hvd_session *s, u64 partition_id,
			  struct hvd_property *p)
{
	struct get_property *in = s->pages.in;
	u64 result;

	in->partition_id = hvd_call_id(partition_id);
	in->code = p->code;
	in->padding = 0;
	if (!hvd_ask(s, HVD_CALL_GET_PARTITION_PROPERTY, &result)) {
		p->flags = HVD_VALUE_NOT_ASKED;
		return;
	}
	p->status = HVD_STATUS_OF(result);
	if (!p->status)
		p->value = *(u64 *)s->pages.out;
}

static void read_partition(struct hvd_session *s, u64 partition_id)
{
	struct hvd_properties r = { .partition_id = partition_id };
	struct hvd_property *p;
	u32 i;

	if (s->stop) {
		hvd_drop(&s->writer, HVD_TYPE_PROPERTIES, s->stop, 1);
		return;
	}
	hvd_at(s, partition_id, HVD_NO_VP);
	for (i = 0; i < ARRAY_SIZE(hvd_capture_properties); i++) {
		p = &s->props[i];
		*p = (struct hvd_property){ .code = hvd_capture_properties[i] };
		read_property(s, partition_id, p);
		if (!about_property(p->status)) {
			fail(s, partition_id, p->code, p->status);
			break;
		}
	}
	hvd_time(s);
	if (i)
		hvd_write_properties(&s->writer, &r, s->props, i);
}

/** hvd_read_properties() - of every partition found */
void hvd_read_properties(struct hvd_session *s)
{
	u32 i;

	if (!hvd_self.parent)
		return;
	for (i = 0; i < s->nr_partitions; i++)
		read_partition(s, s->partitions[i].partition_id);
}
