// SPDX-License-Identifier: GPL-2.0-or-later
/* Inputs of hypercalls as rows: see call_input.h. A new one gets a row here. */
#include "call_input.h"

#include "abi_codes.h"
#include "layout_rows.h"

/* ------------------------------------------------------- parts of inputs */

static const struct hvd_field_row proximity_flag_rows[] = {
	HVD_ROW_FLAG(proximity_preferred, 0, 4, 0),
	HVD_ROW_FLAG(proximity_info_valid, 0, 4, 31),
};
static HVD_LAYOUT(proximity_flags, "hv_proximity_domain_flags", 4, "L",
		  proximity_flag_rows);

static const struct hvd_field_row proximity_rows[] = {
	HVD_ROW(NUMBER, domain_id, 0x0, 4),
	HVD_ROW_PART(flags, 0x4, 4, &proximity_flags),
};
HVD_LAYOUT(hvd_layout_proximity, "hv_proximity_domain_info", 8, "LM",
	   proximity_rows);

#define PROXIMITY(offset_)						\
	HVD_ROW_PART(proximity_domain_info, offset_, 8,			\
		     &hvd_layout_proximity)

static const struct hvd_field_row vtl_rows[] = {
	HVD_ROW_BITS(NUMBER, target_vtl, 0, 1, 0, 4),
	HVD_ROW_FLAG(use_target_vtl, 0, 1, 4),
};
HVD_LAYOUT(hvd_layout_input_vtl, "hv_input_vtl", 1, "LMO", vtl_rows);

#define INPUT_VTL(offset_) \
	HVD_ROW_PART(input_vtl, offset_, 1, &hvd_layout_input_vtl)

#define PARTITION HVD_ROW(HEX, partition_id, 0x0, 8)
#define VP	  HVD_ROW(NUMBER, vp_index, 0x8, 4)

static const struct hvd_value_name state_page_names[] = {
	{0, "registers"}, {1, "intercept message"}, {2, "GHCB"},
};

/* --------------------------------------------------------- list elements */

static const struct hvd_field_row element_pfn_rows[] = {
	HVD_ROW(HEX, pfn, 0x0, 8),
};
HVD_LAYOUT(hvd_layout_element_pfn, "page number", 8, "L", element_pfn_rows);

static const struct hvd_field_row element_name_rows[] = {
	HVD_ROW(REGISTER, name, 0x0, 4),
};
HVD_LAYOUT(hvd_layout_element_name, "register name", 4, "L",
	   element_name_rows);

static const struct hvd_field_row element_register_rows[] = {
	HVD_ROW(REGISTER, name, 0x0, 4),
	HVD_ROW(HEX, value, 0x10, 16),
};
HVD_LAYOUT(hvd_layout_element_register, "hv_register_assoc", 32, "LMO",
	   element_register_rows);

/* ------------------------------------------------------------ partitions */

static const struct hvd_field_row partition_rows[] = {PARTITION};
HVD_LAYOUT(hvd_layout_call_partition, "hv_input_initialize_partition", 8, "L",
	   partition_rows);

static const struct hvd_field_row property_rows[] = {
	PARTITION,
	HVD_ROW(HEX, property_code, 0x8, 4),
};
HVD_LAYOUT(hvd_layout_call_property, "hv_input_get_partition_property", 16,
	   "LM", property_rows);

static const struct hvd_field_row set_property_rows[] = {
	PARTITION,
	HVD_ROW(HEX, property_code, 0x8, 4),
	HVD_ROW(HEX, property_value, 0x10, 8),
};
HVD_LAYOUT(hvd_layout_call_set_property, "hv_input_set_partition_property", 24,
	   "LM", set_property_rows);

static const struct hvd_field_row next_child_rows[] = {
	HVD_ROW(HEX, parent_id, 0x0, 8),
	HVD_ROW(HEX, previous_child_id, 0x8, 8),
};
HVD_LAYOUT(hvd_layout_call_next_child, "hv_input_get_next_child_partition", 16,
	   "TWm", next_child_rows);

static const struct hvd_field_row create_partition_rows[] = {
	HVD_ROW(HEX, flags, 0x0, 8),
	PROXIMITY(0x8),
	HVD_ROW(HEX, compatibility_version, 0x10, 4),
	HVD_ROW(BYTES, partition_creation_properties, 0x18, 24),
	HVD_ROW(HEX, isolation_properties, 0x30, 8),
};
HVD_LAYOUT(hvd_layout_call_create_partition, "hv_input_create_partition", 56,
	   "LM", create_partition_rows);

