// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The memory that the notes lie in: physically contiguous, zeroed, unmovable
 * chunks. The crash kernel reads each PT_NOTE into one kmalloc(), and a single
 * failure there loses the whole dump; so they are many and small.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "hvdump.h"

/* Room for the references to 1500 shared pages, too. */
#define STAGE_SIZE	SZ_64K

struct hvd_chunk hvd_chunks[HVD_MAX_CHUNKS];
u32 hvd_nr_chunks;
struct hvd_chunk hvd_stage_chunk;

/* One page that lists the chunks, for a crash kernel's command line. */
static u8 *table;

static int chunk_alloc(struct hvd_chunk *c, u32 size, gfp_t more)
{
	c->base = alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO | more);
	if (!c->base)
		return -ENOMEM;
	c->size = size;
	c->used = 0;
	c->address = virt_to_phys(c->base);
	return 0;
}

static void chunk_free(struct hvd_chunk *c)
{
	if (c->base)
		free_pages_exact(c->base, c->size);
	memset(c, 0, sizeof(*c));
}

/*
 * In all: 1/512 of the memory, 1 to 16 MiB. All registers of a VP and VTL take
 * 9 KiB, and a host has one or a few VPs for each GiB. Never less than 64 KiB:
 * the largest record must fit.
 */
static u64 total_size(void)
{
	u64 size = (u64)hvd_size_kb * SZ_1K;

	if (!size)
		size = clamp_t(u64, (u64)totalram_pages() * PAGE_SIZE / 512,
			       SZ_1M, SZ_16M);
	return max_t(u64, round_down(size, PAGE_SIZE), SZ_64K);
}

/**
 * hvd_chunks_alloc() - allocate the chunks of the capture and the stage chunk
 * Settles for less memory when a host that has been up for months has no more
 * pieces of that size, down to one chunk.
 */
int hvd_chunks_alloc(void)
{
	u64 left = total_size();
	u32 size = min_t(u64, left, clamp_t(u32, hvd_chunk_kb, 64, 4096) * SZ_1K);

	if (chunk_alloc(&hvd_stage_chunk, STAGE_SIZE, 0))
		return -ENOMEM;
	while (left >= size && hvd_nr_chunks < HVD_MAX_CHUNKS) {
		if (!chunk_alloc(&hvd_chunks[hvd_nr_chunks], size,
				 __GFP_NOWARN | __GFP_NORETRY)) {
			hvd_nr_chunks++;
			left -= size;
		} else if (size > SZ_256K) {
			size = max_t(u32, size / 2, SZ_256K);
		} else {
			break;
		}
	}
	if (hvd_nr_chunks)
		return 0;
	hvd_chunks_free();
	return -ENOMEM;
}

/**
 * hvd_table_make() - list the chunks in a page of their own
 * @nonce: that of the chunks' writers
 */
int hvd_table_make(u64 nonce)
{
	u32 i;

	BUILD_BUG_ON(HVD_TABLE_HDR + (HVD_MAX_CHUNKS + 1) * HVD_TABLE_STRIDE >
		     HVD_TABLE_SIZE);
	table = alloc_pages_exact(HVD_TABLE_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (!table)
		return -ENOMEM;
	hvd_table_begin(table, nonce);
	for (i = 0; i < hvd_nr_chunks; i++)
		hvd_table_add(table, &hvd_chunks[i], HVD_ROLE_CAPTURE);
	hvd_table_add(table, &hvd_stage_chunk, HVD_ROLE_STAGE);
	return 0;
}

/** hvd_table_address() - the physical address of the page */
u64 hvd_table_address(void)
{
	return virt_to_phys(table);
}

/*
 * A command line may keep the address of a module that was unloaded: what it
 * leads to must no longer look like a table.
 */
static void table_free(void)
{
	if (!table)
		return;
	memzero_explicit(table, HVD_TABLE_SIZE);
	free_pages_exact(table, HVD_TABLE_SIZE);
	table = NULL;
}

void hvd_chunks_free(void)
{
	table_free();
	while (hvd_nr_chunks)
		chunk_free(&hvd_chunks[--hvd_nr_chunks]);
	chunk_free(&hvd_stage_chunk);
}
