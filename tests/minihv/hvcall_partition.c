// SPDX-License-Identifier: GPL-2.0-or-later
/* Which partitions exist, and their properties. */
#include "created.h"
#include "hypercall.h"
#include "lib.h"
#include "log.h"
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
	next = partition_next_child(parent->id, previous);
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
	case KIND_CREATED:
		return created_property(p, code, ret);
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
	/* Those of an L1VH partition are its own parent's to look at. */
	if (p->kind == KIND_ROOT && partition_own_kind() != OWN_ROOT)
		return HV_ACCESS_DENIED;
	if (!read_property(p, get32(h->in + 8), &value))
		return HV_UNKNOWN_PROPERTY;
	put64(h->out, value);
	return HV_SUCCESS;
}

/* Input: partition, u32 code, u32 padding, u64 value. Only of created partitions. */
enum hv_status hvcall_set_partition_property(struct hypercall *h)
{
	struct partition *p;
	u32 code = get32(h->in + 8);
	u64 value = get64(h->in + 16);
	enum hv_status status = hypercall_created(h, ANY_STATE, &p);

	if (status != HV_SUCCESS)
		return status;
	if (get32(h->in + 12))
		return HV_INVALID_PARAMETER;
	if (!created_set_property(p, code, value))
		return HV_UNKNOWN_PROPERTY;
	log_line(LOG_EVENTS, "property-set part=0x%lx code=0x%x value=0x%lx", p->id, code, value);
	return HV_SUCCESS;
}

/* Input: partition, u32 code, u32 padding, u64 argument. Output: up to a page. */
#define VMM_CAPABILITIES	0x00090007u
#define VMM_CAPABILITY_BANKS	1
enum hv_status hvcall_get_partition_property_ex(struct hypercall *h)
{
	h->has_partition = true;
	h->partition = get64(h->in);
	if (!partition_find(h->partition))
		return HV_INVALID_PARTITION_ID;
	if (get32(h->in + 8) != VMM_CAPABILITIES)
		return HV_UNKNOWN_PROPERTY;
	put16(h->out, VMM_CAPABILITY_BANKS);	/* and in that bank, none */
	return HV_SUCCESS;
}
