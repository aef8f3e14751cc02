// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's memory by its virtual addresses: see kmem.h.
 *
 * The page table is the kernel's own, swapper_pg_dir. It lies in the kernel's
 * image, and so at a known distance from where that is mapped; all else is
 * found by walking it (arch/x86/include/asm/page_64.h, __phys_addr).
 */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "kmem.h"
#include "pagewalk.h"

#define START_KERNEL_MAP UINT64_C(0xffffffff80000000)
#define PAGE		 UINT64_C(4096)

/* What is shorter is read page by page. */
#define MIN_RUN (8 * PAGE)

/* Translations that are kept, one a slot: 64 KiB. */
#define NR_SLOTS 4096

struct slot {
	uint64_t virtual;  /* of the page, + 1; 0: empty */
	uint64_t physical; /* of the page */
};

struct hvd_kmem {
	struct hvd_physmem *physmem;
	struct hvd_pagewalk_memory tables;
	enum hvd_paging paging;
	uint64_t root;
	struct slot slots[NR_SLOTS];
};

static enum hvd_read read_table(void *arg, uint64_t address, void *buf,
				size_t size, struct hvd_error *err)
{
	struct hvd_kmem *k = arg;

	return hvd_physmem_read(k->physmem, address, buf, size, err);
}

/* Pages next to each other are in slots next to each other. */
static struct slot *slot_of(struct hvd_kmem *k, uint64_t page)
{
	uint64_t n = page / PAGE;

	return &k->slots[(n ^ n >> 12 ^ n >> 24) % NR_SLOTS];
}

static enum hvd_read outcome_of(const struct hvd_pagewalk *walk)
{
	switch (walk->result) {
	case HVD_WALK_MAPPED:
		return HVD_READ_DATA;
	case HVD_WALK_RESERVED:
	case HVD_WALK_DAMAGED:
		return HVD_READ_DAMAGED;
	default:
		return HVD_READ_ABSENT;
	}
}

/* The physical address of a page that begins at @page. */
static enum hvd_read translate_page(struct hvd_kmem *k, uint64_t page,
				    uint64_t *physical, struct hvd_error *err)
{
	struct slot *slot = slot_of(k, page);
	struct hvd_pagewalk walk;

	if (slot->virtual != page + 1) {
		hvd_pagewalk(&k->tables, k->paging, k->root, page, &walk);
		if (walk.result != HVD_WALK_MAPPED) {
			*err = walk.why;
			return outcome_of(&walk);
		}
		*slot = (struct slot){page + 1, walk.physical};
	}
	*physical = slot->physical;
	return HVD_READ_DATA;
}

enum hvd_read hvd_kmem_translate(struct hvd_kmem *k, uint64_t address,
				 uint64_t *physical, struct hvd_error *err)
{
	uint64_t in_page = address % PAGE;
	enum hvd_read outcome;

	outcome = translate_page(k, address - in_page, physical, err);
	if (outcome == HVD_READ_DATA)
		*physical += in_page;
	else
		hvd_error_prefix(err, "0x%016" PRIx64, address);
	return outcome;
}

/* Within one page. */
static enum hvd_read read_page(struct hvd_kmem *k, uint64_t address, void *buf,
			       size_t size, struct hvd_error *err)
{
	enum hvd_read outcome;
	uint64_t physical;

	outcome = hvd_kmem_translate(k, address, &physical, err);
	if (outcome != HVD_READ_DATA)
		return outcome;
	outcome = hvd_physmem_read(k->physmem, physical, buf, size, err);
	if (outcome != HVD_READ_DATA)
		hvd_error_prefix(err, "0x%016" PRIx64 ": physical", address);
	return outcome;
}

/* How many of @size bytes at @address are in its page. */
static size_t in_one_page(uint64_t address, size_t size)
{
	uint64_t left = PAGE - address % PAGE;

	return size < left ? size : (size_t)left;
}

/* How much of it lies one behind the other in physical memory, from *physical on. */
static size_t in_one_run(struct hvd_kmem *k, uint64_t address, size_t size,
			 uint64_t *physical)
{
	size_t done = 0, len;
	struct hvd_error err;
	uint64_t at;

	while (done < size) {
		len = in_one_page(address + done, size - done);
		if (hvd_kmem_translate(k, address + done, &at, &err) !=
		    HVD_READ_DATA)
			break;
		if (!done)
			*physical = at;
		else if (at != *physical + done)
			break;
		done += len;
	}
	return done;
}

/*
 * Tables of megabytes are contiguous, mostly: read at once, they do not pass
 * through the cache of pages, and push nothing out of it. Where that fails the
 * rest is read page by page, once: that tells which page it is.
 */
static size_t read_run(struct hvd_kmem *k, uint64_t address, void *buf,
		       size_t size, bool *failed)
{
	uint64_t physical = 0;
	struct hvd_error err;
	size_t len;

	if (*failed || size < MIN_RUN)
		return 0;
	len = in_one_run(k, address, size, &physical);
	if (len < MIN_RUN)
		return 0;
	*failed = hvd_physmem_read(k->physmem, physical, buf, len, &err) !=
		  HVD_READ_DATA;
	return *failed ? 0 : len;
}

