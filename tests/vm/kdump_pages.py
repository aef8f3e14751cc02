# SPDX-License-Identifier: GPL-2.0-or-later
"""Each page of a compressed dump, by the format's description alone."""

import struct
import zlib
from pathlib import Path

BLOCK = 4096
DESCRIPTOR = 24
ZLIB = 1


def pages(path: Path):
    """(page number, its bytes) of every page in a file with zlib or no compression."""
    data = path.read_bytes()
    assert data[:8] == b"KDUMP   "
    sub_blocks, bitmap_blocks = struct.unpack_from("<II", data, 432)
    # Two bitmaps, one behind the other: which pages there were, and which are in the file.
    start = BLOCK * (1 + sub_blocks) + BLOCK * bitmap_blocks // 2
    bitmap = data[start:start + BLOCK * bitmap_blocks // 2]
    at = BLOCK * (1 + sub_blocks + bitmap_blocks)
    for byte, bits in enumerate(bitmap):
        for bit in range(8):
            if not bits >> bit & 1:
                continue
            offset, size, flags = struct.unpack_from("<qII", data, at)
            at += DESCRIPTOR
            page = data[offset:offset + size]
            yield 8 * byte + bit, zlib.decompress(page) if flags & ZLIB else page
