// SPDX-License-Identifier: GPL-2.0-or-later
/* Payloads of the messages that arm64 hypervisors send. */
#include "message_layouts.h"

#include "layout_rows.h"

#define HEADER_SIZE 24

static const struct hvd_field_row execution_state_rows[] = {
	HVD_ROW_BITS(NUMBER, cpl, 0, 2, 0, 2),
	HVD_ROW_FLAG(debug_active, 0, 2, 2),
	HVD_ROW_FLAG(interruption_pending, 0, 2, 3),
	HVD_ROW_BITS(NUMBER, vtl, 0, 2, 4, 4),
	HVD_ROW_FLAG(virtualization_fault_active, 0, 2, 8),
};
HVD_LAYOUT(hvd_layout_arm64_execution_state, "hv_arm64_vp_execution_state", 2,
	   "LMO", execution_state_rows);

static const struct hvd_field_row header_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
	HVD_ROW(NUMBER, instruction_length, 0x4, 1),
	HVD_ROW_NAMED(intercept_access_type, 0x5, 1, hvd_access_names),
	HVD_ROW_PART(execution_state, 0x6, 2,
		     &hvd_layout_arm64_execution_state),
	HVD_ROW(HEX, pc, 0x8, 8),
	HVD_ROW(HEX, cpsr, 0x10, 8),
};
HVD_LAYOUT(hvd_layout_arm64_intercept_header,
	   "hv_arm64_intercept_message_header", HEADER_SIZE, "LMO",
	   header_rows);

#define HEADER								\
	HVD_ROW_PART(header, 0, HEADER_SIZE,				\
		     &hvd_layout_arm64_intercept_header)

static const struct hvd_field_row memory_access_rows[] = {
	HVD_ROW_FLAG(gva_valid, 0, 1, 0),
	HVD_ROW_FLAG(gva_gpa_valid, 0, 1, 1),
	HVD_ROW_FLAG(hypercall_output_pending, 0, 1, 2),
};
HVD_LAYOUT(hvd_layout_arm64_memory_access, "hv_arm64_memory_access_info", 1,
	   "LMO", memory_access_rows);

static const struct hvd_field_row memory_rows[] = {
	HEADER,
	HVD_ROW_NAMED(cache_type, 0x18, 4, hvd_cache_names),
	HVD_ROW(NUMBER, instruction_byte_count, 0x1c, 1),
	HVD_ROW_PART(memory_access_info, 0x1d, 1,
		     &hvd_layout_arm64_memory_access),
	HVD_ROW(BYTES, instruction_bytes, 0x20, 4),
	HVD_ROW(HEX, guest_virtual_address, 0x28, 8),
	HVD_ROW(HEX, guest_physical_address, 0x30, 8),
	HVD_ROW(HEX, syndrome, 0x38, 8),
};
HVD_LAYOUT(hvd_layout_arm64_memory, "hv_arm64_memory_intercept_message", 64,
	   "LMO", memory_rows);

static const struct hvd_field_row mmio_rows[] = {
	HEADER,
	HVD_ROW(HEX, guest_physical_address, 0x18, 8),
	HVD_ROW(NUMBER, access_size, 0x20, 4),
	HVD_ROW(BYTES, data, 0x24, 32),
};
HVD_LAYOUT(hvd_layout_arm64_mmio, "hv_arm64_mmio_intercept_message", 72, "Om",
	   mmio_rows);

static const struct hvd_field_row register_rows[] = {
	HEADER,
	HVD_ROW_FLAG(is_memory_op, 0x18, 1, 0),
	HVD_ROW(REGISTER, register_name, 0x1c, 4),
	HVD_ROW(HEX, access_info, 0x20, 16),
};
HVD_LAYOUT(hvd_layout_arm64_register, "hv_arm64_register_intercept_message",
	   48, "Mm", register_rows);

static const struct hvd_value_name reset_names[] = {
	{0, "power off"}, {1, "reboot"}, {2, "system reset"}, {3, "hibernate"},
};

static const struct hvd_field_row reset_rows[] = {
	HEADER,
	HVD_ROW_NAMED(reset_type, 0x18, 4, reset_names),
	HVD_ROW(HEX, reset_code, 0x1c, 4),
};
HVD_LAYOUT(hvd_layout_arm64_reset, "hv_arm64_reset_intercept_message", 32,
	   "MOm", reset_rows);

static const struct hvd_field_row hypercall_rows[] = {
	HEADER,
	HVD_ROW(NUMBER, immediate, 0x18, 2),
	HVD_ROW_FLAG(isolated, 0x1c, 4, 0),
	HVD_ROW_ARRAY(HEX, x, 0x20, 8, 18),
};
HVD_LAYOUT(hvd_layout_arm64_hypercall, "hv_arm64_hypercall_intercept_message",
	   176, "Om", hypercall_rows);

static const struct hvd_field_row msr_rows[] = {
	HEADER,
	HVD_ROW(HEX, virtual_register_number, 0x18, 8),
	HVD_ROW(HEX, x0, 0x20, 8),
	HVD_ROW(HEX, x1, 0x28, 8),
};
HVD_LAYOUT(hvd_layout_arm64_msr, "hv_arm64_msr_intercept_message", 48, "m",
	   msr_rows);

static const struct hvd_field_row exception_rows[] = {
	HEADER,
	HVD_ROW(NUMBER, exception_type, 0x18, 4),
	HVD_ROW(HEX, exception_syndrome, 0x20, 8),
	HVD_ROW(HEX, fault_gva, 0x28, 8),
	HVD_ROW(HEX, fault_gpa, 0x30, 8),
	HVD_ROW(HEX, fault_spa, 0x38, 8),
};
HVD_LAYOUT(hvd_layout_arm64_exception, "hv_arm64_exception_intercept_message",
	   64, "m", exception_rows);

static const struct hvd_field_row unrecoverable_rows[] = {HEADER};
HVD_LAYOUT(hvd_layout_arm64_unrecoverable,
	   "hv_arm64_unrecoverable_exception_message", HEADER_SIZE, "m",
	   unrecoverable_rows);

static const struct hvd_field_row sint_rows[] = {
	HEADER,
	HVD_ROW(HEX, deliverable_sints, 0x18, 2),
};
HVD_LAYOUT(hvd_layout_arm64_sint_deliverable,
	   "hv_arm64_synic_sint_deliverable_message", 32, "Om", sint_rows);

static const struct hvd_field_row unsupported_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
	HVD_ROW(HEX, feature_code, 0x4, 4),
	HVD_ROW(HEX, feature_parameter, 0x8, 8),
};
HVD_LAYOUT(hvd_layout_arm64_unsupported,
	   "hv_arm64_unsupported_feature_message", 16, "m", unsupported_rows);

static const struct hvd_field_row tlb_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
};
HVD_LAYOUT(hvd_layout_arm64_tlb_mismatch,
	   "hv_arm64_tlb_page_size_mismatch_message", 8, "m", tlb_rows);
