# SPDX-License-Identifier: GPL-2.0-or-later
"""Note segments made by hand, from doc/note-format.md.

A second implementation of the format, on purpose: it shares no line with
formats/encode.c, so that the two can be compared.
"""

import struct
import zlib

CHUNK, CHUNK_END, HEADER, CAPTURE, END, STAGE, FAILURE = range(0x48560000, 0x48560007)
HYPERVISOR, PARTITION, VP, REGISTERS, PROPERTIES, PAGES, MEMORY = range(0x48560010, 0x48560017)
STATE, BALANCE, RUN_TIMES = 0x48560017, 0x48560018, 0x48560019
UNREAD = 0x48560080

# Kinds and flags of pages.
SIM, CRASH_AREA, INPUT, STATISTICS, REGISTER_PAGE, INTERCEPT_PAGE = 3, 7, 8, 10, 11, 12
GUARDED, OVERWRITTEN, COPIED, UNREADABLE = 1, 2, 4, 8
NOBODY = 2**64 - 1

BOOT_ID = bytes(range(0xA0, 0xB0))


def padded(data, align=4):
    return data + bytes(-len(data) % align)


def note(owner, kind, desc):
    """One ELF note; owner without its NUL."""
    name = owner + b"\0"
    return struct.pack("<III", len(name), len(desc), kind) + padded(name) + padded(desc)


def record(kind, body, time=0):
    """One note of owner HVDUMP: the common header, then the fields."""
    return note(b"HVDUMP", kind, struct.pack("<HHIQ", 1, 0, 16 + len(body), time) + body)


def header(machine=62, release=b"6.1.0-test", boot_id=BOOT_ID):
    fixed = struct.pack(
        "<IHHIIQQQQQIIII", 1, machine, 12, 1, 1, 1, 2000000,
        1_700_000_000_000_000_000, 5_000_000_000, 10_000_000, 2, 2, 2000, 0,
    )
    return record(HEADER, fixed + boot_id + b"Microsoft Hv".ljust(16, b"\0")
                  + b"0.1.0".ljust(32, b"\0") + release.ljust(64, b"\0"))


def capture(reason=1, cpu=1):
    return record(CAPTURE, struct.pack("<IIIIQQQQ", reason, 4, cpu, cpu, 20_000_000,
                                       1_700_000_001_000_000_000, 6_000_000_000, 12_000_000))


def partition(identity, parent, kind):
    return record(PARTITION, struct.pack("<QQII", identity, parent, kind, 2), 10)


def vp(identity, index):
    return record(VP, struct.pack("<QIIIIII", identity, index, 0xFFFFFFFF, 1, 0, 0, 0), 20)


def registers(identity, index, values):
    """values: {code: value of up to 128 bits}"""
    body = struct.pack("<QIHHII", identity, index, 0, 0, len(values), 24)
    for code, value in values.items():
        body += struct.pack("<IHHQQ", code, 0, 0, value & (2**64 - 1), value >> 64)
    return record(REGISTERS, body, 30)


def properties(identity, values):
    """values: {code: value}"""
    return record(PROPERTIES, struct.pack("<QII", identity, len(values), 16)
                  + b"".join(struct.pack("<IHHQ", code, 0, 0, value)
                             for code, value in values.items()), 31)


