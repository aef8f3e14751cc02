// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fields of x86-64 registers. Architectural ones: Intel SDM volume 1, 3.4.3;
 * volume 3, 2.5, 2.6, 11 (APIC), 12.11 (MTRR), 18.2 (debug), volume 4 (MSRs);
 * AMD APM volume 2, 3.1.7 (EFER), 15.30 (VM_CR). The hypervisor's own: Linux'
 * hvgdk_mini.h, OpenVMM's hvdef; what only a third party tells is marked m.
 */
#include "abi_codes.h"
#include "layouts.h"
#include "register_fields.h"

static const struct hvd_field_row rflags_rows[] = {
	FLAG(CF, 0),  FLAG(PF, 2),   FLAG(AF, 4),   FLAG(ZF, 6),
	FLAG(SF, 7),  FLAG(TF, 8),   FLAG(IF, 9),   FLAG(DF, 10),
	FLAG(OF, 11), NUMBER(IOPL, 12, 2),	    FLAG(NT, 14),
	FLAG(RF, 16), FLAG(VM, 17),  FLAG(AC, 18),  FLAG(VIF, 19),
	FLAG(VIP, 20), FLAG(ID, 21),
};
REGISTER(rflags, "");

static const struct hvd_field_row cr0_rows[] = {
	FLAG(PE, 0),  FLAG(MP, 1),  FLAG(EM, 2),  FLAG(TS, 3),
	FLAG(ET, 4),  FLAG(NE, 5),  FLAG(WP, 16), FLAG(AM, 18),
	FLAG(NW, 29), FLAG(CD, 30), FLAG(PG, 31),
};
REGISTER(cr0, "");

static const struct hvd_field_row cr3_rows[] = {
	HEX(PCID, 0, 12), /* where CR4.PCIDE is set; else bits 3, 4: PWT, PCD */
	HEX(page_number, 12, 40),
	FLAG(LAM_U57, 61),
	FLAG(LAM_U48, 62),
};
REGISTER(cr3, "");

static const struct hvd_field_row cr4_rows[] = {
	FLAG(VME, 0),	  FLAG(PVI, 1),	       FLAG(TSD, 2),  FLAG(DE, 3),
	FLAG(PSE, 4),	  FLAG(PAE, 5),	       FLAG(MCE, 6),  FLAG(PGE, 7),
	FLAG(PCE, 8),	  FLAG(OSFXSR, 9),     FLAG(OSXMMEXCPT, 10),
	FLAG(UMIP, 11),	  FLAG(LA57, 12),      FLAG(VMXE, 13),
	FLAG(SMXE, 14),	  FLAG(FSGSBASE, 16),  FLAG(PCIDE, 17),
	FLAG(OSXSAVE, 18), FLAG(KL, 19),       FLAG(SMEP, 20),
	FLAG(SMAP, 21),	  FLAG(PKE, 22),       FLAG(CET, 23),
	FLAG(PKS, 24),	  FLAG(UINTR, 25),     FLAG(LASS, 27),
	FLAG(LAM_SUP, 28), FLAG(FRED, 32),
};
REGISTER(cr4, "");

static const struct hvd_field_row cr8_rows[] = {
	NUMBER(TPR, 0, 4),
};
REGISTER(cr8, "");

static const struct hvd_field_row xcr0_rows[] = {
	FLAG(X87, 0),	    FLAG(SSE, 1),     FLAG(AVX, 2),
	FLAG(BNDREGS, 3),   FLAG(BNDCSR, 4),  FLAG(OPMASK, 5),
	FLAG(ZMM_HI256, 6), FLAG(HI16_ZMM, 7), FLAG(PKRU, 9),
	FLAG(TILECFG, 17),  FLAG(TILEDATA, 18), FLAG(APX, 19),
};
REGISTER(xcr0, "");

static const struct hvd_field_row xss_rows[] = {
	FLAG(PT, 8),	FLAG(PASID, 10), FLAG(CET_U, 11), FLAG(CET_S, 12),
	FLAG(HDC, 13),	FLAG(UINTR, 14), FLAG(LBR, 15),	  FLAG(HWP, 16),
};
REGISTER(xss, "");

