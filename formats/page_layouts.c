// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages as rows: see page_layouts.h. */
#include "page_layouts.h"

#include "layout_rows.h"
#include "layouts.h"

/* ------------------------------------------------------- VP assist page */

static const struct hvd_field_row apic_assist_rows[] = {
	HVD_ROW_FLAG(no_eoi_required, 0, 4, 0),
};
HVD_LAYOUT(hvd_layout_apic_assist, "hv_apic_assist", 4, "T", apic_assist_rows);

static const struct hvd_field_row features_rows[] = {
	HVD_ROW_FLAG(directhypercall, 0, 4, 0),
};
static HVD_LAYOUT(nested_features, "features", 4, "LMO", features_rows);

static const struct hvd_field_row controls_rows[] = {
	HVD_ROW_FLAG(inter_partition_comm, 0, 4, 0),
};
static HVD_LAYOUT(nested_controls, "hypercall_controls", 4, "LMO",
		  controls_rows);

static const struct hvd_field_row nested_rows[] = {
	HVD_ROW_PART(features, 0, 4, &nested_features),
	HVD_ROW_PART(hypercall_controls, 4, 4, &nested_controls),
};
HVD_LAYOUT(hvd_layout_nested_control, "hv_nested_enlightenments_control", 8,
	   "LMO", nested_rows);

static const struct hvd_value_name entry_names[] = {
	{0, "none"}, {1, "VTL call"}, {2, "interrupt"}, {3, "intercept"},
};

static const struct hvd_field_row vp_assist_rows[] = {
	HVD_ROW_PART(apic_assist, 0x0, 4, &hvd_layout_apic_assist),
	HVD_ROW_NAMED(vtl_entry_reason, 0x8, 4, entry_names),
	HVD_ROW(HEX, vtl_ret_x64rax, 0x10, 8),
	HVD_ROW(HEX, vtl_ret_x64rcx, 0x18, 8),
	HVD_ROW_PART(nested_control, 0x20, 8, &hvd_layout_nested_control),
	HVD_ROW(NUMBER, enlighten_vmentry, 0x28, 1),
	HVD_ROW(HEX, current_nested_vmcs, 0x30, 8),
	HVD_ROW(NUMBER, synthetic_time_unhalted_timer_expired, 0x38, 1),
	HVD_ROW(BYTES, virtualization_fault_information, 0x40, 40),
	HVD_ROW(BYTES, intercept_message, 0x70, 256),
	HVD_ROW(BYTES, vtl_ret_actions, 0x170, 256),
};
HVD_LAYOUT(hvd_layout_vp_assist, "hv_vp_assist_page", 624, "LMO",
	   vp_assist_rows);

/* ------------------------------------------------------ SynIC event ring */

static const struct hvd_field_row ring_rows[] = {
	HVD_ROW(NUMBER, signal_masked, 0x0, 1),
	HVD_ROW(NUMBER, ring_full, 0x1, 1),
	HVD_ROW_ARRAY(HEX, data, 0x4, 4, 63),
};
HVD_LAYOUT(hvd_layout_event_ring, "hv_synic_event_ring", 256, "LM", ring_rows);

/* ------------------------------------------------------ reference time */

/* Time in units of 100 ns = (TSC * scale >> 64) + offset; sequence 0: not so */
static const struct hvd_field_row tsc_rows[] = {
	HVD_ROW(NUMBER, tsc_sequence, 0x0, 4),
	HVD_ROW(HEX, tsc_scale, 0x8, 8),
	HVD_ROW(HEX, tsc_offset, 0x10, 8),
};
HVD_LAYOUT(hvd_layout_reference_tsc, "ms_hyperv_tsc_page", 24, "LMOT",
	   tsc_rows);

/* ------------------------------------------------------------- VP states */

static const struct hvd_field_row local_apic_rows[] = {
	HVD_ROW(HEX, apic_id, 0x0, 4),
	HVD_ROW(HEX, apic_version, 0x4, 4),
	HVD_ROW(HEX, apic_ldr, 0x8, 4),
	HVD_ROW(HEX, apic_dfr, 0xc, 4),
	HVD_ROW(HEX, apic_spurious, 0x10, 4),
	HVD_ROW_ARRAY(HEX, apic_isr, 0x14, 4, 8),
	HVD_ROW_ARRAY(HEX, apic_tmr, 0x34, 4, 8),
	HVD_ROW_ARRAY(HEX, apic_irr, 0x54, 4, 8),
	HVD_ROW(HEX, apic_esr, 0x74, 4),
	HVD_ROW(HEX, apic_icr_high, 0x78, 4),
	HVD_ROW(HEX, apic_icr_low, 0x7c, 4),
	HVD_ROW(HEX, apic_lvt_timer, 0x80, 4),
	HVD_ROW(HEX, apic_lvt_thermal, 0x84, 4),
	HVD_ROW(HEX, apic_lvt_perfmon, 0x88, 4),
	HVD_ROW(HEX, apic_lvt_lint0, 0x8c, 4),
	HVD_ROW(HEX, apic_lvt_lint1, 0x90, 4),
	HVD_ROW(HEX, apic_lvt_error, 0x94, 4),
	HVD_ROW(HEX, apic_lvt_cmci, 0x98, 4),
	HVD_ROW(HEX, apic_error_status, 0x9c, 4),
	HVD_ROW(NUMBER, apic_initial_count, 0xa0, 4),
	HVD_ROW(NUMBER, apic_counter_value, 0xa4, 4),
	HVD_ROW(HEX, apic_divide_configuration, 0xa8, 4),
	HVD_ROW(HEX, apic_remote_read, 0xac, 4),
};
HVD_LAYOUT(hvd_layout_local_apic, "hv_local_interrupt_controller_state", 176,
	   "M", local_apic_rows);