static const struct hvd_field_row system_property_rows[] = {
	HVD_ROW(NUMBER, property_id, 0x0, 4),
	HVD_ROW(HEX, as_uint64, 0x8, 8),
};
HVD_LAYOUT(hvd_layout_call_system_property, "hv_input_get_system_property", 16,
	   "L", system_property_rows);

/* ---------------------------------------------------------------- memory */

static const struct hvd_field_row deposit_rows[] = {PARTITION};
HVD_LAYOUT(hvd_layout_call_deposit, "hv_deposit_memory", 8, "L", deposit_rows);

static const struct hvd_field_row withdraw_rows[] = {
	PARTITION,
	PROXIMITY(0x8),
};
HVD_LAYOUT(hvd_layout_call_withdraw, "hv_input_withdraw_memory", 16, "L",
	   withdraw_rows);
HVD_LAYOUT(hvd_layout_call_balance, "hv_input_get_memory_balance", 16, "Wm",
	   withdraw_rows);

static const struct hvd_field_row map_flag_rows[] = {
	HVD_ROW_FLAG(readable, 0, 4, 0),
	HVD_ROW_FLAG(writable, 0, 4, 1),
	HVD_ROW_FLAG(kernel_executable, 0, 4, 2),
	HVD_ROW_FLAG(user_executable, 0, 4, 3),
	HVD_ROW_FLAG(supervisor_shadow_stack, 0, 4, 4),
	HVD_ROW_FLAG(paging_writability, 0, 4, 5),
	HVD_ROW_FLAG(verify_paging_writability, 0, 4, 6),
	HVD_ROW_FLAG(adjustable, 0, 4, 15),
	HVD_ROW_FLAG(no_access, 0, 4, 16),
	HVD_ROW_FLAG(not_cached, 0, 4, 21),
	HVD_ROW_FLAG(large_page, 0, 4, 31),
};
static HVD_LAYOUT(map_flags, "hv_map_gpa_flags", 4, "LO", map_flag_rows);

static const struct hvd_field_row map_rows[] = {
	HVD_ROW(HEX, target_partition_id, 0x0, 8),
	HVD_ROW(HEX, target_gpa_base, 0x8, 8),
	HVD_ROW_PART(map_flags, 0x10, 4, &map_flags),
};
HVD_LAYOUT(hvd_layout_call_map_gpa, "hv_input_map_gpa_pages", 24, "L",
	   map_rows);

static const struct hvd_field_row unmap_rows[] = {
	HVD_ROW(HEX, target_partition_id, 0x0, 8),
	HVD_ROW(HEX, target_gpa_base, 0x8, 8),
	HVD_ROW(HEX, unmap_flags, 0x10, 4),
};
HVD_LAYOUT(hvd_layout_call_unmap_gpa, "hv_input_unmap_gpa_pages", 24, "L",
	   unmap_rows);

static const struct hvd_field_row access_rows[] = {
	PARTITION,
	HVD_ROW(HEX, flags, 0x8, 8),
	HVD_ROW(HEX, hv_gpa_page_number, 0x10, 8),
};
HVD_LAYOUT(hvd_layout_call_access_state, "hv_input_get_gpa_pages_access_state",
	   24, "L", access_rows);

static const struct hvd_field_row host_access_rows[] = {
	HVD_ROW_BITS(HEX, host_access, 0x0, 4, 0, 2),
	HVD_ROW(HEX, flags, 0x4, 4),
	HVD_ROW(HEX, partition_id, 0x8, 8),
};
HVD_LAYOUT(hvd_layout_call_host_access,
	   "hv_input_modify_sparse_spa_page_host_access", 16, "LM",
	   host_access_rows);

/* ---------------------------------------------------- virtual processors */

static const struct hvd_field_row create_vp_rows[] = {
	PARTITION,
	VP,
	HVD_ROW(HEX, subnode_type, 0xf, 1),
	HVD_ROW(HEX, subnode_id, 0x10, 8),
	PROXIMITY(0x18),
	HVD_ROW(HEX, flags, 0x20, 8),
};
HVD_LAYOUT(hvd_layout_call_create_vp, "hv_create_vp", 40, "LM",
	   create_vp_rows);

static const struct hvd_field_row delete_vp_rows[] = {PARTITION, VP};
HVD_LAYOUT(hvd_layout_call_delete_vp, "hv_input_delete_vp", 16, "LM",
	   delete_vp_rows);

