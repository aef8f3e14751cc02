# SPDX-License-Identifier: GPL-2.0-or-later
"""Dumps of 1 TiB of memory in sparse files: ELF and compressed."""

import struct
from pathlib import Path

TIB = 1 << 40
PAGE = 4096
LOADS = 8


def elf(path: Path, notes: bytes) -> Path:
    """An ELF core whose PT_LOADs have 1 TiB in all, with holes between them."""
    offset = 64 + 56 * (LOADS + 1)
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\177ELF\2\1\1", 4, 62, 1, 0, 64, 0, 0, 64, 56,
                       LOADS + 1, 0, 0, 0)
    head += struct.pack("<IIQQQQQQ", 4, 0, offset, 0, 0, len(notes), len(notes), 4)
    data, size = -(-(offset + len(notes)) // PAGE) * PAGE, TIB // LOADS
    for n in range(LOADS):
        head += struct.pack("<IIQQQQQQ", 1, 7, data + n * size, 0, n * (size + PAGE), size, size,
                            PAGE)
    with open(path, "wb") as file:
        file.write(head + notes)
        file.truncate(data + TIB)
    return path


def kdump(path: Path, notes: bytes) -> Path:
    """A compressed dump of 1 TiB: one page of every 64 Ki is in it, with its descriptor."""
    pages = TIB // PAGE
    blocks = pages // 8 // PAGE
    sub_blocks = 1 + (104 + len(notes)) // PAGE
    names = b"".join(s.ljust(65, b"\0") for s in
                     (b"Linux", b"host", b"6.1.0", b"#1", b"x86_64", b"(none)"))
    head = (b"KDUMP   " + struct.pack("<I", 6) + names).ljust(424, b"\0")
    head += struct.pack("<IIIIIIIIII", 0, PAGE, sub_blocks, 2 * blocks, pages, 0, 0, 0, 1, 2)
    sub = struct.pack("<QIIQQQQQQQQQQQ", 0, 31, 0, 0, 0, 0, 0, PAGE + 104, len(notes), 0, 0, 0, 0,
                      pages)
    bitmap = (1 + sub_blocks) * PAGE
    every = 1 << 16
    descriptors = bitmap + 2 * blocks * PAGE
    count = pages // every
    with open(path, "wb") as file:
        file.write(head.ljust(PAGE, b"\0") + sub + notes)
        for n in range(count):
            file.seek(bitmap + blocks * PAGE + n * every // 8)
            file.write(b"\1")
        file.seek(descriptors)
        for n in range(count):
            file.write(struct.pack("<QIIQ", descriptors + 24 * count + n * PAGE, PAGE, 0, 0))
        file.truncate(descriptors + 24 * count + count * PAGE)
    return path
