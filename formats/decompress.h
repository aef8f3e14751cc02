/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways in which makedumpfile compresses pages. */
#ifndef HVDUMP_DECOMPRESS_H
#define HVDUMP_DECOMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* Flags of a page descriptor. */
#define HVD_COMPRESSED_ZLIB   0x1
#define HVD_COMPRESSED_LZO    0x2
#define HVD_COMPRESSED_SNAPPY 0x4
#define HVD_COMPRESSED_ZSTD   0x20
#define HVD_COMPRESSED                                                       \
	(HVD_COMPRESSED_ZLIB | HVD_COMPRESSED_LZO | HVD_COMPRESSED_SNAPPY | \
	 HVD_COMPRESSED_ZSTD)

/**
 * hvd_decompress() - one page, all @out_size bytes of it
 * @how: one of the flags. -1 with @err: it is damaged, or hvdump was built
 * without the library for it.
 */
int hvd_decompress(unsigned int how, const uint8_t *in, size_t in_size,
		   uint8_t *out, size_t out_size, struct hvd_error *err);

#endif /* HVDUMP_DECOMPRESS_H */
