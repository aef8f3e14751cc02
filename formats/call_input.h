/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file call_input.h
 * What hypercalls take in their argument page: a structure, and behind it as
 * many elements as the call's count says. Neither the call's code nor the count
 * is in the page.
 */
#ifndef HVD_CALL_INPUT_H
#define HVD_CALL_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "layout.h"

/** The input of one hypercall. */
struct hvd_call_input {
	uint16_t code;
	const struct hvd_layout *layout;
	const struct hvd_layout *element; /**< of the list behind it; or NULL */
};

/** The input of number @p i, or NULL behind the last; by code. */
const struct hvd_call_input *hvd_call_inputs(size_t i);

/** The input of a call; NULL where it is not known. */
const struct hvd_call_input *hvd_call_input(uint16_t code);

/** As HVD_MESSAGE_LAYOUTS of message_layouts.h. */
#define HVD_CALL_LAYOUTS(L)						\
	L(proximity, "hv_proximity_domain_info")			\
	L(input_vtl, "hv_input_vtl")					\
	L(call_partition, NULL)						\
	L(call_property, "hv_input_get_partition_property")		\
	L(call_set_property, "hv_input_set_partition_property")		\
	L(call_next_child, NULL)					\
	L(call_deposit, "hv_deposit_memory")				\
	L(call_withdraw, "hv_input_withdraw_memory")			\
	L(call_balance, NULL)						\
	L(call_map_gpa, "hv_input_map_gpa_pages")			\
	L(call_unmap_gpa, "hv_input_unmap_gpa_pages")			\
	L(call_create_partition, "hv_input_create_partition")		\
	L(call_create_vp, "hv_create_vp")				\
	L(call_delete_vp, "hv_input_delete_vp")				\
	L(call_get_registers, "hv_input_get_vp_registers")		\
	L(call_set_registers, "hv_input_set_vp_registers")		\
	L(call_translate, NULL)						\
	L(call_read_gpa, NULL)						\
	L(call_write_gpa, NULL)						\
	L(call_create_port, "hv_input_create_port")			\
	L(call_connect_port, "hv_input_connect_port")			\
	L(call_map_stats, "hv_input_map_stats_page")			\
	L(call_system_property, "hv_input_get_system_property")		\
	L(call_add_lp, "hv_input_add_logical_processor")		\
	L(call_event, "hv_input_notify_partition_event")		\
	L(call_ring_empty, "hv_input_notify_port_ring_empty")		\
	L(call_interrupt, "hv_input_assert_virtual_interrupt")		\
	L(call_dispatch, "hv_input_dispatch_vp")			\
	L(call_access_state, "hv_input_get_gpa_pages_access_state")	\
	L(call_map_state, "hv_input_map_vp_state_page")			\
	L(call_unmap_state, "hv_input_unmap_vp_state_page")		\
	L(call_vp_state, "hv_input_get_vp_state")			\
	L(call_host_access, "hv_input_modify_sparse_spa_page_host_access") \
	L(call_disable, "hv_input_disable_hyp_ex")			\
	L(element_pfn, NULL)						\
	L(element_name, NULL)						\
	L(element_register, "hv_register_assoc")

#define HVD_DECLARE_CALL_LAYOUT(variable_, linux_name_) \
	extern const struct hvd_layout hvd_layout_##variable_;
HVD_CALL_LAYOUTS(HVD_DECLARE_CALL_LAYOUT)

#endif /* HVD_CALL_INPUT_H */
