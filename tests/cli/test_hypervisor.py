# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump hypervisor and translate on a small dump: an image with its page tables, a crash area of
each version, a stack; and what is said where they are broken."""

import struct

import pytest

import cores
import notes
from analyzer import HVDUMP, HVDUMP_SAN, hvdump, valid, write

PAGE = 4096
BASE = 0xFFFFF80000400000
IMAGE, AREA, TABLES = 0x400000, 0x800000, 0xA00000
# Where each version has: base, size, name length, name, bug check, CR3, count, offset, size.
VERSIONS = {
    1: (0x8, 0x10, 0x14, 0x16, 0x58, 0x88, 0xA0, 0xA4, 0xA8),
    2: (0x8, 0x10, 0x38, 0x3A, 0x80, 0xB0, 0x2D8, 0x2DC, 0x2E0),
    3: (0x8, 0x10, 0x38, 0x3A, 0x80, 0xB0, 0x2E0, 0x2E4, 0x2E8),
    4: (0x8, 0x10, 0x38, 0x3A, 0x80, 0xB0, 0x2E0, 0x2E4, 0x2E8),
    5: (0x8, 0x10, 0x70, 0x72, 0xB8, 0xE8, 0x310, 0x314, 0x318),
}


def image(rsds=b"RSDS"):
    """Two pages: header and code; a call at 0x1100."""
    optional = bytearray(112 + 16 * 8)
    struct.pack_into("<H", optional, 0, 0x20B)
    struct.pack_into("<Q", optional, 24, BASE)
    struct.pack_into("<HH", optional, 44, 10, 3)
    struct.pack_into("<I", optional, 56, 0x2000)
    struct.pack_into("<I", optional, 108, 16)
    struct.pack_into("<II", optional, 112 + 6 * 8, 0x300, 28)
    data = bytearray(0x2000)
    data[:2] = b"MZ"
    struct.pack_into("<I", data, 0x3C, 0x80)
    struct.pack_into("<4sHHIIIHH", data, 0x80, b"PE\0\0", 0x8664, 1, 0x12345678, 0, 0,
                     len(optional), 0x22)
    data[0x98:0x98 + len(optional)] = optional
    struct.pack_into("<8sIIII12xI", data, 0x98 + len(optional), b".text", 4096, 4096, 4096, 4096,
                     0x60000020)
    struct.pack_into("<12xIIII", data, 0x300, 2, 32, 0x340, 0x340)
    data[0x340:0x344] = rsds
    data[0x344:0x354] = bytes.fromhex("33221100554477668899aabbccddeeff")
    struct.pack_into("<I", data, 0x354, 3)
    data[0x358:0x35E] = b"hv.pdb"
    data[0x1100] = 0xE8
    return bytes(data)


def area(version):
    """One processor, with a stack of four words: one of them a return address."""
    base, size, length, name, bug, root, count, offset, each = VERSIONS[version]
    data = bytearray(2 * PAGE)
    struct.pack_into("<II", data, 0, version, 1)
    struct.pack_into("<QI", data, base, BASE, 0x2000)
    assert size == base + 8
    struct.pack_into("<H", data, length, 18)
    data[name:name + 18] = "hvxyz.exe".encode("utf-16-le")
    struct.pack_into("<5Q", data, bug, 14, 0, BASE + 0x1234, 0xBAD, 0)
    struct.pack_into("<Q", data, root, TABLES)
    for at, value in ((count, 1), (offset, 0x1000), (each, 32)):
        struct.pack_into("<I", data, at, value)
    struct.pack_into("<IIIIQ", data, 0x1000, 0x1100, 0x280, 32, 0x1800, 0x7000)
    struct.pack_into("<Q", data, 0x1100 + 0x88, BASE + 0x1234)
    struct.pack_into("<4Q", data, 0x1800, BASE + 0x1105, 5, BASE + 0x1F00, BASE + 0x10)
    return bytes(data)


def tables():
    """4 levels down to 4 KiB pages: BASE's two."""
    data = bytearray(4 * PAGE)
    for level, shift in enumerate((39, 30, 21)):
        index = BASE >> shift & 511
        struct.pack_into("<Q", data, level * PAGE + 8 * index, TABLES + (level + 1) * PAGE | 0x63)
    for page in range(2):
        struct.pack_into("<Q", data, 3 * PAGE + 8 * ((BASE >> 12 & 511) + page),
                         IMAGE + page * PAGE | 0x63)
    return bytes(data)


