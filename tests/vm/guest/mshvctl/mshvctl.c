// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mshvctl: makes partitions through /dev/mshv and tells what it made.
 *
 *	mshvctl [-s SEED] [-d FOLDER] [-x] PARTITION...
 *	PARTITION = VP[.VP...][:MEBIBYTES]	memory from GPA 0
 *	VP = INDEX[FATE]
 *
 * It fills their memory with a pattern, and loads nothing into it. Registers and
 * properties get values drawn from SEED. A VP runs only by its fate, once, and
 * nobody looks after it then:
 *	r	it runs into an intercept
 *	m	it runs in its memory, in real mode, and so is given the first of it
 *	t	it runs with an exception to be delivered and no IDT: a triple fault
 *	l	Linux in it has oopsed: it has written its crash registers
 *	w	Windows in it has stopped, likewise
 *
 * Each line that it prints is what it asked for, or
 * what the driver's own interfaces said to it, and so an independent reference
 * for whoever reads the same later:
 *
 *	VM-MADE partition ID
 *	VM-MADE property ID CODE VALUE		set
 *	VM-MADE told ID CODE VALUE		read back through the driver
 *	VM-MADE memory ID GPA BYTES
 *	VM-MADE vp ID INDEX
 *	VM-MADE register ID INDEX CODE VALUE	set; 128 bits
 *	VM-MADE ran ID INDEX TYPE		the message that it stopped with
 *	VM-MADE end PARTITIONS VPS
 *
 * With -d the VPs' state pages, as the driver maps them to a program, are left in
 * FOLDER as ID.INDEX.registers and ID.INDEX.intercept. Then it keeps what it made
 * until it is killed; with -x it exits at once, which takes all of it away again.
 * Each SIGUSR1 changes some registers of each VP, and a property of each
 * partition: VM-CHANGED lines of the same form, and VM-CHANGED end.
 *
 * Structures of hypercalls: TLFS, "HvCallSetVpRegisters" and others; the kernel's
 * hvhdk.h and hvgdk.h have the same.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

/* As the kernel's own build would: the header is not made for user space. */
#define __packed __attribute__((packed))
#include <linux/mshv.h>

#define PAGE 4096u
#define MIB (1ULL << 20)
#define PARTITIONS_SHOWN "/sys/kernel/debug/mshv/partition"
#define MAX_SEEN 64

/* Call codes: TLFS, appendix "Hypercall Code". */
#define CALL_GET_PROPERTY 0x44
#define CALL_SET_PROPERTY 0x45
#define CALL_SET_REGISTERS 0x51

struct property_input {
	uint64_t partition;
	uint32_t code;
	uint32_t reserved;
	uint64_t value;
};

struct registers_input {
	uint64_t partition;
	uint32_t vp;
	uint8_t vtl;
	uint8_t reserved[3];
	uint32_t code;
	uint32_t reserved2[3];
	uint64_t low, high;
};

/* hv_partition_property_code: what may be set on a partition that exists. */
static const uint32_t properties_set[] = {
	0x00020003,	/* CpuWeight */
	0x00050005,	/* GpaPageAccessTracking */
};

static const uint32_t properties_told[] = {
	0x00010000,	/* PrivilegeFlags */
	0x00020003,	/* CpuWeight */
	0x00050003,	/* ProcessorsPerSocket */
};

/* Registers: TLFS, "Virtual Processor Register Names". */
#define RAX 0x00020000
#define RSP 0x00020004
#define R15 0x0002000f
#define RIP 0x00020010
#define CR3 0x00040002
#define CS 0x00060001
#define SS 0x00060002
#define CRASH_P0 0x00000210
#define CRASH_CTL 0x00000215
#define PENDING_INTERRUPTION 0x00010002
#define IDTR 0x00070000
#define GUEST_OS_ID 0x00090002
#define CPU_WEIGHT 0x00020003

/* Where a VP with the fate m runs. */
#define MEMORY_RIP 0x1000
#define MEMORY_RSP 0x2000

#define MAX_MADE 256

/* What there is to change. */
static struct {
	int fd;
	uint64_t id;
	uint32_t vp; /* of a VP */
} vps[MAX_MADE], partitions[MAX_MADE];

static const char *verb = "MADE";
static uint64_t seed;
static const char *folder;
static unsigned int made_partitions, made_vps;

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
	va_list list;

	printf("VM-FAILED mshvctl: ");
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	printf(": %s\n", strerror(errno));
	exit(1);
}

