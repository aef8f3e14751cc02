# SPDX-License-Identifier: GPL-2.0-or-later
"""The disk as a power cut would leave it: replaying QEMU's log of block writes.

QEMU's blklogwrites driver writes the format of Linux's dm-log-writes: a super block, then per
request one sector (four little-endian 64-bit words: first sector, number of sectors, flags,
length of a mark) and the data that was written. Cutting the log at a flush gives the disk on
which nothing survives but what the guest had asked to be made safe.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from . import disk as images

MAGIC = 0x6A736677736872
SECTOR = 512
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8


@dataclass(frozen=True)
class Entry:
    """One logged request; `data` is where its bytes start in the log."""
    sector: int
    count: int
    flags: int
    data: int


def entries(log: Path, end: int):
    """The requests whose entries lie wholly before byte END of the log."""
    with open(log, "rb") as file:
        magic, version, _, size = struct.unpack("<QQQL", file.read(28))
        if magic != MAGIC or version != 1 or size != SECTOR:
            raise ValueError(f"{log} is not a log of block writes")
        place = SECTOR
        while place + SECTOR <= end:
            file.seek(place)
            sector, count, flags, mark = struct.unpack("<QQQQ", file.read(32))
            data = place + SECTOR
            length = 0 if flags & (DISCARD | MARK) else count * SECTOR
            if data + length > end:
                return
            yield Entry(sector, count, flags, data)
            place = data + length + (mark + SECTOR - 1) // SECTOR * SECTOR


def last_flush(log: Path, end: int) -> int:
    """How many of the requests before END are up to and with the last flush."""
    kept = 0
    for number, entry in enumerate(entries(log, end), 1):
        if entry.flags & FLUSH:
            kept = number
    return kept


def replay(log: Path, end: int, before: Path, image: Path) -> int:
    """Make IMAGE the disk as at the last flush before byte END of the log.

    BEFORE is the disk as the run found it. Returns the number of requests applied.
    """
    images.copy(before, image)
    kept = last_flush(log, end)
    with open(log, "rb") as source, open(image, "r+b") as disk:
        for number, entry in enumerate(entries(log, end)):
            if number >= kept:
                break
            if entry.flags & (DISCARD | MARK):
                continue
            source.seek(entry.data)
            disk.seek(entry.sector * SECTOR)
            disk.write(source.read(entry.count * SECTOR))
        disk.flush()
        os.fsync(disk.fileno())
    return kept
