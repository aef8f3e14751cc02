// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Five versions of the area are known. They hold much the same at different
 * offsets, hence one table of fields; behind the fixed part come a table of
 * processor states, each with an offset to its registers, and the registers.
 * Addresses are the hypervisor's own virtual ones (image.h).
 */
#include "crash_area.h"

#include "image.h"
#include "lib.h"
#include "log.h"
#include "memory.h"
#include "options.h"
#include "partition.h"

#define AREA_VERSION	0
#define AREA_FLAGS	4
#define FLAG_VALID	1u

/* A processor's state: HV_CRASHDUMP_PROCESSOR_STATE. */
#define STATE_REGISTERS		0x00	/* offset, size */
#define STATE_STACK_SIZE	0x08
#define STATE_STACK_OFFSET	0x0c
#define STATE_STACK_ADDRESS	0x10
#define STATE_SIZE		0x20

/* Its registers: HV_X64_CONTEXT. */
#define CONTEXT_APIC_ID		0x000
#define CONTEXT_RAX		0x008
#define CONTEXT_RSP		0x040
#define CONTEXT_RIP		0x088
#define CONTEXT_CR0		0x098
#define CONTEXT_EFER		0x0c0
#define CONTEXT_SIZE		0xd00

#define STATES_AT	0x1000u
#define CONTEXTS_AT	(STATES_AT + MAX_CPUS * STATE_SIZE)
#define STACK_AT	(CONTEXTS_AT + MAX_CPUS * CONTEXT_SIZE)
#define STACK_COPIED	0x1000u
#define AREA_SIZE	ALIGN_UP(STACK_AT + STACK_COPIED, PAGE_SIZE)

#define NAME_SPACE	64		/* 32 UTF-16 characters */
#define CODE_COPIED	512
#define LOG_BYTES	64		/* of the area in a line */

enum field {
	BASE, IMAGE_SIZE, CHECKSUM, TIMESTAMP, CURRENT_PARTITION, PARTITIONS_CREATED,
	PARTITIONS_RUNNING, NAME_LENGTH, NAME, BUG_CHECK, BUG_RETURN, PAGE_TABLE, PROCESSORS,
	CURRENT_PROCESSOR, CODE_SPA, CODE, STATE_COUNT, STATES_OFFSET, STATES_SIZE,
	CRASH_STACK_SIZE, CRASH_STACK_OFFSET, CRASH_STACK_ADDRESS, FIELD_COUNT
};

/* Where each version has it; 0: nowhere. */
static const u16 offsets[FIELD_COUNT][CRASH_AREA_VERSIONS] = {
	[BASE]			= { 0x008, 0x008, 0x008, 0x008, 0x008 },
	[IMAGE_SIZE]		= { 0x010, 0x010, 0x010, 0x010, 0x010 },
	[CHECKSUM]		= { 0,     0x014, 0x014, 0x014, 0x014 },
	[TIMESTAMP]		= { 0,     0,     0,     0,     0x018 },
	[CURRENT_PARTITION]	= { 0,     0x018, 0x018, 0x018, 0x050 },
	[PARTITIONS_CREATED]	= { 0,     0x020, 0x020, 0x020, 0x058 },
	[PARTITIONS_RUNNING]	= { 0,     0x028, 0x028, 0x028, 0x060 },
	[NAME_LENGTH]		= { 0x014, 0x038, 0x038, 0x038, 0x070 },
	[NAME]			= { 0x016, 0x03a, 0x03a, 0x03a, 0x072 },
	[BUG_CHECK]		= { 0x058, 0x080, 0x080, 0x080, 0x0b8 },
	[BUG_RETURN]		= { 0x080, 0x0a8, 0x0a8, 0x0a8, 0x0e0 },
	[PAGE_TABLE]		= { 0x088, 0x0b0, 0x0b0, 0x0b0, 0x0e8 },
	[PROCESSORS]		= { 0x0a0, 0x0c8, 0x0d0, 0x0d0, 0x100 },
	[CURRENT_PROCESSOR]	= { 0,     0x0cc, 0x0d4, 0x0d4, 0x104 },
	[CODE_SPA]		= { 0,     0x0d0, 0x0d8, 0x0d8, 0x108 },
	[CODE]			= { 0,     0x0d8, 0x0e0, 0x0e0, 0x110 },
	[STATE_COUNT]		= { 0,     0x2d8, 0x2e0, 0x2e0, 0x310 },
	[STATES_OFFSET]		= { 0x0a4, 0x2dc, 0x2e4, 0x2e4, 0x314 },
	[STATES_SIZE]		= { 0x0a8, 0x2e0, 0x2e8, 0x2e8, 0x318 },
	[CRASH_STACK_SIZE]	= { 0x0ac, 0,     0,     0,     0 },
	[CRASH_STACK_OFFSET]	= { 0x0b0, 0,     0,     0,     0 },
	[CRASH_STACK_ADDRESS]	= { 0x0b8, 0,     0,     0,     0 },
};

