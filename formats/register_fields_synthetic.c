// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fields of the hypervisor's own registers, which have the same codes on both
 * architectures. Bit numbers: Linux' hvgdk_mini.h and hvhdk_mini.h, OpenVMM's
 * hvdef, the TLFS; what only a third party tells is marked m.
 */
#include "abi_codes.h"
#include "register_fields.h"

static const struct hvd_field_row suspend_rows[] = {
	FLAG(suspended, 0),
};
REGISTER(suspend, "LM");

static const struct hvd_field_row activity_rows[] = {
	FLAG(startup_suspend, 0),
	FLAG(halt_suspend, 1),
	FLAG(idle_suspend, 2),
};
REGISTER(activity, "Om");

static const struct hvd_field_row emulation_hints_rows[] = {
	FLAG(partition_secure_vtl_enabled, 0),
	FLAG(mbec_user_execute_control, 1),
};
REGISTER(emulation_hints, "O");

static const struct hvd_field_row version_rows[] = {
	HVD_ROW(NUMBER, build_number, 0, 4),
	HVD_ROW(NUMBER, minor_version, 4, 2),
	HVD_ROW(NUMBER, major_version, 6, 2),
	HVD_ROW(NUMBER, service_pack, 8, 4),
	HVD_ROW_BITS(NUMBER, service_number, 12, 4, 0, 24),
	HVD_ROW_BITS(NUMBER, service_branch, 12, 4, 24, 8),
};
LONG_REGISTER(version, "LT");

/* What CPUID would answer: EAX, EBX, ECX, EDX; `info -v` has its words. */
static const struct hvd_field_row leaf_rows[] = {
	HVD_ROW(HEX, eax, 0, 4),
	HVD_ROW(HEX, ebx, 4, 4),
	HVD_ROW(HEX, ecx, 8, 4),
	HVD_ROW(HEX, edx, 12, 4),
};
LONG_REGISTER(leaf, "LT");

static const struct hvd_value_name isolation_types[] = {
	{0, "none"}, {1, "VBS"}, {2, "SEV-SNP"}, {3, "TDX"}, {4, "CCA"},
};

static const struct hvd_field_row isolation_rows[] = {
	HVD_ROW_FLAG(paravisor_present, 0, 4, 0),
	HVD_ROW_NAMED_BITS(isolation_type, 4, 4, 0, 4, isolation_types),
	HVD_ROW_FLAG(shared_gpa_boundary_active, 4, 4, 5),
	HVD_ROW_BITS(NUMBER, shared_gpa_boundary_bits, 4, 4, 6, 6),
};
LONG_REGISTER(isolation, "LOT");

static const struct hvd_field_row crash_ctl_rows[] = {
	NUMBER(pre_os_id, 58, 3),
	FLAG(no_crash_dump, 61),
	FLAG(crash_message, 62),
	FLAG(crash_notify, 63),
};
REGISTER(crash_ctl, "LO");

static const struct hvd_value_name open_types[] = {
	{1, "Linux"}, {2, "FreeBSD"}, {3, "Xen"}, {4, "Illumos"},
};

static const struct hvd_field_row open_os_rows[] = {
	HEX(build, 0, 16),
	NUMBER(patch, 16, 8),
	NUMBER(minor, 24, 8),
	NUMBER(major, 32, 16),
	HEX(os_id, 48, 8),
	NAMED(os_type, 56, 7, open_types),
	FLAG(open_source, 63),
};
REGISTER(open_os, "LOT");

static const struct hvd_value_name microsoft_ids[] = {
	{0, "undefined"},  {1, "MS-DOS"},     {2, "Windows 3.x"},
	{3, "Windows 9x"}, {4, "Windows NT"}, {5, "Windows CE"},
};

static const struct hvd_value_name vendors[] = {
	{1, "Microsoft"}, {2, "HPE"}, {3, "BlackBerry"}, {0x200, "LANCOM"},
};

static const struct hvd_field_row vendor_os_rows[] = {
	NUMBER(build, 0, 16),
	NUMBER(service_pack, 16, 8),
	NUMBER(minor_version, 24, 8),
	NUMBER(major_version, 32, 8),
	NAMED(os_id, 40, 8, microsoft_ids),
	NAMED(vendor_id, 48, 15, vendors),
};
REGISTER(vendor_os, "OT");

