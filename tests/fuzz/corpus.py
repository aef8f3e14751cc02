#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Seeds for the fuzzers, made by the generators of tests/cli and taken from real runs.

usage: corpus.py DIRECTORY [BUILD]

Writes DIRECTORY/{notes,file,encoder,types,pages,registers,image,walk}/. Under BUILD, what ./run demo
and ./run vm have left behind is taken too: the first 16 KiB of an hvdump.elf and of each kind of vmcore.
"""

import random
import struct
import sys
import zlib
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "cli"),
                str(Path(__file__).resolve().parents[1])]

import analyzer  # noqa: E402
import cores  # noqa: E402
import notes  # noqa: E402
from minihv import registers as rule  # noqa: E402

# Small, so that a fuzzer is fast: of a dump the headers and the first notes matter.
HEAD = 16384


def chunk_table(chunks):
    """The page that lists chunks: doc/note-format.md."""
    head = struct.pack("<8sIIQI", b"HVDTABLE", 1, len(chunks), 0x1122334455667788, 16)
    body = b"".join(struct.pack("<QII", *chunk) for chunk in chunks)
    return head + struct.pack("<I", zlib.crc32(head + body)) + body


def segments():
    """Name, note segment: whole captures, and what can become of one."""
    damaged = bytearray(notes.segment(vps=2))
    damaged[600] ^= 1
    yield "small", notes.segment(vps=2)
    yield "cut-off", notes.segment(vps=1, ended=False)
    yield "dropped", notes.segment(vps=1, dropped=[(notes.VP, 1, 7), (0, 2, 1)])
    yield "damaged", bytes(damaged)
    yield "armed", notes.chunk([notes.header()], close=False)
    yield "merged", notes.prstatus() + notes.vmcoreinfo() + notes.segment(vps=1)
    yield "arm64", notes.chunk([notes.header(machine=183), notes.capture()])
    yield "table", chunk_table([(0x7000000, 262144, 0), (2**64 - 4, 4096, 0), (0x7100000, 4096, 1)])
    yield "foreign", notes.prstatus() + notes.vmcoreinfo()
    for path in sorted(analyzer.DUMPS.glob("*.txt")):
        yield path.stem, analyzer.described(path.stem)
        yield path.stem + "-memory", analyzer.described(path.stem, "-m")


def files(name, data):
    """The same notes in every kind of file."""
    yield name, data
    yield name + ".elf", cores.elf(data, loads=[(0, bytes(64))])
    yield name + ".kdump", analyzer.kdump(data)
    middle = len(data) // 8 * 4
    yield name + ".split.elf", analyzer.several_note_segments([data[:middle], data[middle:]])


def real_runs(build):
    """Dumps of virtual machines, one of each kind: name, bytes."""
    found = {path.name: path for where in ("demo", "vm")
             for path in sorted((build / where).glob("**/*"))
             if path.is_file() and path.name in ("hvdump.elf", "vmcore", "vmcore.elf")}
    for name, path in found.items():
        with path.open("rb") as dump:
            yield "real-" + name, dump.read(HEAD)


def note_part(data):
    """The note segment of an ELF core, as far as it is there; else nothing."""
    if data[:4] != b"\x7fELF":
        return b""
    return b"".join(data[offset:offset + size]
                    for kind, offset, _, size in cores.program_headers(data)
                    if kind == cores.PT_NOTE)


def put(directory, name, data):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_bytes(data)


def btf():
    """One structure {int a; int b : 3;}: Documentation/bpf/btf.rst."""
    strings = b"\0int\0pair\0a\0b\0"
    types = struct.pack("<4I", 1, 1 << 24, 4, 1 << 24 | 32)
    types += struct.pack("<9I", 5, 1 << 31 | 4 << 24 | 2, 8, 10, 1, 0, 12, 1, 3 << 24 | 32)
    return struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(types), len(types),
                       len(strings)) + types + strings


def pages():
    """Kind, architecture, whose, bytes: one of minihv's for each kind it has, and plain ones."""
    vp = 0x10002
    made = {3: rule.message_page(1, 1), 4: rule.event_flags_page(1, 1), 5: rule.event_ring_page(1),
            10: rule.stats_page(1, vp, 0, 0x102, 0), 11: rule.register_page(1, 0x102, 0),
            12: rule.intercept_page(0x102, 0),
            8: struct.pack("<QIIII", 0x102, 0, 0, 0x20010, 0x20011),
            1: b"\x0f\x01\xd9\xc3", 2: bytes(0x70) + rule.intercept_page(0x102, 0)[:256],
            6: struct.pack("<IIQQ", 7, 0, 1 << 48, 5), 13: bytes(0xFFA) + struct.pack("<HI", 1, 1)}
    for kind, data in made.items():
        for machine in (0, 1):
            yield f"{kind}-{machine}", struct.pack("<BBI", kind, machine, vp) + data


