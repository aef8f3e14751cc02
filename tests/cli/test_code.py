# SPDX-License-Identifier: GPL-2.0-or-later
"""regs --code: what lay at a VP's PC and SP, on small dumps whose bytes are known; and why not,
where it cannot be had."""

import struct

import pytest

import cores
import notes
from analyzer import HVDUMP_SAN, hvdump, valid, write

PAGE = 4096
# Two pages of code and stack in the middle of nowhere, and four levels of tables to them.
VIRTUAL, MEMORY, TABLES = 0xFFFF800000400000, 0x400000, 0xA00000
CONTENT = bytes(i * 7 & 0xFF ^ i >> 8 for i in range(2 * PAGE))
RSP, RIP, RFLAGS = 0x20004, 0x20010, 0x20011
CR0, CR3, CR4, EFER = 0x40000, 0x40002, 0x40003, 0x80001
CS, SS = 0x60001, 0x60002
LONG = {CR0: 1 << 31 | 1, CR3: TABLES, CR4: 0x20, EFER: 0xD00}


def segment(base, attributes, selector=0x10):
    """HV_X64_SEGMENT_REGISTER: base, limit, selector, attributes."""
    return base | 0xFFFF << 64 | selector << 96 | attributes << 112


def tables():
    data = bytearray(4 * PAGE)
    for level, shift in enumerate((39, 30, 21)):
        struct.pack_into("<Q", data, level * PAGE + 8 * (VIRTUAL >> shift & 511),
                         TABLES + (level + 1) * PAGE | 0x63)
    for page in range(2):
        struct.pack_into("<Q", data, 3 * PAGE + 8 * ((VIRTUAL >> 12 & 511) + page),
                         MEMORY + page * PAGE | 0x63)
    return bytes(data)


def dump(path, registers):
    """A Linux of its own, whose only VP has these registers."""
    captured = [notes.capture(), notes.partition(1, 0, 1), notes.vp(1, 0),
                notes.registers(1, 0, registers)]
    note = notes.chunk([notes.header(), *captured, notes.end(captured)])
    return write(path, cores.elf(note, [(MEMORY, CONTENT), (TABLES, tables())]))


def looked_up(path):
    """The JSON's code and stack of the only VP."""
    done = hvdump("regs", "--json", "--code", path, program=HVDUMP_SAN)
    assert done.returncode == 0, done.stderr
    vtl, = valid("regs", done.stdout)["partitions"][0]["vps"][0]["vtls"]
    return vtl["code"], vtl["stack"]


def words(offset, form, count=8):
    """As many words of the content as the stack shows."""
    size = struct.calcsize(form)
    return [f"0x{w:0{2 * size}x}" for w, in
            struct.iter_unpack(f"<{form}", CONTENT[offset:offset + size * count])]


def test_long_mode(tmp_path):
    path = dump(tmp_path / "dump", {**LONG, RIP: VIRTUAL + 0x123, RSP: VIRTUAL + 0xFE0,
                                    CS: segment(0x5000, 0xA09B)})
    code, stack = looked_up(path)
    assert code == {"pc": f"0x{VIRTUAL + 0x123:016x}", "before": 16, "why": None,
                    "bytes": CONTENT[0x113:0x143].hex()}
    # Over the end of the page, into the next one.
    assert stack == {"sp": f"0x{VIRTUAL + 0xFE0:016x}", "why": None, "words": words(0xFE0, "Q")}
    text = hvdump("regs", "--code", path, program=HVDUMP_SAN).stdout
    assert f">0x{VIRTUAL + 0x123:016x}  {CONTENT[0x123:0x133].hex(' ')}\n" in text
    assert f"  0x{VIRTUAL + 0xFF0:016x}  {' '.join(w[2:] for w in words(0xFF0, 'Q', 2))}\n" in text


def test_without_cs_addresses_are_flat(tmp_path):
    code, stack = looked_up(dump(tmp_path / "dump", {**LONG, RIP: VIRTUAL + 0x123, RSP: VIRTUAL,
                                                     SS: segment(0x5000, 0xC093)}))
    assert code["bytes"] == CONTENT[0x113:0x143].hex()
    assert stack["words"] == words(0, "Q")


def test_compatibility_mode(tmp_path):
    """With the bases of CS and SS, 32 bits wide; above 4 GiB nothing is reached."""
    low = {**LONG, RIP: 0x123, RSP: 0x40, CS: segment(0xFFFFF000, 0xC09B),
           SS: segment(0, 0xC093)}
    code, stack = looked_up(dump(tmp_path / "dump", low))
    assert (code["pc"], code["bytes"]) == (f"0x{0xFFFFF123:016x}", None)
    assert stack["words"] == [] and "not mapped" in stack["why"]


def test_real_mode(tmp_path):
    """Without paging, words of 16 bits; segments that reach the dump's memory."""
    code, stack = looked_up(dump(tmp_path / "dump", {
        CR0: 0x10, CR3: 0, CR4: 0, EFER: 0, RFLAGS: 2, RIP: 0x123, RSP: 0xFFE,
        CS: segment(MEMORY, 0x9B, 0xF000), SS: segment(MEMORY, 0x93, 0xF000)}))
    assert (code["pc"], code["bytes"]) == (f"0x{MEMORY + 0x123:016x}", CONTENT[0x113:0x143].hex())
    assert stack["words"] == words(0xFFE, "H")


def test_the_first_bytes_of_what_is_mapped(tmp_path):
    """Nothing before the PC, and of the stack what the last page holds."""
    code, stack = looked_up(dump(tmp_path / "dump", {
        **LONG, RIP: VIRTUAL, RSP: VIRTUAL + 2 * PAGE - 20, CS: segment(0, 0xA09B)}))
    assert (code["before"], code["bytes"]) == (0, CONTENT[:32].hex())
    assert stack["words"] == words(2 * PAGE - 20, "Q", 2)


@pytest.mark.parametrize("registers, why", [
    ({**LONG, RIP: 0x1000, RSP: 0x1000}, "not mapped"),
    ({**LONG}, "was not captured"),
    ({RIP: VIRTUAL, RSP: VIRTUAL}, "CR0"),
    ({**LONG, CR3: 0x70000000, RIP: VIRTUAL, RSP: VIRTUAL}, "0x"),
])
def test_it_says_why_not(tmp_path, registers, why):
    path = dump(tmp_path / "dump", {**registers, CS: segment(0, 0xA09B)})
    code, stack = looked_up(path)
    assert code["bytes"] is None and why in code["why"]
    assert stack["words"] == [] and why in stack["why"]
    text = hvdump("regs", "--code", path, program=HVDUMP_SAN).stdout
    assert text.count("not to be had: ") == 2


def test_a_redacted_copy_shows_none(tmp_path):
    path = dump(tmp_path / "dump", {**LONG, RIP: VIRTUAL + 0x123, RSP: VIRTUAL + 0xFE0,
                                    CS: segment(0, 0xA09B)})
    copy = tmp_path / "copy"
    done = hvdump("redact", path, copy, program=HVDUMP_SAN)
    assert done.returncode == 0, done.stderr
    code, stack = looked_up(copy)
    assert code["bytes"] is None and stack["words"] == []
    assert code["why"] and stack["why"]


def test_only_registers_take_it(tmp_path):
    done = hvdump("vps", "--code", dump(tmp_path / "dump", LONG), program=HVDUMP_SAN)
    assert done.returncode == 2 and "--code" in done.stderr