static const struct hvd_layout *choose_os(uint64_t low)
{
	return low >> 63 ? &open_os : &vendor_os;
}

/* An enable bit, and the number of the page that it enables. */
static const struct hvd_field_row overlay_rows[] = {
	FLAG(enable, 0),
	HEX(gpa_page_number, 12, 52),
};
REGISTER(overlay, "LOT");

static const struct hvd_field_row sint_rows[] = {
	HEX(vector, 0, 8),
	FLAG(masked, 16),
	FLAG(auto_eoi, 17),
	FLAG(polling, 18),
	FLAG(as_intercept, 19),
	FLAG(proxy, 20),
};
REGISTER(sint, "LO");

static const struct hvd_field_row scontrol_rows[] = {
	FLAG(enable, 0),
};
REGISTER(scontrol, "L");

static const struct hvd_field_row stimer_config_rows[] = {
	FLAG(enable, 0),	 FLAG(periodic, 1),	FLAG(lazy, 2),
	FLAG(auto_enable, 3),	 HEX(apic_vector, 4, 8), FLAG(direct_mode, 12),
	NUMBER(sintx, 16, 4),
};
REGISTER(stimer_config, "L");

static const struct hvd_field_row code_page_rows[] = {
	HEX(call_offset, 0, 12),
	HEX(return_offset, 12, 12),
};
REGISTER(code_page, "LO");

static const struct hvd_field_row vsm_vp_status_rows[] = {
	NUMBER(active_vtl, 0, 4),
	FLAG(active_mbec_enabled, 4),
	HEX(enabled_vtl_set, 16, 16),
};
REGISTER(vsm_vp_status, "O");

static const struct hvd_field_row vsm_partition_status_rows[] = {
	HEX(enabled_vtl_set, 0, 16),
	NUMBER(maximum_vtl, 16, 4),
	HEX(mbec_enabled_vtl_set, 20, 16),
	HEX(supervisor_shadow_stack_enabled_vtl_set, 36, 4),
};
REGISTER(vsm_partition_status, "O");

static const struct hvd_field_row vina_rows[] = {
	HEX(vector, 0, 8),
	FLAG(enabled, 8),
	FLAG(auto_reset, 9),
	FLAG(auto_eoi, 10),
};
REGISTER(vina, "O");

static const struct hvd_field_row vsm_capabilities_rows[] = {
	FLAG(dr6_shared, 0),
	HEX(mbec_vtl_mask, 1, 16),
	FLAG(deny_lower_vtl_startup, 17),
	FLAG(supervisor_shadow_stack, 18),
	FLAG(hardware_hvpt_available, 19),
	FLAG(software_hvpt_available, 20),
	NUMBER(hardware_hvpt_range_bits, 21, 6),
	FLAG(intercept_page_available, 27),
	FLAG(return_action_available, 28),
	FLAG(vtl0_alias_map_available, 29),
	FLAG(intercept_not_present_available, 30),
	FLAG(install_intercept_ex, 31),
	FLAG(intercept_system_reset_available, 32),
	FLAG(proxy_interrupt_redirect_available, 34),
};
REGISTER(vsm_capabilities, "LO");

static const struct hvd_field_row vsm_partition_config_rows[] = {
	FLAG(enable_vtl_protection, 0),
	HEX(default_vtl_protection_mask, 1, 4),
	FLAG(zero_memory_on_reset, 5),
	FLAG(deny_lower_vtl_startup, 6),
	FLAG(intercept_acceptance, 7),
	FLAG(intercept_enable_vtl_protection, 8),
	FLAG(intercept_vp_startup, 9),
	FLAG(intercept_cpuid_unimplemented, 10),
	FLAG(intercept_unrecoverable_exception, 11),
	FLAG(intercept_page, 12),
	FLAG(intercept_restore_partition_time, 13),
	FLAG(intercept_not_present, 14),
	FLAG(intercept_system_reset, 15),
};
REGISTER(vsm_partition_config, "O");

