// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading the chunk table: see table.h. */
#include <string.h>

#include "bytes.h"
#include "encode.h"
#include "table.h"

static bool crc_fits(const uint8_t *data, uint64_t elements)
{
	uint32_t crc = hvd_crc32(0, data, HVD_TABLE_CRC_AT);

	crc = hvd_crc32(crc, data + HVD_TABLE_HDR, elements);
	return crc == hvd_le32(data + HVD_TABLE_CRC_AT);
}

static void take(struct hvd_table *t, const uint8_t *p)
{
	struct hvd_table_chunk c = {
		.address = hvd_le64(p),
		.length = hvd_le32(p + 8),
		.role = hvd_le32(p + 12),
	};

	if (!c.length || c.address > UINT64_MAX - c.length)
		t->bad++;
	else
		t->chunks[t->count++] = c;
}

int hvd_table_read(struct hvd_table *t, const uint8_t *data, uint64_t size,
		   struct hvd_error *err)
{
	uint32_t count, stride, i;

	memset(t, 0, sizeof(*t));
	if (size < HVD_TABLE_HDR || memcmp(data, HVD_TABLE_MAGIC, 8) != 0)
		return hvd_error_set(err, "no chunk table is there");
	if (hvd_le32(data + 8) != HVD_TABLE_VERSION)
		return hvd_error_set(err, "the chunk table has version %u,"
				     " which is not known here",
				     hvd_le32(data + 8));
	count = hvd_le32(data + 12);
	t->nonce = hvd_le64(data + 16);
	stride = hvd_le32(data + 24);
	if (stride < HVD_TABLE_STRIDE || count > HVD_TABLE_CHUNKS ||
	    (uint64_t)count * stride > size - HVD_TABLE_HDR)
		return hvd_error_set(err, "the chunk table is damaged: %u"
				     " chunks of %u bytes", count, stride);
	t->damaged = !crc_fits(data, (uint64_t)count * stride);
	for (i = 0; i < count; i++)
		take(t, data + HVD_TABLE_HDR + (uint64_t)i * stride);
	return 0;
}
