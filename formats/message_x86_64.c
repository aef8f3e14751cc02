// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Payloads of the messages that x86-64 hypervisors send: the intercepts first
 * have the VP's state in common, then what the intercept was about.
 */
#include "message_layouts.h"

#include "layout_rows.h"
#include "layouts.h"

#define HEADER_SIZE 40

static const struct hvd_field_row execution_state_rows[] = {
	HVD_ROW_BITS(NUMBER, cpl, 0, 2, 0, 2),
	HVD_ROW_FLAG(cr0_pe, 0, 2, 2),
	HVD_ROW_FLAG(cr0_am, 0, 2, 3),
	HVD_ROW_FLAG(efer_lma, 0, 2, 4),
	HVD_ROW_FLAG(debug_active, 0, 2, 5),
	HVD_ROW_FLAG(interruption_pending, 0, 2, 6),
	HVD_ROW_BITS(NUMBER, vtl, 0, 2, 7, 4),
	HVD_ROW_FLAG(enclave_mode, 0, 2, 11),
	HVD_ROW_FLAG(interrupt_shadow, 0, 2, 12),
	HVD_ROW_FLAG(virtualization_fault_active, 0, 2, 13),
};
HVD_LAYOUT(hvd_layout_x64_execution_state, "hv_x64_vp_execution_state", 2,
	   "LMO", execution_state_rows);

static const struct hvd_field_row header_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
	HVD_ROW_BITS(NUMBER, instruction_length, 0x4, 1, 0, 4),
	HVD_ROW_BITS(NUMBER, cr8, 0x4, 1, 4, 4),
	HVD_ROW_NAMED(intercept_access_type, 0x5, 1, hvd_access_names),
	HVD_ROW_PART(execution_state, 0x6, 2, &hvd_layout_x64_execution_state),
	HVD_ROW_PART(cs_segment, 0x8, 16, &hvd_layout_x64_segment),
	HVD_ROW(HEX, rip, 0x18, 8),
	HVD_ROW(HEX, rflags, 0x20, 8),
};
HVD_LAYOUT(hvd_layout_x64_intercept_header, "hv_x64_intercept_message_header",
	   HEADER_SIZE, "LMO", header_rows);

#define HEADER \
	HVD_ROW_PART(header, 0, HEADER_SIZE, &hvd_layout_x64_intercept_header)

static const struct hvd_field_row memory_access_rows[] = {
	HVD_ROW_FLAG(gva_valid, 0, 1, 0),
	HVD_ROW_FLAG(gva_gpa_valid, 0, 1, 1),
	HVD_ROW_FLAG(hypercall_output_pending, 0, 1, 2),
	HVD_ROW_FLAG(tlb_locked_no_overlay, 0, 1, 3),
	HVD_ROW_FLAG(supervisor_shadow_stack, 0, 1, 4), /* O */
};
HVD_LAYOUT(hvd_layout_x64_memory_access, "hv_x64_memory_access_info", 1, "LMO",
	   memory_access_rows);

static const struct hvd_field_row memory_rows[] = {
	HEADER,
	HVD_ROW_NAMED(cache_type, 0x28, 4, hvd_cache_names),
	HVD_ROW(NUMBER, instruction_byte_count, 0x2c, 1),
	HVD_ROW_PART(memory_access_info, 0x2d, 1,
		     &hvd_layout_x64_memory_access),
	HVD_ROW(NUMBER, tpr_priority, 0x2e, 1),
	HVD_ROW(HEX, guest_virtual_address, 0x30, 8),
	HVD_ROW(HEX, guest_physical_address, 0x38, 8),
	HVD_ROW(BYTES, instruction_bytes, 0x40, 16),
};
HVD_LAYOUT(hvd_layout_x64_memory, "hv_x64_memory_intercept_message", 80, "LMO",
	   memory_rows);

static const struct hvd_value_name visibility_names[] = {
	{0, "none"}, {1, "read"}, {3, "read and write"},
};