/* splitmix64 (Steele, Lea, Flood 2014): each call the next value. */
static uint64_t draw(void)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* A hypercall on a partition's or VP's fd; the driver fills in the partition. */
static int hypercall(int fd, uint16_t code, uint16_t reps, void *in, size_t in_size, uint64_t *out)
{
	struct mshv_root_hvcall call = {
		.code = code,
		.reps = reps,
		.in_sz = (uint16_t)in_size,
		.out_sz = out ? sizeof(*out) : 0,
		.in_ptr = (uintptr_t)in,
		.out_ptr = (uintptr_t)out,
	};

	if (ioctl(fd, MSHV_ROOT_HVCALL, &call) != 0)
		return -1;
	if (call.status != 0 || (reps && call.reps != reps)) {
		errno = EIO;
		return -1;
	}
	return 0;
}

/*
 * The ids of the partitions that the driver shows; a program is told its
 * partition's id by no ioctl.
 */
static size_t shown(uint64_t *ids)
{
	DIR *dir = opendir(PARTITIONS_SHOWN);
	struct dirent *entry;
	size_t n = 0;
	char *end;

	if (!dir)
		die(PARTITIONS_SHOWN);
	while (n < MAX_SEEN && (entry = readdir(dir))) {
		uint64_t id = strtoull(entry->d_name, &end, 10);

		if (end != entry->d_name && *end == '\0')
			ids[n++] = id;
	}
	closedir(dir);
	return n;
}

static int contains(const uint64_t *ids, size_t n, uint64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return 1;
	return 0;
}

/* Create and initialize; the id is the one that the driver shows afterwards and did not before. */
static int make_partition(int device, uint64_t *id)
{
	struct mshv_create_partition args = { .pt_flags = 1ULL << MSHV_PT_BIT_LAPIC };
	uint64_t before[MAX_SEEN], after[MAX_SEEN];
	size_t n_before = shown(before), n_after, found = 0;
	int fd = ioctl(device, MSHV_CREATE_PARTITION, &args);

	if (fd < 0)
		die("MSHV_CREATE_PARTITION");
	if (ioctl(fd, MSHV_INITIALIZE_PARTITION) != 0)
		die("MSHV_INITIALIZE_PARTITION");
	n_after = shown(after);
	for (size_t i = 0; i < n_after; i++) {
		if (!contains(before, n_before, after[i])) {
			*id = after[i];
			found++;
		}
	}
	errno = 0;
	if (found != 1)
		die("%zu new partitions in %s", found, PARTITIONS_SHOWN);
	printf("VM-MADE partition %#" PRIx64 "\n", *id);
	if (made_partitions == MAX_MADE)
		die("too many partitions");
	partitions[made_partitions].fd = fd;
	partitions[made_partitions++].id = *id;
	return fd;
}

static void set_properties(int fd, uint64_t id)
{
	for (size_t i = 0; i < sizeof(properties_set) / sizeof(*properties_set); i++) {
		struct property_input in = { .code = properties_set[i], .value = draw() >> 33 };

		if (hypercall(fd, CALL_SET_PROPERTY, 0, &in, sizeof(in), NULL) != 0)
			die("setting property %#x of partition %#" PRIx64, in.code, id);
		printf("VM-MADE property %#" PRIx64 " %#x %#" PRIx64 "\n", id, in.code, in.value);
	}
}

static void change_property(int fd, uint64_t id)
{
	struct property_input in = { .code = CPU_WEIGHT, .value = draw() >> 33 };

	if (hypercall(fd, CALL_SET_PROPERTY, 0, &in, sizeof(in), NULL) != 0)
		die("changing property %#x of partition %#" PRIx64, in.code, id);
	printf("VM-CHANGED property %#" PRIx64 " %#x %#" PRIx64 "\n", id, in.code, in.value);
}

static void tell_properties(int fd, uint64_t id)
{
	for (size_t i = 0; i < sizeof(properties_told) / sizeof(*properties_told); i++) {
		struct property_input in = { .code = properties_told[i] };
		uint64_t value = 0;

		if (hypercall(fd, CALL_GET_PROPERTY, 0, &in, offsetof(struct property_input, value),
			      &value) != 0)
			die("property %#x of partition %#" PRIx64, in.code, id);
		printf("VM-MADE told %#" PRIx64 " %#x %#" PRIx64 "\n", id, in.code, value);
	}
}

