// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fields of arm64 registers. Architectural ones: Arm Architecture Reference
 * Manual for A-profile, D19 (system registers); the hypervisor's own: Linux'
 * hvhdk.h.
 */
#include "abi_codes.h"
#include "register_fields.h"

static const struct hvd_value_name modes[] = {
	{0x0, "EL0t"},	{0x4, "EL1t"},	{0x5, "EL1h"}, {0x8, "EL2t"},
	{0x9, "EL2h"},	{0xc, "EL3t"},	{0xd, "EL3h"},
};

static const struct hvd_field_row pstate_rows[] = {
	NAMED(M, 0, 4, modes),
	FLAG(AArch32, 4),
	FLAG(F, 6),    FLAG(I, 7),    FLAG(A, 8),     FLAG(D, 9),
	NUMBER(BTYPE, 10, 2),	      FLAG(SSBS, 12), FLAG(ALLINT, 13),
	FLAG(IL, 20),  FLAG(SS, 21),  FLAG(PAN, 22),  FLAG(UAO, 23),
	FLAG(DIT, 24), FLAG(TCO, 25), FLAG(V, 28),    FLAG(C, 29),
	FLAG(Z, 30),   FLAG(N, 31),
};
REGISTER(pstate, "");

static const struct hvd_field_row sctlr_rows[] = {
	FLAG(M, 0),	  FLAG(A, 1),	   FLAG(C, 2),	    FLAG(SA, 3),
	FLAG(SA0, 4),	  FLAG(CP15BEN, 5), FLAG(nAA, 6),   FLAG(ITD, 7),
	FLAG(SED, 8),	  FLAG(UMA, 9),	   FLAG(EnRCTX, 10), FLAG(EOS, 11),
	FLAG(I, 12),	  FLAG(EnDB, 13),  FLAG(DZE, 14),   FLAG(UCT, 15),
	FLAG(nTWI, 16),	  FLAG(nTWE, 18),  FLAG(WXN, 19),   FLAG(TSCXT, 20),
	FLAG(IESB, 21),	  FLAG(EIS, 22),   FLAG(SPAN, 23),  FLAG(E0E, 24),
	FLAG(EE, 25),	  FLAG(UCI, 26),   FLAG(EnDA, 27),  FLAG(nTLSMD, 28),
	FLAG(LSMAOE, 29), FLAG(EnIB, 30),  FLAG(EnIA, 31),  FLAG(BT0, 35),
	FLAG(BT1, 36),	  FLAG(ITFSB, 37), NUMBER(TCF0, 38, 2),
	NUMBER(TCF, 40, 2), FLAG(ATA0, 42), FLAG(ATA, 43),  FLAG(DSSBS, 44),
};
REGISTER(sctlr, "");

static const struct hvd_value_name granules0[] = {
	{0, "4 KiB"}, {1, "64 KiB"}, {2, "16 KiB"},
};

static const struct hvd_value_name granules1[] = {
	{1, "16 KiB"}, {2, "4 KiB"}, {3, "64 KiB"},
};

static const struct hvd_value_name address_sizes[] = {
	{0, "32 bits"}, {1, "36 bits"}, {2, "40 bits"}, {3, "42 bits"},
	{4, "44 bits"}, {5, "48 bits"}, {6, "52 bits"}, {7, "56 bits"},
};

static const struct hvd_field_row tcr_rows[] = {
	NUMBER(T0SZ, 0, 6),	 FLAG(EPD0, 7),
	NUMBER(IRGN0, 8, 2),	 NUMBER(ORGN0, 10, 2),
	NUMBER(SH0, 12, 2),	 NAMED(TG0, 14, 2, granules0),
	NUMBER(T1SZ, 16, 6),	 FLAG(A1, 22),
	FLAG(EPD1, 23),		 NUMBER(IRGN1, 24, 2),
	NUMBER(ORGN1, 26, 2),	 NUMBER(SH1, 28, 2),
	NAMED(TG1, 30, 2, granules1), NAMED(IPS, 32, 3, address_sizes),
	FLAG(AS, 36),		 FLAG(TBI0, 37),
	FLAG(TBI1, 38),		 FLAG(HA, 39),
	FLAG(HD, 40),		 FLAG(HPD0, 41),
	FLAG(HPD1, 42),		 FLAG(DS, 59),
};
REGISTER(tcr, "");