static const struct hvd_field_row gpa_attribute_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
	HVD_ROW_BITS(NUMBER, range_count, 0x4, 4, 0, 5),
	HVD_ROW_FLAG(adjust, 0x4, 4, 5),
	HVD_ROW_NAMED_BITS(host_visibility, 0x4, 4, 6, 2, visibility_names),
	HVD_ROW_BITS(NUMBER, memory_type, 0x4, 4, 8, 6),
	HVD_ROW_ARRAY(HEX, ranges, 0x8, 8, 29),
};
HVD_LAYOUT(hvd_layout_x64_gpa_attribute,
	   "hv_x64_gpa_attribute_intercept_message", 240, "M",
	   gpa_attribute_rows);

static const struct hvd_field_row unrecoverable_rows[] = {HEADER};
HVD_LAYOUT(hvd_layout_x64_unrecoverable,
	   "hv_x64_unrecoverable_exception_message", HEADER_SIZE, "MO",
	   unrecoverable_rows);

static const struct hvd_field_row halt_rows[] = {HEADER};
HVD_LAYOUT(hvd_layout_x64_halt, "hv_x64_halt_message", HEADER_SIZE, "MO",
	   halt_rows);

static const struct hvd_field_row unsupported_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
	HVD_ROW(HEX, feature_code, 0x4, 4),
	HVD_ROW(HEX, feature_parameter, 0x8, 8),
};
HVD_LAYOUT(hvd_layout_x64_unsupported, "hv_x64_unsupported_feature_message",
	   16, "M", unsupported_rows);

/* RCX is the control word: its low 16 bits are the call code. */
static const struct hvd_field_row hypercall_rows[] = {
	HEADER,
	HVD_ROW(HEX, rax, 0x28, 8),
	HVD_ROW(HEX, rbx, 0x30, 8),
	HVD_ROW_BITS(HYPERCALL, call_code, 0x38, 8, 0, 16),
	HVD_ROW(HEX, rcx, 0x38, 8),
	HVD_ROW(HEX, rdx, 0x40, 8),
	HVD_ROW(HEX, r8, 0x48, 8),
	HVD_ROW(HEX, rsi, 0x50, 8),
	HVD_ROW(HEX, rdi, 0x58, 8),
	HVD_ROW_ARRAY(HEX, xmmregisters, 0x60, 16, 6),
	HVD_ROW_FLAG(isolated, 0xc0, 4, 0),
};
HVD_LAYOUT(hvd_layout_x64_hypercall, "hv_x64_hypercall_intercept_message", 196,
	   "MO", hypercall_rows);

static const struct hvd_field_row sint_rows[] = {
	HEADER,
	HVD_ROW(HEX, deliverable_sints, 0x28, 2),
};
HVD_LAYOUT(hvd_layout_x64_sint_deliverable, "hv_x64_sint_deliverable_message",
	   48, "MO", sint_rows);

static const struct hvd_field_row port_access_rows[] = {
	HVD_ROW_BITS(NUMBER, access_size, 0, 1, 0, 3),
	HVD_ROW_FLAG(string_op, 0, 1, 3),
	HVD_ROW_FLAG(rep_prefix, 0, 1, 4),
};
HVD_LAYOUT(hvd_layout_x64_port_access, "hv_x64_io_port_access_info", 1, "MO",
	   port_access_rows);

