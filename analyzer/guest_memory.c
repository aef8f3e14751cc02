// SPDX-License-Identifier: GPL-2.0-or-later
/* A partition's memory: see guest_memory.h, and doc/design/translation.md. */
#include "config.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>

#include "abi_codes.h"
#include "guest_memory.h"
#include "kernel_open.h"
#include "names.h"
#include "vpstate.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE  (UINT64_C(1) << PAGE_SHIFT)

void guest_memory_open(struct guest_memory *g, struct session *s,
		       const struct hvd_dump_partition *partition)
{
	memset(g, 0, sizeof(*g));
	g->s = s;
	g->partition = partition;
	g->is_own = partition == hvd_dump_self(s->dump);
	memory_open(s, &g->files);
}

void guest_memory_close(struct guest_memory *g)
{
	hvd_mshv_free(&g->mshv);
	memory_close(&g->files);
}

/* The driver's record of the partition; once, for it takes the kernel's all. */
static void ask_driver(struct guest_memory *g)
{
	uint64_t id = g->partition->rec.partition_id;
	struct hvd_kernel *k;
	size_t i;

	g->asked = true;
	k = session_kernel(g->s, &g->why);
	if (!k || hvd_mshv_read(k, &g->mshv, &g->why)) {
		hvd_error_prefix(&g->why, "the driver, which alone knows where "
				 "a guest's memory is");
		return;
	}
	for (i = 0; i < g->mshv.nr_partitions; i++)
		if (g->mshv.partitions[i].id == id)
			g->driver = &g->mshv.partitions[i];
	if (!g->driver)
		hvd_error_set(&g->why, "the driver has no partition 0x%" PRIx64
			      ", so where its memory is is not known", id);
}

static enum hvd_read find_child(struct guest_memory *g, uint64_t gpa,
				uint64_t *physical, struct hvd_error *err)
{
	const struct hvd_mshv_region *region;
	struct hvd_error ignored;
	enum hvd_read got;
	uint64_t pfn = 0;

	if (!g->asked)
		ask_driver(g);
	if (!g->driver) {
		*err = g->why;
		return HVD_READ_DAMAGED;
	}
	region = hvd_mshv_find_region(g->driver, gpa >> PAGE_SHIFT);
	if (!region) {
		hvd_error_set(err, "no region of the guest's memory has GPA "
			      "0x%" PRIx64, gpa);
		return HVD_READ_ABSENT;
	}
	got = hvd_mshv_page(session_kernel(g->s, &ignored), region,
			    gpa >> PAGE_SHIFT, &pfn, err);
	*physical = pfn << PAGE_SHIFT | (gpa & (PAGE_SIZE - 1));
	return got;
}

enum hvd_read guest_memory_find(struct guest_memory *g, uint64_t gpa,
				uint64_t *physical, struct hvd_error *err)
{
	if (!g->is_own)
		return find_child(g, gpa, physical, err);
	*physical = gpa;
	return HVD_READ_DATA;
}

int guest_memory_spa(const struct guest_memory *g, uint64_t physical,
		     uint64_t *spa, struct hvd_error *err)
{
	const struct hvd_dump_partition *self = hvd_dump_self(g->s->dump);
	const struct hvd_dump *d = g->s->dump;
	uint32_t kind = d->has_header ? d->header.kind
			: self	      ? self->rec.kind
				      : HVD_KIND_UNKNOWN;
	const char *name = name_of_kind(kind);

	if (kind == HVD_KIND_ROOT) {
		*spa = physical;
		return 0;
	}
	return hvd_error_set(err, "only a root's dump tells system addresses; "
			     "this Linux ran in a partition of kind %s",
			     name ? name : "unknown");
}

