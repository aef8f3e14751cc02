# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of a makedumpfile-compressed dump: read, written, taken out.

Source of the layout: makedumpfile's IMPLEMENTATION and diskdump_mod.h.
"""

import ctypes
import struct
import zlib

PAGE = 4096
DESC = 24
ZLIB, LZO = 1, 2


def unlzo(raw):
    """A page that lzo1x has packed; libkdumpfile needs the same library."""
    page, size = ctypes.create_string_buffer(PAGE), ctypes.c_size_t(PAGE)
    wrong = ctypes.CDLL("liblzo2.so.2").lzo1x_decompress_safe(
        raw, ctypes.c_size_t(len(raw)), page, ctypes.byref(size), None)
    assert (wrong, size.value) == (0, PAGE)
    return page.raw


class Kdump:
    """A dump of pages that zlib or lzo packed, in memory. Offsets in it never change."""

    def __init__(self, path):
        self.data = bytearray(path.read_bytes())
        assert self.data[:8] == b"KDUMP   "
        sub_blocks, bitmap_blocks = struct.unpack_from("<II", self.data, 432)
        half = bitmap_blocks * PAGE // 2
        self.bitmap = (1 + sub_blocks) * PAGE + half
        self.descs = self.bitmap + half
        self.size = half

    def _has(self, pfn):
        return self.data[self.bitmap + pfn // 8] >> pfn % 8 & 1

    def pfns(self):
        """The numbers of the pages that are there."""
        return (pfn for pfn in range(8 * self.size) if self._has(pfn))

    def _desc(self, pfn):
        assert self._has(pfn), f"no page {pfn:#x}"
        bits = bytes(self.data[self.bitmap:self.bitmap + pfn // 8])
        before = int.from_bytes(bits, "little").bit_count()
        before += (self.data[self.bitmap + pfn // 8] & (1 << pfn % 8) - 1).bit_count()
        return self.descs + DESC * before

    def read(self, pfn):
        """The page's bytes."""
        offset, size, flags = struct.unpack_from("<QII", self.data, self._desc(pfn))
        raw = bytes(self.data[offset:offset + size])
        if flags & LZO:
            return unlzo(raw)
        return zlib.decompress(raw) if flags & ZLIB else raw

    def write(self, pfn, page):
        """Other bytes for a page: they are put behind all that is there."""
        struct.pack_into("<QII", self.data, self._desc(pfn), len(self.data), PAGE, 0)
        self.data += page

    def put(self, address, value, size):
        """A number at a physical address."""
        page = bytearray(self.read(address // PAGE))
        page[address % PAGE:address % PAGE + size] = value.to_bytes(size, "little")
        self.write(address // PAGE, page)

    def take_out(self, pfn):
        """As if it had been filtered out: those behind it move up."""
        at = self._desc(pfn)
        total = int.from_bytes(self.data[self.bitmap:self.bitmap + self.size], "little").bit_count()
        end = self.descs + DESC * total
        self.data[at:end] = self.data[at + DESC:end] + bytes(DESC)
        self.data[self.bitmap + pfn // 8] &= ~(1 << pfn % 8)