static const struct hvd_field_row port_rows[] = {
	HEADER,
	HVD_ROW(HEX, port_number, 0x28, 2),
	HVD_ROW_PART(access_info, 0x2a, 1, &hvd_layout_x64_port_access),
	HVD_ROW(NUMBER, instruction_byte_count, 0x2b, 1),
	HVD_ROW(HEX, rax, 0x30, 8),
	HVD_ROW(BYTES, instruction_bytes, 0x38, 16),
	HVD_ROW_PART(ds_segment, 0x48, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(es_segment, 0x58, 16, &hvd_layout_x64_segment),
	HVD_ROW(HEX, rcx, 0x68, 8),
	HVD_ROW(HEX, rsi, 0x70, 8),
	HVD_ROW(HEX, rdi, 0x78, 8),
};
HVD_LAYOUT(hvd_layout_x64_port, "hv_x64_io_port_intercept_message", 128, "MO",
	   port_rows);

static const struct hvd_field_row msr_rows[] = {
	HEADER,
	HVD_ROW(HEX, msr_number, 0x28, 4),
	HVD_ROW(HEX, rdx, 0x30, 8),
	HVD_ROW(HEX, rax, 0x38, 8),
};
HVD_LAYOUT(hvd_layout_x64_msr, "hv_x64_msr_intercept_message", 64, "MO",
	   msr_rows);

static const struct hvd_field_row cpuid_rows[] = {
	HEADER,
	HVD_ROW(HEX, rax, 0x28, 8),
	HVD_ROW(HEX, rcx, 0x30, 8),
	HVD_ROW(HEX, rdx, 0x38, 8),
	HVD_ROW(HEX, rbx, 0x40, 8),
	HVD_ROW(HEX, default_result_rax, 0x48, 8),
	HVD_ROW(HEX, default_result_rcx, 0x50, 8),
	HVD_ROW(HEX, default_result_rdx, 0x58, 8),
	HVD_ROW(HEX, default_result_rbx, 0x60, 8),
};
HVD_LAYOUT(hvd_layout_x64_cpuid, "hv_x64_cpuid_intercept_message", 104, "MO",
	   cpuid_rows);

static const struct hvd_field_row exception_info_rows[] = {
	HVD_ROW_FLAG(error_code_valid, 0, 1, 0),
	HVD_ROW_FLAG(software_exception, 0, 1, 1),
};
HVD_LAYOUT(hvd_layout_x64_exception_info, "hv_x64_exception_info", 1, "MO",
	   exception_info_rows);

static const struct hvd_value_name vector_names[] = {
	{0, "#DE, divide error"},
	{1, "#DB, debug"},
	{2, "NMI"},
	{3, "#BP, breakpoint"},
	{4, "#OF, overflow"},
	{5, "#BR, bound range"},
	{6, "#UD, invalid opcode"},
	{7, "#NM, no coprocessor"},
	{8, "#DF, double fault"},
	{10, "#TS, invalid TSS"},
	{11, "#NP, segment not present"},
	{12, "#SS, stack segment"},
	{13, "#GP, general protection"},
	{14, "#PF, page fault"},
	{16, "#MF, x87 error"},
	{17, "#AC, alignment check"},
	{18, "#MC, machine check"},
	{19, "#XM, SIMD error"},
	{20, "#VE, virtualization"},
	{21, "#CP, control protection"},
	{28, "#HV, hypervisor injection"},
	{29, "#VC, VMM communication"},
	{30, "#SX, security"},
};

static const struct hvd_field_row exception_rows[] = {
	HEADER,
	HVD_ROW_NAMED(exception_vector, 0x28, 2, vector_names),
	HVD_ROW_PART(exception_info, 0x2a, 1, &hvd_layout_x64_exception_info),
	HVD_ROW(NUMBER, instruction_byte_count, 0x2b, 1),
	HVD_ROW(HEX, error_code, 0x2c, 4),
	HVD_ROW(HEX, exception_parameter, 0x30, 8),
	HVD_ROW(BYTES, instruction_bytes, 0x40, 16),
	HVD_ROW_PART(ds_segment, 0x50, 16, &hvd_layout_x64_segment),
	HVD_ROW_PART(ss_segment, 0x60, 16, &hvd_layout_x64_segment),
	HVD_ROW(HEX, rax, 0x70, 8),
	HVD_ROW(HEX, rcx, 0x78, 8),
	HVD_ROW(HEX, rdx, 0x80, 8),
	HVD_ROW(HEX, rbx, 0x88, 8),
	HVD_ROW(HEX, rsp, 0x90, 8),
	HVD_ROW(HEX, rbp, 0x98, 8),
	HVD_ROW(HEX, rsi, 0xa0, 8),
	HVD_ROW(HEX, rdi, 0xa8, 8),
	HVD_ROW(HEX, r8, 0xb0, 8),
	HVD_ROW(HEX, r9, 0xb8, 8),
	HVD_ROW(HEX, r10, 0xc0, 8),
	HVD_ROW(HEX, r11, 0xc8, 8),
	HVD_ROW(HEX, r12, 0xd0, 8),
	HVD_ROW(HEX, r13, 0xd8, 8),
	HVD_ROW(HEX, r14, 0xe0, 8),
	HVD_ROW(HEX, r15, 0xe8, 8),
};
HVD_LAYOUT(hvd_layout_x64_exception, "hv_x64_exception_intercept_message", 240,
	   "MO", exception_rows);

static const struct hvd_field_row eoi_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
	HVD_ROW(HEX, interrupt_vector, 0x4, 4),
};
HVD_LAYOUT(hvd_layout_x64_apic_eoi, "hv_x64_apic_eoi_message", 8, "MO",
	   eoi_rows);

