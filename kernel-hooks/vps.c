// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which VPs exist, and where each was: pass 1 writes, for every partition and
 * VP, the VP record and the essential registers of each VTL; pass 2, when all
 * of that is safe, the other registers. All of this file is "road".
 */
#include <linux/kernel.h>
#include <linux/smp.h>
#include <asm/mshyperv.h>

#include "guard.h"
#include "hvdump.h"

/* HV_REGISTER_VSM_VP_STATUS, the same on x86-64 and arm64 */
#define ACTIVE_VTL(v)	((u32)((v) & 0xf))
#define ENABLED_VTLS(v)	((u32)(((v) >> 16) & 0xffff))

static void set_target(struct hvd_session *s, struct hvd_target *t,
		       u64 partition_id, u32 vp_index)
{
	hvd_at(s, partition_id, vp_index);
	t->partition_id = partition_id;
	t->call_id = hvd_call_id(partition_id);
	t->vp_index = vp_index;
	t->vtl = 0;
	t->own_vtl = false;
}

/*
 * The VTLs of a VP, read of the VP as such, without naming one. Return: the
 * status of the call as a whole.
 */
static u16 read_vtls(struct hvd_session *s, struct hvd_target *t,
		      struct hvd_vp *vp)
{
	static const u32 name = HVD_VSM_VP_STATUS;
	u32 got = 0;
	u16 status;

	t->own_vtl = true;
	status = hvd_get_registers(s, t, &name, 1, &got);
	t->own_vtl = false;
	if (got && !s->regs[0].status) {
		vp->active_vtl = ACTIVE_VTL(s->regs[0].low);
		vp->vtls = ENABLED_VTLS(s->regs[0].low);
	}
	if (!vp->vtls) {
		vp->active_vtl = 0;
		vp->vtls = 1;
		vp->flags |= HVD_VP_VTLS_ASSUMED;
	}
	return status;
}

static void remember(struct hvd_session *s, u32 partition,
		     const struct hvd_vp *vp)
{
	struct hvd_vp_entry *e;

	if (s->nr_vps >= hvd_max_vps) {
		/* Its essentials are written; the rest will be missing. */
		hvd_drop(&s->writer, HVD_TYPE_REGISTERS, HVD_WHY_TABLE,
			 hweight32(vp->vtls));
		return;
	}
	e = &s->vps[s->nr_vps++];
	e->partition = partition;
	e->index = vp->vp_index;
	e->vtls = vp->vtls;
}

static void put_vp(struct hvd_session *s, u32 partition,
		   const struct hvd_vp *vp)
{
	remember(s, partition, vp);
	hvd_time(s);
	hvd_write_vp(&s->writer, vp);
}

static void read_set(struct hvd_session *s, struct hvd_target *t, u32 vtls,
		     u16 set)
{
	u16 vtl;

	for (vtl = 0; vtl < 16; vtl++) {
		if (!(vtls & BIT(vtl)))
			continue;
		t->vtl = vtl;
		hvd_read_registers(s, t, set);
	}
}

/* A VP of this kernel's own partition: it exists, whatever is answered. */
static void read_own_vp(struct hvd_session *s, u32 partition, u32 cpu)
{
	struct hvd_vp vp = {
		.partition_id = hvd_self.partition_id,
		.vp_index = HVD_NO_VP,
		.cpu = cpu,
	};
	struct hvd_target t;

	hvd_load_u32(&hv_vp_index[cpu], &vp.vp_index);
	if (vp.vp_index == HVD_NO_VP)
		return;
	if (cpu == raw_smp_processor_id())
		vp.flags |= HVD_VP_CAPTURING;
	set_target(s, &t, vp.partition_id, vp.vp_index);
	if (hvd_self.own_registers) {
		read_vtls(s, &t, &vp);
	} else {
		vp.vtls = 1;
		vp.flags |= HVD_VP_VTLS_ASSUMED;
	}
	put_vp(s, partition, &vp);
	if (hvd_self.own_registers)
		read_set(s, &t, vp.vtls, HVD_SET_ESSENTIAL);
	else
		hvd_drop(&s->writer, HVD_TYPE_REGISTERS, HVD_WHY_HYPERVISOR, 1);
}

