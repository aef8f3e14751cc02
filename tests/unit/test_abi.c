// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ABI tables: their order, what every row must have, lookups, the lists of
 * what is captured, and rows picked by hand from the public headers and the
 * specification (doc/abi-sources.md).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "abi.h"
#include "abi_capture.h"
#include "abi_codes.h"

#define COUNT(array_) (sizeof(array_) / sizeof((array_)[0]))

/* A note's record holds at most this many registers. */
#define MAX_REST 1024

/* the tables there are: registers have one an architecture */
static const struct {
	enum hvd_abi_kind kind;
	enum hvd_abi_arch arch;
	size_t at_least;
} tables[] = {
	{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, 400 },
	{ HVD_ABI_REGISTERS, HVD_ABI_ARM64, 700 },
	{ HVD_ABI_PROPERTIES, HVD_ABI_ANY, 140 },
	{ HVD_ABI_HYPERCALLS, HVD_ABI_ANY, 200 },
	{ HVD_ABI_STATUS, HVD_ABI_ANY, 70 },
	{ HVD_ABI_SYSTEM_PROPERTIES, HVD_ABI_ANY, 56 },
	{ HVD_ABI_PRIVILEGES, HVD_ABI_ANY, 30 },
	{ HVD_ABI_MESSAGES, HVD_ABI_ANY, 46 },
};

static const struct hvd_abi_row *rows_of(size_t table, size_t *count)
{
	const struct hvd_abi_row *rows;

	rows = hvd_abi_rows(tables[table].kind, tables[table].arch, count);
	assert_non_null(rows);
	return rows;
}

/* Calls check for every row of every table. */
static void for_each_row(void (*check)(enum hvd_abi_kind kind,
				       const struct hvd_abi_row *row))
{
	for (size_t t = 0; t < COUNT(tables); t++) {
		size_t count;
		const struct hvd_abi_row *rows = rows_of(t, &count);

		for (size_t i = 0; i < count; i++)
			check(tables[t].kind, &rows[i]);
	}
}

static void test_sizes(void **state)
{
	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++) {
		size_t count;

		rows_of(t, &count);
		assert_true(count >= tables[t].at_least);
	}
}

static void test_codes_ascend(void **state)
{
	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++) {
		size_t count;
		const struct hvd_abi_row *rows = rows_of(t, &count);

		for (size_t i = 1; i < count; i++)
			if (rows[i].code <= rows[i - 1].code)
				fail_msg("%s after %s", rows[i].name,
					 rows[i - 1].name);
	}
}

static void test_names_are_unique(void **state)
{
	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++) {
		size_t count;
		const struct hvd_abi_row *rows = rows_of(t, &count);

		for (size_t i = 0; i < count; i++)
			for (size_t j = i + 1; j < count; j++)
				if (!strcasecmp(rows[i].name, rows[j].name))
					fail_msg("%s twice", rows[i].name);
	}
}