static const struct hvd_field_row fp_error_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
};
HVD_LAYOUT(hvd_layout_x64_fp_error, "hv_x64_legacy_fp_error_message", 8, "m",
	   fp_error_rows);

/* The access: the value written, or where the operand lies in memory. */
static const struct hvd_field_row register_rows[] = {
	HEADER,
	HVD_ROW_FLAG(is_memory_op, 0x28, 1, 0),
	HVD_ROW(REGISTER, register_name, 0x2c, 4),
	HVD_ROW(HEX, access_info, 0x30, 16),
};
HVD_LAYOUT(hvd_layout_x64_register, "hv_x64_register_intercept_message", 64,
	   "MO", register_rows);

static const struct hvd_value_name deliverable_names[] = {
	{0, "interrupt"},
	{2, "NMI"},
	{3, "exception"},
	{4, "software interrupt"},
	{5, "privileged software exception"},
	{6, "software exception"},
};

static const struct hvd_field_row deliverable_rows[] = {
	HEADER,
	HVD_ROW_NAMED(deliverable_type, 0x28, 4, deliverable_names),
};
HVD_LAYOUT(hvd_layout_x64_deliverable,
	   "hv_x64_interruption_deliverable_message", 48, "MO",
	   deliverable_rows);

static const struct hvd_field_row sipi_rows[] = {
	HEADER,
	HVD_ROW(NUMBER, target_vp_index, 0x28, 4),
	HVD_ROW(HEX, interrupt_vector, 0x2c, 4),
};
HVD_LAYOUT(hvd_layout_x64_sipi, "hv_x64_sipi_intercept_message", 48, "MO",
	   sipi_rows);

static const struct hvd_field_row proxy_rows[] = {
	HVD_ROW(NUMBER, interrupt_vtl, 0x0, 1),
	HVD_ROW(NUMBER, assert_multiple, 0x1, 1),
	HVD_ROW_ARRAY(HEX, asserted_irr, 0x4, 4, 8), /* or one vector */
};
HVD_LAYOUT(hvd_layout_x64_proxy, "hv_x64_proxy_interrupt_message_payload", 36,
	   "m", proxy_rows);

static const struct hvd_value_name ghcb_usage_names[] = {
	{0, "standard"}, {1, "hypercall"},
};

static const struct hvd_field_row vmgexit_rows[] = {
	HEADER,
	HVD_ROW(HEX, ghcb_msr, 0x28, 8),
	HVD_ROW_FLAG(ghcb_page_valid, 0x30, 8, 0),
	HVD_ROW_FLAG(ghcb_request_error, 0x30, 8, 1), /* O */
	HVD_ROW_NAMED(ghcb_usage, 0x38, 4, ghcb_usage_names),
	HVD_ROW(NUMBER, ghcb_protocol_version, 0x40, 2),
	HVD_ROW(HEX, sw_exit_code, 0x48, 8),
	HVD_ROW(HEX, sw_exit_info1, 0x50, 8),
	HVD_ROW(HEX, sw_exit_info2, 0x58, 8),
	HVD_ROW(HEX, sw_scratch, 0x60, 8),
};
HVD_LAYOUT(hvd_layout_x64_vmgexit, "hv_x64_vmgexit_intercept_message", 104,
	   "MO", vmgexit_rows);
