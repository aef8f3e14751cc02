// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The CPUs of hand-made kernels: where each kind of kernel has them, and what
 * is said where something is not there. Built with sanitizers.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/cpus.h"
#include "kernel_fake.h"

#define DATA   UINT64_C(0xffffffff82000000)
#define PERCPU UINT64_C(0xffff888000100000)
#define TASK   UINT64_C(0xffff888000200000)
#define EACH   0x10000 /* of a CPU's variables */

/* Variables: their addresses, or offsets in each CPU's. */
enum {
	POSSIBLE = 0x00,
	ONLINE = 0x10,
	NR_IDS = 0x20,
	PANIC_CPU = 0x28,
	CRASHING_CPU = 0x2c,
	NOTES = 0x30,
	OFFSETS = 0x40,
};

enum { OF_NOTE = 0x100, OF_CURRENT = 0x800 };

/* Of struct task_struct; no kernel has them so near. */
enum { PID = 0x10, COMM = 0x20 };

static struct hvd_cpus cpus;
static struct hvd_error err;

static void put_tasks(void)
{
	unsigned int i;

	fake_memory(TASK, 0x1000);
	fake_type("struct task_struct", 0x100);
	fake_member("struct task_struct", "pid", PID, 4, 0, 0);
	fake_member("struct task_struct", "comm", COMM, 16, 0, 0);
	for (i = 0; i < 4; i++) {
		uint64_t task = TASK + 0x100 * i;

		fake_put(PERCPU + i * EACH + OF_CURRENT, task, 8);
		fake_put(task + PID, 100 + i, 4);
		/* The last one's name fills all of it. */
		fake_bytes(task + COMM, "a-task-of-16-let", i == 3 ? 16 : 6);
	}
}

/* CPUs 0, 1, 3 are possible, 0 and 3 online. */
static void begin(void)
{
	unsigned int i;

	fake_reset();
	fake_memory(DATA, 0x1000);
	fake_memory(PERCPU, 4 * EACH);
	fake_symbol("__cpu_possible_mask", NULL, DATA + POSSIBLE, 8);
	fake_symbol("__cpu_online_mask", NULL, DATA + ONLINE, 8);
	fake_symbol("nr_cpu_ids", NULL, DATA + NR_IDS, 4);
	fake_symbol("panic_cpu", NULL, DATA + PANIC_CPU, 4);
	fake_symbol("crashing_cpu", NULL, DATA + CRASHING_CPU, 4);
	fake_symbol("crash_notes", NULL, DATA + NOTES, 8);
	fake_symbol("__per_cpu_offset", NULL, DATA + OFFSETS, 32);
	fake_put(DATA + POSSIBLE, 0xb, 8);
	fake_put(DATA + ONLINE, 0x9, 8);
	fake_put(DATA + NR_IDS, 4, 4);
	fake_put(DATA + PANIC_CPU, 3, 4);
	fake_put(DATA + CRASHING_CPU, UINT32_MAX, 4);
	fake_put(DATA + NOTES, OF_NOTE, 8);
	for (i = 0; i < 4; i++)
		fake_put(DATA + OFFSETS + 8 * i, PERCPU + i * EACH, 8);
	put_tasks();
}

static void begin_6_1(void)
{
	begin();
	fake_symbol("current_task", NULL, OF_CURRENT, 8);
}

/* struct elf_prstatus of CPU @i: its rip and rsp tell where they are. */
static void put_note(unsigned int i)
{
	uint64_t note = PERCPU + i * EACH + OF_NOTE, regs = note + 20 + 112;

	fake_put(note, 5, 4);
	fake_put(note + 4, 336, 4);
	fake_put(note + 8, 1, 4);
	fake_bytes(note + 12, "CORE", 5);
	fake_put(regs, 0x1500 + i, 8); /* r15 */
	fake_put(regs + 14 * 8, 0xd1, 8);
	fake_put(regs + 15 * 8, 0x0a, 8); /* orig_ax */
	fake_put(regs + 16 * 8, 0xffffffff81000000 + i, 8);
	fake_put(regs + 17 * 8, 0x10, 8);
	fake_put(regs + 19 * 8, 0xffffc90000000000 + i, 8);
	fake_put(regs + 20 * 8, 0x18, 8);
}

static void open_cpus(void)
{
	if (hvd_cpus_open(fake_kernel, &cpus, &err))
		fail_msg("%s", err.text);
}

static void check_tasks(void)
{
	open_cpus();
	assert_int_equal(cpus.nr, 3);
	assert_int_equal(cpus.cpu[2].number, 3);
	assert_true(cpus.cpu[0].online);
	assert_false(cpus.cpu[1].online);
	assert_true(cpus.cpu[2].online);
	assert_int_equal(cpus.cpu[2].percpu, PERCPU + 3 * EACH);
	assert_true(cpus.cpu[0].has_task);
	assert_int_equal(cpus.cpu[0].pid, 100);
	assert_string_equal(cpus.cpu[0].comm, "a-task");
	assert_int_equal(cpus.cpu[2].task, TASK + 0x300);
	assert_string_equal(cpus.cpu[2].comm, "a-task-of-16-let");
	hvd_cpus_close(&cpus);
}

static void test_tasks(void **state)
{
	(void)state;
	begin_6_1();
	check_tasks();
	/* 6.2 to 6.14 */
	begin();
	fake_symbol("pcpu_hot", NULL, OF_CURRENT - 0x18, 64);
	fake_type("struct pcpu_hot", 64);
	fake_member("struct pcpu_hot", "current_task", 0x18, 8, 0, 0);
	check_tasks();
}

