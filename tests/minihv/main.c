// SPDX-License-Identifier: GPL-2.0-or-later
/* minihv's start: from the loader's hands to the guest's first instruction. */
#include "acpi.h"
#include "cpu.h"
#include "crash.h"
#include "image.h"
#include "landmark.h"
#include "linux_boot.h"
#include "log.h"
#include "memory.h"
#include "msr.h"
#include "multiboot.h"
#include "npt.h"
#include "options.h"
#include "partition.h"
#include "power.h"
#include "smp.h"
#include "timer.h"

_Noreturn void main(u32 mbi);	/* boot.S */

_Noreturn void main(u32 mbi)
{
	static const char *const modes[] = {
		[OWN_ROOT] = "root", [OWN_L1VH] = "l1vh", [OWN_GUEST] = "guest",
	};
	static struct acpi_info acpi;
	const struct boot_info *boot = multiboot_read(mbi);
	struct cpu *cpu = &cpus[0];

	cpu_stack_top(cpu);	/* it runs on that stack already: now this_cpu() works */
	options_parse(boot->args);
	acpi_read(&acpi);
	power_set_port(acpi.pm1a_control);
	timer_set_port(acpi.pm_timer);
	smp_init(&acpi);
	log_line(LOG_EVENTS,
		 "minihv cpus=%u guarded=0x%lx-0x%lx shared=0x%lx-0x%lx seed=0x%lx mode=%s",
		 cpu_count, (u64)guarded_start, (u64)guarded_end, (u64)shared_start,
		 (u64)shared_end, options.seed, modes[partition_own_kind()]);
	landmark_init();
	image_log();
	partition_log();

	npt_init((u64)guarded_start, (u64)guarded_end);
	svm_init_maps();
	msr_init();
	crash_init();
	cpu_load_idt();
	svm_enable(cpu);
	smp_start_others();

	linux_load(cpu, boot);
	svm_vmload(cpu->vmcb);
	cpu->state = CPU_RUNNING;
	cpu_run(cpu);
}