static const u16 sizes[CRASH_AREA_VERSIONS] = { 0x0c0, 0x2e8, 0x2f8, 0x2f8, 0x320 };

static u8 area[AREA_SIZE] __attribute__((section(".bss.shared"), aligned(PAGE_SIZE)));

u64 crash_area_property(void)
{
	return (u64)area / PAGE_SIZE | (AREA_SIZE / PAGE_SIZE - 1) << 40;
}

/* The field in this run's version, or NULL. */
static u8 *field(enum field f)
{
	u16 at = offsets[f][options.crash_area_version - 1];

	return at ? area + at : NULL;
}

static void set32(enum field f, u32 v)
{
	if (field(f))
		put32(field(f), v);
}

static void set64(enum field f, u64 v)
{
	if (field(f))
		put64(field(f), v);
}

/* The length is in bytes, as in other counted strings of this family. */
static void set_name(void)
{
	static const char name[] = IMAGE_NAME;
	u8 *length = field(NAME_LENGTH), *text = field(NAME);

	_Static_assert(2 * sizeof(name) <= NAME_SPACE, "the name fits");
	for (size_t i = 0; i < sizeof(name) - 1; i++)
		text[2 * i] = (u8)name[i];
	length[0] = 2 * (sizeof(name) - 1);
}

static u64 read_cr3(void)
{
	u64 v;

	__asm__("mov %%cr3, %0" : "=r"(v));
	return v;
}

void crash_area_init(void)
{
	put32(area + AREA_VERSION, options.crash_area_version);
	set64(BASE, image_address((u64)guarded_start));
	set32(IMAGE_SIZE, image_size());
	set32(CHECKSUM, IMAGE_CHECKSUM);
	set32(TIMESTAMP, IMAGE_TIMESTAMP);
	set_name();
	set64(PAGE_TABLE, read_cr3());
	set32(PROCESSORS, cpu_count);
	set32(STATE_COUNT, cpu_count);
	set32(STATES_OFFSET, STATES_AT);
	set32(STATES_SIZE, STATE_SIZE);
}

/* A partition, and all below it. */
static u32 count_partitions(u64 id)
{
	const struct partition *p = partition_next_child(id, 0);
	u32 count = 1;

	for (; p; p = partition_next_child(id, p->id))
		count += count_partitions(p->id);
	return count;
}

static u8 *new_context(const struct cpu *cpu, u8 **state)
{
	u32 at = CONTEXTS_AT + cpu->index * CONTEXT_SIZE;
	u64 v;

	*state = area + STATES_AT + cpu->index * STATE_SIZE;
	put32(*state + STATE_REGISTERS, at);
	put32(*state + STATE_REGISTERS + 4, CONTEXT_SIZE);
	put64(area + at + CONTEXT_APIC_ID, cpu->apic_id);
	__asm__("mov %%cr0, %0" : "=r"(v));
	put64(area + at + CONTEXT_CR0, v);
	put64(area + at + CONTEXT_CR0 + 16, read_cr3());
	__asm__("mov %%cr4, %0" : "=r"(v));
	put64(area + at + CONTEXT_CR0 + 24, v);
	put64(area + at + CONTEXT_EFER, rdmsr(MSR_EFER));
	return area + at;
}