/* Bits 11 and 16 are clear where they tell of something. */
static const struct hvd_field_row dr6_rows[] = {
	FLAG(B0, 0),  FLAG(B1, 1),  FLAG(B2, 2),     FLAG(B3, 3),
	FLAG(no_bus_lock, 11),	    FLAG(BD, 13),    FLAG(BS, 14),
	FLAG(BT, 15), FLAG(no_rtm, 16),
};
REGISTER(dr6, "");

static const struct hvd_value_name breaks_on[] = {
	{0, "execution"}, {1, "writes"}, {2, "I/O"}, {3, "reads and writes"},
};

static const struct hvd_value_name break_sizes[] = {
	{0, "1 byte"}, {1, "2 bytes"}, {2, "8 bytes"}, {3, "4 bytes"},
};

static const struct hvd_field_row dr7_rows[] = {
	FLAG(L0, 0),  FLAG(G0, 1),  FLAG(L1, 2),   FLAG(G1, 3),
	FLAG(L2, 4),  FLAG(G2, 5),  FLAG(L3, 6),   FLAG(G3, 7),
	FLAG(LE, 8),  FLAG(GE, 9),  FLAG(RTM, 11), FLAG(GD, 13),
	NAMED(RW0, 16, 2, breaks_on), NAMED(LEN0, 18, 2, break_sizes),
	NAMED(RW1, 20, 2, breaks_on), NAMED(LEN1, 22, 2, break_sizes),
	NAMED(RW2, 24, 2, breaks_on), NAMED(LEN2, 26, 2, break_sizes),
	NAMED(RW3, 28, 2, breaks_on), NAMED(LEN3, 30, 2, break_sizes),
};
REGISTER(dr7, "");

static const struct hvd_field_row efer_rows[] = {
	FLAG(SCE, 0),	 FLAG(LME, 8),	  FLAG(LMA, 10),  FLAG(NX, 11),
	FLAG(SVME, 12),	 FLAG(LMSLE, 13), FLAG(FFXSR, 14), FLAG(TCE, 15),
	FLAG(MCOMMIT, 17), FLAG(INTWB, 18), FLAG(UAIE, 20), FLAG(AIBRSE, 21),
};
REGISTER(efer, "");

static const struct hvd_field_row apic_base_rows[] = {
	FLAG(BSP, 8),
	FLAG(X2APIC, 10),
	FLAG(ENABLED, 11),
	HEX(page_number, 12, 40),
};
REGISTER(apic_base, "");

static const struct hvd_value_name memory_types[] = {
	{0, "UC"}, {1, "WC"}, {4, "WT"}, {5, "WP"}, {6, "WB"}, {7, "UC-"},
};

/* Eight entries of a byte each: of PAT, and of a fixed-range MTRR. */
static const struct hvd_field_row eight_types_rows[] = {
	{
		.name = "type", .size = 1, .bits = 3,
		.kind = HVD_FIELD_NAMED, .count = 8,
		.nr_names = HVD_ROW_COUNT(memory_types), .names = memory_types,
	},
};
REGISTER(eight_types, "");

static const struct hvd_field_row mtrr_cap_rows[] = {
	NUMBER(VCNT, 0, 8), FLAG(FIX, 8), FLAG(WC, 10), FLAG(SMRR, 11),
};
REGISTER(mtrr_cap, "");

static const struct hvd_field_row mtrr_def_type_rows[] = {
	NAMED(type, 0, 8, memory_types), FLAG(FE, 10), FLAG(E, 11),
};
REGISTER(mtrr_def_type, "");

static const struct hvd_field_row mtrr_base_rows[] = {
	NAMED(type, 0, 8, memory_types),
	HEX(page_number, 12, 40),
};
REGISTER(mtrr_base, "");

static const struct hvd_field_row mtrr_mask_rows[] = {
	FLAG(V, 11),
	HEX(page_mask, 12, 40),
};
REGISTER(mtrr_mask, "");

static const struct hvd_field_row star_rows[] = {
	HEX(syscall_eip, 0, 32),
	HEX(syscall_cs, 32, 16),
	HEX(sysret_cs, 48, 16),
};
REGISTER(star, "");

static const struct hvd_field_row debug_ctl_rows[] = {
	FLAG(LBR, 0),	     FLAG(BTF, 1),	   FLAG(BLD, 2),
	FLAG(TR, 6),	     FLAG(BTS, 7),	   FLAG(BTINT, 8),
	FLAG(BTS_OFF_OS, 9), FLAG(BTS_OFF_USR, 10), FLAG(FREEZE_LBRS, 11),
	FLAG(FREEZE_PERFMON, 12), FLAG(UNCORE_PMI, 13), FLAG(FREEZE_SMM, 14),
	FLAG(RTM, 15),
};
REGISTER(debug_ctl, "");

