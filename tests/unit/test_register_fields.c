// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fields of registers: their tables' form, and values whose meaning the
 * manuals give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi_codes.h"
#include "register_fields.h"

static const struct hvd_register_table *const tables[] = {
	&hvd_fields_x86_64, &hvd_fields_arm64, &hvd_fields_synthetic,
};

static void test_codes_ascend(void **state)
{
	size_t t, i;

	(void)state;
	for (t = 0; t < HVD_ROW_COUNT(tables); t++)
		for (i = 0; i < tables[t]->count; i++) {
			const struct hvd_register_fields *row =
				&tables[t]->rows[i];

			assert_true(row->first <= row->last);
			assert_non_null(row->layout);
			if (i)
				assert_true(row[-1].last < row->first);
		}
}

/* Bits that a field has of the 128 of a value; fails on those that are taken. */
static void take_bits(const struct hvd_field *f, uint8_t *taken)
{
	unsigned int first = f->offset * 8 + f->row->bit;
	unsigned int bits = f->row->bits ? f->row->bits : f->row->size * 8u;
	unsigned int i;

	for (i = first; i < first + bits; i++) {
		assert_true(i < 128);
		assert_int_equal(taken[i], 0);
		taken[i] = 1;
	}
}

static int check_field(const struct hvd_field *f, void *arg)
{
	assert_false(f->cut);
	assert_true(f->row->name[0] != '\0');
	assert_int_equal(f->depth, 0);
	assert_true(f->row->bit + f->row->bits <= f->row->size * 8);
	if (f->row->kind == HVD_FIELD_FLAG)
		assert_int_equal(f->row->bits, 1);
	if (f->row->kind == HVD_FIELD_NAMED)
		assert_true(f->row->nr_names > 0);
	take_bits(f, arg);
	return 0;
}

static void check_layout(const struct hvd_layout *layout, uint16_t bits)
{
	static const uint8_t zeros[16];
	uint8_t taken[128] = {0};

	assert_true(layout->size == 8 || layout->size == 16);
	assert_true(layout->size * 8 <= bits);
	assert_int_equal(hvd_layout_walk(layout, zeros, layout->size,
					 check_field, taken), 0);
}

/* Of each register that has fields, whatever its value chooses. */
static void test_fields_do_not_overlap(void **state)
{
	const enum hvd_abi_arch archs[] = {HVD_ABI_X86_64, HVD_ABI_ARM64};
	size_t a, i, nr, found = 0;
	unsigned int bits;

	(void)state;
	for (a = 0; a < 2; a++) {
		const struct hvd_abi_row *rows =
			hvd_abi_rows(HVD_ABI_REGISTERS, archs[a], &nr);

		for (i = 0; i < nr; i++)
			for (bits = 0; bits < 16; bits++) {
				const struct hvd_layout *layout =
					hvd_register_layout(
						archs[a], rows[i].code,
						bits | (uint64_t)bits << 60);

				if (layout)
					check_layout(layout, rows[i].bits);
				found += layout && !bits;
			}
	}
	assert_true(found > 250);
}

/** A field that is looked for, and the value it was found to have. */
struct looked_for {
	const char *name;
	unsigned int index;
	uint64_t value;
	const char *words;
	int found;
};

static int look(const struct hvd_field *f, void *arg)
{
	struct looked_for *l = arg;

	if (strcmp(f->row->name, l->name) || f->index != l->index)
		return 0;
	l->value = f->value;
	l->words = hvd_field_name_of(f);
	l->found++;
	return 0;
}

static struct looked_for field(enum hvd_abi_arch arch, uint32_t code,
			       uint64_t low, uint64_t high, const char *name,
			       unsigned int index)
{
	const struct hvd_layout *layout = hvd_register_layout(arch, code, low);
	struct looked_for l = {.name = name, .index = index};
	uint8_t bytes[16];
	unsigned int i;

	assert_non_null(layout);
	for (i = 0; i < 8; i++) {
		bytes[i] = (uint8_t)(low >> 8 * i);
		bytes[8 + i] = (uint8_t)(high >> 8 * i);
	}
	hvd_layout_walk(layout, bytes, layout->size, look, &l);
	assert_int_equal(l.found, 1);
	return l;
}

