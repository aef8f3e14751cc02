// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The hypercall interface (TLFS ch. 3): a table of calls, the checks that all
 * of them share, copying their blocks in and out, and the log line.
 */
#include "hypercall.h"

#include "crash.h"
#include "lib.h"
#include "lie.h"
#include "log.h"
#include "memory.h"
#include "msr.h"
#include "npt.h"
#include "partition.h"
#include "smp.h"

/* The control word, rcx. Bit 31 (address the hypervisor below) is reserved here. */
#define CONTROL_CODE(c)		((u16)(c))
#define CONTROL_FAST		(1ul << 16)
#define CONTROL_VAR_SIZE(c)	((u32)((c) >> 17 & 0x3ff))
#define CONTROL_REP_COUNT(c)	((u32)((c) >> 32 & 0xfff))
#define CONTROL_REP_START(c)	((u32)((c) >> 48 & 0xfff))
#define CONTROL_RESERVED	0xf000f000f8000000ul
#define RESULT_REPS_SHIFT	32
#define FAST_INPUT_SIZE		16	/* rdx and r8 */

static const struct call calls[] = {
	{ 0x0004, 0, 4, 0, 32, 0, PRIV_CPU_MANAGEMENT, "GetLogicalProcessorRunTime",
	  hvcall_get_lp_run_time },
	{ 0x0040, CALL_LOCK, 56, 0, 8, 0, PRIV_CREATE_PARTITIONS, "CreatePartition",
	  hvcall_create_partition },
	{ 0x0041, CALL_LOCK | CALL_FAST, 8, 0, 0, 0, PRIV_CREATE_PARTITIONS,
	  "InitializePartition", hvcall_initialize_partition },
	{ 0x0042, CALL_LOCK | CALL_FAST, 8, 0, 0, 0, PRIV_CREATE_PARTITIONS,
	  "FinalizePartition", hvcall_finalize_partition },
	{ 0x0043, CALL_LOCK | CALL_FAST, 8, 0, 0, 0, PRIV_CREATE_PARTITIONS,
	  "DeletePartition", hvcall_delete_partition },
	{ 0x0044, CALL_LOCK, 16, 0, 8, 0, PRIV_CREATE_PARTITIONS, "GetPartitionProperty",
	  hvcall_get_partition_property },
	{ 0x0045, CALL_LOCK, 24, 0, 0, 0, PRIV_CREATE_PARTITIONS, "SetPartitionProperty",
	  hvcall_set_partition_property },
	{ 0x0046, 0, 0, 0, 8, 0, PRIV_PARTITION_ID, "GetPartitionId", hvcall_get_partition_id },
	{ 0x0047, CALL_LOCK, 16, 0, 8, 0, PRIV_CREATE_PARTITIONS, "GetNextChildPartition",
	  hvcall_get_next_child },
	{ 0x0048, CALL_LOCK | CALL_REP, 8, 8, 0, 0, PRIV_MEMORY_POOL, "DepositMemory",
	  hvcall_deposit_memory },
	{ 0x0049, CALL_LOCK | CALL_REP, 16, 0, 0, 8, PRIV_MEMORY_POOL, "WithdrawMemory",
	  hvcall_withdraw_memory },
	{ 0x004a, CALL_LOCK, 16, 0, 16, 0, PRIV_MEMORY_POOL, "GetMemoryBalance",
	  hvcall_get_memory_balance },
	{ 0x004b, CALL_LOCK | CALL_REP, 24, 8, 0, 0, PRIV_CREATE_PARTITIONS, "MapGpaPages",
	  hvcall_map_gpa_pages },
	{ 0x004c, CALL_LOCK | CALL_REP, 24, 0, 0, 0, PRIV_CREATE_PARTITIONS, "UnmapGpaPages",
	  hvcall_unmap_gpa_pages },
	{ 0x004e, CALL_LOCK, 40, 0, 0, 0, PRIV_CREATE_PARTITIONS, "CreateVp", hvcall_create_vp },
	{ 0x004f, CALL_LOCK | CALL_FAST, 16, 0, 0, 0, PRIV_CREATE_PARTITIONS, "DeleteVp",
	  hvcall_delete_vp },
	{ 0x0050, CALL_LOCK | CALL_REP, 16, 4, 0, 16, PRIV_VP_REGISTERS, "GetVpRegisters",
	  hvcall_get_vp_registers },
	{ 0x0051, CALL_LOCK | CALL_REP, 16, 32, 0, 0, PRIV_CREATE_PARTITIONS, "SetVpRegisters",
	  hvcall_set_vp_registers },
	{ 0x006c, CALL_LOCK, 24, 0, 8, 0, PRIV_STATS, "MapStatsPage", hvcall_map_stats_page },
	{ 0x006d, CALL_LOCK, 24, 0, 0, 0, PRIV_STATS, "UnmapStatsPage",
	  hvcall_unmap_stats_page },
	{ 0x006f, 0, 16, 0, 0, 0, PRIV_CPU_MANAGEMENT, "SetSystemProperty",
	  hvcall_set_system_property },
	{ 0x0076, 0, 24, 0, 8, 0, PRIV_CPU_MANAGEMENT, "AddLogicalProcessor", hvcall_add_lp },
	{ 0x007b, 0, 16, 0, 8, 0, PRIV_CPU_MANAGEMENT, "GetSystemProperty",
	  hvcall_get_system_property },
	{ 0x007c, CALL_VAR, 80, 0, 16, 0, PRIV_CPU_MANAGEMENT, "MapDeviceInterrupt",
	  hvcall_map_device_interrupt },
	{ 0x007d, 0, 32, 0, 0, 0, PRIV_CPU_MANAGEMENT, "UnmapDeviceInterrupt",
	  hvcall_unmap_device_interrupt },
	{ 0x0084, CALL_FAST, 4, 0, 0, 0, PRIV_CPU_MANAGEMENT, "EnterSleepState",
	  hvcall_enter_sleep_state },
	{ 0x0087, CALL_FAST, 8, 0, 0, 0, PRIV_CPU_MANAGEMENT, "NotifyPartitionEvent",
	  hvcall_notify_partition_event },
	{ 0x010f, 0, 16, 0, 0, 0, PRIV_CPU_MANAGEMENT, "DisableHypervisorEx",
	  hvcall_disable_hypervisor_ex },
	{ 0x00e1, CALL_LOCK, 24, 0, 8, 0, PRIV_CREATE_PARTITIONS, "MapVpStatePage",
	  hvcall_map_vp_state_page },
	{ 0x00e2, CALL_LOCK, 16, 0, 0, 0, PRIV_CREATE_PARTITIONS, "UnmapVpStatePage",
	  hvcall_unmap_vp_state_page },
	{ 0x00e3, CALL_LOCK | CALL_VAR, 40, 0, 200, 0, PRIV_CREATE_PARTITIONS, "GetVpState",
	  hvcall_get_vp_state },
	{ 0x0101, CALL_LOCK, 24, 0, 4072, 0, PRIV_CREATE_PARTITIONS, "GetPartitionPropertyEx",
	  hvcall_get_partition_property_ex },
};