static const struct hvd_field_row spec_ctrl_rows[] = {
	FLAG(IBRS, 0),	       FLAG(STIBP, 1),	     FLAG(SSBD, 2),
	FLAG(IPRED_DIS_U, 3),  FLAG(IPRED_DIS_S, 4), FLAG(RRSBA_DIS_U, 5),
	FLAG(RRSBA_DIS_S, 6),  FLAG(PSFD, 7),	     FLAG(DDPD_U, 8),
	FLAG(BHI_DIS_S, 10),
};
REGISTER(spec_ctrl, "");

static const struct hvd_field_row pred_cmd_rows[] = {
	FLAG(IBPB, 0), FLAG(SBPB, 7),
};
REGISTER(pred_cmd, "");

static const struct hvd_field_row tsx_ctrl_rows[] = {
	FLAG(RTM_DISABLE, 0), FLAG(TSX_CPUID_CLEAR, 1),
};
REGISTER(tsx_ctrl, "");

static const struct hvd_field_row cet_rows[] = {
	FLAG(SH_STK_EN, 0),   FLAG(WR_SHSTK_EN, 1),  FLAG(ENDBR_EN, 2),
	FLAG(LEG_IW_EN, 3),   FLAG(NO_TRACK_EN, 4),  FLAG(SUPPRESS_DIS, 5),
	FLAG(SUPPRESS, 10),   FLAG(TRACKER, 11),
	HEX(EB_LEG_BITMAP_PAGE, 12, 52),
};
REGISTER(cet, "");

static const struct hvd_field_row misc_enable_rows[] = {
	FLAG(FAST_STRING, 0),	   FLAG(TCC, 3),
	FLAG(PERFMON, 7),	   FLAG(BTS_UNAVAILABLE, 11),
	FLAG(PEBS_UNAVAILABLE, 12), FLAG(EIST, 16),
	FLAG(MONITOR, 18),	   FLAG(LIMIT_CPUID, 22),
	FLAG(XTPR_DISABLE, 23),	   FLAG(XD_DISABLE, 34),
};
REGISTER(misc_enable, "");

static const struct hvd_field_row feature_control_rows[] = {
	FLAG(LOCK, 0),	     FLAG(VMX_IN_SMX, 1), FLAG(VMX, 2),
	HEX(SENTER, 8, 7),   FLAG(SENTER_GLOBAL, 15), FLAG(SGX_LC, 17),
	FLAG(SGX, 18),	     FLAG(LMCE, 20),
};
REGISTER(feature_control, "");

static const struct hvd_field_row umwait_rows[] = {
	FLAG(C02_DISABLE, 0),
	NUMBER(max_quanta, 2, 30),
};
REGISTER(umwait, "");

static const struct hvd_field_row vm_cr_rows[] = {
	FLAG(DPD, 0), FLAG(R_INIT, 1), FLAG(DIS_A20M, 2), FLAG(LOCK, 3),
	FLAG(SVMDIS, 4),
};
REGISTER(vm_cr, "");

/* ------------------------------------------------------------ local APIC */

static const struct hvd_value_name delivery_modes[] = {
	{0, "fixed"}, {1, "lowest priority"}, {2, "SMI"},     {4, "NMI"},
	{5, "INIT"},  {6, "start up"},	      {7, "ExtINT"},
};

static const struct hvd_value_name timer_modes[] = {
	{0, "one-shot"}, {1, "periodic"}, {2, "TSC deadline"},
};

static const struct hvd_value_name shorthands[] = {
	{0, "none"}, {1, "self"}, {2, "all"}, {3, "all but self"},
};

static const struct hvd_value_name dividers[] = {
	{0, "2"},  {1, "4"},  {2, "8"},	  {3, "16"},
	{8, "32"}, {9, "64"}, {10, "128"}, {11, "1"},
};

static const struct hvd_field_row apic_version_rows[] = {
	HEX(version, 0, 8), NUMBER(max_lvt, 16, 8), FLAG(eoi_suppression, 24),
};
REGISTER(apic_version, "");

