# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump redact: nothing that is a guest's is left in the copy, by a search for its bytes; what was
taken out is called so; and all else reads as before."""

import json
import struct

import pytest

import cores
import notes
from analyzer import HVDUMP_SAN, hvdump, write

ROOT, GUEST = 1, 0x102
STATE = 0x48560017
INTERCEPT, SIEF, GHCB = 12, 4, 13
PAGE = 4096
# Registers of a guest, a message's instruction bytes, a state, an argument page.
PLANTED = [0xA5C3_0000_1111_2200 + i for i in range(40)]
KEPT = 0x7E57_1234_5678_9ABC
CODE = bytes.fromhex("d1e2f3a4b5c6d7e8f90a1b2c3d4e5f60")


def state(partition, kind, data):
    body = struct.pack("<QIHHIIII", partition, 0, 0, 0, kind, len(data), len(data) // 8, 8)
    return notes.record(STATE, body + data, 34)


def words(values):
    return struct.pack(f"<{len(values)}Q", *values)


def segment(close=True):
    """A root and a guest; registers, states, copies and references of both."""
    captured = [
        notes.capture(), notes.partition(ROOT, 0, 1), notes.partition(GUEST, 1, 3),
        notes.vp(ROOT, 0), notes.registers(ROOT, 0, {0x20010: KEPT, 0x40002: 0x1000}),
        notes.vp(GUEST, 0),
        notes.registers(GUEST, 0, {0x20000 + i: PLANTED[i] | PLANTED[i + 1] << 64
                                   for i in range(16)}),
        state(GUEST, 0x80000000, words(PLANTED[17:25])),
        state(GUEST, 0x80000002, CODE + bytes(240)),
        notes.memory(0x7000, words(PLANTED[25:29]), kind=notes.INPUT),
        notes.pages(notes.page(0x7000, notes.INPUT, notes.COPIED),
                    notes.page(0x10, notes.STATISTICS, partition=GUEST, detail=0x10002),
                    notes.page(0x11, notes.REGISTER_PAGE, partition=GUEST),
                    notes.page(0x12, INTERCEPT, partition=GUEST),
                    notes.page(0x13, notes.SIM), notes.page(0x14, SIEF, partition=GUEST),
                    notes.page(0x15, GHCB, partition=GUEST),
                    notes.page(0x16, notes.CRASH_AREA, partition=notes.NOBODY)),
    ]
    captured.append(notes.end(captured))
    return notes.chunk([notes.header(), *captured], close=close)


def loads():
    """Pages of each kind: guests' data in the middle four."""
    secret = CODE + words(PLANTED[29:37])
    pages = [words([KEPT]) + bytes(PAGE - 8)]
    pages += [bytes(0x100) + secret + bytes(PAGE - 0x100 - len(secret))] * 5
    pages += [words([5, KEPT]) + bytes(PAGE - 16)]
    return [(0x10 * PAGE, b"".join(pages))]


def elf_dump():
    return cores.elf(segment() + notes.vmcoreinfo(), loads())


def assert_clean(data):
    """No planted value, in any alignment, nor half of one."""
    for value in PLANTED:
        assert struct.pack("<Q", value) not in data, hex(value)
    assert CODE not in data and CODE[:8] not in data


@pytest.fixture(name="redacted", params=["elf", "notes"])
def fixture_redacted(request, tmp_path):
    data = elf_dump() if request.param == "elf" else segment()
    source = write(tmp_path / "source", data)
    assert any(struct.pack("<Q", value) in data for value in PLANTED) and CODE in data
    copy = tmp_path / "copy"
    done = hvdump("redact", source, copy, program=HVDUMP_SAN)
    assert done.returncode == 0, done.stderr
    assert "16 registers, 2 states, 1 copies" in done.stdout
    return source, copy


def test_nothing_of_a_guest_is_left(redacted):
    _, copy = redacted
    assert_clean(copy.read_bytes())
    assert copy.stat().st_mode & 0o777 == 0o600


def read(command, path, *words_):
    done = hvdump("--json", command, path, *words_, program=HVDUMP_SAN)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def without_values(registers):
    return {name: dict(one, value=None, status=None) for name, one in registers.items()}


def test_what_was_taken_out_is_called_so(redacted):
    _, copy = redacted
    guest, = [p for p in read("regs", copy, "--all")["partitions"] if p["id"].endswith("102")]
    registers = guest["vps"][0]["vtls"][0]["registers"]
    assert len(registers) == 16
    assert {(one["value"], one["status"]) for one in registers.values()} == {(None, "redacted")}
    text = hvdump("regs", copy, "-p", "0x102").stdout
    assert "redacted" in text and "0x0000000000000000" not in text
    ranges = {r["pfn"]: r for r in read("pages", copy)["pages"]}
    assert ranges[0x7000]["state"] == "unread"
    assert "redacted" in hvdump("pages", copy, "-o", "PFN,STATE,WHY").stdout


def test_the_rest_reads_as_before(redacted):
    source, copy = redacted
    for command in ("regs", "partitions", "vps", "info"):
        before, after = read(command, source), read(command, copy)
        for one in (before, after):
            del one["source"]
            one.pop("memory", None)
            # The copy has one more chunk, which lists what was taken out.
            one["capture"]["records"] = None
            for p in one.get("partitions", []):
                for vp in p.get("vps", []):
                    for vtl in vp["vtls"]:
                        if p["id"].endswith("102"):
                            vtl.clear()
        assert before == after, command
    root = read("regs", copy, "-p", "self")["partitions"][0]["vps"][0]["vtls"][0]["registers"]
    assert f"0x{KEPT:016x}" in {one["value"] for one in root.values()}


def test_pages_that_are_nobodys_stay(tmp_path):
    source = write(tmp_path / "source", elf_dump())
    copy = tmp_path / "copy"
    assert hvdump("redact", source, copy).returncode == 0
    for pfn in (0x10, 0x16):
        assert read("page", copy, pfn)["page"]["sources"] == \
            [dict(one, path=str(copy)) for one in read("page", source, pfn)["page"]["sources"]]
    for pfn in (0x11, 0x12, 0x13, 0x14, 0x15):
        done = hvdump("page", copy, pfn)
        assert done.returncode == 1 and "redacted" in done.stdout


def test_no_file_is_overwritten(tmp_path):
    source = write(tmp_path / "source", segment())
    other = write(tmp_path / "other", b"mine")
    for target in (other, source):
        before = target.read_bytes()
        done = hvdump("redact", source, target)
        assert done.returncode == 1 and "exists" in done.stderr
        assert target.read_bytes() == before


def test_a_vmcore_is_refused(tmp_path):
    source = write(tmp_path / "vmcore", cores.elf(segment(), [(0x100000, CODE * (1 << 18))]))
    done = hvdump("redact", source, tmp_path / "copy")
    assert done.returncode == 1 and "found a vmcore" in done.stderr
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("cut", range(0, 60))
def test_damage_hides_nothing(tmp_path, cut):
    """A segment cut anywhere, or with a byte that is wrong: what cannot be read is not kept."""
    data = bytearray(segment(close=cut % 2 == 0))
    at = len(data) * cut // 60 // 4 * 4
    if cut % 3:
        data = data[:max(at, 400)]
    else:
        data[at:at + 4] = b"\xff\xff\xff\x7f"
    source = write(tmp_path / "source", bytes(data))
    copy = tmp_path / "copy"
    done = hvdump("redact", source, copy, program=HVDUMP_SAN, leaks=False)
    assert done.returncode in (0, 1, 3, 4), done.stderr
    if copy.exists():
        assert_clean(copy.read_bytes())
