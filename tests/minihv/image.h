/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * minihv's own image as whoever finds it in memory sees it: a PE header at its
 * base, as the real hypervisor's has one, and the addresses by which it calls
 * itself. Also used by assembly.
 */
#ifndef MINIHV_IMAGE_H
#define MINIHV_IMAGE_H

#define IMAGE_BASE	0x20000000		/* physical; minihv.ld begins there */

/*
 * The host's page tables show all memory twice, one to one and again here.
 * The code runs in the first view; what minihv tells of itself are addresses
 * in the second, so that readers who take virtual for physical are found out.
 */
#define IMAGE_VIEW	0xfffff80000000000

#define IMAGE_TIMESTAMP	0x66f2a1c3
#define IMAGE_CHECKSUM	0x0003d5e7

#ifndef __ASSEMBLER__
#include "x86.h"

#define IMAGE_NAME	"minihv.exe"

/** The hypervisor's own virtual address of what C code has a pointer to. */
static inline u64 image_address(u64 pointer)
{
	return pointer + IMAGE_VIEW;
}

/** SizeOfImage: all of the guarded memory. */
u32 image_size(void);

/** Where the image and the landmark are, and what they hold, as log lines. */
void image_log(void);
#endif

#endif