#define X64(name_, low_, field_) \
	field(HVD_ABI_X86_64, HVD_X64_##name_, low_, 0, field_, 0)
#define ARM(name_, low_, field_) \
	field(HVD_ABI_ARM64, HVD_ARM64_##name_, low_, 0, field_, 0)

/* Linux in 64-bit mode: CR0, EFER and PAT as its own source sets them. */
static void test_a_kernel_s_control_registers(void **state)
{
	static const char *const set[] = {"PE", "MP", "ET", "NE", "WP", "AM", "PG"};
	static const char *const clear[] = {"EM", "TS", "NW", "CD"};
	size_t i;

	(void)state;
	for (i = 0; i < HVD_ROW_COUNT(set); i++)
		assert_int_equal(X64(CR0, 0x80050033, set[i]).value, 1);
	for (i = 0; i < HVD_ROW_COUNT(clear); i++)
		assert_int_equal(X64(CR0, 0x80050033, clear[i]).value, 0);
	assert_int_equal(X64(EFER, 0xd01, "LMA").value, 1);
	assert_int_equal(X64(RFLAGS, 0x3202, "IOPL").value, 3);
	/* Reset value: WB WT UC- UC twice (Intel SDM volume 3, 12.12.4). */
	assert_string_equal(field(HVD_ABI_X86_64, HVD_X64_PAT,
				  0x0007040600070406, 0, "type", 4).words,
			    "WB");
	assert_string_equal(field(HVD_ABI_X86_64, HVD_X64_PAT,
				  0x0007040600070406, 0, "type", 6).words,
			    "UC-");
}

static void test_the_hypervisor_s_own(void **state)
{
	(void)state;
	/* Linux 7.2.13, as it registers itself. */
	assert_string_equal(X64(GUEST_OS_ID, 0x81000007020d0000, "os_type").words,
			    "Linux");
	assert_int_equal(X64(GUEST_OS_ID, 0x81000007020d0000, "major").value, 7);
	assert_int_equal(X64(GUEST_OS_ID, 0x81000007020d0000, "patch").value, 13);
	/* Windows: vendor 1, id 4, 10.0, build 20348. */
	assert_string_equal(X64(GUEST_OS_ID, 0x0001040a00004f7c, "os_id").words,
			    "Windows NT");
	assert_int_equal(X64(GUEST_OS_ID, 0x0001040a00004f7c, "build").value,
			 20348);
	assert_int_equal(X64(SINT2, 0x200f3, "vector").value, 0xf3);
	assert_int_equal(X64(SINT2, 0x200f3, "auto_eoi").value, 1);
	assert_int_equal(X64(STIMER0_CONFIG, 0x1ed9, "apic_vector").value, 0xed);
	assert_int_equal(X64(GUEST_CRASH_CTL, UINT64_C(3) << 62,
			     "crash_message").value, 1);
	assert_string_equal(X64(PENDING_INTERRUPTION, 0x0e0017,
				"interruption_type").words, "exception");
	assert_int_equal(X64(PENDING_INTERRUPTION, 0xe0017,
			     "interruption_vector").value, 14);
}

/* The value says which event it is, and so what the rest means. */
static void test_pending_events(void **state)
{
	struct looked_for gpa = field(HVD_ABI_X86_64, HVD_X64_PENDING_EVENT0,
				      0x9 | UINT64_C(16) << 32, 0xabcd000,
				      "output_gpa", 0);

	(void)state;
	assert_int_equal(gpa.value, 0xabcd000);
	assert_int_equal(X64(PENDING_EVENT0, 0x20b, "vector").value, 2);
	assert_int_equal(X64(PENDING_EVENT0, 0xd0101, "vector").value, 13);
}

static void test_arm64(void **state)
{
	(void)state;
	/* EL1h with all of DAIF masked, as a kernel starts. */
	assert_string_equal(ARM(PSTATE, 0x3c5, "M").words, "EL1h");
	assert_int_equal(ARM(PSTATE, 0x3c5, "D").value, 1);
	assert_string_equal(ARM(ESR_EL1, 0x96000004, "EC").words, "data abort");
	assert_string_equal(ARM(TCR_EL1, UINT64_C(2) << 30, "TG1").words,
			    "4 KiB");
	assert_int_equal(ARM(SINT0, 0x10002, "masked").value, 1);
}

static void test_others_have_none(void **state)
{
	(void)state;
	assert_null(hvd_register_layout(HVD_ABI_X86_64, HVD_X64_RAX, 0));
	assert_null(hvd_register_layout(HVD_ABI_ARM64, HVD_ARM64_X0, 0));
	assert_null(hvd_register_layout(HVD_ABI_X86_64, 0xffffffff, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes_ascend),
		cmocka_unit_test(test_fields_do_not_overlap),
		cmocka_unit_test(test_a_kernel_s_control_registers),
		cmocka_unit_test(test_the_hypervisor_s_own),
		cmocka_unit_test(test_pending_events),
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_others_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