static const struct hvd_value_name classes[] = {
	{0x00, "unknown reason"},
	{0x01, "WFI or WFE"},
	{0x07, "SVE, SIMD or FP access"},
	{0x0d, "branch target"},
	{0x0e, "illegal execution state"},
	{0x11, "SVC, AArch32"},
	{0x15, "SVC"},
	{0x16, "HVC"},
	{0x17, "SMC"},
	{0x18, "MSR, MRS or system instruction"},
	{0x19, "SVE access"},
	{0x1c, "pointer authentication"},
	{0x20, "instruction abort, lower level"},
	{0x21, "instruction abort"},
	{0x22, "PC alignment"},
	{0x24, "data abort, lower level"},
	{0x25, "data abort"},
	{0x26, "SP alignment"},
	{0x2c, "floating point"},
	{0x2f, "SError"},
	{0x30, "breakpoint, lower level"},
	{0x31, "breakpoint"},
	{0x32, "software step, lower level"},
	{0x33, "software step"},
	{0x34, "watchpoint, lower level"},
	{0x35, "watchpoint"},
	{0x38, "BKPT, AArch32"},
	{0x3c, "BRK"},
};

static const struct hvd_field_row esr_rows[] = {
	HEX(ISS, 0, 25),
	FLAG(IL, 25),
	NAMED(EC, 26, 6, classes),
	HEX(ISS2, 32, 24),
};
REGISTER(esr, "");

static const struct hvd_field_row ttbr_rows[] = {
	FLAG(CnP, 0),
	HEX(BADDR, 1, 47),
	HEX(ASID, 48, 16),
};
REGISTER(ttbr, "");

static const struct hvd_field_row mair_rows[] = {
	HVD_ROW_ARRAY(HEX, attr, 0, 1, 8),
};
REGISTER(mair, "");

static const struct hvd_value_name traps[] = {
	{0, "trapped"}, {1, "trapped at EL0"}, {2, "trapped"}, {3, "no trap"},
};

static const struct hvd_field_row cpacr_rows[] = {
	NAMED(ZEN, 16, 2, traps),
	NAMED(FPEN, 20, 2, traps),
	NAMED(SMEN, 24, 2, traps),
	FLAG(TTA, 28),
};
REGISTER(cpacr, "");

static const struct hvd_field_row timer_rows[] = {
	FLAG(ENABLE, 0), FLAG(IMASK, 1), FLAG(ISTATUS, 2),
};
REGISTER(timer, "");

static const struct hvd_field_row midr_rows[] = {
	NUMBER(revision, 0, 4),
	HEX(part_number, 4, 12),
	HEX(architecture, 16, 4),
	HEX(variant, 20, 4),
	HEX(implementer, 24, 8),
};
REGISTER(midr, "");

static const struct hvd_field_row mpidr_rows[] = {
	HEX(Aff0, 0, 8), HEX(Aff1, 8, 8), HEX(Aff2, 16, 8), FLAG(MT, 24),
	FLAG(U, 30), HEX(Aff3, 32, 8),
};
REGISTER(mpidr, "");

static const struct hvd_field_row fpcr_rows[] = {
	FLAG(IOE, 8), FLAG(DZE, 9), FLAG(OFE, 10), FLAG(UFE, 11),
	FLAG(IXE, 12), FLAG(IDE, 15), FLAG(FZ16, 19), NUMBER(RMode, 22, 2),
	FLAG(FZ, 24), FLAG(DN, 25), FLAG(AHP, 26),
};
REGISTER(fpcr, "");