static const struct hvd_field_row priority_rows[] = {
	NUMBER(sub_class, 0, 4), NUMBER(priority_class, 4, 4),
};
REGISTER(priority, "");

static const struct hvd_field_row spurious_rows[] = {
	HEX(vector, 0, 8), FLAG(enabled, 8), FLAG(focus_off, 9),
	FLAG(suppress_eoi_broadcast, 12),
};
REGISTER(spurious, "");

static const struct hvd_field_row apic_error_rows[] = {
	FLAG(send_checksum, 0),	 FLAG(receive_checksum, 1),
	FLAG(send_accept, 2),	 FLAG(receive_accept, 3),
	FLAG(redirectable_ipi, 4), FLAG(send_illegal_vector, 5),
	FLAG(receive_illegal_vector, 6), FLAG(illegal_register, 7),
};
REGISTER(apic_error, "");

static const struct hvd_field_row icr_rows[] = {
	HEX(vector, 0, 8),	 NAMED(delivery_mode, 8, 3, delivery_modes),
	FLAG(logical, 11),	 FLAG(pending, 12),
	FLAG(asserted, 14),	 FLAG(level, 15),
	NAMED(shorthand, 18, 2, shorthands), HEX(destination, 32, 32),
};
REGISTER(icr, "");

static const struct hvd_field_row lvt_timer_rows[] = {
	HEX(vector, 0, 8), FLAG(pending, 12), FLAG(masked, 16),
	NAMED(mode, 17, 2, timer_modes),
};
REGISTER(lvt_timer, "");

static const struct hvd_field_row lvt_rows[] = {
	HEX(vector, 0, 8),  NAMED(delivery_mode, 8, 3, delivery_modes),
	FLAG(pending, 12),  FLAG(active_low, 13),
	FLAG(remote_irr, 14), FLAG(level, 15),
	FLAG(masked, 16),
};
REGISTER(lvt, "");

static const struct hvd_field_row divide_rows[] = {
	NAMED(divide_by, 0, 4, dividers),
};
REGISTER(divide, "");

/* --------------------------------------------------- 128 bits: FP, tables */

static const struct hvd_field_row table_rows[] = {
	HVD_ROW(HEX, limit, 6, 2),
	HVD_ROW(HEX, base, 8, 8),
};
LONG_REGISTER(table, "LM");

static const struct hvd_field_row fp_rows[] = {
	HVD_ROW(HEX, mantissa, 0, 8),
	HVD_ROW_BITS(HEX, biased_exponent, 8, 8, 0, 15),
	HVD_ROW_FLAG(sign, 8, 8, 15),
};
LONG_REGISTER(fp, "M");

static const struct hvd_field_row fp_control_rows[] = {
	HVD_ROW(HEX, fp_control, 0, 2), HVD_ROW(HEX, fp_status, 2, 2),
	HVD_ROW(HEX, fp_tag, 4, 1),	HVD_ROW(HEX, last_fp_op, 6, 2),
	HVD_ROW(HEX, last_fp_rip, 8, 8),
};
LONG_REGISTER(fp_control, "M");

static const struct hvd_field_row xmm_control_rows[] = {
	HVD_ROW(HEX, last_fp_rdp, 0, 8),
	HVD_ROW(HEX, xmm_status_control, 8, 4),
	HVD_ROW(HEX, xmm_status_control_mask, 12, 4),
};
LONG_REGISTER(xmm_control, "M");

/* -------------------------------------------------- the hypervisor's own */

static const struct hvd_value_name interruptions[] = {
	{0, "external interrupt"},
	{2, "NMI"},
	{3, "exception"},
	{4, "software interrupt"},
	{5, "privileged software exception"},
	{6, "software exception"},
};

static const struct hvd_field_row interruption_rows[] = {
	FLAG(interruption_pending, 0),
	NAMED(interruption_type, 1, 3, interruptions),
	FLAG(deliver_error_code, 4),
	NUMBER(instruction_length, 5, 4),
	FLAG(nested_event, 9),
	HEX(interruption_vector, 16, 16),
	HVD_ROW(HEX, error_code, 4, 4),
};
REGISTER(interruption, "L");

static const struct hvd_field_row interrupt_state_rows[] = {
	FLAG(interrupt_shadow, 0),
	FLAG(nmi_masked, 1),
};
REGISTER(interrupt_state, "L");

