# SPDX-License-Identifier: GPL-2.0-or-later
"""Readers of dumps that share nothing with the project's own: what the tests compare with.

They know just enough of ELF (program headers, notes) and of makedumpfile's compressed format
(where its sub header says that the notes are).
"""

import struct
from dataclasses import dataclass
from pathlib import Path

PT_LOAD, PT_NOTE = 1, 4
OWNER = b"HVDUMP"
# The notes that a collector adds (doc/note-format.md): chunk, unread, chunk-end.
COLLECTORS = [0x48560000, 0x48560080, 0x48560001]


@dataclass(frozen=True)
class Segment:
    """An ELF64 program header."""
    kind: int
    flags: int
    offset: int
    vaddr: int
    paddr: int
    filesz: int
    memsz: int
    align: int


@dataclass(frozen=True)
class Note:
    """One ELF note; `raw` is all of it, header and padding included."""
    owner: bytes
    kind: int
    desc: bytes
    raw: bytes


def segments(head: bytes) -> list:
    """The program headers of an ELF64 file, from its first bytes."""
    if head[:6] != b"\x7fELF\x02\x01":
        raise ValueError("not a little-endian ELF64 file")
    place, = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    found = []
    for number in range(count):
        kind, flags, offset, vaddr, paddr, filesz, memsz, align = struct.unpack_from(
            "<LLQQQQQQ", head, place + number * size)
        found.append(Segment(kind, flags, offset, vaddr, paddr, filesz, memsz, align))
    return found


def memory(path: Path, paddr: int, size: int) -> bytes:
    """Physical memory out of an ELF dump; what a dump leaves out of a segment is zero."""
    found = bytearray()
    with open(path, "rb") as file:
        parts = [one for one in segments(file.read(65536)) if one.kind == PT_LOAD]
        while len(found) < size:
            place = paddr + len(found)
            part = next((one for one in parts if one.paddr <= place < one.paddr + one.memsz), None)
            if part is None:
                raise ValueError(f"{place:#x} is in no segment of {path}")
            within = place - part.paddr
            length = min(size - len(found), part.memsz - within)
            if within < part.filesz:
                length = min(length, part.filesz - within)
                file.seek(part.offset + within)
                found += file.read(length)
            else:
                found += bytes(length)
    return bytes(found)


def notes(data: bytes) -> list:
    """The notes of a segment, up to its end or to an empty note."""
    found = []
    place = 0
    while place + 12 <= len(data):
        namesz, descsz, kind = struct.unpack_from("<LLL", data, place)
        if namesz == 0:
            break
        name = place + 12
        desc = name + (namesz + 3 & ~3)
        end = desc + (descsz + 3 & ~3)
        if end > len(data):
            raise ValueError(f"the note at {place} does not end within its segment")
        found.append(Note(data[name:name + namesz].rstrip(b"\0"), kind,
                          data[desc:desc + descsz], data[place:end]))
        place = end
    return found


def elf_notes(path: Path) -> list:
    """The notes of all PT_NOTE segments of an ELF file."""
    found = []
    with open(path, "rb") as file:
        for segment in segments(file.read(65536)):
            if segment.kind == PT_NOTE:
                file.seek(segment.offset)
                found += notes(file.read(segment.filesz))
    return found


def kdump_notes(path: Path) -> list:
    """The notes of a compressed dump: offset_note and size_note of its sub header."""
    with open(path, "rb") as file:
        if file.read(8) != b"KDUMP   ":
            raise ValueError(f"{path} is not a compressed dump")
        file.seek(428)
        block, = struct.unpack("<L", file.read(4))
        file.seek(block + 48)
        offset, size = struct.unpack("<QQ", file.read(16))
        file.seek(offset)
        return notes(file.read(size))


def of_ours(found: list) -> list:
    """Those notes that hvdump.ko wrote."""
    return [note for note in found if note.owner == OWNER]


def of_others(found: list) -> list:
    """Those notes that hvdump.ko did not write."""
    return [note for note in found if note.owner != OWNER]