static void check_row(enum hvd_abi_kind kind, const struct hvd_abi_row *row)
{
	static const char spelling[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	assert_true(row->name[0] != '\0');
	assert_int_equal(row->name[strspn(row->name, spelling)], '\0');
	assert_true(row->sources[0] != '\0');
	for (const char *s = row->sources; *s; s++)
		assert_non_null(hvd_abi_source_name(*s));
	assert_non_null(row->unit);
	assert_non_null(row->text);
	assert_non_null(hvd_abi_arch_name(row->arch));
	assert_non_null(hvd_abi_group_name(row->group));
	assert_non_null(hvd_abi_capture_name(row->capture));
	assert_non_null(hvd_abi_form_name(row->form));
	if (kind == HVD_ABI_REGISTERS)
		assert_int_not_equal(row->group, HVD_ABI_GROUP_NONE);
	if (kind == HVD_ABI_PRIVILEGES)
		assert_true(row->code < 64);
}

static void test_rows_are_complete(void **state)
{
	(void)state;
	for_each_row(check_row);
}

static void check_bits(enum hvd_abi_kind kind, const struct hvd_abi_row *row)
{
	switch (kind) {
	case HVD_ABI_REGISTERS:
		/* none but SVE's are scalable */
		if (row->bits == 0)
			assert_int_equal(row->group, HVD_ABI_GROUP_SVE);
		else
			assert_true(row->bits == 64 || row->bits == 128);
		break;
	case HVD_ABI_PROPERTIES:
		/* what is longer than a u64 is numbered 0x0009xxxx */
		assert_int_equal(row->bits, row->code >> 16 == 9 ? 0 : 64);
		break;
	default:
		assert_int_equal(row->bits, 0);
	}
}

static void test_bits(void **state)
{
	(void)state;
	for_each_row(check_bits);
}

/* What is not confirmed, or does not fit into 16 bytes, is not asked for. */
static void check_capture(enum hvd_abi_kind kind, const struct hvd_abi_row *row)
{
	if (row->capture == HVD_ABI_NEVER)
		return;
	assert_true(kind == HVD_ABI_REGISTERS || kind == HVD_ABI_PROPERTIES);
	assert_false(hvd_abi_is_uncertain(row));
	assert_non_null(strpbrk(row->sources, "LMOT"));
	assert_true(row->bits != 0);
}

static void test_capture_is_confirmed(void **state)
{
	(void)state;
	for_each_row(check_capture);
}

static void check_found(enum hvd_abi_kind kind, const struct hvd_abi_row *row)
{
	enum hvd_abi_arch arch = row->arch;

	assert_ptr_equal(hvd_abi_find(kind, arch, row->code), row);
	assert_ptr_equal(hvd_abi_find_name(kind, arch, row->name), row);
}

static void test_every_row_is_found(void **state)
{
	(void)state;
	for_each_row(check_found);
}

static void test_unknown_codes(void **state)
{
	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++) {
		enum hvd_abi_kind kind = tables[t].kind;
		enum hvd_abi_arch arch = tables[t].arch;

		assert_null(hvd_abi_find(kind, arch, UINT32_MAX));
		assert_null(hvd_abi_find(kind, arch, 0x7fffffff));
	}
	assert_null(hvd_abi_find(HVD_ABI_REGISTERS, HVD_ABI_X86_64, 0x00040006));
	assert_null(hvd_abi_find(HVD_ABI_REGISTERS, HVD_ABI_ARM64, 0x00070002));
	assert_null(hvd_abi_find(HVD_ABI_STATUS, HVD_ABI_ANY, 0x0001));
	assert_null(hvd_abi_find(HVD_ABI_HYPERCALLS, HVD_ABI_ANY, 0x0000));
}

static void test_no_such_table(void **state)
{
	size_t count = 7;

	(void)state;
	/* one architecture or the other, not both */
	assert_null(hvd_abi_rows(HVD_ABI_REGISTERS, HVD_ABI_ANY, &count));
	assert_int_equal(count, 0);
	assert_null(hvd_abi_find(HVD_ABI_REGISTERS, HVD_ABI_ANY, 0));
	assert_null(hvd_abi_find_name(HVD_ABI_REGISTERS, HVD_ABI_ANY, "VP_INDEX"));
	assert_null(hvd_abi_rows(HVD_ABI_KINDS, HVD_ABI_ANY, &count));
	assert_null(hvd_abi_find(HVD_ABI_KINDS, HVD_ABI_ANY, 0));
	assert_null(hvd_abi_find_name(HVD_ABI_KINDS, HVD_ABI_ANY, "SUCCESS"));
}

