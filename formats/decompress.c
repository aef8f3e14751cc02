// SPDX-License-Identifier: GPL-2.0-or-later
/* The ways in which makedumpfile compresses pages: see decompress.h. */
#include "config.h"

#include <zlib.h>
#ifdef HAVE_LZO
#include <lzo/lzo1x.h>
#endif
#ifdef HAVE_SNAPPY
#include <snappy-c.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "decompress.h"

/** Each decompresses and says how many bytes came out; -1: damaged. */
typedef long (*decompress_fn)(const uint8_t *in, size_t in_size, uint8_t *out,
			      size_t out_size);

static long by_zlib(const uint8_t *in, size_t in_size, uint8_t *out,
		    size_t out_size)
{
	uLongf size = out_size;

	return uncompress(out, &size, in, in_size) == Z_OK ? (long)size : -1;
}

#ifdef HAVE_LZO
static long by_lzo(const uint8_t *in, size_t in_size, uint8_t *out,
		   size_t out_size)
{
	lzo_uint size = out_size;

	return lzo1x_decompress_safe(in, in_size, out, &size, NULL) == LZO_E_OK
		       ? (long)size : -1;
}
#else
#define by_lzo NULL
#endif

#ifdef HAVE_SNAPPY
static long by_snappy(const uint8_t *in, size_t in_size, uint8_t *out,
		      size_t out_size)
{
	size_t size = out_size;

	return snappy_uncompress((const char *)in, in_size, (char *)out,
				 &size) == SNAPPY_OK
		       ? (long)size : -1;
}
#else
#define by_snappy NULL
#endif

#ifdef HAVE_ZSTD
static long by_zstd(const uint8_t *in, size_t in_size, uint8_t *out,
		    size_t out_size)
{
	size_t size = ZSTD_decompress(out, out_size, in, in_size);

	return ZSTD_isError(size) ? -1 : (long)size;
}
#else
#define by_zstd NULL
#endif

static const struct {
	unsigned int flag;
	const char *name;
	decompress_fn decompress; /* NULL: built without it */
} ways[] = {
	{HVD_COMPRESSED_ZLIB, "zlib", by_zlib},
	{HVD_COMPRESSED_LZO, "lzo", by_lzo},
	{HVD_COMPRESSED_SNAPPY, "snappy", by_snappy},
	{HVD_COMPRESSED_ZSTD, "zstd", by_zstd},
};

int hvd_decompress(unsigned int how, const uint8_t *in, size_t in_size,
		   uint8_t *out, size_t out_size, struct hvd_error *err)
{
	long size;
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (ways[i].flag != how)
			continue;
		if (!ways[i].decompress)
			return hvd_error_set(err, "it is compressed by %s, and "
					     "this hvdump was built without "
					     "that", ways[i].name);
		size = ways[i].decompress(in, in_size, out, out_size);
		if (size == (long)out_size)
			return 0;
		return hvd_error_set(err, "expected %zu bytes compressed by "
				     "%s, found none that are whole", out_size,
				     ways[i].name);
	}
	return hvd_error_set(err, "expected a known compression, found 0x%x",
			     how);
}