static void map_memory(int fd, uint64_t id, uint64_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	static const char pattern[16] __attribute__((nonstring)) = "hvdump guest mem";
	struct mshv_user_mem_region region = {
		.size = size,
		.userspace_addr = (uintptr_t)memory,
		.flags = 1 << MSHV_SET_MEM_BIT_WRITABLE | 1 << MSHV_SET_MEM_BIT_EXECUTABLE,
	};

	if (memory == MAP_FAILED)
		die("mmap of %" PRIu64 " bytes", size);
	/* Known wherever it turns up. */
	for (uint64_t at = 0; at < size; at += sizeof(pattern))
		memcpy((char *)memory + at, pattern, sizeof(pattern));
	if (ioctl(fd, MSHV_SET_GUEST_MEMORY, &region) != 0)
		die("MSHV_SET_GUEST_MEMORY");
	printf("VM-MADE memory %#" PRIx64 " 0x0 %#" PRIx64 "\n", id, size);
}

static void set_register(int fd, uint64_t id, uint32_t vp, uint32_t code, uint64_t low,
			 uint64_t high)
{
	struct registers_input in = { .vp = vp, .code = code, .low = low, .high = high };

	if (hypercall(fd, CALL_SET_REGISTERS, 1, &in, sizeof(in), NULL) != 0)
		die("register %#x of VP %u of partition %#" PRIx64, code, vp, id);
	printf("VM-%s register %#" PRIx64 " %u %#x 0x%016" PRIx64 "%016" PRIx64 "\n", verb, id, vp,
	       code, high, low);
}

/*
 * Some of each group; widths as TLFS, "Virtual Processor Registers", has them.
 * The VP stays explicitly suspended, as it was created.
 */
static void set_registers(int fd, uint64_t id, uint32_t vp)
{
	for (uint32_t code = 0x00020000; code <= 0x00020010; code++)	/* RAX to R15, RIP */
		set_register(fd, id, vp, code, draw(), 0);
	set_register(fd, id, vp, 0x00020011, 0x2 | (draw() & 0xcd5), 0);	/* RFLAGS */
	set_register(fd, id, vp, 0x00040002, draw() & 0x000ffffffffff000, 0);	/* CR3 */
	set_register(fd, id, vp, 0x00060001, draw(), draw());			/* CS */
	set_register(fd, id, vp, 0x00070001, draw() & 0xffff000000000000, draw());	/* GDTR */
	set_register(fd, id, vp, 0x00080002, draw(), 0);		/* KERNEL_GS_BASE */
}

static void save_page(int fd, uint64_t id, uint32_t vp, off_t which, const char *name)
{
	void *page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, which * PAGE);
	char path[256];
	FILE *file;

	if (page == MAP_FAILED)
		die("mmap of the %s page of VP %u", name, vp);
	snprintf(path, sizeof(path), "%s/%#" PRIx64 ".%u.%s", folder, id, vp, name);
	file = fopen(path, "w");
	if (!file || fwrite(page, PAGE, 1, file) != 1 || fclose(file) != 0)
		die("%s", path);
	munmap(page, PAGE);
}

/* An exception without an error code is to be delivered, and the IDT's limit is 0. */
static void set_triple_fault(int fd, uint64_t id, uint32_t vp)
{
	set_register(fd, id, vp, PENDING_INTERRUPTION, 1 | 3 << 1 | 6 << 16, 0);
	set_register(fd, id, vp, IDTR, 0, 0);
}

/* CR0 is as after INIT: no paging. */
static void set_in_memory(int fd, uint64_t id, uint32_t vp)
{
	set_register(fd, id, vp, CS, 0, 0xffff | 0x9bULL << 48);
	set_register(fd, id, vp, SS, 0, 0xffff | 0x93ULL << 48);
	set_register(fd, id, vp, RIP, MEMORY_RIP, 0);
	set_register(fd, id, vp, RSP, MEMORY_RSP, 0);
	set_register(fd, id, vp, CR3, 0, 0);
}

/* P0 to P4, then the control word; arch/x86/hyperv/hv_init.c, hyperv_report_panic(). */
static void set_crash(int fd, uint64_t id, uint32_t vp, uint64_t os, const uint64_t *p)
{
	set_register(fd, id, vp, GUEST_OS_ID, os, 0);
	for (uint32_t i = 0; i < 5; i++)
		set_register(fd, id, vp, CRASH_P0 + i, p[i], 0);
	set_register(fd, id, vp, CRASH_CTL, 1ULL << 63, 0);
}

static void set_linux_crash(int fd, uint64_t id, uint32_t vp)
{
	const uint64_t os = 0x8100000601c00000;	/* Linux 6.1.192 */
	const uint64_t p[] = { 2, os, 0xffffffff8104c0b2, 0x11, 0xffffc900001f3c70 };

	set_crash(fd, id, vp, os, p);
}