static void test_spellings(void **state)
{
	static const struct {
		enum hvd_abi_kind kind;
		enum hvd_abi_arch arch;
		const char *spelling;
		uint32_t code;
	} cases[] = {
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "RIP", 0x00020010 },
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "rip", 0x00020010 },
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "HV_X64_REGISTER_RIP", 0x00020010 },
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "hv_x64_register_rip", 0x00020010 },
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "HvX64RegisterRip", 0x00020010 },
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "HV_REGISTER_VP_INDEX", 0x00090003 },
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "HvRegisterVsmVpStatus", 0x000D0003 },
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "MCount", 0x0008007E },
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "HvRegisterSifp", 0x000A0012 },
		{ HVD_ABI_REGISTERS, HVD_ABI_X86_64, "PASID_FEATURES_INFO", 0x00000205 },
		{ HVD_ABI_REGISTERS, HVD_ABI_ARM64, "HV_ARM64_REGISTER_PC", 0x00020022 },
		{ HVD_ABI_REGISTERS, HVD_ABI_ARM64, "HvArm64RegisterTtbr0El1", 0x00040005 },
		{ HVD_ABI_REGISTERS, HVD_ABI_ARM64, "HvArm64RegisterXPc", 0x00020022 },
		{ HVD_ABI_REGISTERS, HVD_ABI_ARM64, "Cpsr", 0x00020023 },
		{ HVD_ABI_REGISTERS, HVD_ABI_ARM64, "HV_REGISTER_GUEST_OSID", 0x00090002 },
		/* these two differ in an underscore alone */
		{ HVD_ABI_REGISTERS, HVD_ABI_ARM64, "CNTKCTL", 0x0004000F },
		{ HVD_ABI_REGISTERS, HVD_ABI_ARM64, "CNTK_CTL", 0x000B0401 },
		{ HVD_ABI_PROPERTIES, HVD_ABI_ANY, "HvPartitionPropertyGuestOsId", 0x00070000 },
		{ HVD_ABI_PROPERTIES, HVD_ABI_ANY,
		  "HV_PARTITION_PROPERTY_INTEGRATED_SCHEDULER_ENABLED", 0x00020005 },
		{ HVD_ABI_HYPERCALLS, HVD_ABI_ANY, "HVCALL_GET_VP_REGISTERS", 0x0050 },
		{ HVD_ABI_HYPERCALLS, HVD_ABI_ANY, "HvCallGetVpRegisters", 0x0050 },
		{ HVD_ABI_HYPERCALLS, HVD_ABI_ANY, "HvGetVpRegisters", 0x0050 },
		{ HVD_ABI_HYPERCALLS, HVD_ABI_ANY, "GetVpRegisters", 0x0050 },
		{ HVD_ABI_HYPERCALLS, HVD_ABI_ANY, "HVCALL_SEND_IPI", 0x000B },
		{ HVD_ABI_HYPERCALLS, HVD_ABI_ANY, "HV_EXT_CALL_QUERY_CAPABILITIES", 0x8001 },
		{ HVD_ABI_STATUS, HVD_ABI_ANY, "HV_STATUS_TIME_OUT", 0x0078 },
		{ HVD_ABI_SYSTEM_PROPERTIES, HVD_ABI_ANY, "HV_SYSTEM_PROPERTY_CRASHDUMPAREA",
		  0x2F },
		{ HVD_ABI_PRIVILEGES, HVD_ABI_ANY, "HV_CPU_MANAGEMENT", 44 },
		{ HVD_ABI_PRIVILEGES, HVD_ABI_ANY, "HV_MSR_REFERENCE_TSC_AVAILABLE", 9 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct hvd_abi_row *row;

		row = hvd_abi_find_name(cases[i].kind, cases[i].arch,
					cases[i].spelling);
		if (!row)
			fail_msg("%s not found", cases[i].spelling);
		assert_int_equal(row->code, cases[i].code);
	}
}

static void test_unknown_names(void **state)
{
	static const char *const names[] = {
		NULL, "", "_", "HV_", "HV_X64_REGISTER_", "RI", "RIPX", "HV_X64",
		"HV_ARM64_REGISTER_PC", "PC", "HvX64RegisterRipHvX64RegisterRip",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_null(hvd_abi_find_name(HVD_ABI_REGISTERS, HVD_ABI_X86_64,
					      names[i]));
	/* CNTKCTL and CNTK_CTL: two rows that this may mean are none */
	assert_null(hvd_abi_find_name(HVD_ABI_REGISTERS, HVD_ABI_ARM64,
				      "HvArm64RegisterC_ntkctl"));
}

struct expected {
	uint32_t code;
	const char *name;
	unsigned int bits;
	unsigned int group;
	unsigned int capture;
	const char *sources;
};

static void check_registers(enum hvd_abi_arch arch,
			    const struct expected *expected, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct hvd_abi_row *row;

		row = hvd_abi_find(HVD_ABI_REGISTERS, arch, expected[i].code);
		if (!row)
			fail_msg("%s not found", expected[i].name);
		assert_string_equal(row->name, expected[i].name);
		assert_int_equal(row->bits, expected[i].bits);
		assert_int_equal(row->group, expected[i].group);
		assert_int_equal(row->capture, expected[i].capture);
		assert_string_equal(row->sources, expected[i].sources);
		assert_int_equal(row->arch, arch);
	}
}

#define G(group_) HVD_ABI_GROUP_##group_
#define E HVD_ABI_ESSENTIAL
#define R HVD_ABI_REST
#define N HVD_ABI_NEVER