static const struct hvd_field_row get_registers_rows[] = {
	PARTITION,
	VP,
	INPUT_VTL(0xc),
};
HVD_LAYOUT(hvd_layout_call_get_registers, "hv_input_get_vp_registers", 16,
	   "LMO", get_registers_rows);
HVD_LAYOUT(hvd_layout_call_set_registers, "hv_input_set_vp_registers", 16,
	   "LMO", get_registers_rows);

static const struct hvd_field_row translate_rows[] = {
	PARTITION,
	VP,
	HVD_ROW(HEX, control_flags, 0x10, 8),
	HVD_ROW(HEX, gva_page, 0x18, 8),
};
HVD_LAYOUT(hvd_layout_call_translate, "hv_input_translate_virtual_address", 32,
	   "MO", translate_rows);

static const struct hvd_field_row read_gpa_rows[] = {
	PARTITION,
	VP,
	HVD_ROW(NUMBER, byte_count, 0xc, 4),
	HVD_ROW(HEX, base_gpa, 0x10, 8),
	HVD_ROW(HEX, control_flags, 0x18, 8),
};
HVD_LAYOUT(hvd_layout_call_read_gpa, "hv_input_read_gpa", 32, "M",
	   read_gpa_rows);

static const struct hvd_field_row write_gpa_rows[] = {
	PARTITION,
	VP,
	HVD_ROW(NUMBER, byte_count, 0xc, 4),
	HVD_ROW(HEX, base_gpa, 0x10, 8),
	HVD_ROW(HEX, control_flags, 0x18, 8),
	HVD_ROW(BYTES, data, 0x20, 16),
};
HVD_LAYOUT(hvd_layout_call_write_gpa, "hv_input_write_gpa", 48, "M",
	   write_gpa_rows);

static const struct hvd_field_row dispatch_rows[] = {
	PARTITION,
	VP,
	HVD_ROW(HEX, flags, 0xc, 4),
	HVD_ROW(NUMBER, time_slice, 0x10, 8),
	HVD_ROW(HEX, spec_ctrl, 0x18, 8),
};
HVD_LAYOUT(hvd_layout_call_dispatch, "hv_input_dispatch_vp", 32, "LM",
	   dispatch_rows);

static const struct hvd_field_row map_state_rows[] = {
	PARTITION,
	VP,
	HVD_ROW_NAMED(type, 0xc, 2, state_page_names),
	INPUT_VTL(0xe),
	HVD_ROW(HEX, flags, 0xf, 1),
	HVD_ROW(HEX, requested_map_location, 0x10, 8),
};
HVD_LAYOUT(hvd_layout_call_map_state, "hv_input_map_vp_state_page", 24, "LM",
	   map_state_rows);

static const struct hvd_field_row unmap_state_rows[] = {
	PARTITION,
	VP,
	HVD_ROW_NAMED(type, 0xc, 2, state_page_names),
	INPUT_VTL(0xe),
};
HVD_LAYOUT(hvd_layout_call_unmap_state, "hv_input_unmap_vp_state_page", 16,
	   "LM", unmap_state_rows);

static const struct hvd_value_name state_names[] = {
	{0x4, "synthetic timers"},
	{0x80000000, "local APIC"},
	{0x80000001, "XSAVE"},
	{0x80000002, "SIM page"},
	{0x80000003, "SIEF page"},
};

static const struct hvd_field_row state_data_rows[] = {
	HVD_ROW_NAMED(type, 0x0, 4, state_names),
	HVD_ROW(BYTES, xsave, 0x8, 16),
};
static HVD_LAYOUT(state_data, "hv_vp_state_data", 24, "LM", state_data_rows);

static const struct hvd_field_row vp_state_rows[] = {
	PARTITION,
	VP,
	HVD_ROW(HEX, input_vtl, 0xc, 1),
	HVD_ROW_PART(state_data, 0x10, 24, &state_data),
};
HVD_LAYOUT(hvd_layout_call_vp_state, "hv_input_get_vp_state", 40, "LM",
	   vp_state_rows);

/* ----------------------------------------------- ports, interrupts, events */

static const struct hvd_value_name port_names[] = {
	{1, "message"}, {2, "event"}, {3, "monitor"}, {4, "doorbell"},
};

static const struct hvd_field_row port_info_rows[] = {
	HVD_ROW_NAMED(port_type, 0x0, 4, port_names),
	HVD_ROW(HEX, target_sint_and_vp, 0x8, 8),
	HVD_ROW(HEX, rest, 0x10, 8),
};
static HVD_LAYOUT(port_info, "hv_port_info", 24, "LM", port_info_rows);

