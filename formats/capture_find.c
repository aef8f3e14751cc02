// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions that a dump answers: see capture.h. */
#include "config.h"

#include <stdlib.h>

#include "capture.h"
#include "capture_build.h"

#define NS_PER_MS 1000000

bool hvd_dump_is_ours(const struct hvd_dump *dump)
{
	return dump->records > 0;
}

bool hvd_dump_has_state(const struct hvd_dump *dump)
{
	/* The hypervisor's leaves may be there as soon as it is armed. */
	return dump->has_capture || dump->nr_partitions || dump->nr_failures ||
	       dump->nr_stages || dump->nr_pages || dump->nr_copies ||
	       dump->has_end;
}

bool hvd_dump_is_complete(const struct hvd_dump *dump)
{
	return dump->has_capture && dump->has_end && !dump->nr_dropped &&
	       !dump->nr_damages;
}

static int by_partition_id(const void *key, const void *element)
{
	const struct hvd_dump_partition *const *p = element;

	return hvd_order(*(const uint64_t *)key, (*p)->rec.partition_id);
}

static int by_vp_index(const void *key, const void *element)
{
	const struct hvd_dump_vp *vp = element;

	return hvd_order(*(const uint32_t *)key, vp->rec.vp_index);
}

static int by_vtl(const void *key, const void *element)
{
	const struct hvd_dump_vtl *vtl = element;

	return hvd_order(*(const uint16_t *)key, vtl->vtl);
}

static int by_code(const void *key, const void *element)
{
	const struct hvd_dump_register *reg = element;

	return hvd_order(*(const uint32_t *)key, reg->code);
}

const struct hvd_dump_partition *
hvd_dump_find_partition(const struct hvd_dump *dump, uint64_t id)
{
	const struct hvd_dump_memory *mem = dump->priv;
	struct hvd_dump_partition *const *found;

	found = bsearch(&id, mem->by_id, dump->nr_partitions,
			sizeof(struct hvd_dump_partition *), by_partition_id);
	return found ? *found : NULL;
}

const struct hvd_dump_vp *
hvd_dump_find_vp(const struct hvd_dump_partition *partition, uint32_t index)
{
	return bsearch(&index, partition->vps, partition->nr_vps,
		       sizeof(*partition->vps), by_vp_index);
}

const struct hvd_dump_vtl *hvd_dump_find_vtl(const struct hvd_dump_vp *vp,
					     uint16_t vtl)
{
	return bsearch(&vtl, vp->vtls, vp->nr_vtls, sizeof(*vp->vtls), by_vtl);
}

const struct hvd_dump_register *
hvd_dump_find_register(const struct hvd_dump_vtl *vtl, uint32_t code)
{
	return bsearch(&code, vtl->regs, vtl->nr_regs, sizeof(*vtl->regs),
		       by_code);
}

const struct hvd_dump_partition *hvd_dump_self(const struct hvd_dump *dump)
{
	const struct hvd_dump_partition *p = NULL;
	size_t i;

	if (dump->has_header)
		p = hvd_dump_find_partition(dump, dump->header.partition_id);
	for (i = 0; !p && i < dump->nr_partitions; i++)
		if (dump->partitions[i].rec.source == HVD_SOURCE_SELF)
			p = &dump->partitions[i];
	return p;
}

/* From 4 KiB, the hypervisor's own, to the 64 KiB of some arm64 kernels. */
unsigned int hvd_dump_page_shift(const struct hvd_dump *dump)
{
	unsigned int shift = dump->header.page_shift;

	return dump->has_header && shift >= 12 && shift <= 16 ? shift : 12;
}

enum hvd_death hvd_dump_death(const struct hvd_dump *dump)
{
	if (!dump->has_capture)
		return HVD_DEATH_UNKNOWN;
	switch (dump->capture.reason) {
	case HVD_REASON_LINUX_PANIC:
		return HVD_DEATH_LINUX;
	case HVD_REASON_HV_CRASH:
		return HVD_DEATH_HYPERVISOR;
	case HVD_REASON_LIVE:
		return HVD_DEATH_NOBODY;
	default:
		return HVD_DEATH_UNKNOWN;
	}
}

const struct hvd_stage *hvd_dump_later_crash(const struct hvd_dump *dump)
{
	size_t i;

	if (hvd_dump_death(dump) == HVD_DEATH_HYPERVISOR)
		return NULL;
	for (i = 0; i < dump->nr_stages; i++)
		if (dump->stages[i].hypervisor == HVD_HV_CRASHED ||
		    dump->stages[i].flags & HVD_CAPTURE_CRASHED)
			return &dump->stages[i];
	return NULL;
}

enum hvd_devirtualised hvd_dump_devirtualised(const struct hvd_dump *dump)
{
	enum hvd_devirtualised last = HVD_DEVIRTUALISED_UNKNOWN;
	size_t i;

	if (dump->has_capture && dump->capture.hypervisor == HVD_HV_GONE)
		return HVD_DEVIRTUALISED_YES;
	for (i = 0; i < dump->nr_stages; i++) {
		if (dump->stages[i].hypervisor == HVD_HV_GONE)
			return HVD_DEVIRTUALISED_YES;
		if (dump->stages[i].hypervisor != HVD_HV_UNKNOWN)
			last = HVD_DEVIRTUALISED_NO;
	}
	return last;
}

int hvd_dump_ticks_ns(const struct hvd_dump *dump, uint64_t ticks, uint64_t *ns)
{
	uint64_t khz = dump->header.ticks_khz;
	unsigned __int128 value;

	if (!dump->has_header || !khz)
		return -1;
	value = (unsigned __int128)ticks * NS_PER_MS / khz;
	if (value > UINT64_MAX)
		return -1;
	*ns = (uint64_t)value;
	return 0;
}

int hvd_dump_wall_ns(const struct hvd_dump *dump, uint64_t *ns)
{
	const struct hvd_capture *c = &dump->capture;
	uint64_t since;

	if (!dump->has_capture || !c->wall_ns || c->ticks < c->anchor_ticks ||
	    hvd_dump_ticks_ns(dump, c->ticks - c->anchor_ticks, &since) ||
	    since > UINT64_MAX - c->wall_ns)
		return -1;
	*ns = c->wall_ns + since;
	return 0;
}
