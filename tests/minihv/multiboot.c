// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading the Multiboot information block. */
#include "multiboot.h"

#include "lib.h"
#include "log.h"
#include "memory.h"

#define MBI_CMDLINE	(1u << 2)
#define MBI_MODULES	(1u << 3)
#define MBI_MEMORY_MAP	(1u << 6)

struct mb_info {
	u32 flags, mem_lower, mem_upper, boot_device, cmdline;
	u32 mods_count, mods_addr;
	u32 syms[4];
	u32 mmap_length, mmap_addr;
};

struct mb_module {
	u32 start, end, string, reserved;
};

struct mb_mmap {
	u32 size;		/* of the rest of this entry */
	u64 base, length;
	u32 type;
} __attribute__((packed));

static struct boot_info boot;

/* "file arg arg": what follows the first word. */
static void copy_args(char *dst, const char *string)
{
	while (*string && *string != ' ')
		string++;
	while (*string == ' ')
		string++;
	if (strlen(string) >= CMDLINE_MAX)
		fatal("a command line is longer than %u characters", CMDLINE_MAX - 1);
	memcpy(dst, string, strlen(string) + 1);
}

static void copy_module(struct boot_module *m, const struct mb_module *mb)
{
	m->start = mb->start;
	m->end = mb->end;
	copy_args(m->args, (const char *)(u64)mb->string);
}

static void read_memory_map(const struct mb_info *info)
{
	u64 p = info->mmap_addr, end = p + info->mmap_length;

	while (p < end) {
		const struct mb_mmap *e = (const void *)p;

		memory_add(e->base, e->length, e->type);
		p += e->size + sizeof(e->size);
	}
}

const struct boot_info *multiboot_read(u32 mbi)
{
	const struct mb_info *info = (const void *)(u64)mbi;
	const struct mb_module *mods = (const void *)(u64)info->mods_addr;

	if (!(info->flags & MBI_MEMORY_MAP))
		fatal("the boot loader gave no memory map");
	if (!(info->flags & MBI_MODULES) || !info->mods_count)
		fatal("no kernel: use -initrd 'bzImage arguments,initrd'");
	if (info->flags & MBI_CMDLINE)
		copy_args(boot.args, (const char *)(u64)info->cmdline);
	copy_module(&boot.kernel, &mods[0]);
	if (info->mods_count > 1) {
		boot.has_initrd = true;
		copy_module(&boot.initrd, &mods[1]);
	}
	read_memory_map(info);
	return &boot;
}