def state(identity, index, kind, data, vtl=0, flags=0, size=None):
    """What GetVpState gave; zeros at its end are left out."""
    data = data.rstrip(b"\0")
    data += bytes(-len(data) % 8)
    return record(STATE, struct.pack("<QIHHIIII", identity, index, vtl, flags, kind,
                                     len(data) if size is None else size, len(data) // 8, 8) + data,
                  33)


def run_times(*elements):
    """elements: (LP, since it was started, busy, in the hypervisor), in units of 100 ns"""
    return record(RUN_TIMES, struct.pack("<II", len(elements), 32)
                  + b"".join(struct.pack("<IIQQQ", lp, 0, *times) for lp, *times in elements), 34)


def balance(identity, first, second):
    """Two numbers of pages."""
    return record(BALANCE, struct.pack("<QQQ", identity, first, second), 34)


def failure(call, status, identity=1, vp=0xFFFFFFFF, argument=0):
    """A hypercall that failed at once."""
    return record(FAILURE, struct.pack("<QQIHHHHHH", identity, argument, vp, 0, call, status,
                                       1, 0, 0), 35)


def pages(*elements):
    """elements: (partition, pfn, VP, kind, detail, flags)"""
    return record(PAGES, struct.pack("<II", len(elements), 32)
                  + b"".join(struct.pack("<QQIIII", *e) for e in elements), 32)


def page(pfn, kind=STATISTICS, flags=0, partition=1, vp=0, detail=0):
    return partition, pfn, vp, kind, detail, flags


def memory(pfn, data, kind=INPUT, partition=1, vp=0, offset=0):
    """A copy of data: all of it, also the zeros at its end."""
    return record(MEMORY, struct.pack("<QQIIIIIIII", partition, pfn, vp, kind, 0, 0, offset,
                                      len(data), len(data) // 8, 8) + data, 33)


def unread(*gaps):
    """gaps: (pfn, pages, kind, error)"""
    return record(UNREAD, struct.pack("<II", len(gaps), 24)
                  + b"".join(struct.pack("<QQII", *g) for g in gaps))


def stage(hypervisor, flags=0, call=2, cpu=0, first=1, where=(NOBODY, 0xFFFFFFFF, 0)):
    """where: the partition, VP and hypercall that the first call was at."""
    return record(STAGE, struct.pack("<QIIIIIIQII", 30_000_000, cpu, call, hypervisor, flags,
                                     first, 9, *where), 50)


def read_records(data):
    """[(type, body)] of owner HVDUMP."""
    found, at = [], 0
    while at + 12 <= len(data):
        namesz, descsz, kind = struct.unpack_from("<III", data, at)
        desc = at + 12 + (namesz + 3) // 4 * 4
        if data[at + 12:at + 12 + namesz] == b"HVDUMP\0":
            found.append((kind, data[desc + 16:desc + descsz]))
        at = desc + (descsz + 3) // 4 * 4
    return found


def end(captured, dropped=()):
    """The end record of the notes in `captured`; dropped: (type, why, amount)."""
    size = 20 + 16 + 24 + 16 * len(dropped)
    body = struct.pack("<QIIII", sum(map(len, captured)) + size, len(captured) + 1, 40,
                       len(dropped), 16)
    return record(END, body + b"".join(struct.pack("<IIQ", *d) for d in dropped), 40)


def chunk(notes, index=0, count=1, role=0, size=262144, address=0x7000000, close=True,
          nonce=0x1122334455667788):
    """A chunk, as it lies in memory up to its last note."""
    data = record(CHUNK, struct.pack("<QIIIIQ", nonce, index, count, role, size, address))
    data += b"".join(notes)
    if close:
        data += record(CHUNK_END, struct.pack("<II", len(data), zlib.crc32(data)), 41)
    return data


def segment(vps=4, ended=True, dropped=()):
    """What hvdump.ko has written: one capture of a root and a child partition."""
    notes = [capture(), partition(1, 0, 1), partition(0x102, 1, 3)]
    for index in range(vps):
        notes += [vp(0x102, index),
                  registers(0x102, index, {0x20010: index, 0x20000: 2**100 + index})]
    if ended:
        notes.append(end(notes, dropped))
    return chunk([header()] + notes, close=ended)


def prstatus():
    """NT_PRSTATUS of x86-64: 336 bytes, of which nobody here looks at any."""
    return note(b"CORE", 1, bytes(336))


def vmcoreinfo(release="6.1.0-test"):
    return note(b"VMCOREINFO", 0,
                f"OSRELEASE={release}\nPAGESIZE=4096\nCRASHTIME=1700000001\n".encode())