static const struct hvd_field_row fpsr_rows[] = {
	FLAG(IOC, 0), FLAG(DZC, 1), FLAG(OFC, 2), FLAG(UFC, 3), FLAG(IXC, 4),
	FLAG(IDC, 7), FLAG(QC, 27),
};
REGISTER(fpsr, "");

/* -------------------------------------------------- the hypervisor's own */

static const struct hvd_field_row interruption_rows[] = {
	FLAG(interruption_pending, 0),
	NUMBER(interruption_type, 1, 1),
	HEX(error_code, 32, 32),
};
REGISTER(interruption, "L");

static const struct hvd_field_row interrupt_state_rows[] = {
	FLAG(interrupt_shadow, 0),
};
REGISTER(interrupt_state, "L");

static const struct hvd_field_row event_rows[] = {
	FLAG(event_pending, 0),
	NUMBER(event_type, 1, 3),
	HVD_ROW(HEX, exception_type, 4, 4),
	HVD_ROW(HEX, context, 8, 8),
};
LONG_REGISTER(event, "L");

static const struct hvd_field_row info_page_rows[] = {
	FLAG(enabled, 0),
	HEX(gpa_page, 12, 52),
};
REGISTER(info_page, "m");

#define ROW(first_, last_, layout_) \
	{HVD_ARM64_##first_, HVD_ARM64_##last_, &layout_, NULL}
#define ONE(name_, layout_) ROW(name_, name_, layout_)

static const struct hvd_register_fields rows[] = {
	ONE(PENDING_INTERRUPTION, interruption),
	ONE(INTERRUPT_STATE, interrupt_state),
	ONE(PENDING_EVENT0, event),
	ONE(PSTATE, pstate),
	ONE(SPSR_EL2, pstate),
	ONE(SPSR_ELX, pstate),
	ONE(ID_MIDR_EL1, midr),
	ONE(ID_MPIDR_EL1, mpidr),
	ONE(FP_CONTROL, fpcr),
	ONE(FP_STATUS, fpsr),
	ONE(MIDR, midr),
	ONE(MPIDR_EL1, mpidr),
	ONE(SCTLR_EL1, sctlr),
	ONE(CPACR_EL1, cpacr),
	ROW(TTBR0_EL1, TTBR1_EL1, ttbr),
	ONE(TCR_EL1, tcr),
	ONE(ESR_EL1, esr),
	ONE(MAIR_EL1, mair),
	ONE(FPCR, fpcr),
	ONE(FPSR, fpsr),
	ONE(SPSR_EL1, pstate),
	ONE(ESR_EL2, esr),
	ONE(MAIR_EL2, mair),
	ONE(MIDR_EL1, midr),
	ONE(SCTLR_EL2, sctlr),
	ONE(TTBR0_EL2, ttbr),
	ONE(CPACR_ELX, cpacr),
	ONE(ESR_ELX, esr),
	ONE(MAIR_ELX, mair),
	ONE(SCTLR_ELX, sctlr),
	ONE(TCR_ELX, tcr),
	ROW(TTBR0_ELX, TTBR1_ELX, ttbr), /* TTBR1_EL2 is between them */
	ONE(SYNTHETIC_ESR_EL1, esr),
	ONE(DSPSR_EL0, pstate),
	ONE(CNTHP_CTL_EL2, timer),
	ONE(CNTHV_CTL_EL2, timer),
	ONE(CNTP_CTL_EL0, timer),
	ONE(CNTV_CTL_EL0, timer),
	ONE(CNTP_CTL_ELX, timer),
	ONE(CNTV_CTL_ELX, timer),
	ONE(PARTITION_INFO_PAGE, info_page),
	ONE(CNTP_CTL, timer),
	ONE(CNTV_CTL, timer),
};

const struct hvd_register_table hvd_fields_arm64 = {
	rows, HVD_ROW_COUNT(rows),
};
