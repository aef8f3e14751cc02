# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump.ko's records about shared memory, read out of a dump by doc/note-format.md alone.

Neither libhvdump nor hvdump is asked: what a test compares is what the module wrote.
"""

import struct
from dataclasses import dataclass, field

from . import dumps

CAPTURE, END, STAGE = 0x48560003, 0x48560004, 0x48560005
PARTITION, VP, REGISTERS, PAGES, MEMORY = \
    0x48560011, 0x48560012, 0x48560013, 0x48560015, 0x48560016
STATE, BALANCE, RUN_TIMES = 0x48560017, 0x48560018, 0x48560019
(HYPERCALL, VP_ASSIST, SIM, SIEF, SIRB, REFERENCE_TSC, CRASH_AREA, INPUT, OUTPUT, STATISTICS,
 REGISTER_PAGE, INTERCEPT, GHCB) = range(1, 14)
GUARDED, OVERWRITTEN, COPIED, UNREADABLE = 1, 2, 4, 8
NOBODY, NO_VP = 2**64 - 1, 2**32 - 1
# Flags of capture and stage records; of VPs.
IN_NMI, DRIVER, TRACKED, PARTLY, CRASHED = 0x1, 0x20, 0x40, 0x80, 0x100
CREATED, NOT_FOUND = 4, 8
# hvd_stage.hypervisor, hvd_stage.first, hvd_dropped.why, hvd_partition.source
ALIVE, GONE = 1, 2
ENDED, NESTED, ELSEWHERE = 1, 2, 3
WHY_HYPERVISOR = 4
ENUMERATION, BY_DRIVER = 2, 3


@dataclass
class Records:
    """The fields of each type, in the order in which they were written."""
    captures: list = field(default_factory=list)    # reason, flags, cpu, .., hypervisor
    stages: list = field(default_factory=list)
    ends: list = field(default_factory=list)        # calls, {(type, why): amount}
    partitions: dict = field(default_factory=dict)  # id: (parent, kind, source, seen)
    vps: dict = field(default_factory=dict)         # (id, index): flags
    pages: dict = field(default_factory=dict)       # (kind, id, VP, detail): (pfn, flags)
    memory: dict = field(default_factory=dict)      # (kind, id, VP): (pfn, flags, bytes)
    states: dict = field(default_factory=dict)      # (id, VP, VTL, type): bytes
    balances: dict = field(default_factory=dict)    # id: the two words
    run_times: dict = field(default_factory=dict)   # LP: (global, local, hypervisor)
    registers: list = field(default_factory=list)   # ((id, VP, VTL), set, {code: ..}), see below
    order: list = field(default_factory=list)       # types


def elements(desc: bytes, count: int, stride: int):
    """Where each element begins: they are the last in a descriptor."""
    start = len(desc) - count * stride
    return range(start, len(desc), stride)


def take_pages(found: Records, desc: bytes) -> None:
    """References."""
    for at in elements(desc, *struct.unpack_from("<II", desc, 16)):
        ident, pfn, index, kind, detail, flags = struct.unpack_from("<QQIIII", desc, at)
        found.pages[kind, ident, index, detail] = (pfn, flags)


def take_memory(found: Records, desc: bytes) -> None:
    """A copy: what it has no words for is zeros."""
    ident, pfn, index, kind, _, flags, _, size, count, stride = \
        struct.unpack_from("<QQIIIIIIII", desc, 16)
    data = b"".join(desc[at:at + 8] for at in elements(desc, count, stride))
    found.memory[kind, ident, index] = (pfn, flags, data.ljust(size, b"\0"))


def take_state(found: Records, desc: bytes) -> None:
    """A blob: what it has no words for is zeros."""
    ident, index, vtl, _, kind, size, count, stride = struct.unpack_from("<QIHHIIII", desc, 16)
    data = b"".join(desc[at:at + 8] for at in elements(desc, count, stride))
    found.states[ident, index, vtl, kind] = data.ljust(size, b"\0")


def take_run_times(found: Records, desc: bytes) -> None:
    """Elements, one a logical processor."""
    for at in elements(desc, *struct.unpack_from("<II", desc, 16)):
        lp, _, *times = struct.unpack_from("<IIQQQ", desc, at)
        found.run_times[lp] = tuple(times)


def take_registers(found: Records, desc: bytes) -> None:
    """A set: of each code the status, flags and value."""
    ident, index, vtl, which, count, stride = struct.unpack_from("<QIHHII", desc, 16)
    values = {}
    for at in elements(desc, count, stride):
        code, status, flags, low, high = struct.unpack_from("<IHHQQ", desc, at)
        values[code] = (status, flags, high << 64 | low)
    found.registers.append(((ident, index, vtl), which, values))


def take(found: Records, kind: int, desc: bytes) -> None:
    """One record."""
    if kind == CAPTURE:
        found.captures.append(struct.unpack_from("<IIII", desc, 16) +
                              struct.unpack_from("<I", desc, 64))
    elif kind == STAGE:
        found.stages.append(struct.unpack_from("<QIIIIIIQII", desc, 16))
    elif kind == END:
        calls, count, stride = struct.unpack_from("<III", desc, 28)
        dropped = [struct.unpack_from("<IIQ", desc, at) for at in elements(desc, count, stride)]
        found.ends.append((calls, {one[:2]: one[2] for one in dropped}))
    elif kind == PARTITION:
        ident, *rest = struct.unpack_from("<QQIII", desc, 16)
        found.partitions[ident] = tuple(rest)
    elif kind == VP:
        ident, index = struct.unpack_from("<QI", desc, 16)
        found.vps[ident, index], = struct.unpack_from("<I", desc, 40)
    elif kind == REGISTERS:
        take_registers(found, desc)
    elif kind == PAGES:
        take_pages(found, desc)
    elif kind == MEMORY:
        take_memory(found, desc)
    elif kind == STATE:
        take_state(found, desc)
    elif kind == BALANCE:
        ident, *words = struct.unpack_from("<QQQ", desc, 16)
        found.balances[ident] = tuple(words)
    elif kind == RUN_TIMES:
        take_run_times(found, desc)


def read(run) -> Records:
    """Those of the dump that a run has brought home."""
    found = Records()
    for one in dumps.elf_notes(run.out / "hvdump.elf"):
        if one.owner == b"HVDUMP":
            found.order.append(one.kind)
            take(found, one.kind, one.desc)
    return found
