// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fields of partition properties: see property_fields.h. Bit numbers: Linux'
 * hvhdk.h (hv_partition_processor_features and its like), AMD's "SEV Secure
 * Nested Paging Firmware ABI Specification" for the policy, rust-vmm's mshv for
 * the isolation states; what only a third party tells is marked m.
 */
#include "property_fields.h"

#include "abi_codes.h"
#include "register_fields.h"

#define HVD_PRIV(bit_, name_, sources_) FLAG(name_, bit_),
#define HVD_ALSO(bit_, name_)
static const struct hvd_field_row privileges_rows[] = {
#include "abi_privileges.def"
};
REGISTER(privileges, "LOT");

static const struct hvd_field_row synthetic_rows[] = {
	FLAG(hypervisor_present, 0),
	FLAG(hv1, 1),
	FLAG(access_vp_run_time_reg, 2),
	FLAG(access_partition_reference_counter, 3),
	FLAG(access_synic_regs, 4),
	FLAG(access_synthetic_timer_regs, 5),
	FLAG(access_intr_ctrl_regs, 6),
	FLAG(access_hypercall_regs, 7),
	FLAG(access_vp_index, 8),
	FLAG(access_partition_reference_tsc, 9),
	FLAG(access_guest_idle_reg, 10),
	FLAG(access_frequency_regs, 11),
	FLAG(enable_extended_gva_ranges_for_flush_virtual_address_list, 15),
	FLAG(fast_hypercall_output, 18),
	FLAG(start_virtual_processor, 20),
	FLAG(direct_synthetic_timers, 22),
	FLAG(extended_processor_masks, 24),
	FLAG(tb_flush_hypercalls, 25),
	FLAG(synthetic_cluster_ipi, 26),
	FLAG(notify_long_spin_wait, 27),
	FLAG(query_numa_distance, 28),
	FLAG(signal_events, 29),
	FLAG(retarget_device_interrupt, 30),
	FLAG(restore_time, 31),
	FLAG(enlightened_vmcs, 32),
};
REGISTER(synthetic, "LM");

static const struct hvd_field_row features0_rows[] = {
	FLAG(sse3, 0),
	FLAG(lahf_sahf, 1),
	FLAG(ssse3, 2),
	FLAG(sse4_1, 3),
	FLAG(sse4_2, 4),
	FLAG(sse4a, 5),
	FLAG(xop, 6),
	FLAG(pop_cnt, 7),
	FLAG(cmpxchg16b, 8),
	FLAG(altmovcr8, 9),
	FLAG(lzcnt, 10),
	FLAG(mis_align_sse, 11),
	FLAG(mmx_ext, 12),
	FLAG(amd3dnow, 13),
	FLAG(extended_amd3dnow, 14),
	FLAG(page_1gb, 15),
	FLAG(aes, 16),
	FLAG(pclmulqdq, 17),
	FLAG(pcid, 18),
	FLAG(fma4, 19),
	FLAG(f16c, 20),
	FLAG(rd_rand, 21),
	FLAG(rd_wr_fs_gs, 22),
	FLAG(smep, 23),
	FLAG(enhanced_fast_string, 24),
	FLAG(bmi1, 25),
	FLAG(bmi2, 26),
	FLAG(hle_support_deprecated, 27),
	FLAG(rtm_support_deprecated, 28),
	FLAG(movbe, 29),
	FLAG(npiep1, 30),
	FLAG(dep_x87_fpu_save, 31),
	FLAG(rd_seed, 32),
	FLAG(adx, 33),
	FLAG(intel_prefetch, 34),
	FLAG(smap, 35),
	FLAG(hle, 36),
	FLAG(rtm, 37),
	FLAG(rdtscp, 38),
	FLAG(clflushopt, 39),
	FLAG(clwb, 40),
	FLAG(sha, 41),
	FLAG(x87_pointers_saved, 42),
	FLAG(invpcid, 43),
	FLAG(ibrs, 44),
	FLAG(stibp, 45),
	FLAG(ibpb, 46),
	FLAG(unrestricted_guest, 47),
	FLAG(mdd, 48),
	FLAG(fast_short_rep_mov, 49),
	FLAG(l1dcache_flush, 50),
	FLAG(rdcl_no, 51),
	FLAG(ibrs_all, 52),
	FLAG(skip_l1df, 53),
	FLAG(ssb_no, 54),
	FLAG(rsb_a_no, 55),
	FLAG(virt_spec_ctrl, 56),
	FLAG(rd_pid, 57),
	FLAG(umip, 58),
	FLAG(mbs_no, 59),
	FLAG(mb_clear, 60),
	FLAG(taa_no, 61),
	FLAG(tsx_ctrl, 62),
};
REGISTER(features0, "LM");

static const struct hvd_field_row features1_rows[] = {
	FLAG(acount_mcount, 0),
	FLAG(tsc_invariant, 1),
	FLAG(cl_zero, 2),
	FLAG(rdpru, 3),
	FLAG(la57, 4),
	FLAG(mbec, 5),
	FLAG(nested_virt, 6),
	FLAG(psfd, 7),
	FLAG(cet_ss, 8),
	FLAG(cet_ibt, 9),
	FLAG(vmx_exception_inject, 10),
	FLAG(enqcmd, 11),
	FLAG(umwait_tpause, 12),
	FLAG(movdiri, 13),
	FLAG(movdir64b, 14),
	FLAG(cldemote, 15),
	FLAG(serialize, 16),
	FLAG(tsc_deadline_tmr, 17),
	FLAG(tsc_adjust, 18),
	FLAG(fzlrep_movsb, 19),
	FLAG(fsrep_stosb, 20),
	FLAG(fsrep_cmpsb, 21),
};
REGISTER(features1, "LM");

