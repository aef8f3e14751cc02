# SPDX-License-Identifier: GPL-2.0-or-later
"""Small ELF vmcores, written field by field."""

import struct

PT_LOAD, PT_NOTE = 1, 4


def elf(notes, loads=(), machine=62):
    """An ELF64 core: one PT_NOTE, then a PT_LOAD for each (physical address, bytes)."""
    phnum = 1 + len(loads)
    offset = 64 + 56 * phnum
    out = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    out += struct.pack("<HHIQQQIHHHHHH", 4, machine, 1, 0, 64, 0, 0, 64, 56, phnum, 0, 0, 0)
    out += struct.pack("<IIQQQQQQ", PT_NOTE, 0, offset, 0, 0, len(notes), len(notes), 4)
    offset += len(notes)
    for address, data in loads:
        out += struct.pack("<IIQQQQQQ", PT_LOAD, 7, offset, address, address,
                           len(data), len(data), 0)
        offset += len(data)
    return out + notes + b"".join(data for _, data in loads)


def program_headers(data):
    """[(type, offset, physical address, file size)] of an ELF64 file."""
    phoff, = struct.unpack_from("<Q", data, 32)
    phnum, = struct.unpack_from("<H", data, 56)
    headers = []
    for i in range(phnum):
        kind, _, offset, _, paddr, filesz = struct.unpack_from("<IIQQQQ", data, phoff + 56 * i)
        headers.append((kind, offset, paddr, filesz))
    return headers


def note_segment(data):
    """The content of the only PT_NOTE."""
    segments = [data[o:o + n] for kind, o, _, n in program_headers(data) if kind == PT_NOTE]
    assert len(segments) == 1
    return segments[0]
