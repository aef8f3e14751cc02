// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mshvctl: makes partitions through /dev/mshv and tells what it made.
 *
 *	mshvctl [-s SEED] [-d FOLDER] [-x] PARTITION...
 *	PARTITION = INDEX[.INDEX...][:MEBIBYTES]	VP indexes, memory from GPA 0
 *
 * It loads nothing into its partitions and runs no VP. Registers and properties
 * get values drawn from SEED. Each line that it prints is what it asked for, or
 * what the driver's own interfaces said to it, and so an independent reference
 * for whoever reads the same later:
 *
 *	VM-MADE partition ID
 *	VM-MADE property ID CODE VALUE		set
 *	VM-MADE told ID CODE VALUE		read back through the driver
 *	VM-MADE memory ID GPA BYTES
 *	VM-MADE vp ID INDEX
 *	VM-MADE register ID INDEX CODE VALUE	set; 128 bits
 *	VM-MADE end PARTITIONS VPS
 *
 * With -d the VPs' state pages, as the driver maps them to a program, are left in
 * FOLDER as ID.INDEX.registers and ID.INDEX.intercept. Then it keeps what it made
 * until it is killed; with -x it exits at once, which takes all of it away again.
 *
 * Structures of hypercalls: TLFS, "HvCallSetVpRegisters" and others; the kernel's
 * hvhdk.h and hvgdk.h have the same.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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
	made_partitions++;
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
	struct mshv_user_mem_region region = {
		.size = size,
		.userspace_addr = (uintptr_t)memory,
		.flags = 1 << MSHV_SET_MEM_BIT_WRITABLE | 1 << MSHV_SET_MEM_BIT_EXECUTABLE,
	};

	if (memory == MAP_FAILED)
		die("mmap of %" PRIu64 " bytes", size);
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
	printf("VM-MADE register %#" PRIx64 " %u %#x 0x%016" PRIx64 "%016" PRIx64 "\n", id, vp,
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

static void make_vp(int partition, uint64_t id, uint32_t index)
{
	struct mshv_create_vp args = { .vp_index = index };
	int fd = ioctl(partition, MSHV_CREATE_VP, &args);

	if (fd < 0)
		die("MSHV_CREATE_VP %u", index);
	printf("VM-MADE vp %#" PRIx64 " %u\n", id, index);
	made_vps++;
	set_registers(fd, id, index);
	if (folder) {
		save_page(fd, id, index, MSHV_VP_MMAP_OFFSET_REGISTERS, "registers");
		save_page(fd, id, index, MSHV_VP_MMAP_OFFSET_INTERCEPT_MESSAGE, "intercept");
	}
}

/* One PARTITION argument. Its fds stay open: closing them would take it away. */
static void make(int device, const char *text)
{
	uint64_t id = 0;
	int fd = make_partition(device, &id);
	char *end;

	set_properties(fd, id);
	do {
		make_vp(fd, id, (uint32_t)strtoul(text, &end, 0));
		text = end + 1;
	} while (*end == '.');
	if (*end == ':')
		map_memory(fd, id, strtoull(text, NULL, 0) * MIB);
	tell_properties(fd, id);
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
	while (optind < argc)
		make(device, argv[optind++]);
	printf("VM-MADE end %u %u\n", made_partitions, made_vps);
	while (!leave)
		pause();
	return 0;
}