static const struct hvd_field_row xsave_rows[] = {
	FLAG(xsave, 0),
	FLAG(xsaveopt, 1),
	FLAG(avx, 2),
};
REGISTER(xsave, "LM");

static const struct hvd_value_name isolation_states[] = {
	{0, "invalid"}, {1, "insecure, clean"}, {2, "insecure, dirty"},
	{3, "secure"}, {4, "secure, dirty"}, {5, "secure, terminating"},
};

static const struct hvd_field_row isolation_state_rows[] = {
	HVD_ROW_NAMED(state, 0, 8, isolation_states),
};
REGISTER(isolation_state, "M");

static const struct hvd_value_name isolation_types[] = {
	{0, "none"}, {1, "VBS"}, {2, "SEV-SNP"}, {3, "TDX"}, {4, "CCA"},
};

static const struct hvd_field_row isolation_type_rows[] = {
	HVD_ROW_NAMED(type, 0, 8, isolation_types),
};
REGISTER(isolation_type, "LO");

/* Of a guest under SEV-SNP: what its owner allows. */
static const struct hvd_field_row policy_rows[] = {
	NUMBER(abi_minor, 0, 8),
	NUMBER(abi_major, 8, 8),
	FLAG(smt, 16),
	FLAG(migrate_ma, 18),
	FLAG(debug, 19),
	FLAG(single_socket, 20),
	FLAG(cxl_allow, 21),
	FLAG(mem_aes_256_xts, 22),
	FLAG(rapl_dis, 23),
	FLAG(ciphertext_hiding_dram, 24),
	FLAG(page_swap_disable, 25),
};
REGISTER(policy, "");

static const struct hvd_value_name msr_actions[] = {
	{0, "fault"}, {1, "ignore writes, read zero"},
};

static const struct hvd_field_row msr_action_rows[] = {
	HVD_ROW_NAMED(action, 0, 8, msr_actions),
};
REGISTER(msr_action, "LO");

static const struct hvd_value_name vendors[] = {
	{0, "AMD"}, {1, "Intel"}, {2, "Hygon"}, {0x10, "Arm"},
};

static const struct hvd_field_row vendor_rows[] = {
	HVD_ROW_NAMED(vendor, 0, 8, vendors),
};
REGISTER(vendor, "MO");

/* As Windows counts its own: 6.9 is that of 21H2. */
static const struct hvd_field_row compatibility_rows[] = {
	NUMBER(minor, 0, 8),
	NUMBER(major, 8, 8),
};
REGISTER(compatibility, "L");

static const struct property_fields {
	uint32_t code;
	enum hvd_abi_arch arch;
	const struct hvd_layout *layout;
} fields[] = {
	{HVD_PROP_PRIVILEGE_FLAGS, HVD_ABI_ANY, &privileges},
	{HVD_PROP_SYNTHETIC_PROC_FEATURES, HVD_ABI_ANY, &synthetic},
	{HVD_PROP_ISOLATION_STATE, HVD_ABI_ANY, &isolation_state},
	{HVD_PROP_ISOLATION_POLICY, HVD_ABI_X86_64, &policy},
	{HVD_PROP_UNIMPLEMENTED_MSR_ACTION, HVD_ABI_X86_64, &msr_action},
	{HVD_PROP_ISOLATION_TYPE, HVD_ABI_ANY, &isolation_type},
	{HVD_PROP_PROCESSOR_VENDOR, HVD_ABI_ANY, &vendor},
	{HVD_PROP_PROCESSOR_XSAVE_FEATURES, HVD_ABI_X86_64, &xsave},
	{HVD_PROP_COMPATIBILITY_VERSION, HVD_ABI_ANY, &compatibility},
	{HVD_PROP_PROCESSOR_FEATURES0, HVD_ABI_X86_64, &features0},
	{HVD_PROP_PROCESSOR_FEATURES1, HVD_ABI_X86_64, &features1},
};

/* What a register of the guest has, too: of x86-64, or of both. */
static const struct {
	uint32_t property;
	uint32_t reg;
} registers[] = {
	{HVD_PROP_GUEST_OS_ID, HVD_X64_GUEST_OS_ID},
	{HVD_PROP_XSAVE_STATES, HVD_X64_XFEM},
};

const struct hvd_layout *hvd_property_layout(enum hvd_abi_arch arch,
					     uint32_t code, uint64_t value)
{
	size_t i;

	for (i = 0; i < HVD_ROW_COUNT(fields); i++)
		if (fields[i].code == code &&
		    (fields[i].arch == HVD_ABI_ANY || fields[i].arch == arch))
			return fields[i].layout;
	for (i = 0; i < HVD_ROW_COUNT(registers); i++)
		if (registers[i].property == code)
			return hvd_register_layout(HVD_ABI_X86_64,
						   registers[i].reg, value);
	return NULL;
}
