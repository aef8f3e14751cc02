// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is known of partitions, VPs and logical processors besides registers and
 * properties: memory balance, run times, and the states that the hypervisor
 * keeps of a VP as blobs: local APIC, SynIC pages, synthetic timers. Of the
 * children only: what this kernel's own VPs have of it lies in its memory. All
 * of this file is "road".
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "hvdump.h"

/* A list of pages for the answer follows the input: one, in 8-byte units. */
#define ONE_PAGE	(1ULL << 17)
/* HV_INVALID_LP_INDEX ends the search; so does this. */
#define MAX_LPS		2048

/* hv_input_get_vp_state, with its one page */
struct get_state {
	u64 partition_id;
	u32 vp_index;
	u8 vtl;
	u8 reserved[3];
	u32 type;
	u32 padding;
	u64 xsave[2];
	u64 pfn;
};

struct get_balance {
	u64 partition_id;
	u64 proximity;		/* 0: of all domains */
};

/* hv_output_get_logical_processor_run_time */
struct run_time {
	u64 global, local, reserved, hypervisor;
};

/* HV_GET_SET_VP_STATE_TYPE; those with bit 31 answer into a page of ours. */
static const struct {
	u32 type;
	u32 size;
} kinds[] = {
	{ HVD_STATE_LOCAL_APIC, HVD_PAGE_SIZE },
	{ HVD_STATE_TIMERS, 200 },
	{ HVD_STATE_SIM, HVD_PAGE_SIZE },
	{ HVD_STATE_SIEF, HVD_PAGE_SIZE },
};

static void read_balance(struct hvd_session *s, u64 partition_id)
{
	struct get_balance *in = s->pages.in;
	const u64 *out = s->pages.out;
	struct hvd_balance r = { .partition_id = partition_id };
	struct hvd_failure f = {
		.partition_id = partition_id,
		.vp_index = HVD_NO_VP,
		.call = HVD_CALL_GET_MEMORY_BALANCE,
	};
	u64 result;

	in->partition_id = hvd_call_id(partition_id);
	in->proximity = 0;
	hvd_at(s, partition_id, HVD_NO_VP);
	if (!hvd_ask(s, HVD_CALL_GET_MEMORY_BALANCE, &result)) {
		hvd_drop(&s->writer, HVD_TYPE_BALANCE, s->stop, 1);
		return;
	}
	f.status = HVD_STATUS_OF(result);
	if (f.status) {
		hvd_fail(s, &f);
		return;
	}
	r.first = out[0];
	r.second = out[1];
	hvd_time(s);
	hvd_write_balance(&s->writer, &r);
}

/* The first @*nr of @list were filled in; they become a record. */
static void put_run_times(struct hvd_session *s, struct hvd_run_time *list,
			  u32 *nr)
{
	hvd_time(s);
	if (*nr)
		hvd_write_run_times(&s->writer, list, *nr);
	*nr = 0;
}

/* False when there is no such processor, or nothing to be learned. */
static bool read_run_time(struct hvd_session *s, u32 lp,
			  struct hvd_run_time *r)
{
	const struct run_time *out = s->pages.out;
	struct hvd_failure f = {
		.partition_id = hvd_self.partition_id,
		.argument = lp,
		.vp_index = HVD_NO_VP,
		.call = HVD_CALL_GET_LOGICAL_PROCESSOR_RUN_TIME,
	};
	u64 result;

	*(u64 *)s->pages.in = lp;
	if (!hvd_ask(s, HVD_CALL_GET_LOGICAL_PROCESSOR_RUN_TIME, &result)) {
		hvd_drop(&s->writer, HVD_TYPE_RUN_TIMES, s->stop, 1);
		return false;
	}
	f.status = HVD_STATUS_OF(result);
	if (f.status) {
		/* How many there are is not known otherwise. */
		if (!lp || f.status != HVD_STATUS_INVALID_LP_INDEX)
			hvd_fail(s, &f);
		return false;
	}
	*r = (struct hvd_run_time){
		.lp = lp,
		.global = out->global,
		.local = out->local,
		.hypervisor = out->hypervisor,
	};
	return true;
}