static void read_own_vps(struct hvd_session *s, u32 partition)
{
	u32 i;

	/* A guest may read the registers of the VP that it runs on, if any. */
	if (!hvd_self.parent) {
		read_own_vp(s, partition, raw_smp_processor_id());
		return;
	}
	for (i = 0; i < s->nr_cpus; i++)
		read_own_vp(s, partition, s->cpus[i]);
}

/*
 * Does the VP exist? It does where one of its registers has a value. For
 * hypervisors that look at the register's name first and know no VSM status.
 */
static bool answers(struct hvd_session *s, const struct hvd_target *t)
{
	u32 got = hvd_get_set(s, t, HVD_SET_ESSENTIAL), i;

	for (i = 0; i < got; i++)
		if (!s->regs[i].status && !s->regs[i].flags)
			return true;
	if (got)
		hvd_fail_registers(s, t, s->regs[0].code, 1, s->regs[0].status);
	return false;
}

/*
 * Is there nothing to be learned of any VP? Otherwise a partition that went
 * away, or that never was, would cost a call and a record for each index that
 * is tried, which the others need.
 */
static bool about_partition(u16 status)
{
	return status == HVD_STATUS_INVALID_HYPERCALL_CODE ||
	       status == HVD_STATUS_INVALID_PARTITION_ID ||
	       status == HVD_STATUS_INVALID_PARTITION_STATE;
}

static bool was_made(const struct hvd_session *s, u32 index)
{
	return s->made[index / 64] >> (index % 64) & 1;
}

/* Note which VPs the driver made; returns one more than the last's index. */
static u32 find_made(struct hvd_session *s, u64 partition_id)
{
	u32 i, end = hvd_track_used(), above = 0;
	struct hvd_page p;

	memset(s->made, 0, sizeof(s->made));
	for (i = 0; i < end; i++) {
		if (!hvd_track_get(i, &p) || p.kind != HVD_MADE_VP ||
		    p.partition_id != partition_id ||
		    p.vp_index >= HVD_MAX_VP_INDEX)
			continue;
		s->made[p.vp_index / 64] |= 1ULL << (p.vp_index % 64);
		above = max(above, p.vp_index + 1);
	}
	return above;
}

/*
 * The VPs that are still noted did not answer, or were not asked: @why, 0 if
 * they were.
 */
static void put_made(struct hvd_session *s, u64 partition_id, u32 above,
		     u32 why)
{
	struct hvd_vp vp = {
		.partition_id = partition_id,
		.cpu = HVD_CPU_NONE,
		.vtls = 1,
		.flags = HVD_VP_VTLS_ASSUMED | HVD_VP_CREATED |
			 HVD_VP_NOT_FOUND,
	};

	hvd_time(s);
	for (vp.vp_index = 0; vp.vp_index < above; vp.vp_index++) {
		if (!was_made(s, vp.vp_index))
			continue;
		hvd_write_vp(&s->writer, &vp);
		if (why)
			hvd_drop(&s->writer, HVD_TYPE_REGISTERS, why, 1);
	}
}

/*
 * Return: false when there is no such VP, or nothing can be learned of it;
 * @over tells whether that holds for the whole partition.
 */
static bool read_child_vp(struct hvd_session *s, u32 partition, u32 index,
			  bool *over)
{
	struct hvd_vp vp = {
		.partition_id = s->partitions[partition].partition_id,
		.vp_index = index,
		.cpu = HVD_CPU_NONE,
	};
	u32 failures = s->failures;
	struct hvd_target t;
	u16 status;

	set_target(s, &t, vp.partition_id, index);
	status = read_vtls(s, &t, &vp);
	*over = about_partition(status);
	if (status == HVD_STATUS_INVALID_VP_INDEX || s->stop)
		return false;
	/*
	 * A call that failed as a whole says neither that the VP exists nor
	 * that it does not; the failure is recorded.
	 */
	if (s->failures != failures ||
	    (vp.flags & HVD_VP_VTLS_ASSUMED && !answers(s, &t)))
		return false;
	if (was_made(s, index)) {
		vp.flags |= HVD_VP_CREATED;
		s->made[index / 64] &= ~(1ULL << (index % 64));
	}
	put_vp(s, partition, &vp);
	read_set(s, &t, vp.vtls, HVD_SET_ESSENTIAL);
	return true;
}

