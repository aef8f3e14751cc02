// SPDX-License-Identifier: GPL-2.0-or-later
/* Which partitions exist, and their properties. */
#include "hypercall.h"
#include "lib.h"
#include "partition.h"
#include "pattern.h"
#include "property.h"
#include "scenario.h"

enum hv_status hvcall_get_partition_id(struct hypercall *h)
{
	put64(h->out, partition_root()->id);
	return HV_SUCCESS;
}

/* Input: parent, previous child (0: none yet). Output: the next, 0 at the end. */
enum hv_status hvcall_get_next_child(struct hypercall *h)
{
	const struct partition *parent, *next;
	u64 previous = get64(h->in + 8);

	h->has_partition = true;
	h->partition = get64(h->in);
	parent = partition_find(h->partition);
	if (!parent || (previous && !partition_find(previous)))
		return HV_INVALID_PARTITION_ID;
	/* Children have no children of their own. */
	next = parent == partition_root() ? partition_next_child(previous) : NULL;
	put64(h->out, next ? next->id : 0);
	return HV_SUCCESS;
}

static bool read_property(const struct partition *p, u32 code, u64 *ret)
{
	switch (p->kind) {
	case KIND_ROOT:
		return property_of_root(code, ret);
	case KIND_PATTERN:
		return pattern_property(p, code, ret);
	case KIND_SCENARIO:
		return scenario_property(p, code, ret);
	}
	return false;
}

/* Input: partition, u32 code, u32 padding. Output: the value. */
enum hv_status hvcall_get_partition_property(struct hypercall *h)
{
	const struct partition *p;
	u64 value;

	h->has_partition = true;
	h->partition = get64(h->in);
	p = partition_find(h->partition);
	if (!p)
		return HV_INVALID_PARTITION_ID;
	if (get32(h->in + 12))
		return HV_INVALID_PARAMETER;
	if (!read_property(p, get32(h->in + 8), &value))
		return HV_UNKNOWN_PROPERTY;
	put64(h->out, value);
	return HV_SUCCESS;
}