static const struct hvd_field_row create_port_rows[] = {
	HVD_ROW(HEX, port_partition_id, 0x0, 8),
	HVD_ROW(HEX, port_id, 0x8, 4),
	HVD_ROW(NUMBER, port_vtl, 0xc, 1),
	HVD_ROW(NUMBER, min_connection_vtl, 0xd, 1),
	HVD_ROW(HEX, connection_partition_id, 0x10, 8),
	HVD_ROW_PART(port_info, 0x18, 24, &port_info),
	PROXIMITY(0x30),
};
HVD_LAYOUT(hvd_layout_call_create_port, "hv_input_create_port", 56, "LM",
	   create_port_rows);

static const struct hvd_field_row connection_rows[] = {
	HVD_ROW_NAMED(port_type, 0x0, 4, port_names),
	HVD_ROW(HEX, address, 0x8, 8),
	HVD_ROW(HEX, trigger_value, 0x10, 8),
	HVD_ROW(HEX, flags, 0x18, 8),
};
static HVD_LAYOUT(connection_info, "hv_connection_info", 32, "LM",
		  connection_rows);

static const struct hvd_field_row connect_port_rows[] = {
	HVD_ROW(HEX, connection_partition_id, 0x0, 8),
	HVD_ROW(HEX, connection_id, 0x8, 4),
	HVD_ROW(NUMBER, connection_vtl, 0xc, 1),
	HVD_ROW(HEX, port_partition_id, 0x10, 8),
	HVD_ROW(HEX, port_id, 0x18, 4),
	HVD_ROW_PART(connection_info, 0x20, 32, &connection_info),
	PROXIMITY(0x40),
};
HVD_LAYOUT(hvd_layout_call_connect_port, "hv_input_connect_port", 72, "LM",
	   connect_port_rows);

static const struct hvd_field_row interrupt_control_rows[] = {
	HVD_ROW(NUMBER, interrupt_type, 0x0, 4),
	HVD_ROW_FLAG(level_triggered, 0x4, 4, 0),
	HVD_ROW_FLAG(logical_dest_mode, 0x4, 4, 1),
};
static HVD_LAYOUT(interrupt_control, "hv_interrupt_control", 8, "LMO",
		  interrupt_control_rows);

static const struct hvd_field_row interrupt_rows[] = {
	PARTITION,
	HVD_ROW_PART(control, 0x8, 8, &interrupt_control),
	HVD_ROW(HEX, dest_addr, 0x10, 8),
	HVD_ROW(HEX, vector, 0x18, 4),
	HVD_ROW(NUMBER, target_vtl, 0x1c, 1),
};
HVD_LAYOUT(hvd_layout_call_interrupt, "hv_input_assert_virtual_interrupt", 32,
	   "LM", interrupt_rows);

static const struct hvd_field_row ring_empty_rows[] = {
	HVD_ROW(NUMBER, sint_index, 0x0, 4),
};
HVD_LAYOUT(hvd_layout_call_ring_empty, "hv_input_notify_port_ring_empty", 8,
	   "L", ring_empty_rows);

static const struct hvd_value_name event_names[] = {
	{1, "debug device available"},
	{2, "root crashdump"},
	{3, "ACPI enabled again"},
	{4, "all logical processors started"},
	{5, "commit of LP indices"},
};

static const struct hvd_field_row event_rows[] = {
	HVD_ROW_NAMED(event, 0x0, 4, event_names),
	HVD_ROW(NUMBER, input, 0x4, 4),
};
HVD_LAYOUT(hvd_layout_call_event, "hv_input_notify_partition_event", 8, "LO",
	   event_rows);

static const struct hvd_field_row disable_rows[] = {
	HVD_ROW(HEX, rip, 0x0, 8),
	HVD_ROW(HEX, arg, 0x8, 8),
};
HVD_LAYOUT(hvd_layout_call_disable, "hv_input_disable_hyp_ex", 16, "L",
	   disable_rows);

/* --------------------------------------------- statistics, processors */

static const struct hvd_value_name object_names[] = {
	{1, "hypervisor"},
	{2, "logical processor"},
	{0x10001, "partition"},
	{0x10002, "VP"},
};

