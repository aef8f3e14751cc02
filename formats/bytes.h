/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Little-endian integers out of bytes, at any alignment. */
#ifndef HVDUMP_BYTES_H
#define HVDUMP_BYTES_H

#include <stdint.h>

static inline uint16_t hvd_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t hvd_le32(const uint8_t *p)
{
	return hvd_le16(p) | (uint32_t)hvd_le16(p + 2) << 16;
}

static inline uint64_t hvd_le64(const uint8_t *p)
{
	return hvd_le32(p) | (uint64_t)hvd_le32(p + 4) << 32;
}

#endif /* HVDUMP_BYTES_H */