const struct call *hypercall_by_code(u16 code)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].code == code)
			return &calls[i];
	return NULL;
}

const struct call *hypercall_by_name(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (text_is(name, length, calls[i].name))
			return &calls[i];
	return NULL;
}

/* TLFS 3.8: what of the control word makes HV_STATUS_INVALID_HYPERCALL_INPUT. */
static bool control_is_valid(const struct call *c, const struct hypercall *h, u64 control)
{
	if (control & CONTROL_RESERVED)
		return false;
	if (h->fast && !(c->flags & CALL_FAST))
		return false;
	if (h->var_size && !(c->flags & CALL_VAR))
		return false;
	if (c->flags & CALL_REP)
		return h->rep_start < h->rep_count;
	return !h->rep_count && !h->rep_start;
}

/* An 8-byte aligned block within one page of the guest's memory (TLFS 3.6). */
static bool block_is_valid(u64 gpa, u64 size)
{
	return !size || (!(gpa & 7) && gpa % PAGE_SIZE + size <= PAGE_SIZE &&
			 memory_guest_owns(gpa, size) && npt_reachable(gpa));
}

/* What it takes away from the guest, or gives it, is true before it returns. */
static enum hv_status handle(const struct call *c, struct hypercall *h)
{
	enum hv_status status;

	if (!(c->flags & CALL_LOCK))
		return c->handle(h);
	smp_lock(h->cpu, &partition_lock);
	status = c->handle(h);
	deposit_settle();
	spin_unlock(&partition_lock);
	return status;
}

