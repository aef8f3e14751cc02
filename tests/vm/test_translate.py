# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump translate against QEMU's own MMU: page tables drawn at random in each mode of x86, on a
machine without a hypervisor and without an operating system.

What is right is what QEMU's monitor says: gva2gpa for each address, "info tlb" for the entries,
"info mem" for what they allow together. Memory is the machine's, saved by QEMU.
"""

import re
import secrets
import subprocess
import time
from collections import Counter

import pytest

from cli import cores, notes

from . import pagetables, programs
from .pagetables import FIRMWARE, MODES, PAGE, TABLES, TABLES_SIZE
from .paths import BUILD, TREE
from .qemu import GuestError, Machine

SOURCE = TREE / "tests/vm/bare/paging.S"
OUT = BUILD / "vm" / "tests" / "translate"
EACH = 250
LIMIT = 120
CODES = {"CR0": 0x40000, "CR3": 0x40002, "CR4": 0x40003, "EFER": 0x80001}
SPECIMENS = Counter()


def make_firmware(mode, root: int) -> bytes:
    """bare/paging.S with the registers' values for a mode."""
    assembled, linked = OUT / "paging.o", OUT / "paging.bin"
    subprocess.run(["gcc", "-m32", "-c", SOURCE, "-o", assembled], check=True)
    subprocess.run(["ld", "-m", "elf_i386", f"-Ttext={FIRMWARE:#x}", "--oformat", "binary",
                    "-e", "start", "-o", linked, assembled], check=True)
    values = (mode.cr0, root, mode.cr4, mode.efer)
    data = linked.read_bytes()
    assert len(data) == 0x10000
    return b"".join(value.to_bytes(4, "little") for value in values) + data[16:]


class Monitor:
    """What QEMU's monitor says of the only CPU."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def ask(self, command: str) -> str:
        """One command of the human monitor."""
        return self._machine.qmp("human-monitor-command", **{"command-line": command})

    def registers(self) -> dict:
        """The registers that say how it translates."""
        text = self.ask("info registers")
        return {name: int(re.search(rf"\b{name} *=([0-9a-f]+)", text)[1], 16) for name in CODES}

    def physical(self, address: int):
        """gva2gpa; None: not mapped."""
        found = re.match(r"gpa: (?:0x)?([0-9a-f]+)", self.ask(f"gva2gpa {address:#x}"))
        return int(found[1], 16) if found else None

    def entries(self) -> list:
        """info tlb: (virtual, physical, flags) of each page that is mapped."""
        lines = re.findall(r"^([0-9a-f]+): ([0-9a-f]+) ([-XGPDACTUW]{9})\s*$", self.ask("info tlb"),
                           re.MULTILINE)
        return [(int(virtual, 16), int(physical, 16), flags) for virtual, physical, flags in lines]

    def ranges(self) -> list:
        """info mem: (start, end, user, writable) of what is mapped. (On 5 levels QEMU 7.2 does
        not come to an end with it.)"""
        lines = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) [0-9a-f]+ ([-u])r([-w])\s*$",
                           self.ask("info mem"), re.MULTILINE)
        return [(int(start, 16), int(end, 16), user == "u", write == "w")
                for start, end, user, write in lines]


def wait_for_paging(out) -> None:
    """Until the firmware says that it is done."""
    end = time.monotonic() + LIMIT
    while b"P" not in (out / "debugcon.log").read_bytes():
        if time.monotonic() > end:
            raise GuestError("the firmware does not come to its end")
        time.sleep(0.05)


def boot(mode, tables, asked) -> tuple:
    """Memory, registers, and what the monitor says: (answers, entries, ranges)."""
    out = OUT / re.sub(r"\W+", "-", mode.name)
    out.mkdir(parents=True, exist_ok=True)
    (out / "debugcon.log").write_bytes(b"")
    (out / "firmware.bin").write_bytes(make_firmware(mode, tables.root))
    (out / "tables.bin").write_bytes(tables.memory)
    arguments = ["-cpu", "max", "-M", "pc", "-m", "16M", "-bios", "firmware.bin", "-device",
                 f"loader,file=tables.bin,addr={TABLES:#x},force-raw=on"]
    with Machine(arguments, out, LIMIT) as machine:
        wait_for_paging(out)
        monitor = Monitor(machine)
        monitor.ask("stop")
        said = ([monitor.physical(one) for one in asked],
                monitor.entries() if mode.levels else [],
                monitor.ranges() if 0 < len(mode.levels) < 5 else [])
        return machine.memory(TABLES, TABLES_SIZE), monitor.registers(), said, out


def make_dump(path, memory: bytes, registers: dict):
    """An ELF core of that memory, whose note has those registers for VP 0 of the root."""
    values = {CODES[name]: value for name, value in registers.items()}
    captured = [notes.capture(), notes.partition(1, 0, 1), notes.vp(1, 0),
                notes.registers(1, 0, values)]
    segment = notes.chunk([notes.header(), *captured, notes.end(captured)])
    path.write_bytes(cores.elf(segment, [(TABLES, memory)]))
    return path


def translated(dump, addresses: list) -> list:
    """hvdump's translations of some addresses."""
    found = []
    for at in range(0, len(addresses), 500):
        words = [f"{one:#x}" for one in addresses[at:at + 500]]
        part = programs.hvdump_json("translate", dump, "-p", "self", "--vp", "0", *words)
        found += part["translations"]["addresses"]
    assert [int(one["gva"], 16) for one in found] == addresses
    return found


