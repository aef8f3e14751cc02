// SPDX-License-Identifier: GPL-2.0-or-later
/* A message's header, and payloads that are the same everywhere. */
#include "message_layouts.h"

#include "layout_rows.h"

const struct hvd_value_name hvd_access_names[HVD_ACCESS_NAMES] = {
	{0, "read"}, {1, "write"}, {2, "execute"},
};

const struct hvd_value_name hvd_cache_names[HVD_CACHE_NAMES] = {
	{0, "uncached"},
	{1, "write combining"},
	{4, "write through"},
	{5, "write protected"},
	{6, "write back"},
};

static const struct hvd_field_row flags_rows[] = {
	HVD_ROW_FLAG(msg_pending, 0, 1, 0),
};
HVD_LAYOUT(hvd_layout_message_flags, "hv_message_flags", 1, "LMO", flags_rows);

static const struct hvd_field_row header_rows[] = {
	HVD_ROW(HEX, message_type, 0x0, 4),
	HVD_ROW(NUMBER, payload_size, 0x4, 1),
	HVD_ROW_PART(message_flags, 0x5, 1, &hvd_layout_message_flags),
	HVD_ROW(HEX, sender, 0x8, 8),
};
HVD_LAYOUT(hvd_layout_message_header, "hv_message_header", 16, "LMO",
	   header_rows);

static const struct hvd_field_row message_rows[] = {
	HVD_ROW_PART(header, 0x0, 16, &hvd_layout_message_header),
	HVD_ROW(BYTES, payload, 0x10, 240),
};
HVD_LAYOUT(hvd_layout_message, "hv_message", 256, "LMO", message_rows);

static const struct hvd_field_row invalid_register_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
};
HVD_LAYOUT(hvd_layout_invalid_register, "hv_x64_invalid_vp_register_message",
	   8, "MO", invalid_register_rows);

static const struct hvd_field_row opaque_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
};
HVD_LAYOUT(hvd_layout_opaque, "hv_opaque_intercept_message", 4, "LM",
	   opaque_rows);

static const struct hvd_field_row timer_rows[] = {
	HVD_ROW(NUMBER, timer_index, 0x0, 4),
	HVD_ROW(NUMBER, expiration_time, 0x8, 8),
	HVD_ROW(NUMBER, delivery_time, 0x10, 8),
};
HVD_LAYOUT(hvd_layout_timer, "hv_timer_message_payload", 24, "LM", timer_rows);

static const struct hvd_field_row async_rows[] = {
	HVD_ROW(HEX, partition_id, 0x0, 8),
	HVD_ROW(STATUS, status, 0x8, 4),
	HVD_ROW(NUMBER, completion_count, 0xc, 4),
	HVD_ROW(HEX, sub_status, 0x10, 8),
};
HVD_LAYOUT(hvd_layout_async, "hv_async_completion_message_payload", 24, "LM",
	   async_rows);

/* A format, a mask of banks, and those banks that the mask has. */
static const struct hvd_field_row vp_set_rows[] = {
	HVD_ROW(NUMBER, format, 0x0, 8),
	HVD_ROW(HEX, valid_bank_mask, 0x8, 8),
	HVD_ROW_ARRAY(HEX, bank_contents, 0x10, 8, 16),
};
HVD_LAYOUT(hvd_layout_vp_set, "hv_vpset", 144, "LM", vp_set_rows);

static const struct hvd_field_row signal_bitset_rows[] = {
	HVD_ROW(HEX, partition_id, 0x0, 8),
	HVD_ROW(NUMBER, overflow_count, 0x8, 4),
	HVD_ROW(NUMBER, vp_count, 0xc, 2),
	HVD_ROW_PART(vp_bitset, 0x10, 144, &hvd_layout_vp_set),
};
HVD_LAYOUT(hvd_layout_signal_bitset, "hv_vp_signal_bitset_scheduler_message",
	   160, "LM", signal_bitset_rows);

static const struct hvd_field_row signal_pair_rows[] = {
	HVD_ROW(NUMBER, overflow_count, 0x0, 4),
	HVD_ROW(NUMBER, vp_count, 0x4, 1),
	HVD_ROW_ARRAY(HEX, partition_ids, 0x8, 8, 19),
	HVD_ROW_ARRAY(NUMBER, vp_indexes, 0xa0, 4, 19),
};
HVD_LAYOUT(hvd_layout_signal_pair, "hv_vp_signal_pair_scheduler_message", 240,
	   "LM", signal_pair_rows);

static const struct hvd_field_row synic_event_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
	HVD_ROW_BITS(NUMBER, vtl, 0x4, 4, 0, 4),
	HVD_ROW(HEX, connection_id, 0x8, 4),
	HVD_ROW(NUMBER, flag_number, 0xc, 4),
};
HVD_LAYOUT(hvd_layout_synic_event, "hv_synic_event_intercept_message", 16, "m",
	   synic_event_rows);

static const struct hvd_field_row event_log_rows[] = {
	HVD_ROW(NUMBER, event_log_type, 0x0, 4),
	HVD_ROW(NUMBER, buffer_index, 0x4, 4),
};
HVD_LAYOUT(hvd_layout_event_log, "hv_eventlog_message_payload", 8, "m",
	   event_log_rows);

static const struct hvd_field_row memory_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
	HVD_ROW(STATUS, status, 0x4, 2),
	HVD_ROW(NUMBER, domain_id, 0x8, 4),
	HVD_ROW(HEX, domain_flags, 0xc, 4),
};
HVD_LAYOUT(hvd_layout_insufficient_memory,
	   "hv_insufficient_memory_message_payload", 16, "m", memory_rows);

static const struct hvd_field_row iommu_fault_rows[] = {
	HVD_ROW(NUMBER, type, 0x0, 4),
	HVD_ROW_NAMED(access_type, 0x4, 1, hvd_access_names),
	HVD_ROW_FLAG(fault_address_valid, 0x8, 8, 0),
	HVD_ROW_FLAG(device_id_valid, 0x8, 8, 1),
	HVD_ROW(HEX, logical_device_id, 0x10, 8),
	HVD_ROW(HEX, fault_address, 0x18, 8),
};
HVD_LAYOUT(hvd_layout_iommu_fault, "hv_iommu_fault_message_payload", 32, "m",
	   iommu_fault_rows);

static const struct hvd_field_row mirroring_rows[] = {
	HVD_ROW(STATUS, status, 0x0, 2),
};
HVD_LAYOUT(hvd_layout_mirroring, "hv_mirroring_notification_message_payload",
	   2, "m", mirroring_rows);

static const struct hvd_field_row restart_rows[] = {
	HVD_ROW(NUMBER, vp_index, 0x0, 4),
	HVD_ROW(NUMBER, completion_type, 0x4, 4),
};
HVD_LAYOUT(hvd_layout_restart, "hv_restart_completion_message_payload", 8, "m",
	   restart_rows);
