// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A kernel's part of taking the hypervisor away, in small: hv_crash.c of Linux does the
 * same and goes on to kexec; here the landing code tells what it finds, and ends.
 */
#include <linux/kernel.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <asm/msr.h>
#include <asm/nmi.h>

#include "probe.h"

#define CALL_DISABLE_HYPERVISOR_EX	0x10full
#define MSR_TEST_CRASH			0x4f000001	/* minihv's own */
#define AREA_FLAGS			4
#define AREA_VALID			1

#define RANGES_AT			0x100
#define MAX_RANGES			8

/*
 * Entered in 32-bit protected mode, paging off, with the argument page in EDI. What the
 * processor holds goes to its first 0x80 bytes; those, then the ranges (address and length,
 * zero-terminated) are told in hexadecimal on the debug console. Then QEMU ends.
 */
asm(".section .rodata\n"
    ".code32\n"
    "hvprobe_land:\n\t"
    "mov %eax, %cs:0x00(%edi)\n\t"
    "mov %ecx, 0x04(%edi)\n\t"
    "mov %edx, 0x08(%edi)\n\t"
    "mov %ebx, 0x0c(%edi)\n\t"
    "mov %esp, 0x10(%edi)\n\t"
    "mov %ebp, 0x14(%edi)\n\t"
    "mov %esi, 0x18(%edi)\n\t"
    "mov %edi, 0x1c(%edi)\n\t"
    "mov %cr0, %eax\n\t mov %eax, 0x20(%edi)\n\t"
    "mov %cr3, %eax\n\t mov %eax, 0x24(%edi)\n\t"
    "mov %cr4, %eax\n\t mov %eax, 0x28(%edi)\n\t"
    "mov $0xc0000080, %ecx\n\t rdmsr\n\t"
    "mov %eax, 0x2c(%edi)\n\t mov %edx, 0x30(%edi)\n\t"
    "mov $0x277, %ecx\n\t rdmsr\n\t"
    "mov %eax, 0x34(%edi)\n\t mov %edx, 0x38(%edi)\n\t"
    "lea 0x1000(%edi), %esp\n\t"
    "pushf\n\t pop %eax\n\t mov %eax, 0x3c(%edi)\n\t"
    "sgdt 0x40(%edi)\n\t"
    "sidt 0x48(%edi)\n\t"
    "movw $0, 0x50(%edi)\n\t sldt 0x50(%edi)\n\t"
    "mov $0x40000000, %eax\n\t push %edi\n\t cpuid\n\t pop %edi\n\t"
    "mov %ebx, 0x54(%edi)\n\t"
    "mov %edi, %ebp\n\t"
    "mov $'\\n', %al\n\t outb %al, $0xe9\n\t"
    "mov $'L', %al\n\t outb %al, $0xe9\n\t"
    "mov %ebp, %esi\n\t mov $0x80, %ecx\n\t call 3f\n\t"
    "lea 0x100(%ebp), %ebx\n"
    "1:\t mov (%ebx), %esi\n\t mov 4(%ebx), %ecx\n\t add $8, %ebx\n\t"
    "test %ecx, %ecx\n\t jz 2f\n\t call 3f\n\t jmp 1b\n"
    "2:\t mov $'\\n', %al\n\t outb %al, $0xe9\n\t"
    "mov $0x10, %eax\n\t mov $0xf4, %dx\n\t outl %eax, %dx\n"
    "5:\t hlt\n\t jmp 5b\n"
    /* a blank, then ECX bytes from ESI */
    "3:\t mov $' ', %al\n\t outb %al, $0xe9\n"
    "4:\t lodsb\n\t mov %al, %ah\n\t shr $4, %al\n\t call 6f\n\t"
    "mov %ah, %al\n\t and $15, %al\n\t call 6f\n\t"
    "dec %ecx\n\t jnz 4b\n\t ret\n"
    "6:\t add $'0', %al\n\t cmp $'9', %al\n\t jbe 7f\n\t add $39, %al\n"
    "7:\t outb %al, $0xe9\n\t ret\n"
    "hvprobe_land_end:\n"
    ".code64\n"
    ".previous\n");
extern const u8 hvprobe_land[], hvprobe_land_end[];

static u32 rip, arg;
static void *input, *argument;
static const u32 *crash_area;

static int prepare(void)
{
	struct page *code = alloc_page(GFP_KERNEL | GFP_DMA32 | __GFP_ZERO);
	struct page *data = alloc_page(GFP_KERNEL | GFP_DMA32 | __GFP_ZERO);

	input = (void *)get_zeroed_page(GFP_KERNEL);
	if (!code || !data || !input)
		return -ENOMEM;		/* a test guest: nothing to tidy up for */
	memcpy(page_address(code), hvprobe_land, hvprobe_land_end - hvprobe_land);
	argument = page_address(data);
	rip = page_to_phys(code);
	arg = page_to_phys(data);
	return 0;
}

/* "ADDRESS LENGTH ADDRESS LENGTH...": what the landing code is to tell of. */
static int parse_ranges(char *args)
{
	u32 *range = argument + RANGES_AT;
	char *word;
	int n = 0;

	memset(range, 0, 8 * (MAX_RANGES + 1));
	while ((word = strsep(&args, " ")) && *word)
		if (n == 2 * MAX_RANGES || kstrtou32(word, 0, &range[n++]))
			return -EINVAL;
	return n % 2 ? -EINVAL : 0;
}

static u64 disable_hypervisor(void)
{
	u64 *block = input;

	block[0] = rip;
	block[1] = arg;
	return probe_hypercall(CALL_DISABLE_HYPERVISOR_EX, virt_to_phys(input), 0);
}

int probe_disable(char *args)
{
	int err = argument ? 0 : prepare();

	if (!err)
		err = parse_ranges(args);
	if (!err)
		probe_say("0x%016llx", disable_hypervisor());
	return err;
}

/* After the hypervisor's crash; without it the NMI is somebody else's. */
static int crash_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!(READ_ONCE(crash_area[AREA_FLAGS / 4]) & AREA_VALID))
		return NMI_DONE;
	if (!raw_smp_processor_id())
		disable_hypervisor();
	for (;;)
		cpu_relax();
}

/* "CPU AREA RANGES...": crash the hypervisor on a processor. */
int probe_crash(char *args)
{
	char *cpu_word = strsep(&args, " "), *area_word = strsep(&args, " ");
	u32 cpu, area;
	int err = argument ? 0 : prepare();

	if (err)
		return err;
	if (!args || kstrtou32(cpu_word, 0, &cpu) || kstrtou32(area_word, 0, &area))
		return -EINVAL;
	err = parse_ranges(args);
	if (err)
		return err;
	crash_area = memremap(area, PAGE_SIZE, MEMREMAP_WB);
	if (!crash_area)
		return -ENOMEM;
	err = register_nmi_handler(NMI_LOCAL, crash_nmi, NMI_FLAG_FIRST, "hvprobe");
	if (err)
		return err;
	return wrmsrl_safe(MSR_TEST_CRASH, cpu);
}
