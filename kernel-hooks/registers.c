// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The registers of one VP and VTL, by HvCallGetVpRegisters. All of this file
 * is "road".
 *
 * What the hypervisor says is not believed blindly: a call that claims more
 * reps than were asked for, or does not get on, ends the reading of this set.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "formats/abi_capture.h"
#include "hvdump.h"

/* hv_input_get_vp_registers: the names follow, 16 bytes come back for each. */
struct get_registers {
	u64 partition_id;
	u32 vp_index;
	u8 vtl;			/* bits 3:0; bit 4: use them */
	u8 reserved[3];
	u32 names[];
};

struct value {
	u64 low, high;
};


/* So many registers that cannot be read, and none that can: enough of this VP. */
#define MAX_REFUSALS	64

#define MAX_REPS	(HVD_PAGE_SIZE / sizeof(struct value))

static_assert(sizeof(struct get_registers) == 16);
static_assert(sizeof(struct get_registers) + MAX_REPS * 4 <= HVD_PAGE_SIZE);

u32 hvd_max_registers(void)
{
	return max(ARRAY_SIZE(hvd_capture_essential),
		   ARRAY_SIZE(hvd_capture_rest));
}

static void put_input(struct hvd_session *s, const struct hvd_target *t,
		      const u32 *codes, u32 nr)
{
	struct get_registers *in = s->pages.in;

	in->partition_id = t->call_id;
	in->vp_index = t->vp_index;
	in->vtl = t->own_vtl ? 0 : HVD_USE_VTL | t->vtl;
	memset(in->reserved, 0, sizeof(in->reserved));
	memcpy(in->names, codes, nr * sizeof(*codes));
}

static void take_output(struct hvd_session *s, const u32 *codes, u32 first,
			u32 nr)
{
	const struct value *out = s->pages.out;
	u32 i;

	for (i = 0; i < nr; i++)
		s->regs[first + i] = (struct hvd_register){
			.code = codes[first + i],
			.low = out[i].low,
			.high = out[i].high,
		};
}

/* Is it this register that cannot be read, or nothing of this VP and VTL? */
static bool about_register(u16 status)
{
	switch (status) {
	case HVD_STATUS_INVALID_HYPERCALL_CODE:
	case HVD_STATUS_INVALID_HYPERCALL_INPUT:
	case HVD_STATUS_INVALID_PARTITION_ID:
	case HVD_STATUS_INVALID_PARTITION_STATE:
	case HVD_STATUS_INVALID_VP_INDEX:
	case HVD_STATUS_INVALID_VP_STATE:
	case HVD_STATUS_INVALID_VTL_STATE:
	case HVD_STATUS_INSUFFICIENT_MEMORY:
	case HVD_STATUS_CALL_PENDING:
		return false;
	}
	return true;
}

/** hvd_fail_registers() - record that @code and what follows was not read */
void hvd_fail_registers(struct hvd_session *s, const struct hvd_target *t,
			u32 code, u32 reps, u64 result)
{
	struct hvd_failure f = {
		.partition_id = t->partition_id,
		.argument = code,
		.vp_index = t->vp_index,
		.vtl = t->vtl,
		.call = HVD_CALL_GET_VP_REGISTERS,
		.status = HVD_STATUS_OF(result),
		.reps = reps,
		.reps_done = HVD_REPS_OF(result),
	};

	/* A VP index that does not exist is an answer, not a failure. */
	if (f.status != HVD_STATUS_INVALID_VP_INDEX)
		hvd_fail(s, &f);
}

/* No time left, or no hypervisor: say so in the rest of the elements. */
static void not_asked(struct hvd_session *s, const u32 *codes, u32 first,
		      u32 nr)
{
	for (; first < nr; first++)
		s->regs[first] = (struct hvd_register){
			.code = codes[first],
			.flags = HVD_VALUE_NOT_ASKED,
		};
}

/* All done or a status, and one of them only. */
static bool credible(u16 status, u32 reps, u32 asked)
{
	return status ? reps < asked : reps > 0 && reps <= asked;
}

/**
 * hvd_get_registers() - read registers into s->regs
 * @s: the capture
 * @t: whose registers
 * @codes: their names
 * @nr: how many
 * @got: how many elements of s->regs were filled in, with a value, with a
 *	status, or as not asked for
 *
 * A register that cannot be read costs one more call; the others are read.
 * When nothing was asked at all, because s->stop says so, @got is 0.
 *
 * Return: the status that ended it, 0 when all were tried.
 */
