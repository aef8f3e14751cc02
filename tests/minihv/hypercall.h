/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls: the common part, and the interface to the calls themselves. */
#ifndef MINIHV_HYPERCALL_H
#define MINIHV_HYPERCALL_H

#include "cpu.h"

struct partition;

/* HV_STATUS values (TLFS, "Hypercall status codes"). */
enum hv_status {
	HV_SUCCESS = 0x00,
	HV_INVALID_HYPERCALL_CODE = 0x02,
	HV_INVALID_HYPERCALL_INPUT = 0x03,
	HV_INVALID_ALIGNMENT = 0x04,
	HV_INVALID_PARAMETER = 0x05,
	HV_ACCESS_DENIED = 0x06,
	HV_INVALID_PARTITION_STATE = 0x07,
	HV_OPERATION_DENIED = 0x08,
	HV_UNKNOWN_PROPERTY = 0x09,
	HV_INSUFFICIENT_MEMORY = 0x0b,
	HV_INVALID_PARTITION_ID = 0x0d,
	HV_INVALID_VP_INDEX = 0x0e,
	HV_INVALID_VP_STATE = 0x15,
	HV_NO_RESOURCES = 0x1d,
	HV_INVALID_LP_INDEX = 0x41,
	HV_INVALID_VTL_STATE = 0x51,
};

/* One hypercall in progress. */
struct hypercall {
	struct cpu *cpu;		/* the caller's */
	u16 code;
	bool fast;
	u32 var_size;			/* of the variable header, in 8-byte units */
	u32 rep_count, rep_start;
	u32 reps_done;			/* set by the handlers of rep calls */
	const u8 *in;			/* a private copy of the input block */
	u8 *out;			/* copied to the guest afterwards */

	/* What the call was about, for the log; handlers set what applies. */
	bool has_partition, has_vp, has_vtl;
	u64 partition;
	u32 vp, vtl;
};

enum call_flags {
	CALL_REP = 1 << 0,
	CALL_VAR = 1 << 1,		/* takes a variable header */
	CALL_FAST = 1 << 2,		/* input may come in registers */
	CALL_LOCK = 1 << 3,		/* runs with the partition lock held */
};

struct call {
	u16 code;
	u16 flags;			/* enum call_flags */
	u16 in_size, in_rep;		/* bytes: fixed header, each list element */
	u16 out_size, out_rep;
	u64 privilege;			/* bits the caller's partition must have */
	const char *name;
	enum hv_status (*handle)(struct hypercall *h);
};

/** @return the call, or NULL if minihv does not know it */
const struct call *hypercall_by_code(u16 code);
const struct call *hypercall_by_name(const char *name, size_t length);

/** Answer the guest's VMMCALL. */
void hypercall_exit(struct cpu *cpu);

/* hvcall_life.c */
#define ANY_STATE	0xffffffffu

/**
 * Find the created partition whose id the input begins with.
 * @param state	enum partition_state that it must be in, or ANY_STATE
 * @param ret	it, when HV_SUCCESS is returned
 */
enum hv_status hypercall_created(struct hypercall *h, u32 state, struct partition **ret);

enum hv_status hvcall_create_partition(struct hypercall *h);
enum hv_status hvcall_initialize_partition(struct hypercall *h);
enum hv_status hvcall_finalize_partition(struct hypercall *h);
enum hv_status hvcall_delete_partition(struct hypercall *h);
enum hv_status hvcall_create_vp(struct hypercall *h);
enum hv_status hvcall_delete_vp(struct hypercall *h);

/* hvcall_memory.c */
enum hv_status hvcall_deposit_memory(struct hypercall *h);
enum hv_status hvcall_withdraw_memory(struct hypercall *h);
enum hv_status hvcall_get_memory_balance(struct hypercall *h);
enum hv_status hvcall_map_gpa_pages(struct hypercall *h);
enum hv_status hvcall_unmap_gpa_pages(struct hypercall *h);

/* hvcall_pages.c */
enum hv_status hvcall_map_stats_page(struct hypercall *h);
enum hv_status hvcall_unmap_stats_page(struct hypercall *h);
enum hv_status hvcall_map_vp_state_page(struct hypercall *h);
enum hv_status hvcall_unmap_vp_state_page(struct hypercall *h);

/* hvcall_partition.c */
enum hv_status hvcall_get_partition_id(struct hypercall *h);
enum hv_status hvcall_get_next_child(struct hypercall *h);
enum hv_status hvcall_get_partition_property(struct hypercall *h);
enum hv_status hvcall_set_partition_property(struct hypercall *h);
enum hv_status hvcall_get_partition_property_ex(struct hypercall *h);

/* hvcall_vp.c */
enum hv_status hvcall_get_vp_registers(struct hypercall *h);
enum hv_status hvcall_set_vp_registers(struct hypercall *h);

/* hvcall_state.c */
enum hv_status hvcall_get_vp_state(struct hypercall *h);

/* hvcall_system.c */
enum hv_status hvcall_get_lp_run_time(struct hypercall *h);
enum hv_status hvcall_add_lp(struct hypercall *h);
enum hv_status hvcall_get_system_property(struct hypercall *h);
enum hv_status hvcall_set_system_property(struct hypercall *h);
enum hv_status hvcall_enter_sleep_state(struct hypercall *h);

/* notify.c, devirt.c */
enum hv_status hvcall_notify_partition_event(struct hypercall *h);
enum hv_status hvcall_disable_hypervisor_ex(struct hypercall *h);

/* hvcall_interrupt.c */
enum hv_status hvcall_map_device_interrupt(struct hypercall *h);
enum hv_status hvcall_unmap_device_interrupt(struct hypercall *h);

#endif