/* Times in units of 100 ns; config is as register STIMERn_CONFIG. */
static const struct hvd_field_row stimer_rows[] = {
	HVD_ROW_FLAG(undelivered_msg_pending, 0x0, 4, 0),
	HVD_ROW(HEX, config, 0x8, 8),
	HVD_ROW(HEX, count, 0x10, 8),
	HVD_ROW(HEX, adjustment, 0x18, 8),
	HVD_ROW(HEX, undelivered_exp_time, 0x20, 8),
};
HVD_LAYOUT(hvd_layout_stimer, "hv_stimer_state", 40, "L", stimer_rows);

static const struct hvd_field_row stimers_rows[] = {
	HVD_ROW_PARTS(timers, 0x0, 40, 4, &hvd_layout_stimer),
};
HVD_LAYOUT(hvd_layout_stimers, "hv_synthetic_timers_state", 200, "L",
	   stimers_rows);

/* -------------------------------------------------------- register page */

static const struct hvd_field_row dirty_rows[] = {
	HVD_ROW_FLAG(general_purpose, 0, 4, 0),
	HVD_ROW_FLAG(instruction_pointer, 0, 4, 1),
	HVD_ROW_FLAG(xmm, 0, 4, 2),
	HVD_ROW_FLAG(segments, 0, 4, 3),
	HVD_ROW_FLAG(flags, 0, 4, 4),
};
HVD_LAYOUT(hvd_layout_register_page_dirty, "hv_x64_register_page_dirty_flags",
	   4, "MO", dirty_rows);

static const struct hvd_field_row vectors_rows[] = {
	HVD_ROW(NUMBER, vector_count, 0x0, 1),
	HVD_ROW_ARRAY(HEX, vector, 0x1, 1, 7),
};
HVD_LAYOUT(hvd_layout_register_page_vectors,
	   "hv_vp_register_page_interrupt_vectors", 8, "LMO", vectors_rows);