static void test_x86_64_registers(void **state)
{
	static const struct expected expected[] = {
		{ 0x00000000, "EXPLICIT_SUSPEND", 64, G(SUSPEND), E, "LMTm" },
		{ 0x00000004, "INTERNAL_ACTIVITY_STATE", 64, G(SUSPEND), E, "MOTm" },
		{ 0x00000100, "HYPERVISOR_VERSION", 128, G(IDENTITY), R, "LMTm" },
		{ 0x00000209, "ISOLATION_CONFIGURATION", 128, G(IDENTITY), N, "m" },
		{ 0x00000215, "GUEST_CRASH_CTL", 64, G(CRASH), R, "LMOTm" },
		{ 0x00000221, "POWER_STATE_TRIGGER_C1", 64, G(POWER), N, "Mm" },
		{ 0x00000250, "GUEST_IDLE", 64, G(POWER), N, "MTm" },
		{ 0x00010002, "PENDING_INTERRUPTION", 64, G(EVENT), E, "MOTm" },
		{ 0x00010005, "PENDING_EVENT1", 128, G(EVENT), E, "MOTm" },
		{ 0x00010007, "PENDING_DEBUG_EXCEPTION", 64, G(EVENT), R, "MT" },
		{ 0x00020000, "RAX", 64, G(GENERAL), R, "MOTm" },
		{ 0x00020001, "RCX", 64, G(GENERAL), R, "MOTm" },
		{ 0x00020003, "RBX", 64, G(GENERAL), R, "MOTm" },
		{ 0x00020004, "RSP", 64, G(GENERAL), E, "MOTm" },
		{ 0x0002000F, "R15", 64, G(GENERAL), R, "MOTm" },
		{ 0x00020010, "RIP", 64, G(GENERAL), E, "MOTm" },
		{ 0x00020011, "RFLAGS", 64, G(GENERAL), E, "MOTm" },
		{ 0x0003000F, "XMM15", 128, G(XMM), R, "MOTm" },
		{ 0x00030010, "FP_MMX0", 128, G(FP), R, "MOTm" },
		{ 0x00040001, "CR2", 64, G(CONTROL), E, "MOTm" },
		{ 0x00040004, "CR8", 64, G(CONTROL), R, "MOTm" },
		{ 0x00041002, "INTERMEDIATE_CR3", 64, G(INTERCEPT), R, "MOm" },
		{ 0x00050004, "DR6", 64, G(DEBUG), R, "LMOTm" },
		{ 0x00060001, "CS", 128, G(SEGMENT), E, "MOTm" },
		{ 0x00060007, "TR", 128, G(SEGMENT), R, "MOTm" },
		{ 0x00070000, "IDTR", 128, G(TABLE), R, "MOTm" },
		{ 0x00080001, "EFER", 64, G(MSR), E, "MOTm" },
		{ 0x0008001F, "MSR_MTRR_PHYS_BASEF", 64, G(MTRR), R, "LMOTm" },
		{ 0x0008004A, "MSR_MTRR_PHYS_MASKA", 64, G(MTRR), R, "LMOTm" },
		{ 0x0008007A, "MSR_MTRR_FIX4KF8000", 64, G(MTRR), R, "LMOTm" },
		{ 0x0008007E, "AVAILABLE0008007E", 64, G(MSR), N, "MOTm" },
		{ 0x00080085, "PRED_CMD", 64, G(MSR), N, "MOTm" },
		{ 0x0008008D, "S_CET", 64, G(CET), R, "MOTm" },
		{ 0x00080095, "TSC_DEADLINE", 64, G(MSR), R, "OTm" },
		{ 0x000800A4, "IA32_VMX_PROCBASED_CTLS", 64, G(VMX), R, "Mm" },
		{ 0x000800B3, "AMD_VM_HSAVE_PA", 64, G(VMX), R, "T" },
		{ 0x00081400, "RTIT_ADDR0A", 64, G(TRACE), R, "M" },
		{ 0x0008480B, "APIC_EOI", 64, G(APIC), N, "OTm" },
		{ 0x00084827, "APIC_IRR7", 64, G(APIC), R, "OTm" },
		{ 0x0008483F, "APIC_SELF_IPI", 64, G(APIC), N, "OTm" },
		{ 0x00090003, "VP_INDEX", 64, G(IDENTITY), E, "LMOTm" },
		{ 0x00090010, "SYNTHETIC_EOI", 64, G(SYNTHETIC), N, "MTm" },
		{ 0x0009001C, "REG_PAGE", 64, G(SYNTHETIC), R, "LMOm" },
		{ 0x00090043, "SEV_AVIC_GPA", 64, G(SEV), R, "OTm" },
		{ 0x000A000F, "SINT15", 64, G(SYNIC), R, "LMOTm" },
		{ 0x000A0014, "EOM", 64, G(SYNIC), N, "LMOTm" },
		{ 0x000A1014, "NESTED_EOM", 64, G(NESTED), N, "LMm" },
		{ 0x000B0007, "STIMER3_COUNT", 64, G(STIMER), R, "MOTm" },
		{ 0x000C001F, "YMM15_HIGH", 128, G(YMM), N, "m" },
		{ 0x000D0003, "VSM_VP_STATUS", 64, G(VSM), E, "LMOTm" },
		{ 0x000D0010, "VSM_VP_SECURE_CONFIG_VTL0", 64, G(VSM), R, "MOTm" },
		{ 0x000E0000, "CR_INTERCEPT_CONTROL", 64, G(INTERCEPT), R, "MOTm" },
		{ 0xD0000009, "HVPT_CONTROL", 64, G(VSM), N, "m" },
	};

	(void)state;
	check_registers(HVD_ABI_X86_64, expected, COUNT(expected));
}