def physical_of(one: dict):
    """Its GPA; None: not mapped."""
    assert one["result"] in ("mapped", "not-mapped", "not-canonical"), one
    return int(one["gpa"], 16) if one["result"] == "mapped" else None


# info tlb's letters for hvdump's names of an entry's bits.
LETTERS = (("XD", "X"), ("G", "G"), ("PS", "P"), ("D", "D"), ("A", "A"), ("PCD", "C"),
           ("PWT", "T"), ("US", "U"), ("RW", "W"))


def letters(one: dict) -> str:
    """The last entry's bits as info tlb shows them."""
    names = one["steps"][-1]["bits"].split()
    return "".join(letter if name in names else "-" for name, letter in LETTERS)


def check_entries(dump, mode, entries: list, ranges: list) -> None:
    """Each page that QEMU finds mapped: where it is, its entry, and what all entries allow."""
    # info tlb knows nothing of PSE-36, and of PAE shows NX as part of the address; gva2gpa does
    # neither.
    mask = (1 << 32) - 1 if mode.entry == 4 else (1 << 52) - 1
    for one, (virtual, physical, flags) in zip(translated(dump, [e[0] for e in entries]), entries):
        assert physical_of(one) & mask == physical & mask, (one, hex(physical))
        assert letters(one) == flags, (one, flags)
        allowed = [r[2:] for r in ranges if r[0] <= virtual < r[1]]
        assert not ranges or allowed == [(one["rights"]["user"], one["rights"]["write"])], (one, allowed)


@pytest.mark.parametrize("mode", MODES, ids=[mode.name for mode in MODES])
def test_translate_agrees_with_qemu(mode, record_property):
    """Addresses mapped and unmapped, pages of every size; all entries that there are."""
    OUT.mkdir(parents=True, exist_ok=True)
    seed = secrets.randbits(32)
    tables = pagetables.draw(mode, seed)
    asked = pagetables.addresses(tables, EACH)
    memory, registers, (answers, entries, ranges), out = boot(mode, tables, asked)
    assert (registers["CR3"], registers["CR4"]) == (tables.root, mode.cr4)
    dump = make_dump(out / "dump", memory, registers)
    found = translated(dump, asked)
    assert [physical_of(one) for one in found] == answers, f"seed {seed:#x}"
    check_entries(dump, mode, entries, ranges)
    sizes = Counter(one["page_size"] for one in found if one["page_size"])
    unmapped = sum(answer is None for answer in answers)
    SPECIMENS["addresses"] += len(asked)
    if mode.levels:
        assert unmapped > 20 and len(asked) - unmapped > 50
        assert len(sizes) == 1 + sum(level.large for level in mode.levels)
    text = (f"{mode.name}: {len(asked)} addresses, {unmapped} unmapped, "
            f"{len(entries)} entries, seed {seed:#x}")
    print(text, dict(sizes))
    record_property("result", text)


def test_at_least_a_thousand():
    """How many addresses the tests above have compared."""
    print(f"{SPECIMENS['addresses']} addresses were compared with QEMU's MMU")
    assert SPECIMENS["addresses"] >= 1000