static void read_run_times(struct hvd_session *s)
{
	struct hvd_run_time *list = (void *)s->page;
	u32 lp, nr = 0;

	hvd_at(s, hvd_self.partition_id, HVD_NO_VP);
	for (lp = 0; lp < MAX_LPS; lp++) {
		if (nr == HVD_PAGE_SIZE / sizeof(*list))
			put_run_times(s, list, &nr);
		if (!read_run_time(s, lp, &list[nr]))
			break;
		nr++;
	}
	put_run_times(s, list, &nr);
}

/* One blob; the status of the call, or of its not being made: s->stop. */
static u16 get_state(struct hvd_session *s, const struct hvd_target *t, u32 i)
{
	struct get_state *in = s->pages.in;
	bool by_page = kinds[i].type & HVD_STATE_BY_PAGES;
	u8 *out = by_page ? s->page : s->pages.out;
	struct hvd_state r = {
		.partition_id = t->partition_id,
		.vp_index = t->vp_index,
		.vtl = t->vtl,
		.type = kinds[i].type,
		.size = kinds[i].size,
	};
	u64 result, control = HVD_CALL_GET_VP_STATE;

	*in = (struct get_state){
		.partition_id = t->call_id,
		.vp_index = t->vp_index,
		.vtl = HVD_USE_VTL | t->vtl,
		.type = kinds[i].type,
	};
	if (by_page) {
		in->pfn = virt_to_phys(s->page) / HVD_PAGE_SIZE;
		control |= ONE_PAGE;
	}
	memset64((u64 *)out, 0, kinds[i].size / sizeof(u64));
	if (!hvd_ask(s, control, &result))
		return 0;
	if (HVD_STATUS_OF(result))
		return HVD_STATUS_OF(result);
	hvd_time(s);
	if (!hvd_write_state(&s->writer, &r, out))
		s->full = true;
	return 0;
}

/*
 * A state that is refused is not asked for again in its partition: the reason
 * is the partition's, or the hypervisor's. That a VP is in the wrong state is
 * its own.
 */
static void read_states(struct hvd_session *s, const struct hvd_target *t,
			u32 *refused)
{
	struct hvd_failure f = {
		.partition_id = t->partition_id,
		.vp_index = t->vp_index,
		.vtl = t->vtl,
		.call = HVD_CALL_GET_VP_STATE,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (*refused & BIT(i))
			continue;
		if (s->full || s->stop) {
			hvd_drop(&s->writer, HVD_TYPE_STATE, s->stop ? s->stop :
				 HVD_WHY_SPACE, 1);
			continue;
		}
		f.status = get_state(s, t, i);
		if (s->stop)
			hvd_drop(&s->writer, HVD_TYPE_STATE, s->stop, 1);
		if (!f.status)
			continue;
		f.argument = kinds[i].type;
		hvd_fail(s, &f);
		if (f.status != HVD_STATUS_INVALID_VP_STATE)
			*refused |= BIT(i);
	}
}

static void read_vp_states(struct hvd_session *s)
{
	u32 i, last = U32_MAX, refused = 0;
	const struct hvd_partition *p;
	struct hvd_target t = { 0 };

	for (i = 0; i < s->nr_vps; i++) {
		p = &s->partitions[s->vps[i].partition];
		if (p->source == HVD_SOURCE_SELF)
			continue;
		if (s->vps[i].partition != last)
			refused = 0;
		last = s->vps[i].partition;
		t.partition_id = p->partition_id;
		t.call_id = hvd_call_id(p->partition_id);
		t.vp_index = s->vps[i].index;
		hvd_at(s, t.partition_id, t.vp_index);
		for (t.vtl = 0; t.vtl < 16; t.vtl++)
			if (s->vps[i].vtls & BIT(t.vtl))
				read_states(s, &t, &refused);
	}
}

/** hvd_read_states() - the last of a capture */
void hvd_read_states(struct hvd_session *s)
{
	u32 i;

	if (!hvd_self.parent)
		return;
	for (i = 0; i < s->nr_partitions; i++)
		read_balance(s, s->partitions[i].partition_id);
	if (hvd_self.kind == HVD_KIND_ROOT)
		read_run_times(s);
	read_vp_states(s);
}