static enum hv_status run(const struct call *c, struct hypercall *h, u64 in_gpa, u64 out_gpa)
{
	struct guest_regs *regs = &h->cpu->regs;
	u64 in_size = c->in_size + h->var_size * 8 + (u64)h->rep_count * c->in_rep;
	u64 out_size = c->out_size + (u64)h->rep_count * c->out_rep;
	u64 first = c->out_size + (u64)h->rep_start * c->out_rep, done;
	enum hv_status status;

	if ((!h->fast && !block_is_valid(in_gpa, in_size)) || !block_is_valid(out_gpa, out_size))
		return HV_INVALID_ALIGNMENT;
	if (h->fast) {
		put64(h->cpu->input, regs->rdx);
		put64(h->cpu->input + 8, regs->r8);
	} else {
		memcpy(h->cpu->input, (void *)in_gpa, in_size);
	}
	memset(h->cpu->output, 0, out_size);
	status = lie_tell(c, h, handle(c, h));

	if (c->flags & CALL_REP) {	/* the elements that this call has done */
		if (h->reps_done < h->rep_count)
			done = c->out_size + (u64)h->reps_done * c->out_rep;
		else	/* a liar may claim more than there are */
			done = out_size;
		if (done > first)
			memcpy((void *)(out_gpa + first), h->out + first, done - first);
	} else if (status == HV_SUCCESS) {
		memcpy((void *)out_gpa, h->out, out_size);
	}
	return status;
}

/* A number, or "-" where the call has none: keeps the columns in place. */
static const char *optional(char *buf, size_t size, bool present, bool hex, u64 v)
{
	format(buf, size, !present ? "-" : hex ? "0x%lx" : "%lu", v);
	return buf;
}

static void log_call(const struct call *c, const struct hypercall *h, enum hv_status status)
{
	char partition[24], vp[24], vtl[24];

	log_line(LOG_CALLS,
		 "hvcall cpu=%u code=0x%04x name=%s part=%s vp=%s vtl=%s "
		 "reps=%u-%u done=%u status=0x%04x",
		 h->cpu->index, (u32)h->code, c ? c->name : "?",
		 optional(partition, sizeof(partition), h->has_partition, true, h->partition),
		 optional(vp, sizeof(vp), h->has_vp, false, h->vp),
		 optional(vtl, sizeof(vtl), h->has_vtl, false, h->vtl),
		 h->rep_start, h->rep_count, h->reps_done, (u32)status);
}

static enum hv_status dispatch(const struct call *c, struct hypercall *h, u64 control)
{
	if (!c)
		return HV_INVALID_HYPERCALL_CODE;
	if (!control_is_valid(c, h, control))
		return HV_INVALID_HYPERCALL_INPUT;
	if (c->privilege & ~partition_root()->privileges)
		return HV_ACCESS_DENIED;
	return run(c, h, h->cpu->regs.rdx, h->cpu->regs.r8);
}

void hypercall_exit(struct cpu *cpu)
{
	u64 control = cpu->regs.rcx;
	struct hypercall h = {
		.cpu = cpu,
		.code = CONTROL_CODE(control),
		.fast = control & CONTROL_FAST,
		.var_size = CONTROL_VAR_SIZE(control),
		.rep_count = CONTROL_REP_COUNT(control),
		.rep_start = CONTROL_REP_START(control),
		.in = cpu->input,
		.out = cpu->output,
	};
	const struct call *c = hypercall_by_code(h.code);
	enum hv_status status;

	/* Only kernels that have introduced themselves may call (TLFS 3.5, 3.13). */
	if (cpu->vmcb->cpl || !partition_msrs.guest_os_id) {
		svm_inject_exception(cpu, VECTOR_UD, false, 0);
		return;
	}
	if (c && c->flags & CALL_REP)
		h.reps_done = h.rep_start;
	crash_before_call(c, &h);
	status = dispatch(c, &h, control);
	if (crash_happened() && !cpu->told_of_crash)	/* the dead finish nothing */
		return;
	cpu->vmcb->rax = status | (u64)h.reps_done << RESULT_REPS_SHIFT;
	svm_skip(cpu, 3);
	log_call(c, &h, status);
}
