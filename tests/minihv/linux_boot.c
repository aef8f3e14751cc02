// SPDX-License-Identifier: GPL-2.0-or-later
/* The 32-bit boot protocol (Linux Documentation/arch/x86/boot.rst). */
#include "linux_boot.h"

#include "lib.h"
#include "log.h"
#include "memory.h"

/* Free low memory; below the extended BIOS data area. */
#define ZERO_PAGE	0x8e000ul
#define CMDLINE		0x8f000ul
#define CMDLINE_SPACE	2048

/* Offsets in the setup header, which is part of the zero page. */
#define E820_COUNT	0x1e8
#define HDR_START	0x1f1
#define HDR_JUMP	0x201		/* jump over the header: tells its length */
#define HDR_MAGIC	0x202
#define HDR_VERSION	0x206
#define HDR_LOADER	0x210
#define HDR_LOADFLAGS	0x211
#define HDR_CODE32	0x214
#define HDR_RAMDISK	0x218
#define HDR_RAMDISK_LEN	0x21c
#define HDR_CMDLINE	0x228
#define HDR_SETUP_DATA	0x250
#define HDR_PREF_ADDR	0x258
#define HDR_INIT_SIZE	0x260
#define E820_TABLE	0x2d0
#define E820_MAX	128

#define MAGIC_HDRS	0x53726448u	/* "HdrS" */
#define LOADED_HIGH	0x01
#define LOADER_UNKNOWN	0xff
#define MIN_VERSION	0x20a		/* has pref_address and init_size */

#define SEG_CODE32	0xc9b		/* flat, 4 GiB */
#define SEG_DATA32	0xc93

static void check_kernel(const u8 *image, u64 size)
{
	if (size < 0x1000 || get32(image + HDR_MAGIC) != MAGIC_HDRS ||
	    get16(image + HDR_VERSION) < MIN_VERSION)
		fatal("the first module is no Linux bzImage");
	if (!memory_guest_owns(get64(image + HDR_PREF_ADDR), get32(image + HDR_INIT_SIZE)))
		fatal("not enough memory for the kernel at 0x%lx",
		      get64(image + HDR_PREF_ADDR));
}

static u64 copy_kernel(const u8 *image, u64 size)
{
	u64 setup = image[HDR_START] ? image[HDR_START] : 4;
	u64 skip = (setup + 1) * 512;
	u64 where = get64(image + HDR_PREF_ADDR);

	if (skip >= size)
		fatal("the kernel image is cut off");
	memmove((void *)where, image + skip, size - skip);
	return where;
}

static void fill_header(u8 *zp, const struct boot_info *boot, u64 entry)
{
	zp[HDR_LOADER] = LOADER_UNKNOWN;
	zp[HDR_LOADFLAGS] |= LOADED_HIGH;
	put32(zp + HDR_CODE32, (u32)entry);
	put32(zp + HDR_CMDLINE, CMDLINE);
	if (boot->has_initrd) {
		put32(zp + HDR_RAMDISK, (u32)boot->initrd.start);
		put32(zp + HDR_RAMDISK_LEN, (u32)(boot->initrd.end - boot->initrd.start));
	}
	put64(zp + HDR_SETUP_DATA, memory_setup_data());
	zp[E820_COUNT] = (u8)memory_guest_map((struct e820_entry *)(zp + E820_TABLE), E820_MAX);
}

static void enter_state(struct cpu *cpu, u64 entry)
{
	struct vmcb *v = cpu->vmcb;
	struct vmcb_seg data = { .selector = 0x18, .attrib = SEG_DATA32, .limit = 0xffffffff };

	svm_reset_state(cpu);
	v->cr0 = X86_CR0_PE | X86_CR0_ET;
	v->cs = (struct vmcb_seg){ .selector = 0x10, .attrib = SEG_CODE32, .limit = 0xffffffff };
	v->ds = v->es = v->ss = v->fs = v->gs = data;
	v->rip = entry;
	cpu->regs = (struct guest_regs){ .rsi = ZERO_PAGE };
}

void linux_load(struct cpu *cpu, const struct boot_info *boot)
{
	const u8 *image = (const u8 *)boot->kernel.start;
	u64 size = boot->kernel.end - boot->kernel.start;
	u8 *zp = (u8 *)ZERO_PAGE;
	u64 entry;

	check_kernel(image, size);
	if (strlen(boot->kernel.args) >= CMDLINE_SPACE)
		fatal("the kernel's command line is too long");
	memset(zp, 0, PAGE_SIZE);
	memcpy(zp + HDR_START, image + HDR_START, HDR_MAGIC + image[HDR_JUMP] - HDR_START);
	memcpy((void *)CMDLINE, boot->kernel.args, strlen(boot->kernel.args) + 1);
	entry = copy_kernel(image, size);
	fill_header(zp, boot, entry);
	enter_state(cpu, entry);
	log_line(LOG_EVENTS, "kernel at=0x%lx size=%lu initrd=0x%lx+%lu", entry, size,
		 boot->has_initrd ? boot->initrd.start : 0,
		 boot->has_initrd ? boot->initrd.end - boot->initrd.start : 0);
}