def dump(path, crash_area, program=None, page_tables=None):
    """The root's registers are the hypervisor's here: the same tables serve translate."""
    registers = {0x40000: 1 << 31 | 1, 0x40002: TABLES, 0x40003: 0x20, 0x80001: 0xD00}
    captured = [notes.capture(reason=2), notes.partition(1, 0, 1), notes.vp(1, 0),
                notes.registers(1, 0, registers),
                notes.pages(*(notes.page(AREA // PAGE + i, notes.CRASH_AREA,
                                         partition=notes.NOBODY) for i in range(2)))]
    segment = notes.chunk([notes.header(), *captured, notes.end(captured)])
    return write(path, cores.elf(segment, [(IMAGE, program or image()), (AREA, crash_area),
                                           (TABLES, page_tables or tables())]))


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version(tmp_path, version):
    path = dump(tmp_path / "dump", area(version))
    done = hvdump("--json", "hypervisor", path, program=HVDUMP_SAN)
    assert done.returncode == 0, done.stderr
    found = valid("hypervisor_command", done.stdout)
    assert (found["image"]["base"], found["image"]["spa"]) == (f"0x{BASE:016x}", f"0x{IMAGE:016x}")
    assert found["image"]["version"] == "10.3"
    assert found["image"]["pdb"] == {"name": "hv.pdb", "age": 3,
                                     "guid": "00112233-4455-6677-8899-aabbccddeeff",
                                     "key": "00112233445566778899AABBCCDDEEFF3"}
    crash = found["crash_area"]
    assert [int(word, 16) for word in crash["fields"]["bug_check_data"]] == \
        [14, 0, BASE + 0x1234, 0xBAD, 0]
    one, = crash["processors"]
    assert one["rip_text"] == "hvxyz+0x1234"
    assert [(r["text"], r["follows_call"]) for r in one["returns"]] == \
        [("hvxyz+0x1105", True), ("hvxyz+0x1f00", False)]
    text = hvdump("hypervisor", path, "-v", program=HVDUMP_SAN).stdout
    assert "hvxyz+0x1105" in text and "00112233-4455-6677-8899-aabbccddeeff, age 3" in text


def test_a_version_that_is_not_known(tmp_path):
    path = dump(tmp_path / "dump", struct.pack("<II", 9, 1).ljust(2 * PAGE, b"\0"))
    done = hvdump("hypervisor", path, program=HVDUMP_SAN)
    assert done.returncode == 4
    assert "expected a version of 1 to 5, found 9" in done.stdout


@pytest.mark.parametrize("broken, why", [
    ({"program": image(b"NB10")}, "expected RSDS"),
    ({"program": bytes(0x2000)}, "expected MZ"),
    ({"page_tables": bytes(4 * PAGE)}, "not mapped"),
])
def test_what_is_broken_says_so(tmp_path, broken, why):
    done = hvdump("hypervisor", dump(tmp_path / "dump", area(5), **broken), program=HVDUMP_SAN)
    assert done.returncode == (0 if why == "expected RSDS" else 4), done.stderr
    assert why in done.stdout


def test_without_its_pages(tmp_path):
    """A dump whose notes refer to nothing, as after a crash without devirtualisation."""
    path = write(tmp_path / "notes", notes.segment())
    done = hvdump("--json", "hypervisor", path, program=HVDUMP_SAN)
    assert done.returncode == 4
    found = valid("hypervisor_command", done.stdout)
    assert found["image"] is None and "crash area" in found["image_why"]