def registers():
    """Architecture, structure, origin of codes, bytes: the values of one VP; messages; a page."""
    rng = random.Random(1)
    for machine in (0, 1):
        of_vp = b"".join(struct.pack("<IHHQQ", code, 0, 0, rng.getrandbits(64), rng.getrandbits(64))
                         for code in range(machine, 300, 2))
        for origin in range(4):
            yield f"values-{machine}-{origin}", struct.pack("<BHB", machine, origin, origin) + of_vp
        for layout in range(0, 130, 10):
            yield f"layout-{machine}-{layout}", struct.pack("<BHB", machine, layout, 0) \
                + rng.randbytes(600)
        for at, kind in enumerate((0x80000000, 0x80010000, 0x80010003, 0x80000010, 0x40000001)):
            yield f"message-{machine}-{at}", struct.pack("<BHBIBBHQ", machine, 0, 0, kind, 240, 0,
                                                         0, 0x102) + rng.randbytes(240)


def image():
    """A PE32+ image of two pages: one section, and the record of its symbols."""
    optional = struct.pack("<H14xIIQ4xI8xHH8xII4x40x4xI", 0x20B, 0x1000, 0x1000, 1 << 40, 4096,
                           10, 0, 0x2000, 4096, 16)
    directories = bytearray(16 * 8)
    struct.pack_into("<II", directories, 6 * 8, 0x300, 28)
    optional = optional[:112].ljust(112, b"\0") + directories
    header = struct.pack("<4sHHIIIHH", b"PE\0\0", 0x8664, 1, 1, 0, 0, len(optional), 0x22)
    section = struct.pack("<8sIIIIIIHHI", b".text", 4096, 4096, 4096, 4096, 0, 0, 0, 0, 0x60000020)
    data = (b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80)).ljust(0x80, b"\0")
    data = (data + header + optional + section).ljust(0x300, b"\0")
    data += struct.pack("<12xIIII", 2, 40, 0x340, 0x340)
    return data.ljust(0x340, b"\0") + b"RSDS" + bytes(range(16)) + struct.pack("<I", 1) + b"hv.pdb\0"


def walk():
    """Registers and memory: each of x86's modes, and arm64's granules, on tables of themselves."""
    for name, cr0, cr4, efer in (("32", 1 << 31, 0x10, 0), ("pae", 1 << 31, 0x20, 0x800),
                                 ("4", 1 << 31, 0x20, 0xD00), ("5", 1 << 31, 0x1020, 0xD00)):
        yield name, struct.pack("<6Q", cr0, 0x1000, cr4, efer, 0, 0x7FFF12345678) \
            + struct.pack("<512Q", *(i << 12 | 7 for i in range(512)))
    for granule in (0, 1, 2):
        tcr = 16 | 16 << 16 | granule << 14 | (2, 3, 1)[granule] << 30
        yield f"arm64-{granule}", struct.pack("<6Q", 1, tcr, 0x10000, 0x20000, 0, 0x12345678) \
            + struct.pack("<512Q", *(i << 16 | 0x703 for i in range(512)))


def main(out, build=None):
    for name, data in segments():
        put(out / "notes", name, data)
        for file_name, file_data in files(name, data):
            put(out / "file", file_name, file_data)
    put(out / "file", "no-notes.elf", cores.elf(b"", loads=[(0, bytes(64))]))
    put(out / "file", "flattened", analyzer.flattened(notes.segment(vps=1)))
    for name, data in real_runs(build) if build else ():
        put(out / "file", name, data)
        if note_part(data):
            put(out / "notes", name, note_part(data))
    put(out / "types", "pair", btf())
    put(out / "image", "one", image())
    for name, data in walk():
        put(out / "walk", name, data)
    for name, data in pages():
        put(out / "pages", name, data)
    for name, data in registers():
        put(out / "registers", name, data)
    sample = analyzer.BUILD / "tests/unit/types_sample.btf"
    if sample.exists():
        put(out / "types", "sample", sample.read_bytes())
    # What the bytes mean to encoder: tests/fuzz/sequence.c.
    rng = random.Random(1)
    for size in (8, 20, 60, 200, 600):
        put(out / "encoder", f"random-{size}", rng.randbytes(size))
    put(out / "encoder", "drops", bytes([0, 1, 0, 0, 0, 0, 0])
        + b"".join(bytes([15, n, n % 6]) for n in range(40)))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*map(Path, sys.argv[1:]))
