/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file page_layouts.h
 * The pages that the hypervisor and a kernel share, and the states of VPs that
 * GetVpState gives. Of pages that are arrays of one thing (messages, rings,
 * counters) that thing.
 */
#ifndef HVD_PAGE_LAYOUTS_H
#define HVD_PAGE_LAYOUTS_H

#include "layout.h"

/** As HVD_MESSAGE_LAYOUTS of message_layouts.h. */
#define HVD_PAGE_LAYOUTS(L)						\
	L(apic_assist, NULL)						\
	L(nested_control, "hv_nested_enlightenments_control")		\
	L(vp_assist, "hv_vp_assist_page")				\
	L(event_ring, "hv_synic_event_ring")				\
	L(reference_tsc, "ms_hyperv_tsc_page")				\
	L(local_apic, NULL)						\
	L(stimer, "hv_stimer_state")					\
	L(stimers, "hv_synthetic_timers_state")				\
	L(register_page_dirty, NULL)					\
	L(register_page_vectors, "hv_vp_register_page_interrupt_vectors") \
	L(register_page, "hv_vp_register_page")				\
	L(arm64_register_page, NULL)					\
	L(ghcb_save, "ghcb_save_area")					\
	L(ghcb_end, NULL)						\
	L(ghcb_hypercall, NULL)

#define HVD_DECLARE_PAGE_LAYOUT(variable_, linux_name_) \
	extern const struct hvd_layout hvd_layout_##variable_;
HVD_PAGE_LAYOUTS(HVD_DECLARE_PAGE_LAYOUT)

#endif /* HVD_PAGE_LAYOUTS_H */