static void test_arm64_registers(void **state)
{
	static const struct expected expected[] = {
		{ 0x00000209, "ISOLATION_CONFIGURATION", 128, G(IDENTITY), R, "Om" },
		{ 0x00010003, "INTERRUPT_STATE", 64, G(EVENT), E, "Om" },
		{ 0x00020000, "X0", 64, G(GENERAL), E, "MOTm" },
		{ 0x0002001C, "X28", 64, G(GENERAL), E, "MOTm" },
		{ 0x0002001D, "FP", 64, G(GENERAL), E, "MOm" },
		{ 0x0002001E, "LR", 64, G(GENERAL), E, "MOm" },
		{ 0x0002001F, "SP", 64, G(GENERAL), E, "MOTm" },
		{ 0x00020022, "PC", 64, G(GENERAL), E, "MOTm" },
		{ 0x00020023, "PSTATE", 64, G(GENERAL), E, "MOTm" },
		{ 0x00021002, "SPSR_EL2", 64, G(EL2), R, "MOm" },
		{ 0x0002100D, "SPSR_ELX", 64, G(ELX), R, "MTm" },
		{ 0x0002200F, "ID_MMFR3_EL1", 64, G(ID), R, "Mm" },
		{ 0x0002203C, "ID_AA64_MMFR4_EL1", 64, G(ID), R, "MTm" },
		{ 0x0002FFFE, "XZR", 64, G(GENERAL), N, "MTm" },
		{ 0x0003001F, "Q31", 128, G(SIMD), R, "MTm" },
		{ 0x0003011F, "Z31", 0, G(SVE), N, "MTm" },
		{ 0x00030130, "FFR", 0, G(SVE), N, "MTm" },
		{ 0x00040000, "MIDR", 64, G(ID), N, "m" },
		{ 0x00040005, "TTBR0_EL1", 64, G(SYSTEM), E, "MOTm" },
		{ 0x00040008, "ESR_EL1", 64, G(SYSTEM), E, "MOTm" },
		{ 0x00040009, "FAR_EL1", 64, G(SYSTEM), E, "MOTm" },
		{ 0x00040015, "ELR_EL1", 64, G(SYSTEM), E, "MOTm" },
		{ 0x0004002D, "API_A_KEY_LO_EL1", 64, G(AUTH), N, "MTm" },
		{ 0x00040057, "RNDR", 64, G(SYSTEM), N, "MTm" },
		{ 0x00040081, "ZCR_ELX", 64, G(ELX), R, "MTm" },
		{ 0x0005003F, "DBGWVR15_EL1", 64, G(DEBUG), R, "MTm" },
		{ 0x00052025, "PMEVCNTR30_EL0", 64, G(PMU), R, "MTm" },
		{ 0x00052044, "PMEVTYPER30_EL0", 64, G(PMU), R, "MTm" },
		{ 0x00053003, "AMEVCNTR03_EL0", 64, G(PMU), R, "MTm" },
		{ 0x0005400C, "PMSNEVFR_EL1", 64, G(SPE), R, "MTm" },
		{ 0x00056009, "ERXMISC3_EL1", 64, G(RAS), R, "MTm" },
		{ 0x00058011, "CNTVCT_EL0", 64, G(TIMER), R, "MTm" },
		{ 0x0006000A, "ICC_IAR1_EL1", 64, G(GIC), N, "Mm" },
		{ 0x00061016, "ICH_LR15_EL2", 64, G(GIC), R, "Mm" },
		{ 0x00063000, "GICR_BASE_GPA", 64, G(GIC), R, "MOTm" },
		{ 0x00070001, "SINT_RESERVED_INTERRUPT_ID", 64, G(GIC), R, "L" },
		{ 0x0007100D, "MPAMVPM7_EL2", 64, G(MPAM), R, "Mm" },
		{ 0x00090003, "VP_INDEX", 64, G(IDENTITY), E, "LMOTm" },
		{ 0x000B0406, "CNTV_CVAL", 64, G(TIMER), N, "m" },
	};

	(void)state;
	check_registers(HVD_ABI_ARM64, expected, COUNT(expected));
}