static void test_registers(void **state)
{
	(void)state;
	begin_6_1();
	put_note(3);
	open_cpus();
	assert_false(cpus.cpu[0].has_regs);
	assert_string_equal(cpus.cpu[0].why.text,
			    "registers: the CPU saved none");
	assert_true(cpus.cpu[2].has_regs);
	assert_int_equal(cpus.cpu[2].regs.r15, 0x1503);
	assert_int_equal(cpus.cpu[2].regs.di, 0xd1);
	assert_int_equal(cpus.cpu[2].regs.ip, 0xffffffff81000003);
	assert_int_equal(cpus.cpu[2].regs.cs, 0x10);
	assert_int_equal(cpus.cpu[2].regs.sp, 0xffffc90000000003);
	assert_int_equal(cpus.cpu[2].regs.ss, 0x18);
	assert_string_equal(cpus.cpu[2].why.text, "");
	hvd_cpus_close(&cpus);
}

static void test_a_note_of_something_else(void **state)
{
	(void)state;
	begin_6_1();
	put_note(0);
	fake_put(PERCPU + OF_NOTE + 8, 2, 4);
	open_cpus();
	assert_false(cpus.cpu[0].has_regs);
	assert_string_equal(cpus.cpu[0].why.text,
			    "registers: expected an NT_PRSTATUS, found a note "
			    "of type 2, 336 bytes");
	hvd_cpus_close(&cpus);
}

static int crashing(uint32_t panicked, uint32_t crashed)
{
	int found;

	fake_put(DATA + PANIC_CPU, panicked, 4);
	fake_put(DATA + CRASHING_CPU, crashed, 4);
	open_cpus();
	found = cpus.crashing < 0 ? -1 : (int)cpus.cpu[cpus.crashing].number;
	hvd_cpus_close(&cpus);
	return found;
}

static void test_crashing(void **state)
{
	(void)state;
	begin_6_1();
	/* hv_crash ends what another CPU began. */
	assert_int_equal(crashing(3, 0), 3);
	assert_int_equal(crashing(UINT32_MAX, 0), 0);
	assert_int_equal(crashing(UINT32_MAX, UINT32_MAX), -1);
	assert_int_equal(crashing(2, UINT32_MAX), -1); /* impossible */
}

/* A kernel without SMP: no masks, and its variables are where they are. */
static void test_without_smp(void **state)
{
	(void)state;
	fake_reset();
	fake_memory(PERCPU, 4 * EACH);
	put_tasks();
	fake_symbol("current_task", NULL, PERCPU + OF_CURRENT, 8);
	open_cpus();
	assert_int_equal(cpus.nr, 1);
	assert_int_equal(cpus.cpu[0].number, 0);
	assert_true(cpus.cpu[0].online);
	assert_int_equal(cpus.cpu[0].pid, 100);
	assert_int_equal(cpus.crashing, -1);
	hvd_cpus_close(&cpus);
}

static void test_hostile_numbers(void **state)
{
	(void)state;
	begin_6_1();
	fake_put(DATA + NR_IDS, UINT32_MAX, 4);
	assert_int_equal(hvd_cpus_open(fake_kernel, &cpus, &err), -1);
	assert_string_equal(err.text, "nr_cpu_ids: expected 1 to 8192, found "
				      "4294967295");
	fake_put(DATA + NR_IDS, 4, 4);
	fake_put(DATA + POSSIBLE, 0xff0, 8);
	assert_int_equal(hvd_cpus_open(fake_kernel, &cpus, &err), -1);
	assert_non_null(strstr(err.text, "expected a CPU, found none"));
	/* CPU 1's variables are nowhere: the others are shown. */
	begin_6_1();
	put_note(0);
	fake_put(DATA + ONLINE, 0xb, 8);
	fake_put(DATA + OFFSETS + 8, 0x1000, 8);
	open_cpus();
	assert_int_equal(cpus.nr, 3);
	assert_true(cpus.cpu[0].has_regs && cpus.cpu[0].has_task);
	assert_false(cpus.cpu[1].has_regs || cpus.cpu[1].has_task);
	assert_non_null(strstr(cpus.cpu[1].why.text, "not mapped"));
	assert_true(cpus.cpu[2].has_task);
	hvd_cpus_close(&cpus);
}

static void test_what_is_missing_is_named(void **state)
{
	(void)state;
	begin();
	put_note(0);
	open_cpus();
	assert_true(cpus.cpu[0].has_regs);
	assert_non_null(strstr(cpus.cpu[0].why.text, "pcpu_hot, found none"));
	hvd_cpus_close(&cpus);
	/* Without types there are registers, and no names. */
	fake_reset();
	fake_memory(PERCPU, EACH);
	fake_symbol("current_task", NULL, PERCPU + OF_CURRENT, 8);
	open_cpus();
	assert_false(cpus.cpu[0].has_task);
	assert_string_equal(cpus.cpu[0].why.text,
			    "registers: crash_notes cannot be read");
	hvd_cpus_close(&cpus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tasks),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_a_note_of_something_else),
		cmocka_unit_test(test_crashing),
		cmocka_unit_test(test_without_smp),
		cmocka_unit_test(test_hostile_numbers),
		cmocka_unit_test(test_what_is_missing_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, fake_teardown);
}