def test_translate_shows_each_step(tmp_path):
    path = dump(tmp_path / "dump", area(5))
    words = ("translate", path, "-p", "self", "--vp", 0, f"{BASE + 0x1100:#x}", "0x1000",
             f"{1 << 50:#x}")
    done = hvdump("--json", *words, program=HVDUMP_SAN)
    assert done.returncode == 0, done.stderr
    mapped, absent, wrong = valid("translate", done.stdout)["translations"]["addresses"]
    assert [step["level"] for step in mapped["steps"]] == [4, 3, 2, 1]
    assert int(mapped["steps"][0]["address"], 16) == TABLES + 8 * (BASE >> 39 & 511)
    assert int(mapped["gpa"], 16) == int(mapped["spa"], 16) == IMAGE + 0x1100
    assert mapped["bytes"].startswith("e800")
    assert mapped["rights"] == {"write": True, "user": False, "execute": True,
                                "user_execute": True}
    assert (absent["result"], wrong["result"]) == ("not-mapped", "not-canonical")
    text = hvdump(*words, program=HVDUMP_SAN).stdout
    assert "P RW A D" in text and f"SPA     0x{IMAGE + 0x1100:016x}" in text


@pytest.mark.parametrize("words, status", [
    (("translate", "FILE"), 2), (("translate", "FILE", "0x1000"), 2),
    (("translate", "FILE", "-p", "1", "--vp", "0", "abc"), 2),
    (("translate", "FILE", "-p", "1", "--vp", "7", "0x1000"), 1),
    (("redact", "FILE"), 2),
])
def test_usage(tmp_path, words, status):
    path = dump(tmp_path / "dump", area(5))
    done = hvdump(*(path if word == "FILE" else word for word in words), program=HVDUMP_SAN)
    assert done.returncode == status and done.stderr.count("\n") <= 3


def test_pages_has_the_image(tmp_path):
    """Where the tables map it: its two pages, which the crash area is not among."""
    path = dump(tmp_path / "dump", area(5))
    done = hvdump("pages", "--json", path, program=HVDUMP)
    assert done.returncode == 0, done.stderr
    found = [p for p in valid("pages", done.stdout)["pages"] if p["kind"] == "hypervisor-image"]
    assert [(p["pfn"], p["pages"], p["evidence"], p["partition"], p["overlap"])
            for p in found] == [(IMAGE // PAGE, 2, "hypervisor's page tables", None, False)]


def test_page_knows_the_image(tmp_path):
    """By the hypervisor's tables alone; the bytes are those that lie there. Not behind its end."""
    path, program = dump(tmp_path / "dump", area(5)), image()
    for offset in (0, PAGE):
        done = hvdump("page", "--json", path, str((IMAGE + offset) // PAGE), program=HVDUMP_SAN)
        assert done.returncode == 0, done.stderr
        page = valid("page_command", done.stdout)["page"]
        use, = page["uses"]
        assert (use["kind"], use["evidence"], use["image_offset"], use["partition"]) == \
            ("hypervisor-image", "hypervisor's page tables", offset, None)
        assert bytes.fromhex(page["sources"][0]["bytes"]) == program[offset:offset + PAGE]
    done = hvdump("page", path, hex(IMAGE + PAGE + 5), program=HVDUMP_SAN)
    assert "  is            hypervisor-image of hypervisor, +0x1000\n" in done.stdout
    done = hvdump("page", "--json", path, str(TABLES // PAGE), program=HVDUMP_SAN)
    assert valid("page_command", done.stdout)["page"]["uses"] == []


def crash_page(path, pfn):
    done = hvdump("page", "--json", path, str(pfn), program=HVDUMP_SAN)
    assert done.returncode == 0, done.stderr
    part, = valid("page_command", done.stdout)["page"]["content"]
    return part


@pytest.mark.parametrize("version", VERSIONS)
def test_page_shows_the_crash_area(tmp_path, version):
    """Its first page by the structure of its version; of the others what they are."""
    path = dump(tmp_path / "dump", area(version))
    head = crash_page(path, AREA // PAGE)
    assert head["title"] == "Crash area, page 1 of 2"
    assert head["fields"]["version"] == version
    assert int(head["fields"]["bug_check_data"][3], 16) == 0xBAD
    behind = crash_page(path, AREA // PAGE + 1)
    assert behind["title"] == "Crash area, page 2 of 2" and "version" not in behind["fields"]


def test_page_of_a_crash_area_of_no_known_version(tmp_path):
    path = dump(tmp_path / "dump", struct.pack("<II", 9, 1).ljust(2 * PAGE, b"\0"))
    fields = crash_page(path, AREA // PAGE)["fields"]
    assert fields["version"] == 9 and fields["cda_valid"] is True and "remark" in fields