static const struct hvd_field_row deliverability_rows[] = {
	FLAG(nmi_notification, 0),
	FLAG(interrupt_notification, 1),
	NUMBER(interrupt_priority, 2, 4),
	HEX(sints, 48, 16),
};
REGISTER(deliverability, "O");

static const struct hvd_value_name events[] = {
	{0, "exception"},
	{1, "memory intercept"},
	{2, "nested memory intercept"},
	{3, "virtualization fault"},
	{4, "hypercall output"},
	{5, "external interrupt"},
	{6, "shadow IPT"},
};

#define EVENT FLAG(event_pending, 0), NAMED(event_type, 1, 3, events)

static const struct hvd_field_row event_rows[] = {
	EVENT,
	HEX(data, 8, 56),
	HVD_ROW(HEX, data_high, 8, 8),
};
LONG_REGISTER(event, "O");

static const struct hvd_field_row exception_event_rows[] = {
	EVENT,
	FLAG(deliver_error_code, 8),
	HEX(vector, 16, 16),
	HEX(error_code, 32, 32),
	HVD_ROW(HEX, exception_parameter, 8, 8),
};
LONG_REGISTER(exception_event, "O");

static const struct hvd_field_row fault_event_rows[] = {
	EVENT,
	HEX(parameter0, 16, 16),
	HEX(code, 32, 32),
	HVD_ROW(HEX, parameter1, 8, 8),
};
LONG_REGISTER(fault_event, "O");

static const struct hvd_field_row output_event_rows[] = {
	EVENT,
	FLAG(retired, 8),
	NUMBER(output_size, 32, 32),
	HVD_ROW(HEX, output_gpa, 8, 8),
};
LONG_REGISTER(output_event, "O");

static const struct hvd_field_row interrupt_event_rows[] = {
	EVENT,
	HEX(vector, 8, 8),
};
LONG_REGISTER(interrupt_event, "O");

static const struct hvd_layout *choose_event(uint64_t low)
{
	switch (low >> 1 & 7) {
	case 0:
		return &exception_event;
	case 3:
		return &fault_event;
	case 4:
		return &output_event;
	case 5:
		return &interrupt_event;
	}
	return &event;
}

static const struct hvd_field_row hypercall_rows[] = {
	FLAG(enable, 0),
	FLAG(locked, 1),
	HEX(gpa_page_number, 12, 52),
};
REGISTER(hypercall, "LOT");

static const struct hvd_field_row page_rows[] = {
	FLAG(enabled, 0),
	HEX(page_number, 12, 52),
};
REGISTER(page, "MO");

static const struct hvd_field_row sev_control_rows[] = {
	FLAG(enable_encrypted_state, 0),
	HEX(vmsa_gpa_page_number, 12, 52),
};
REGISTER(sev_control, "M");

static const struct hvd_field_row pm_timer_rows[] = {
	HEX(port, 0, 16),
	FLAG(width_24, 16),
	FLAG(enabled, 17),
};
REGISTER(pm_timer, "O");

static const struct hvd_field_row cr_intercept_rows[] = {
	FLAG(cr0_write, 0),
	FLAG(cr4_write, 1),
	FLAG(xcr0_write, 2),
	FLAG(ia32_misc_enable_read, 3),
	FLAG(ia32_misc_enable_write, 4),
	FLAG(msr_lstar_read, 5),
	FLAG(msr_lstar_write, 6),
	FLAG(msr_star_read, 7),
	FLAG(msr_star_write, 8),
	FLAG(msr_cstar_read, 9),
	FLAG(msr_cstar_write, 10),
	FLAG(apic_base_msr_read, 11),
	FLAG(apic_base_msr_write, 12),
	FLAG(msr_efer_read, 13),
	FLAG(msr_efer_write, 14),
	FLAG(gdtr_write, 15),
	FLAG(idtr_write, 16),
	FLAG(ldtr_write, 17),
	FLAG(tr_write, 18),
	FLAG(msr_sysenter_cs_write, 19),
	FLAG(msr_sysenter_eip_write, 20),
	FLAG(msr_sysenter_esp_write, 21),
	FLAG(msr_sfmask_write, 22),
	FLAG(msr_tsc_aux_write, 23),
	FLAG(msr_sgx_launch_control_write, 24),
	FLAG(msr_xss_write, 25),
	FLAG(msr_scet_write, 26),
	FLAG(msr_pls_ssp_write, 27),
	FLAG(msr_interrupt_ssp_table_addr_write, 28),
};
REGISTER(cr_intercept, "m");

