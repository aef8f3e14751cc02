/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file message_layouts.h
 * The payloads of messages, for message.c's table and for layouts.c.
 */
#ifndef HVD_MESSAGE_LAYOUTS_H
#define HVD_MESSAGE_LAYOUTS_H

#include "layout.h"

#define HVD_ACCESS_NAMES 3
#define HVD_CACHE_NAMES	 5
extern const struct hvd_value_name hvd_access_names[HVD_ACCESS_NAMES];
extern const struct hvd_value_name hvd_cache_names[HVD_CACHE_NAMES];

/**
 * All of them: L(what follows hvd_layout_ in its variable, Linux's name of the
 * structure as a string or NULL). rust-vmm's structures are in no kernel.
 */
#define HVD_MESSAGE_LAYOUTS(L)						\
	L(message_flags, "hv_message_flags")				\
	L(message_header, "hv_message_header")				\
	L(message, "hv_message")					\
	L(invalid_register, NULL)					\
	L(opaque, "hv_opaque_intercept_message")			\
	L(timer, "hv_timer_message_payload")				\
	L(async, "hv_async_completion_message_payload")			\
	L(vp_set, NULL)							\
	L(signal_bitset, "hv_vp_signal_bitset_scheduler_message")	\
	L(signal_pair, "hv_vp_signal_pair_scheduler_message")		\
	L(synic_event, NULL)						\
	L(event_log, NULL)						\
	L(insufficient_memory, NULL)					\
	L(iommu_fault, NULL)						\
	L(mirroring, NULL)						\
	L(restart, NULL)						\
	L(x64_execution_state, "hv_x64_vp_execution_state")		\
	L(x64_intercept_header, "hv_x64_intercept_message_header")	\
	L(x64_memory_access, "hv_x64_memory_access_info")		\
	L(x64_memory, "hv_x64_memory_intercept_message")		\
	L(x64_gpa_attribute, NULL)					\
	L(x64_unrecoverable, NULL)					\
	L(x64_halt, NULL)						\
	L(x64_unsupported, NULL)					\
	L(x64_hypercall, NULL)						\
	L(x64_sint_deliverable, NULL)					\
	L(x64_port_access, NULL)					\
	L(x64_port, NULL)						\
	L(x64_msr, NULL)						\
	L(x64_cpuid, NULL)						\
	L(x64_exception_info, NULL)					\
	L(x64_exception, NULL)						\
	L(x64_apic_eoi, NULL)						\
	L(x64_fp_error, NULL)						\
	L(x64_register, NULL)						\
	L(x64_deliverable, NULL)					\
	L(x64_sipi, NULL)						\
	L(x64_proxy, NULL)						\
	L(x64_vmgexit, NULL)						\
	L(arm64_execution_state, "hv_arm64_vp_execution_state")		\
	L(arm64_intercept_header, "hv_arm64_intercept_message_header")	\
	L(arm64_memory_access, "hv_arm64_memory_access_info")		\
	L(arm64_memory, "hv_arm64_memory_intercept_message")		\
	L(arm64_mmio, NULL)						\
	L(arm64_register, NULL)						\
	L(arm64_reset, NULL)						\
	L(arm64_hypercall, NULL)					\
	L(arm64_msr, NULL)						\
	L(arm64_exception, NULL)					\
	L(arm64_unrecoverable, NULL)					\
	L(arm64_sint_deliverable, NULL)					\
	L(arm64_unsupported, NULL)					\
	L(arm64_tlb_mismatch, NULL)

#define HVD_DECLARE_LAYOUT(variable_, linux_name_) \
	extern const struct hvd_layout hvd_layout_##variable_;
HVD_MESSAGE_LAYOUTS(HVD_DECLARE_LAYOUT)

#endif /* HVD_MESSAGE_LAYOUTS_H */