static const struct hvd_field_row identity_rows[] = {
	HVD_ROW(HEX, partition_id, 0x0, 8),
	HVD_ROW(NUMBER, vp_index, 0x8, 4),
	HVD_ROW(NUMBER, stats_area_type, 0xf, 1),
};
static HVD_LAYOUT(identity, "hv_stats_object_identity", 16, "LM",
		  identity_rows);

/* Of MapStatsPage2 as well: what it has more is 0 elsewhere. */
static const struct hvd_field_row map_stats_rows[] = {
	HVD_ROW_NAMED(type, 0x0, 4, object_names),
	HVD_ROW_PART(identity, 0x8, 16, &identity),
};
HVD_LAYOUT(hvd_layout_call_map_stats, "hv_input_map_stats_page", 24, "LM",
	   map_stats_rows);

static const struct hvd_field_row add_lp_rows[] = {
	HVD_ROW(NUMBER, lp_index, 0x0, 4),
	HVD_ROW(HEX, apic_id, 0x4, 4),
	PROXIMITY(0x8),
};
HVD_LAYOUT(hvd_layout_call_add_lp, "hv_input_add_logical_processor", 16, "L",
	   add_lp_rows);

/* --------------------------------------------------------------- the list */

#define INPUT(code_, layout_) \
	{HVD_CALL_##code_, &hvd_layout_call_##layout_, NULL}
#define LIST(code_, layout_, element_)					\
	{								\
		HVD_CALL_##code_, &hvd_layout_call_##layout_,		\
			&hvd_layout_element_##element_			\
	}

static const struct hvd_call_input inputs[] = {
	INPUT(CREATE_PARTITION, create_partition),
	INPUT(INITIALIZE_PARTITION, partition),
	INPUT(FINALIZE_PARTITION, partition),
	INPUT(DELETE_PARTITION, partition),
	INPUT(GET_PARTITION_PROPERTY, property),
	INPUT(SET_PARTITION_PROPERTY, set_property),
	INPUT(GET_NEXT_CHILD_PARTITION, next_child),
	LIST(DEPOSIT_MEMORY, deposit, pfn),
	INPUT(WITHDRAW_MEMORY, withdraw),
	INPUT(GET_MEMORY_BALANCE, balance),
	LIST(MAP_GPA_PAGES, map_gpa, pfn),
	INPUT(UNMAP_GPA_PAGES, unmap_gpa),
	INPUT(CREATE_VP, create_vp),
	INPUT(DELETE_VP, delete_vp),
	LIST(GET_VP_REGISTERS, get_registers, name),
	LIST(SET_VP_REGISTERS, set_registers, register),
	INPUT(TRANSLATE_VIRTUAL_ADDRESS, translate),
	INPUT(READ_GPA, read_gpa),
	INPUT(WRITE_GPA, write_gpa),
	INPUT(MAP_STATS_PAGE, map_stats),
	INPUT(UNMAP_STATS_PAGE, map_stats),
	INPUT(ADD_LOGICAL_PROCESSOR, add_lp),
	INPUT(GET_SYSTEM_PROPERTY, system_property),
	INPUT(NOTIFY_PARTITION_EVENT, event),
	INPUT(NOTIFY_PORT_RING_EMPTY, ring_empty),
	INPUT(ASSERT_VIRTUAL_INTERRUPT, interrupt),
	INPUT(CREATE_PORT, create_port),
	INPUT(CONNECT_PORT, connect_port),
	INPUT(DISPATCH_VP, dispatch),
	INPUT(GET_GPA_PAGES_ACCESS_STATE, access_state),
	LIST(ACQUIRE_SPARSE_SPA_PAGE_HOST_ACCESS, host_access, pfn),
	LIST(RELEASE_SPARSE_SPA_PAGE_HOST_ACCESS, host_access, pfn),
	INPUT(MAP_VP_STATE_PAGE, map_state),
	INPUT(UNMAP_VP_STATE_PAGE, unmap_state),
	LIST(GET_VP_STATE, vp_state, pfn),
	LIST(SET_VP_STATE, vp_state, pfn),
	INPUT(DISABLE_HYPERVISOR_EX, disable),
};

const struct hvd_call_input *hvd_call_inputs(size_t i)
{
	return i < HVD_ROW_COUNT(inputs) ? &inputs[i] : NULL;
}

const struct hvd_call_input *hvd_call_input(uint16_t code)
{
	size_t i;

	for (i = 0; i < HVD_ROW_COUNT(inputs); i++)
		if (inputs[i].code == code)
			return &inputs[i];
	return NULL;
}