static void test_properties(void **state)
{
	static const struct {
		uint32_t code;
		const char *name;
		const char *unit;
		unsigned int arch;
		unsigned int capture;
	} expected[] = {
		{ 0x00010000, "PRIVILEGE_FLAGS", "mask", HVD_ABI_ANY, R },
		{ 0x00020000, "SUSPEND", "bool", HVD_ABI_ANY, R },
		{ 0x00030005, "REFERENCE_TIME", "100ns", HVD_ABI_ANY, R },
		{ 0x00050006, "VSM_PERMISSIONS_DIRTY_SINCE_LAST_QUERY", "",
		  HVD_ABI_ANY, N },
		{ 0x0005000C, "ISOLATION_STATE", "enum", HVD_ABI_ANY, R },
		{ 0x00050022, "SEV_VMGEXIT_OFFLOADS", "mask", HVD_ABI_X86_64, R },
		{ 0x00050028, "GICD_BASE_ADDRESS", "gpa", HVD_ABI_ARM64, R },
		{ 0x00060000, "PROCESSOR_VENDOR", "enum", HVD_ABI_ANY, R },
		{ 0x00060009, "PROCESSOR_CLOCK_FREQUENCY", "Hz", HVD_ABI_ANY, R },
		{ 0x0006000F, "PROCESSOR_ID_AA64_DFR0_EL1", "", HVD_ABI_ARM64, N },
		{ 0x00070000, "GUEST_OS_ID", "", HVD_ABI_ANY, R },
		{ 0x00080009, "NESTED_VMX_CR0_FIXED0", "", HVD_ABI_X86_64, N },
		{ 0x00090007, "VMM_CAPABILITIES", "", HVD_ABI_ANY, N },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct hvd_abi_row *row;

		row = hvd_abi_find(HVD_ABI_PROPERTIES, HVD_ABI_ANY,
				   expected[i].code);
		assert_non_null(row);
		assert_string_equal(row->name, expected[i].name);
		assert_string_equal(row->unit, expected[i].unit);
		assert_int_equal(row->arch, expected[i].arch);
		assert_int_equal(row->capture, expected[i].capture);
	}
}