static const struct hvd_field_row guest_vsm_config_rows[] = {
	NUMBER(maximum_vtl, 0, 4),
	NUMBER(vtl0_interrupt_injection, 4, 2),
	NUMBER(vtl1_interrupt_injection, 6, 2),
};
REGISTER(guest_vsm_config, "O");

static const struct hvd_field_row secure_config_rows[] = {
	FLAG(mbec_enabled, 0),
	FLAG(tlb_locked, 1),
	FLAG(supervisor_shadow_stack_enabled, 2),
	FLAG(hardware_hvpt_enabled, 3),
};
REGISTER(secure_config, "O");

static const struct hvd_field_row tlb_wait_rows[] = {
	FLAG(wait, 0),
};
REGISTER(tlb_wait, "O");

#define ROW(first_, last_, layout_) \
	{HVD_X64_##first_, HVD_X64_##last_, &layout_, NULL}

static const struct hvd_register_fields rows[] = {
	ROW(EXPLICIT_SUSPEND, INTERCEPT_SUSPEND, suspend),
	ROW(INSTRUCTION_EMULATION_HINTS, INSTRUCTION_EMULATION_HINTS,
	    emulation_hints),
	ROW(DISPATCH_SUSPEND, DISPATCH_SUSPEND, suspend),
	ROW(INTERNAL_ACTIVITY_STATE, INTERNAL_ACTIVITY_STATE, activity),
	ROW(HYPERVISOR_VERSION, HYPERVISOR_VERSION, version),
	ROW(PRIVILEGES_AND_FEATURES_INFO, IPT_FEATURES_INFO, leaf),
	ROW(ISOLATION_CONFIGURATION, ISOLATION_CONFIGURATION, isolation),
	ROW(GUEST_CRASH_CTL, GUEST_CRASH_CTL, crash_ctl),
	{HVD_X64_GUEST_OS_ID, HVD_X64_GUEST_OS_ID, &open_os, choose_os},
	ROW(VP_ASSIST_PAGE, VP_ASSIST_PAGE, overlay),
	ROW(REFERENCE_TSC, REFERENCE_TSC, overlay),
	ROW(SINT0, SINT15, sint),
	ROW(SCONTROL, SCONTROL, scontrol),
	ROW(SIEFP, SIMP, overlay),
	ROW(SIRBP, SIRBP, overlay),
	ROW(NESTED_SINT0, NESTED_SINT15, sint),
	ROW(NESTED_SCONTROL, NESTED_SCONTROL, scontrol),
	ROW(NESTED_SIFP, NESTED_SIPP, overlay),
	ROW(NESTED_SIRBP, NESTED_SIRBP, overlay),
	ROW(STIMER0_CONFIG, STIMER0_CONFIG, stimer_config),
	ROW(STIMER1_CONFIG, STIMER1_CONFIG, stimer_config),
	ROW(STIMER2_CONFIG, STIMER2_CONFIG, stimer_config),
	ROW(STIMER3_CONFIG, STIMER3_CONFIG, stimer_config),
	ROW(VSM_CODE_PAGE_OFFSETS, VSM_CODE_PAGE_OFFSETS, code_page),
	ROW(VSM_VP_STATUS, VSM_VP_STATUS, vsm_vp_status),
	ROW(VSM_PARTITION_STATUS, VSM_PARTITION_STATUS, vsm_partition_status),
	ROW(VSM_VINA, VSM_VINA, vina),
	ROW(VSM_CAPABILITIES, VSM_CAPABILITIES, vsm_capabilities),
	ROW(VSM_PARTITION_CONFIG, VSM_PARTITION_CONFIG, vsm_partition_config),
	ROW(GUEST_VSM_PARTITION_CONFIG, GUEST_VSM_PARTITION_CONFIG,
	    guest_vsm_config),
	ROW(VSM_VP_SECURE_CONFIG_VTL0, VSM_VP_SECURE_CONFIG_VTL14,
	    secure_config),
	ROW(VSM_VP_WAIT_FOR_TLB_LOCK, VSM_VP_WAIT_FOR_TLB_LOCK, tlb_wait),
};

const struct hvd_register_table hvd_fields_synthetic = {
	rows, HVD_ROW_COUNT(rows),
};