#define ROW(first_, last_, layout_) \
	{HVD_X64_##first_, HVD_X64_##last_, &layout_, NULL}
#define ONE(name_, layout_) ROW(name_, name_, layout_)

static const struct hvd_register_fields rows[] = {
	ONE(PENDING_INTERRUPTION, interruption),
	ONE(INTERRUPT_STATE, interrupt_state),
	{HVD_X64_PENDING_EVENT0, HVD_X64_PENDING_EVENT0, &event, choose_event},
	ONE(DELIVERABILITY_NOTIFICATIONS, deliverability),
	ONE(PENDING_DEBUG_EXCEPTION, dr6),
	ONE(RFLAGS, rflags),
	ROW(FP_MMX0, FP_MMX7, fp),
	ONE(FP_CONTROL_STATUS, fp_control),
	ONE(XMM_CONTROL_STATUS, xmm_control),
	ONE(CR0, cr0),
	ONE(CR3, cr3),
	ONE(CR4, cr4),
	ONE(CR8, cr8),
	ONE(XFEM, xcr0),
	ONE(INTERMEDIATE_CR0, cr0),
	ONE(INTERMEDIATE_CR3, cr3),
	ONE(INTERMEDIATE_CR4, cr4),
	ONE(INTERMEDIATE_CR8, cr8),
	ONE(DR6, dr6),
	ONE(DR7, dr7),
	ROW(ES, TR, hvd_layout_x64_segment),
	ROW(IDTR, GDTR, table),
	ONE(EFER, efer),
	ONE(APIC_BASE, apic_base),
	ONE(PAT, eight_types),
	ONE(STAR, star),
	ONE(SFMASK, rflags),
	ONE(MSR_MTRR_CAP, mtrr_cap),
	ONE(MSR_MTRR_DEF_TYPE, mtrr_def_type),
	ROW(MSR_MTRR_PHYS_BASE0, MSR_MTRR_PHYS_BASEF, mtrr_base),
	ROW(MSR_MTRR_PHYS_MASK0, MSR_MTRR_PHYS_MASKF, mtrr_mask),
	ROW(MSR_MTRR_FIX64K00000, MSR_MTRR_FIX4KF8000, eight_types),
	ONE(DEBUG_CTL, debug_ctl),
	ONE(SPEC_CTRL, spec_ctrl),
	ONE(PRED_CMD, pred_cmd),
	ONE(TSX_CTRL, tsx_ctrl),
	ONE(U_XSS, xss),
	ROW(U_CET, S_CET, cet),
	ONE(UMWAIT_CONTROL, umwait),
	ROW(XFD, XFD_ERR, xcr0),
	ONE(MSR_IA32_MISC_ENABLE, misc_enable),
	ONE(IA32_FEATURE_CONTROL, feature_control),
	ONE(AMD_VM_CR, vm_cr),
	ONE(APIC_VERSION, apic_version),
	ROW(APIC_TPR, APIC_PPR, priority),
	ONE(APIC_SPURIOUS, spurious),
	ONE(APIC_ESE, apic_error),
	ONE(APIC_ICR, icr),
	ONE(APIC_LVT_TIMER, lvt_timer),
	ROW(APIC_LVT_THERMAL, APIC_LVT_ERROR, lvt),
	ONE(APIC_DIVIDE, divide),
	ONE(HYPERCALL, hypercall),
	ONE(SYNTHETIC_ICR, icr),
	ONE(SYNTHETIC_TPR, priority),
	ONE(REG_PAGE, page),
	ONE(PM_TIMER_ASSIST, pm_timer),
	ONE(SEV_CONTROL, sev_control),
	ROW(SEV_GHCB_GPA, SEV_AVIC_GPA, page),
	ONE(CR_INTERCEPT_CONTROL, cr_intercept),
	ONE(CR_INTERCEPT_CR0_MASK, cr0),
	ONE(CR_INTERCEPT_CR4_MASK, cr4),
	ONE(CR_INTERCEPT_IA32_MISC_ENABLE_MASK, misc_enable),
};

const struct hvd_register_table hvd_fields_x86_64 = {
	rows, HVD_ROW_COUNT(rows),
};