enum hvd_read hvd_kmem_read(struct hvd_kmem *k, uint64_t address, void *buf,
			    size_t size, struct hvd_error *err)
{
	enum hvd_read outcome = HVD_READ_DATA;
	uint8_t *p = buf;
	bool failed = false;
	size_t len;

	if (size && size - 1 > UINT64_MAX - address) {
		hvd_error_set(err, "0x%016" PRIx64 ": %zu bytes reach beyond "
			      "the last address", address, size);
		return HVD_READ_ABSENT;
	}
	while (size && outcome == HVD_READ_DATA) {
		len = read_run(k, address, p, size, &failed);
		if (!len) {
			len = in_one_page(address, size);
			outcome = read_page(k, address, p, len, err);
		}
		address += len;
		p += len;
		size -= len;
	}
	return outcome;
}

enum hvd_read hvd_kmem_word(struct hvd_kmem *k, uint64_t address, size_t size,
			    uint64_t *value, struct hvd_error *err)
{
	uint8_t buf[8] = {0};
	enum hvd_read outcome;

	if (size > sizeof(buf)) {
		hvd_error_set(err, "0x%016" PRIx64 ": no number has %zu bytes",
			      address, size);
		return HVD_READ_DAMAGED;
	}
	outcome = hvd_kmem_read(k, address, buf, size, err);
	if (outcome == HVD_READ_DATA)
		*value = hvd_le64(buf);
	return outcome;
}

enum hvd_read hvd_kmem_string(struct hvd_kmem *k, uint64_t address, char *buf,
			      size_t size, struct hvd_error *err)
{
	enum hvd_read outcome;
	size_t done = 0, len;

	while (done + 1 < size) {
		/* The first page may be all there is of it. */
		len = in_one_page(address + done, size - 1 - done);
		outcome = hvd_kmem_read(k, address + done, buf + done, len,
					err);
		if (outcome != HVD_READ_DATA)
			return outcome;
		if (memchr(buf + done, '\0', len))
			return HVD_READ_DATA;
		done += len;
	}
	if (size)
		buf[done] = '\0';
	return HVD_READ_DATA;
}

/*
 * With KASLR the kernel's image is moved, and phys_base with it; SYMBOL()s are
 * where they were at run time. SME's bit is no part of phys_base, but of every
 * entry (arch/x86/mm/mem_encrypt.c, since 4.14).
 */
static int find_table(struct hvd_kmem *k, const struct hvd_vmcoreinfo *v,
		      struct hvd_error *err)
{
	int64_t base, five = 0, mask = 0;
	uint64_t table;

	if (!hvd_vmcoreinfo_symbol(v, "swapper_pg_dir", &table))
		return hvd_error_set(err, "VMCOREINFO: expected "
					  "SYMBOL(swapper_pg_dir), found none");
	if (!hvd_vmcoreinfo_number(v, "phys_base", &base))
		return hvd_error_set(err, "VMCOREINFO: expected "
				     "NUMBER(phys_base), found none: only "
				     "x86-64 kernels are read");
	if (table < START_KERNEL_MAP || table % PAGE)
		return hvd_error_set(err, "VMCOREINFO: expected a page table "
				     "in the kernel's image, found 0x%" PRIx64,
				     table);
	hvd_vmcoreinfo_number(v, "pgtable_l5_enabled", &five);
	hvd_vmcoreinfo_number(v, "sme_mask", &mask);
	k->paging = five ? HVD_PAGING_X86_5 : HVD_PAGING_X86_4;
	k->tables.not_address = (uint64_t)mask;
	k->root = table - START_KERNEL_MAP + (uint64_t)base;
	return 0;
}

/*
 * The right table maps itself where it says that it is. Where an entry on the
 * way is not in the dump, that says nothing against the table.
 */
static int check_table(struct hvd_kmem *k, const struct hvd_vmcoreinfo *v,
		       struct hvd_error *err)
{
	struct hvd_pagewalk walk;
	uint64_t table = 0;

	hvd_vmcoreinfo_symbol(v, "swapper_pg_dir", &table);
	hvd_pagewalk(&k->tables, k->paging, k->root, table, &walk);
	if (walk.result == HVD_WALK_ABSENT || walk.result == HVD_WALK_DAMAGED ||
	    (walk.result == HVD_WALK_MAPPED && walk.physical == k->root))
		return 0;
	if (walk.result == HVD_WALK_MAPPED)
		hvd_error_set(&walk.why, "it maps itself at 0x%" PRIx64,
			      walk.physical);
	return hvd_error_set(err, "expected the kernel's page table at "
			     "0x%" PRIx64 ": %s", k->root, walk.why.text);
}

struct hvd_kmem *hvd_kmem_open(struct hvd_physmem *m,
			       const struct hvd_vmcoreinfo *v,
			       struct hvd_error *err)
{
	struct hvd_kmem *k = calloc(1, sizeof(*k));

	if (!k) {
		hvd_error_set(err, "no memory for translations");
		return NULL;
	}
	k->physmem = m;
	k->tables.read = read_table;
	k->tables.arg = k;
	if (!find_table(k, v, err) && !check_table(k, v, err))
		return k;
	hvd_kmem_close(k);
	return NULL;
}

void hvd_kmem_close(struct hvd_kmem *k)
{
	free(k);
}
