// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages that the hypervisor shows to the root: statistics, and VPs' state. */
#include "created.h"
#include "hypercall.h"
#include "statepage.h"
#include "stats.h"

/* Input: u32 object type, u32 padding, then 16 bytes that depend on the type. */
#define IN_PARTITION	8
#define IN_LP		8
#define IN_VP		16
#define IN_AREA		23

static enum hv_status read_object(struct hypercall *h, struct stats_object *o)
{
	const struct partition *p;

	*o = (struct stats_object){ get32(h->in), h->in[IN_AREA], 0, STATS_NO_INDEX };
	if (o->area >= STATS_AREAS)
		return HV_INVALID_PARAMETER;
	switch (o->type) {
	case STATS_HYPERVISOR:
		return HV_SUCCESS;
	case STATS_LP:
		o->index = get32(h->in + IN_LP);
		return o->index < cpu_count ? HV_SUCCESS : HV_INVALID_LP_INDEX;
	case STATS_PARTITION:
	case STATS_VP:
		break;
	default:
		return HV_INVALID_PARAMETER;
	}
	h->has_partition = true;
	h->partition = get64(h->in + IN_PARTITION);
	p = partition_find(h->partition);
	if (!p)
		return HV_INVALID_PARTITION_ID;
	o->partition = p->id;
	if (o->type == STATS_PARTITION)
		return HV_SUCCESS;
	h->has_vp = true;
	h->vp = o->index = get32(h->in + IN_VP);
	return partition_has_vp(p, h->vp) ? HV_SUCCESS : HV_INVALID_VP_INDEX;
}

enum hv_status hvcall_map_stats_page(struct hypercall *h)
{
	struct stats_object o;
	enum hv_status status = read_object(h, &o);
	void *page;

	if (status != HV_SUCCESS)
		return status;
	page = stats_map(&o);
	if (!page)
		return HV_INSUFFICIENT_MEMORY;
	put64(h->out, (u64)page / PAGE_SIZE);
	return HV_SUCCESS;
}

enum hv_status hvcall_unmap_stats_page(struct hypercall *h)
{
	struct stats_object o;
	enum hv_status status = read_object(h, &o);

	if (status != HV_SUCCESS)
		return status;
	return stats_unmap(&o) ? HV_SUCCESS : HV_INVALID_PARAMETER;
}

/* Input: partition, u32 VP, u16 type, u8 VTL, u8 flags, u64 location. */
static enum hv_status read_state_page(struct hypercall *h, struct partition **p,
				      struct created_vp **v)
{
	enum hv_status status = hypercall_created(h, STATE_ACTIVE, p);

	h->has_vp = true;
	h->vp = get32(h->in + 8);
	if (status != HV_SUCCESS)
		return status;
	*v = created_vp(*p, h->vp);
	if (!*v)
		return HV_INVALID_VP_INDEX;
	/* VTL 0 alone, and at a place of the hypervisor's choice. */
	if (get16(h->in + 12) >= STATE_PAGE_TYPES || (h->in[14] & 0xef) || h->in[15])
		return HV_INVALID_PARAMETER;
	return HV_SUCCESS;
}

enum hv_status hvcall_map_vp_state_page(struct hypercall *h)
{
	struct partition *p;
	struct created_vp *v;
	enum hv_status status = read_state_page(h, &p, &v);
	void *page;

	if (status != HV_SUCCESS)
		return status;
	page = statepage_map(p, v, get16(h->in + 12));
	if (!page)
		return HV_INSUFFICIENT_MEMORY;
	put64(h->out, (u64)page / PAGE_SIZE);
	return HV_SUCCESS;
}

enum hv_status hvcall_unmap_vp_state_page(struct hypercall *h)
{
	struct partition *p;
	struct created_vp *v;
	enum hv_status status = read_state_page(h, &p, &v);

	if (status != HV_SUCCESS)
		return status;
	return statepage_unmap(p, v, get16(h->in + 12)) ? HV_SUCCESS : HV_INVALID_PARAMETER;
}