static void test_hypercalls(void **state)
{
	static const struct {
		uint32_t code;
		const char *name;
		const char *form;
		const char *sources;
	} expected[] = {
		{ 0x0002, "FLUSH_VIRTUAL_ADDRESS_SPACE", "simple", "LOT" },
		{ 0x0044, "GET_PARTITION_PROPERTY", "simple", "LMT" },
		{ 0x0046, "GET_PARTITION_ID", "unknown", "L" },
		{ 0x0047, "GET_NEXT_CHILD_PARTITION", "simple", "T" },
		{ 0x0048, "DEPOSIT_MEMORY", "rep", "LT" },
		{ 0x0050, "GET_VP_REGISTERS", "rep", "LMOT" },
		{ 0x0056, "CLEAR_VIRTUAL_INTERRUPT", "fast", "LM" },
		{ 0x007B, "GET_SYSTEM_PROPERTY", "unknown", "LO" },
		{ 0x0087, "NOTIFY_PARTITION_EVENT", "unknown", "LO" },
		{ 0x008E, "COLLECT_LIVEDUMP", "unknown", "m" },
		{ 0x00E3, "GET_VP_STATE", "unknown", "L" },
		{ 0x0105, "QUERY_PARTITION_RESERVED_PAGES", "unknown", "m" },
		{ 0x010A, "SET_PARTITION_PROPERTY_EX", "variable", "T" },
		{ 0x010F, "DISABLE_HYPERVISOR_EX", "unknown", "L" },
		{ 0x0131, "MAP_STATS_PAGE2", "simple", "LT" },
		{ 0xC001, "VBS_VM_CALL_REPORT", "unknown", "O" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct hvd_abi_row *row;

		row = hvd_abi_find(HVD_ABI_HYPERCALLS, HVD_ABI_ANY,
				   expected[i].code);
		assert_non_null(row);
		assert_string_equal(row->name, expected[i].name);
		assert_string_equal(hvd_abi_form_name(row->form),
				    expected[i].form);
		assert_string_equal(row->sources, expected[i].sources);
	}
}

static void test_other_names(void **state)
{
	static const struct {
		enum hvd_abi_kind kind;
		uint32_t code;
		const char *name;
	} expected[] = {
		{ HVD_ABI_STATUS, 0x0000, "SUCCESS" },
		{ HVD_ABI_STATUS, 0x0006, "ACCESS_DENIED" },
		{ HVD_ABI_STATUS, 0x000D, "INVALID_PARTITION_ID" },
		{ HVD_ABI_STATUS, 0x0020, "PROCESSOR_FEATURE_NOT_SUPPORTED" },
		{ HVD_ABI_STATUS, 0x0033, "INSUFFICIENT_BUFFER" },
		{ HVD_ABI_STATUS, 0x0083, "INSUFFICIENT_CONTIGUOUS_ROOT_MEMORY" },
		{ HVD_ABI_STATUS, 0x0087, "UNKNOWN_REGISTER_NAME" },
		{ HVD_ABI_SYSTEM_PROPERTIES, 0x03, "SLEEP_STATE" },
		{ HVD_ABI_SYSTEM_PROPERTIES, 0x0F, "SCHEDULER_TYPE" },
		{ HVD_ABI_SYSTEM_PROPERTIES, 0x2F, "CRASHDUMP_AREA_ADDRESS" },
		{ HVD_ABI_SYSTEM_PROPERTIES, 0x38, "SGX_E_UPDATE_SVN" },
		{ HVD_ABI_PRIVILEGES, 5, "ACCESS_HYPERCALL_MSRS" },
		{ HVD_ABI_PRIVILEGES, 32, "CREATE_PARTITIONS" },
		{ HVD_ABI_PRIVILEGES, 44, "CPU_MANAGEMENT" },
		{ HVD_ABI_PRIVILEGES, 49, "ACCESS_VP_REGISTERS" },
		{ HVD_ABI_PRIVILEGES, 54, "ISOLATION" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct hvd_abi_row *row;

		row = hvd_abi_find(expected[i].kind, HVD_ABI_ANY,
				   expected[i].code);
		assert_non_null(row);
		assert_string_equal(row->name, expected[i].name);
	}
}

static void test_uncertain(void **state)
{
	const struct hvd_abi_row third = { .sources = "m" };
	const struct hvd_abi_row both = { .sources = "Om" };
	const struct hvd_abi_row old = { .sources = "Wm" };

	(void)state;
	assert_true(hvd_abi_is_uncertain(&third));
	assert_false(hvd_abi_is_uncertain(&both));
	assert_false(hvd_abi_is_uncertain(&old));
}

static void test_labels_end(void **state)
{
	(void)state;
	assert_null(hvd_abi_source_name('x'));
	assert_null(hvd_abi_source_name('\0'));
	assert_null(hvd_abi_kind_name(HVD_ABI_KINDS));
	assert_null(hvd_abi_arch_name(0));
	assert_null(hvd_abi_arch_name(4));
	assert_null(hvd_abi_group_name(HVD_ABI_GROUPS));
	assert_null(hvd_abi_capture_name(HVD_ABI_ESSENTIAL + 1));
	assert_null(hvd_abi_form_name(HVD_ABI_FORM_VARIABLE + 1));
	for (unsigned int kind = 0; kind < HVD_ABI_KINDS; kind++)
		assert_non_null(hvd_abi_kind_name(kind));
}

#if HVD_CAPTURE_ARM64
#define HERE HVD_ABI_ARM64
#else
#define HERE HVD_ABI_X86_64
#endif

/* The array holds the codes of that class, each once, in order. */
static void check_list(enum hvd_abi_kind kind, enum hvd_abi_capture capture,
		       const __u32 *codes, size_t count)
{
	size_t row_count, next = 0;
	const struct hvd_abi_row *rows = hvd_abi_rows(kind, HERE, &row_count);

	for (size_t i = 0; i < row_count; i++) {
		if (rows[i].capture != capture || !(rows[i].arch & HERE))
			continue;
		assert_true(next < count);
		assert_int_equal(codes[next++], rows[i].code);
	}
	assert_int_equal(next, count);
}

static void test_capture_lists(void **state)
{
	(void)state;
	check_list(HVD_ABI_REGISTERS, HVD_ABI_ESSENTIAL, hvd_capture_essential,
		   COUNT(hvd_capture_essential));
	check_list(HVD_ABI_REGISTERS, HVD_ABI_REST, hvd_capture_rest,
		   COUNT(hvd_capture_rest));
	check_list(HVD_ABI_PROPERTIES, HVD_ABI_REST, hvd_capture_properties,
		   COUNT(hvd_capture_properties));
}

static bool holds(const __u32 *codes, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* By number, so that a slip in a .def file cannot hide: the program counter... */
static void test_capture_holds_what_matters(void **state)
{
#if HVD_CAPTURE_ARM64
	static const uint32_t essential[] = {
		0x00000000, 0x00000001, 0x00000003, 0x00000004, 0x00020000,
		0x0002001E, 0x0002001F, 0x00020022, 0x00020023, 0x00040002,
		0x00040005, 0x00040008, 0x00040009, 0x00090003, 0x000D0003,
	};
	static const uint32_t never[] = {
		0x0002FFFE, 0x00040057, 0x00040026, 0x0006000A, 0x000A0014,
	};
#else
	static const uint32_t essential[] = {
		0x00000000, 0x00000001, 0x00000003, 0x00000004, 0x00010002,
		0x00010003, 0x00010004, 0x00010005, 0x00020004, 0x00020010,
		0x00020011, 0x00040000, 0x00040001, 0x00040002, 0x00040003,
		0x00060001, 0x00060002, 0x00080001, 0x00090003, 0x000D0003,
	};
	static const uint32_t never[] = {
		0x00000221, 0x00000250, 0x00080085, 0x0008480B, 0x0008483F,
		0x00090010, 0x000A0014, 0x000A1014, 0x000C0000, 0xD0000009,
	};
#endif

	(void)state;
	for (size_t i = 0; i < COUNT(essential); i++)
		assert_true(holds(hvd_capture_essential,
				  COUNT(hvd_capture_essential), essential[i]));
	for (size_t i = 0; i < COUNT(never); i++) {
		assert_false(holds(hvd_capture_essential,
				   COUNT(hvd_capture_essential), never[i]));
		assert_false(holds(hvd_capture_rest, COUNT(hvd_capture_rest),
				   never[i]));
	}
}

/* Of both architectures, whichever this is compiled for. */
static void test_capture_fits(void **state)
{
	(void)state;
	for (size_t t = 0; t < COUNT(tables); t++) {
		size_t count, per_class[HVD_ABI_ESSENTIAL + 1] = { 0 };
		const struct hvd_abi_row *rows = rows_of(t, &count);

		if (tables[t].kind != HVD_ABI_REGISTERS)
			continue;
		for (size_t i = 0; i < count; i++)
			per_class[rows[i].capture]++;
		assert_in_range(per_class[HVD_ABI_REST], 1, MAX_REST);
		/* one GetVpRegisters call answers 256 at most */
		assert_in_range(per_class[HVD_ABI_ESSENTIAL], 1, 255);
	}
}

static void test_constants(void **state)
{
	(void)state;
	assert_int_equal(HVD_X64_RIP, 0x00020010);
	assert_int_equal(HVD_ARM64_PC, 0x00020022);
	assert_int_equal(HVD_PROP_GUEST_OS_ID, 0x00070000);
	assert_int_equal(HVD_CALL_GET_VP_REGISTERS, 0x0050);
	assert_int_equal(HVD_STATUS_TIME_OUT, 0x0078);
	assert_int_equal(HVD_SYSPROP_SCHEDULER_TYPE, 15);
	assert_int_equal(HVD_PRIV_CPU_MANAGEMENT, 44);
	/* other names are constants too */
	assert_int_equal(HVD_CALL_SEND_IPI, 0x000B);
	assert_int_equal(HVD_SYSPROP_CRASHDUMPAREA, 47);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_codes_ascend),
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_rows_are_complete),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_capture_is_confirmed),
		cmocka_unit_test(test_every_row_is_found),
		cmocka_unit_test(test_unknown_codes),
		cmocka_unit_test(test_no_such_table),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_x86_64_registers),
		cmocka_unit_test(test_arm64_registers),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_hypercalls),
		cmocka_unit_test(test_other_names),
		cmocka_unit_test(test_uncertain),
		cmocka_unit_test(test_labels_end),
		cmocka_unit_test(test_capture_lists),
		cmocka_unit_test(test_capture_holds_what_matters),
		cmocka_unit_test(test_capture_fits),
		cmocka_unit_test(test_constants),
	};

	return cmocka_run_group_tests_name("abi", tests, NULL, NULL);
}