enum hvd_read guest_memory_read(struct guest_memory *g, uint64_t gpa,
				void *buf, size_t size, struct hvd_error *err)
{
	uint8_t *to = buf;
	uint64_t physical;
	enum hvd_read got;
	size_t part;

	for (; size; size -= part, to += part, gpa += part) {
		part = (size_t)(PAGE_SIZE - (gpa & (PAGE_SIZE - 1)));
		if (part > size)
			part = size;
		got = guest_memory_find(g, gpa, &physical, err);
		if (got == HVD_READ_DATA)
			got = memory_read_physical(&g->files, physical,
						   to, part, err);
		if (got != HVD_READ_DATA)
			return got;
	}
	return HVD_READ_DATA;
}

/* Its value, or -1 with @err. */
static int take(const struct hvd_dump *d, const struct hvd_dump_vtl *vtl,
		uint32_t code, uint64_t *value, struct hvd_error *err)
{
	const struct hvd_dump_register *reg = hvd_dump_find_register(vtl, code);
	char name[NAME_SIZE];

	if (hvd_register_good(reg)) {
		*value = reg->low;
		return 0;
	}
	return hvd_error_set(err, "expected a value of %s, found none",
			     name_of_register(name, d->machine, code));
}

static int take_all(const struct hvd_dump *d, const struct hvd_dump_vtl *vtl,
		    const uint32_t codes[4], uint64_t values[4],
		    struct hvd_error *err)
{
	size_t i;

	for (i = 0; i < 4; i++)
		if (take(d, vtl, codes[i], &values[i], err))
			return -1;
	return 0;
}

int guest_memory_regime(const struct hvd_dump *d,
			const struct hvd_dump_vtl *vtl,
			struct hvd_pagewalk_regime *regime,
			struct hvd_error *err)
{
	static const uint32_t x86[4] = {HVD_X64_CR0, HVD_X64_CR3, HVD_X64_CR4,
					HVD_X64_EFER};
	static const uint32_t arm[4] = {HVD_ARM64_SCTLR_EL1, HVD_ARM64_TCR_EL1,
					HVD_ARM64_TTBR0_EL1,
					HVD_ARM64_TTBR1_EL1};
	uint64_t v[4];

	if (d->machine == EM_X86_64) {
		if (take_all(d, vtl, x86, v, err))
			return -1;
		hvd_pagewalk_x86(regime, v[0], v[1], v[2], v[3]);
	} else if (d->machine == EM_AARCH64) {
		if (take_all(d, vtl, arm, v, err))
			return -1;
		hvd_pagewalk_arm64(regime, v[0], v[1], v[2], v[3]);
	} else {
		return hvd_error_set(err, "how this machine translates is not "
				     "known here");
	}
	return 0;
}

static enum hvd_read read_table(void *arg, uint64_t address, void *buf,
				size_t size, struct hvd_error *err)
{
	return guest_memory_read(arg, address, buf, size, err);
}

void guest_memory_walk(struct guest_memory *g,
		       const struct hvd_pagewalk_regime *regime, uint64_t gva,
		       struct hvd_pagewalk *walk)
{
	const struct hvd_pagewalk_memory memory = {.read = read_table,
						   .arg = g};

	hvd_pagewalk_in(&memory, regime, gva, walk);
}

size_t guest_memory_read_virtual(struct guest_memory *g,
				 const struct hvd_pagewalk_regime *regime,
				 uint64_t gva, uint8_t *buf, size_t size,
				 struct hvd_error *err)
{
	struct hvd_pagewalk walk;
	size_t done = 0, part;

	err->text[0] = '\0';
	for (; done < size; done += part) {
		part = (size_t)(PAGE_SIZE - ((gva + done) & (PAGE_SIZE - 1)));
		if (part > size - done)
			part = size - done;
		guest_memory_walk(g, regime, gva + done, &walk);
		if (walk.result != HVD_WALK_MAPPED) {
			*err = walk.why;
			break;
		}
		if (guest_memory_read(g, walk.physical, buf + done, part,
				      err) != HVD_READ_DATA)
			break;
	}
	return done;
}