static void set_windows_crash(int fd, uint64_t id, uint32_t vp)
{
	const uint64_t os = 0x0001040a00004f7c;	/* Windows Server 2022 */
	const uint64_t p[] = { 0xd1, 0x28, 2, 1, 0xfffff8045f9b4c27 };

	set_crash(fd, id, vp, os, p);
}

/* Once: the message is taken from the driver, and the VP is left as it stopped. */
static void run_vp(int fd, uint64_t id, uint32_t vp)
{
	struct mshv_run_vp args = { 0 };
	uint32_t type;

	if (ioctl(fd, MSHV_RUN_VP, &args) != 0)
		die("MSHV_RUN_VP %u of partition %#" PRIx64, vp, id);
	memcpy(&type, args.msg_buf, sizeof(type));
	printf("VM-MADE ran %#" PRIx64 " %u %#x\n", id, vp, type);
}

static void meet_fate(int fd, uint64_t id, uint32_t vp, char fate)
{
	switch (fate) {
	case 'r':
		run_vp(fd, id, vp);
		break;
	case 'm':
		set_in_memory(fd, id, vp);
		run_vp(fd, id, vp);
		break;
	case 't':
		set_triple_fault(fd, id, vp);
		run_vp(fd, id, vp);
		break;
	case 'l':
		set_linux_crash(fd, id, vp);
		break;
	case 'w':
		set_windows_crash(fd, id, vp);
		break;
	}
}

static void make_vp(int partition, uint64_t id, uint32_t index, char fate)
{
	struct mshv_create_vp args = { .vp_index = index };
	int fd = ioctl(partition, MSHV_CREATE_VP, &args);

	if (fd < 0)
		die("MSHV_CREATE_VP %u", index);
	printf("VM-MADE vp %#" PRIx64 " %u\n", id, index);
	if (made_vps == MAX_MADE)
		die("too many VPs");
	vps[made_vps].fd = fd;
	vps[made_vps].id = id;
	vps[made_vps++].vp = index;
	set_registers(fd, id, index);
	if (folder) {
		save_page(fd, id, index, MSHV_VP_MMAP_OFFSET_REGISTERS, "registers");
		save_page(fd, id, index, MSHV_VP_MMAP_OFFSET_INTERCEPT_MESSAGE, "intercept");
	}
	meet_fate(fd, id, index, fate);
}

/* One PARTITION argument. Its fds stay open: closing them would take it away. */
static void make(int device, const char *text)
{
	const char *memory = strchr(text, ':');
	uint64_t id = 0;
	int fd = make_partition(device, &id);
	char *end;

	set_properties(fd, id);
	if (memory)
		map_memory(fd, id, strtoull(memory + 1, NULL, 0) * MIB);
	do {
		uint32_t index = (uint32_t)strtoul(text, &end, 0);
		char fate = *end && strchr("rmtlw", *end) ? *end++ : 0;

		make_vp(fd, id, index, fate);
		text = end + 1;
	} while (*end == '.');
	tell_properties(fd, id);
}

/* Three general registers of each VP, drawn, and each partition's weight. */
static void change_all(void)
{
	verb = "CHANGED";
	for (unsigned int i = 0; i < made_vps; i++)
		for (int n = 0; n < 3; n++)
			set_register(vps[i].fd, vps[i].id, vps[i].vp,
				     RAX + (uint32_t)(draw() % (R15 - RAX + 1)), draw(), 0);
	for (unsigned int i = 0; i < made_partitions; i++)
		change_property(partitions[i].fd, partitions[i].id);
	printf("VM-CHANGED end %u %u\n", made_partitions, made_vps);
}

static void wait_for_signals(void)
{
	sigset_t set;
	int which;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	while (sigwait(&set, &which) == 0)
		change_all();
}

static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

int main(int argc, char **argv)
{
	int device = open("/dev/mshv", O_RDWR | O_CLOEXEC), option, leave = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((option = getopt(argc, argv, "s:d:x")) != -1) {
		switch (option) {
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'd':
			folder = optarg;
			break;
		case 'x':
			leave = 1;
			break;
		default:
			return 2;
		}
	}
	if (device < 0)
		die("/dev/mshv");
	block_signals();
	while (optind < argc)
		make(device, argv[optind++]);
	printf("VM-MADE end %u %u\n", made_partitions, made_vps);
	if (!leave)
		wait_for_signals();
	return 0;
}
