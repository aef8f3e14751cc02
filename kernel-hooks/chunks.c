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

#include "hvdump.h"

#define STAGE_SIZE	HVD_PAGE_SIZE

struct hvd_chunk hvd_chunks[HVD_MAX_CHUNKS];
u32 hvd_nr_chunks;
struct hvd_chunk hvd_stage_chunk;

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

void hvd_chunks_free(void)
{
	while (hvd_nr_chunks)
		chunk_free(&hvd_chunks[--hvd_nr_chunks]);
	chunk_free(&hvd_stage_chunk);
}