/* Where the time and the room of one partition end, in pass 1. */
struct share {
	u64 ticks;		/* since s->start */
	u64 bytes;		/* of s->writer.bytes */
};

static u64 half_way(u64 from, u64 to)
{
	return to > from ? from + (to - from) / 2 : to;
}

/*
 * Half of what is left while others wait: a partition that answers slowly, or
 * with VPs that it does not have, must not cost them their place.
 */
static struct share share_of(const struct hvd_session *s, u32 partition)
{
	struct share share = { U64_MAX, U64_MAX };
	u64 room = 0;
	u32 i;

	if (partition + 1 == s->nr_partitions)
		return share;
	for (i = 0; i < s->writer.nr_chunks; i++)
		room += s->writer.chunks[i].size;
	share.ticks = half_way(hvd_ticks() - s->start, s->budget);
	share.bytes = half_way(s->writer.bytes, room);
	return share;
}

/* HVD_WHY_..., 0: not spent */
static u32 spent(const struct hvd_session *s, const struct share *share)
{
	if (s->writer.bytes > share->bytes)
		return HVD_WHY_SPACE;
	if (hvd_ticks() - s->start > share->ticks)
		return HVD_WHY_TIME;
	return 0;
}

/*
 * One index after the other: until too many in a row are not in use, and at
 * least up to the last that the driver made. HVD_WHY_...: what ended it before.
 */
static u32 search_vps(struct hvd_session *s, u32 partition, u32 above)
{
	struct share share = share_of(s, partition);
	u32 index, why, misses = 0;
	bool over = false;

	for (index = 0; index < HVD_MAX_VP_INDEX && !over &&
	     (misses <= hvd_vp_misses || index < above); index++) {
		why = spent(s, &share);
		if (why)
			return why;
		if (read_child_vp(s, partition, index, &over))
			misses = 0;
		else
			misses++;
		if (s->stop)
			return s->stop;
	}
	return 0;
}

static void read_child_vps(struct hvd_session *s, u32 partition)
{
	u64 id = s->partitions[partition].partition_id;
	u32 above = find_made(s, id);
	u32 why = search_vps(s, partition, above);

	/* How many there are is not known. */
	if (why)
		hvd_drop(&s->writer, HVD_TYPE_VP, why, 1);
	put_made(s, id, above, why);
}

/** hvd_read_vps() - pass 1: every VP and its essential registers */
void hvd_read_vps(struct hvd_session *s)
{
	u32 i;

	for (i = 0; i < s->nr_partitions; i++)
		if (s->partitions[i].source == HVD_SOURCE_SELF)
			read_own_vps(s, i);
		else
			read_child_vps(s, i);
}

static void read_rest(struct hvd_session *s, bool own)
{
	const struct hvd_partition *p;
	struct hvd_target t;
	u32 i;

	for (i = 0; i < s->nr_vps; i++) {
		p = &s->partitions[s->vps[i].partition];
		if ((p->source == HVD_SOURCE_SELF) != own)
			continue;
		set_target(s, &t, p->partition_id, s->vps[i].index);
		read_set(s, &t, s->vps[i].vtls, HVD_SET_REST);
	}
}

/**
 * hvd_read_rest() - pass 2: all other registers of the VPs found
 * @s: the capture
 *
 * The children's first: much of what this kernel's own VPs hold is in the
 * memory that the crash kernel saves.
 */
void hvd_read_rest(struct hvd_session *s)
{
	if (!hvd_self.own_registers)
		return;
	read_rest(s, false);
	read_rest(s, true);
}
