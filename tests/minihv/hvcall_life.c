// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The life of a partition (TLFS, partition management): created, initialized,
 * with VPs in it, finalized, deleted. What minihv needs of deposited memory
 * for that is what Linux's mshv_root has found out that the real hypervisor
 * does: it deposits as much before the call.
 */
#include "created.h"
#include "hypercall.h"
#include "log.h"
#include "stats.h"

#define PAGES_FOR_PARTITION	1u	/* of its creator */
#define PAGES_FOR_INITIALIZE	208u
#define PAGES_FOR_VP		90u

/* Input: u64 flags, then what minihv does not look at. Output: the id. */
enum hv_status hvcall_create_partition(struct hypercall *h)
{
	struct partition *creator = partition_find(ROOT_PARTITION_ID), *p;

	if (creator->pool.free < PAGES_FOR_PARTITION)
		return HV_INSUFFICIENT_MEMORY;
	p = partition_add(creator->id);
	if (!p)
		return HV_NO_RESOURCES;
	p->created = deposit_use_many(creator, DEPOSIT_TAG_PARTITION, PAGES_FOR_PARTITION);
	p->created->flags = get64(h->in);
	h->has_partition = true;
	h->partition = p->id;
	put64(h->out, p->id);
	log_line(LOG_EVENTS, "partition-create part=0x%lx parent=0x%lx flags=0x%lx", p->id,
		 p->parent, p->created->flags);
	return HV_SUCCESS;
}

enum hv_status hypercall_created(struct hypercall *h, u32 state, struct partition **ret)
{
	struct partition *p;

	h->has_partition = true;
	h->partition = get64(h->in);
	*ret = p = partition_find(h->partition);
	if (!p)
		return HV_INVALID_PARTITION_ID;
	if (p->kind != KIND_CREATED)
		return HV_OPERATION_DENIED;	/* fixed at boot */
	return state == ANY_STATE || p->state == state ? HV_SUCCESS : HV_INVALID_PARTITION_STATE;
}

/* All four: input is the partition's id. */
enum hv_status hvcall_initialize_partition(struct hypercall *h)
{
	struct partition *p;
	enum hv_status status = hypercall_created(h, STATE_NEW, &p);

	if (status != HV_SUCCESS)
		return status;
	if (!deposit_use_many(p, DEPOSIT_TAG_PARTITION, PAGES_FOR_INITIALIZE))
		return HV_INSUFFICIENT_MEMORY;
	p->state = STATE_ACTIVE;
	log_line(LOG_EVENTS, "partition-initialize part=0x%lx", p->id);
	return HV_SUCCESS;
}

static void delete_vp(struct partition *p, u32 vp)
{
	log_line(LOG_EVENTS, "vp-delete part=0x%lx vp=%u", p->id, vp);
	p->created->vps[vp] = NULL;
	p->vp_count--;
	deposit_release_tag(p, DEPOSIT_TAG_VP(vp));
}

enum hv_status hvcall_finalize_partition(struct hypercall *h)
{
	struct partition *p;
	enum hv_status status = hypercall_created(h, STATE_ACTIVE, &p);

	if (status != HV_SUCCESS)
		return status;
	for (u32 vp = 0; vp < CREATED_MAX_VPS; vp++)
		if (p->created->vps[vp])
			delete_vp(p, vp);
	p->created->slat = NULL;
	p->created->gpa_pages = 0;
	deposit_release_all(p);
	p->state = STATE_FINALIZED;
	log_line(LOG_EVENTS, "partition-finalize part=0x%lx pool=%u", p->id, p->pool.free);
	return HV_SUCCESS;
}

/* What was deposited must have been withdrawn: it would be lost. */
enum hv_status hvcall_delete_partition(struct hypercall *h)
{
	struct partition *p;
	enum hv_status status = hypercall_created(h, ANY_STATE, &p);

	if (status != HV_SUCCESS)
		return status;
	if (p->state == STATE_ACTIVE || p->pool.free || p->pool.used)
		return HV_INVALID_PARTITION_STATE;
	stats_drop(p->id);
	deposit_release(partition_find(p->parent), p->created);
	log_line(LOG_EVENTS, "partition-delete part=0x%lx", p->id);
	partition_remove(p);
	return HV_SUCCESS;
}

/* The one page that is known to hold the VP is the last of its pages. */
static enum hv_status create_child_vp(struct hypercall *h)
{
	struct partition *p;
	struct created_vp *v;
	enum hv_status status = hypercall_created(h, STATE_ACTIVE, &p);

	if (status != HV_SUCCESS)
		return status;
	if (h->vp >= CREATED_MAX_VPS || created_vp(p, h->vp))
		return HV_INVALID_VP_INDEX;
	v = deposit_use_many(p, DEPOSIT_TAG_VP(h->vp), PAGES_FOR_VP);
	if (!v)
		return HV_INSUFFICIENT_MEMORY;
	v->index = h->vp;
	v->explicit_suspend = 1;
	p->created->vps[h->vp] = v;
	p->vp_count++;
	log_line(LOG_EVENTS, "vp-create part=0x%lx vp=%u", p->id, v->index);
	return HV_SUCCESS;
}

/* Root VP n belongs on LP n, and stays when Linux asks for it again after kexec. */
enum hv_status hvcall_create_vp(struct hypercall *h)
{
	h->has_partition = h->has_vp = true;
	h->partition = get64(h->in);
	h->vp = get32(h->in + 8);
	if (partition_find(h->partition) != partition_root())
		return create_child_vp(h);
	if (partition_own_kind() != OWN_ROOT)
		return HV_ACCESS_DENIED;
	if (h->vp >= cpu_count || !cpus[h->vp].lp_added)
		return HV_INVALID_VP_INDEX;
	cpus[h->vp].vp_created = true;
	return HV_SUCCESS;
}

enum hv_status hvcall_delete_vp(struct hypercall *h)
{
	struct partition *p;
	enum hv_status status = hypercall_created(h, STATE_ACTIVE, &p);

	h->has_vp = true;
	h->vp = get32(h->in + 8);
	if (status != HV_SUCCESS)
		return status;
	if (!created_vp(p, h->vp))
		return HV_INVALID_VP_INDEX;
	delete_vp(p, h->vp);
	return HV_SUCCESS;
}