static const struct hvd_field_row register_page_rows[] = {
	HVD_ROW(NUMBER, version, 0x0, 2),
	HVD_ROW(NUMBER, isvalid, 0x2, 1),
	HVD_ROW_PART(dirty, 0x4, 4, &hvd_layout_register_page_dirty),
	HVD_ROW(HEX, rax, 0x8, 8),
	HVD_ROW(HEX, rcx, 0x10, 8),
	HVD_ROW(HEX, rdx, 0x18, 8),
	HVD_ROW(HEX, rbx, 0x20, 8),
	HVD_ROW(HEX, rsp, 0x28, 8),
	HVD_ROW(HEX, rbp, 0x30, 8),
	HVD_ROW(HEX, rsi, 0x38, 8),
	HVD_ROW(HEX, rdi, 0x40, 8),
	HVD_ROW(HEX, r8, 0x48, 8),
	HVD_ROW(HEX, r9, 0x50, 8),
	HVD_ROW(HEX, r10, 0x58, 8),
	HVD_ROW(HEX, r11, 0x60, 8),
	HVD_ROW(HEX, r12, 0x68, 8),
	HVD_ROW(HEX, r13, 0x70, 8),
	HVD_ROW(HEX, r14, 0x78, 8),
	HVD_ROW(HEX, r15, 0x80, 8),
	HVD_ROW(HEX, rip, 0x88, 8),
	HVD_ROW(HEX, rflags, 0x90, 8),
	HVD_ROW(HEX, xmm0, 0xa0, 16),
	HVD_ROW(HEX, xmm1, 0xb0, 16),
	HVD_ROW(HEX, xmm2, 0xc0, 16),
	HVD_ROW(HEX, xmm3, 0xd0, 16),
	HVD_ROW(HEX, xmm4, 0xe0, 16),
	HVD_ROW(HEX, xmm5, 0xf0, 16),
	HVD_ROW_PART(es, 0x100, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(cs, 0x110, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(ss, 0x120, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(ds, 0x130, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(fs, 0x140, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(gs, 0x150, 16, &hvd_layout_x64_segment),
	HVD_ROW(HEX, cr0, 0x160, 8),
	HVD_ROW(HEX, cr3, 0x168, 8),
	HVD_ROW(HEX, cr4, 0x170, 8),
	HVD_ROW(HEX, cr8, 0x178, 8),
	HVD_ROW(HEX, efer, 0x180, 8),
	HVD_ROW(HEX, dr7, 0x188, 8),
	HVD_ROW(HEX, pending_interruption, 0x190, 8),
	HVD_ROW(HEX, interrupt_state, 0x198, 8),
	HVD_ROW(HEX, instruction_emulation_hints, 0x1a0, 8),
	HVD_ROW(HEX, xfem, 0x1a8, 8),
	HVD_ROW_PART(interrupt_vectors, 0x2b0, 8,
		     &hvd_layout_register_page_vectors),
};
HVD_LAYOUT(hvd_layout_register_page, "hv_vp_register_page", 696, "LMO",
	   register_page_rows);

static const struct hvd_field_row arm64_rows[] = {
	HVD_ROW(NUMBER, version, 0x0, 2),
	HVD_ROW(NUMBER, isvalid, 0x2, 1),
	HVD_ROW(NUMBER, vtl, 0x3, 1),
	HVD_ROW(HEX, dirty, 0x4, 4),
	HVD_ROW(HEX, pc, 0x110, 8),
	HVD_ROW(HEX, cpsr, 0x118, 8),
	HVD_ROW(HEX, sctlr_el1, 0x120, 8),
	HVD_ROW(HEX, tcr_el1, 0x128, 8),
};
HVD_LAYOUT(hvd_layout_arm64_register_page, "hv_vp_register_page (arm64)", 304,
	   "Om", arm64_rows);

/* ----------------------------------------------------------------- GHCB */

/* Linux's struct ghcb_save_area; the GHCB specification, table 3. */
static const struct hvd_field_row ghcb_rows[] = {
	HVD_ROW(NUMBER, cpl, 0xcb, 1),
	HVD_ROW(HEX, xss, 0x140, 8),
	HVD_ROW(HEX, dr7, 0x160, 8),
	HVD_ROW(HEX, rip, 0x178, 8),
	HVD_ROW(HEX, rsp, 0x1d8, 8),
	HVD_ROW(HEX, rax, 0x1f8, 8),
	HVD_ROW(HEX, rcx, 0x308, 8),
	HVD_ROW(HEX, rdx, 0x310, 8),
	HVD_ROW(HEX, rbx, 0x318, 8),
	HVD_ROW(HEX, rbp, 0x328, 8),
	HVD_ROW(HEX, rsi, 0x330, 8),
	HVD_ROW(HEX, rdi, 0x338, 8),
	HVD_ROW(HEX, r8, 0x340, 8),
	HVD_ROW(HEX, r9, 0x348, 8),
	HVD_ROW(HEX, r10, 0x350, 8),
	HVD_ROW(HEX, r11, 0x358, 8),
	HVD_ROW(HEX, r12, 0x360, 8),
	HVD_ROW(HEX, r13, 0x368, 8),
	HVD_ROW(HEX, r14, 0x370, 8),
	HVD_ROW(HEX, r15, 0x378, 8),
	HVD_ROW(HEX, sw_exit_code, 0x390, 8),
	HVD_ROW(HEX, sw_exit_info_1, 0x398, 8),
	HVD_ROW(HEX, sw_exit_info_2, 0x3a0, 8),
	HVD_ROW(HEX, sw_scratch, 0x3a8, 8),
	HVD_ROW(HEX, xcr0, 0x3e8, 8),
	HVD_ROW(BYTES, valid_bitmap, 0x3f0, 16),
	HVD_ROW(HEX, x87_state_gpa, 0x400, 8),
};
HVD_LAYOUT(hvd_layout_ghcb_save, "ghcb_save_area", 1032, "L", ghcb_rows);

static const struct hvd_value_name usage_names[] = {
	{0, "standard"}, {1, "hypercall"},
};

static const struct hvd_field_row ghcb_end_rows[] = {
	HVD_ROW(NUMBER, protocol_version, 0xa, 2),
	HVD_ROW_NAMED(ghcb_usage, 0xc, 4, usage_names),
};
HVD_LAYOUT(hvd_layout_ghcb_end, "ghcb, its end", 16, "L", ghcb_end_rows);

/* union hv_ghcb, of Linux's arch/x86/hyperv/ivm.c: from 0xfe8 on. */
static const struct hvd_field_row ghcb_hypercall_rows[] = {
	HVD_ROW(HEX, outputgpa, 0x0, 8),
	HVD_ROW_BITS(HYPERCALL, callcode, 0x8, 8, 0, 16),
	HVD_ROW_FLAG(isfast, 0x8, 8, 16),
	HVD_ROW_BITS(NUMBER, countofelements, 0x8, 8, 32, 12),
	HVD_ROW_BITS(NUMBER, repstartindex, 0x8, 8, 48, 12),
};
HVD_LAYOUT(hvd_layout_ghcb_hypercall, "hv_ghcb, a hypercall", 16, "L",
	   ghcb_hypercall_rows);