static void copy_stack(u8 *state, u64 rsp)
{
	u64 top = (rsp | (STACK_SIZE - 1)) + 1;
	u32 size = (u32)(top - rsp < STACK_COPIED ? top - rsp : STACK_COPIED);

	memcpy(area + STACK_AT, (void *)rsp, size);
	put32(state + STATE_STACK_SIZE, size);
	put32(state + STATE_STACK_OFFSET, STACK_AT);
	put64(state + STATE_STACK_ADDRESS, image_address(rsp));
	set32(CRASH_STACK_SIZE, size);
	set32(CRASH_STACK_OFFSET, STACK_AT);
	set64(CRASH_STACK_ADDRESS, image_address(rsp));
}

static void copy_code(u64 rip)
{
	u64 start = rip - CODE_COPIED / 2;

	set64(CODE_SPA, start);
	if (field(CODE))
		memcpy(field(CODE), (void *)start, CODE_COPIED);
}

static void copy_registers(u8 *context, const struct exception_frame *f, u64 cr2)
{
	const u64 general[] = {
		f->rax, f->rbx, f->rcx, f->rdx, f->rsi, f->rdi, f->rbp,
		image_address(f->rsp), f->r8, f->r9, f->r10, f->r11, f->r12, f->r13,
		f->r14, f->r15, image_address(f->rip), f->rflags,
	};

	memcpy(context + CONTEXT_RAX, general, sizeof(general));
	put64(context + CONTEXT_CR0 + 8, cr2);
}

void crash_area_fill(const struct cpu *cpu, const struct exception_frame *f, u64 cr2)
{
	const u64 bug[] = { f->vector, f->error, image_address(f->rip), cr2,
			    image_address(f->rsp) };
	u8 *state, *context = new_context(cpu, &state);

	set64(CURRENT_PARTITION, image_address((u64)partition_root()));
	set64(PARTITIONS_CREATED, count_partitions(ROOT_PARTITION_ID));
	set32(PARTITIONS_RUNNING, count_partitions(ROOT_PARTITION_ID));
	memcpy(field(BUG_CHECK), bug, sizeof(bug));
	set64(BUG_RETURN, image_address(f->rip));
	set32(CURRENT_PROCESSOR, cpu->index);
	copy_code(f->rip);
	copy_registers(context, f, cr2);
	copy_stack(state, f->rsp);
}

void crash_area_add_context(const struct cpu *cpu)
{
	u8 *state, *context = new_context(cpu, &state);
	u64 rsp;

	__asm__("mov %%rsp, %0" : "=r"(rsp));
	put64(context + CONTEXT_RSP, image_address(rsp));
	put64(context + CONTEXT_RIP, image_address((u64)crash_area_add_context));
}

void crash_area_set_valid(void)
{
	__atomic_store_n((u32 *)(area + AREA_FLAGS), FLAG_VALID, __ATOMIC_SEQ_CST);
}

void crash_area_log(void)
{
	u32 size = sizes[options.crash_area_version - 1];

	log_line(LOG_EVENTS, "crash-area at=0x%lx pages=%lu version=%u size=%u", (u64)area,
		 AREA_SIZE / PAGE_SIZE, options.crash_area_version, size);
	for (u32 at = 0; at < size; at += LOG_BYTES) {
		char hex[2 * LOG_BYTES + 1];

		for (u32 i = 0; i < LOG_BYTES && at + i < size; i++)
			format(hex + 2 * i, 3, "%02x", (u32)area[at + i]);
		log_line(LOG_EVENTS, "crash-area-bytes offset=0x%03x %s", at, hex);
	}
}
