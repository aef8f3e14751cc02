# SPDX-License-Identifier: GPL-2.0-or-later
"""Running hvdump on dumps that are made here."""

import functools
import json
import os
import struct
import subprocess
from pathlib import Path

import jsonschema

import cores

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("HVDUMP_BUILD", TOP / "build"))
HVDUMP = BUILD / "analyzer/hvdump"
# The same program under ASan and UBSan: any report of theirs ends it with 99.
HVDUMP_SAN = BUILD / "tests/tools/hvdump-san"
MKNOTE = BUILD / "tests/tools/mknote"
DUMPS = Path(__file__).parent / "dumps"
EXPECTED = Path(__file__).parent / "expected"

SCHEMA = json.loads((TOP / "doc/schema/hvdump.schema.json").read_text())

FILE_COMMANDS = ["info", "notes", "partitions", "vps", "regs", "report", "pages", "messages",
                 "state"]


def hvdump(*args, cwd=None, program=HVDUMP, leaks=True):
    """Run it; the result's stdout and stderr are text. Looking for leaks doubles the time."""
    env = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC",
               ASAN_OPTIONS=f"exitcode=99:detect_leaks={int(leaks)}",
               UBSAN_OPTIONS="halt_on_error=1:exitcode=99")
    return subprocess.run([program, *map(str, args)], cwd=cwd, env=env, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


def mknote(description, *options):
    """The note segment that hvdump.ko's encoder makes of a description."""
    return subprocess.run([MKNOTE, *options], input=description.encode(), check=True,
                          stdout=subprocess.PIPE).stdout


@functools.lru_cache
def described(name, *options):
    return mknote((DUMPS / f"{name}.txt").read_text(), *options)


def kdump(notes, version=6, block=4096, machine=b"x86_64", status=1, bitmap_blocks=2, pages=(),
          split=None, max_mapnr=4096):
    """A makedumpfile-compressed dump: headers, notes, bitmaps, and pages: {pfn: bytes}.

    split: (first pfn, end pfn) of a part of a split dump.
    """
    utsname = b"".join(s.ljust(65, b"\0") for s in
                       (b"Linux", b"host", b"6.1.0-test", b"#1 SMP", machine, b"(none)"))
    sub_blocks = 1 + (104 + len(notes)) // block
    header = b"KDUMP   " + struct.pack("<I", version) + utsname
    header = header.ljust(408, b"\0") + struct.pack("<QQ", 1_700_000_001, 0)
    header += struct.pack("<IIIIIIIIII", status, block, sub_blocks, bitmap_blocks,
                          max_mapnr, 0, 0, 0, 1, 2)
    first, end = split or (0, 0)
    sub = struct.pack("<QIIQQQQQQQQQQQ", 0, 31, bool(split), first, end, 0, 0, block + 104,
                      len(notes), 0, 0, first, end, max_mapnr)
    assert len(sub) == 104
    out = header.ljust(block, b"\0") + (sub + notes).ljust(sub_blocks * block, b"\0")
    bitmap = bytearray(bitmap_blocks * block // 2)
    for pfn in pages:
        bitmap[pfn // 8] |= 1 << pfn % 8
    if split:
        pages = {pfn: page for pfn, page in pages.items() if first <= pfn < end}
    out += bitmap * 2
    offset = len(out) + 24 * len(pages)
    for pfn in sorted(pages):
        out += struct.pack("<QIIQ", offset, len(pages[pfn]), 0, 0)
        offset += len(pages[pfn])
    return out + b"".join(pages[pfn] for pfn in sorted(pages))


def flattened(data):
    """The same file as makedumpfile -F would write it."""
    head = b"makedumpfile".ljust(16, b"\0") + struct.pack(">qq", 1, 1)
    return (head.ljust(4096, b"\0") + struct.pack(">qq", 0, len(data)) + data
            + struct.pack(">qq", -1, -1))


def several_note_segments(segments):
    """An ELF core with a PT_NOTE for each, as in a crash kernel's own headers."""
    offset = 64 + 56 * len(segments)
    out = cores.elf(b"")[:56] + struct.pack("<HHHH", len(segments), 0, 0, 0)
    for data in segments:
        out += struct.pack("<IIQQQQQQ", cores.PT_NOTE, 0, offset, 0, 0, len(data), len(data), 4)
        offset += len(data)
    return out + b"".join(segments)


def write(path, data):
    path.write_bytes(data)
    return path


@functools.lru_cache
def validator(command):
    """The whole schema, and the part of it that the command promises."""
    schema = dict(SCHEMA, allOf=[{"$ref": f"#/definitions/{command}"}])
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def valid(command, text):
    """The JSON of a command, checked against the schema."""
    data = json.loads(text)
    validator(command).validate(data)
    return data