u16 hvd_get_registers(struct hvd_session *s, const struct hvd_target *t,
		      const u32 *codes, u32 nr, u32 *got)
{
	u32 done = 0, good = 0, batch, reps;
	u64 result;
	u16 status;

	while (done < nr) {
		batch = min_t(u32, nr - done, MAX_REPS);
		put_input(s, t, codes + done, batch);
		if (!hvd_ask(s, HVD_CALL_GET_VP_REGISTERS | HVD_REPS(batch),
			     &result)) {
			if (done)
				not_asked(s, codes, done, nr);
			*got = done ? nr : 0;
			return 0;
		}
		status = HVD_STATUS_OF(result);
		reps = HVD_REPS_OF(result);
		if (!credible(status, reps, batch) || !about_register(status) ||
		    (status && !good && !reps && done >= MAX_REFUSALS)) {
			hvd_fail_registers(s, t, codes[done + min(reps, batch - 1)],
					   batch, result);
			*got = done;
			return status ? status : HVD_STATUS_OPERATION_FAILED;
		}
		take_output(s, codes, done, reps);
		done += reps;
		good += reps;
		if (status) {
			s->regs[done] = (struct hvd_register){
				.code = codes[done],
				.status = status,
			};
			done++;
		}
	}
	*got = nr;
	return 0;
}

/** hvd_put_registers() - write the @nr elements of s->regs as one record */
void hvd_put_registers(struct hvd_session *s, const struct hvd_target *t,
		       u16 set, u32 nr)
{
	struct hvd_registers r = {
		.partition_id = t->partition_id,
		.vp_index = t->vp_index,
		.vtl = t->vtl,
		.set = set,
	};

	if (!nr)
		return;
	hvd_time(s);
	if (!hvd_write_registers(&s->writer, &r, s->regs, nr))
		s->full = true;
}

/* Does this status say that the hypervisor has no such register? */
static bool unknown_register(u16 status)
{
	return status == HVD_STATUS_INVALID_PARAMETER ||
	       status == HVD_STATUS_FEATURE_UNAVAILABLE ||
	       status == HVD_STATUS_PROCESSOR_FEATURE_NOT_SUPPORTED ||
	       status == HVD_STATUS_UNKNOWN_REGISTER_NAME;
}

/* What was learned of one set from other VPs of the same partition. */
static void recall(struct hvd_session *s, const struct hvd_target *t, u16 set)
{
	struct hvd_learned *l = &s->learned;

	if (l->partition_id == t->partition_id && l->set == set)
		return;
	l->partition_id = t->partition_id;
	l->set = set;
	l->chosen = false;
	memset(l->status, 0, hvd_max_registers() * sizeof(*l->status));
}

/* Which names to ask for. They stay as they are until something is learned. */
static void choose_names(struct hvd_session *s, const u32 *codes, u32 nr)
{
	struct hvd_learned *l = &s->learned;
	u32 i;

	if (l->chosen)
		return;
	l->nr_names = 0;
	for (i = 0; i < nr; i++)
		if (!l->status[i])
			s->names[l->nr_names++] = codes[i];
	l->chosen = true;
}

/* Put the elements of what was asked for among those that were not. */
static void spread(struct hvd_session *s, const u32 *codes, u32 nr, u32 asked)
{
	u16 *status = s->learned.status;
	u32 i;

	for (i = nr; i-- > 0; ) {
		if (status[i]) {
			s->regs[i] = (struct hvd_register){
				.code = codes[i],
				.status = status[i],
				.flags = HVD_VALUE_NOT_ASKED,
			};
			continue;
		}
		if (--asked != i)
			s->regs[i] = s->regs[asked];
		if (s->regs[i].status && !s->regs[i].flags &&
		    unknown_register(s->regs[i].status)) {
			status[i] = s->regs[i].status;
			s->learned.chosen = false;
		}
	}
}

/**
 * hvd_get_set() - read a set of registers into s->regs
 * @s: the capture
 * @t: whose registers
 * @set: HVD_SET_...
 *
 * A register that the hypervisor does not know costs a call. So it is asked
 * for once in a partition; the elements of the other VPs have the status, and
 * say that they were not asked for.
 *
 * Return: how many elements of s->regs were filled in.
 */
u32 hvd_get_set(struct hvd_session *s, const struct hvd_target *t, u16 set)
{
	bool rest = set == HVD_SET_REST;
	const u32 *codes = rest ? hvd_capture_rest : hvd_capture_essential;
	u32 nr = rest ? ARRAY_SIZE(hvd_capture_rest) :
			ARRAY_SIZE(hvd_capture_essential);
	u32 asked, got = 0;

	recall(s, t, set);
	choose_names(s, codes, nr);
	asked = s->learned.nr_names;
	hvd_get_registers(s, t, s->names, asked, &got);
	if (got != asked)
		return got;
	spread(s, codes, nr, asked);
	return nr;
}

/** hvd_read_registers() - read a set, HVD_SET_..., and write it */
void hvd_read_registers(struct hvd_session *s, const struct hvd_target *t,
			u16 set)
{
	u32 got = 0;

	/* There is no point in asking for what there is no room for. */
	if (s->full) {
		hvd_drop(&s->writer, HVD_TYPE_REGISTERS, HVD_WHY_SPACE, 1);
		return;
	}
	if (!s->stop)
		got = hvd_get_set(s, t, set);
	if (s->stop && !got)
		hvd_drop(&s->writer, HVD_TYPE_REGISTERS, s->stop, 1);
	hvd_put_registers(s, t, set, got);
}
