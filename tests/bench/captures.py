# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of any size, made by hvdump.ko's own encoder, of numbers drawn from a seed."""

import random
import re
import subprocess
from pathlib import Path

from vm.paths import TREE, built

REGISTERS = TREE / "formats" / "abi_registers_x86_64.def"
ROW = re.compile(r"HVD_REG\((0x[0-9a-fA-F]+), *(\w+), *(\d+), *\w+, *(ESSENTIAL|REST)\b")
SEED = 0x6876
VPS_A_PARTITION = 64
FIRST = 0x102

# What makes a VP look like one that runs in 64-bit kernel mode.
STATE = {"EXPLICIT_SUSPEND": 0, "INTERCEPT_SUSPEND": 0, "INTERNAL_ACTIVITY_STATE": 0,
         "CR0": 0x80050033, "EFER": 0xd01, "RFLAGS": 0x246}


def asked_for(kind: str) -> list:
    """(code, name, bits) of the registers that the module asks for, of one of its two sets."""
    return [(int(code, 16), name, int(bits))
            for code, name, bits, capture in ROW.findall(REGISTERS.read_text())
            if capture == kind]


def elements(draw: random.Random, registers: list) -> str:
    """The register elements of one record."""
    lines = []
    for code, name, bits in registers:
        value = STATE.get(name, draw.getrandbits(min(bits, 64)))
        high = draw.getrandbits(64) if bits > 64 else 0
        lines.append(f"+ code={code} low={value} high={high}")
    return "\n".join(lines)


def description(vps: int, mib: int) -> str:
    """For mknote: so many VPs in partitions of 64, in the order in which the module asks."""
    draw = random.Random(SEED)
    sets = [(0, asked_for("ESSENTIAL")), (1, asked_for("REST"))]
    places = [(FIRST + one // VPS_A_PARTITION, one % VPS_A_PARTITION) for one in range(vps)]
    ids = sorted({identity for identity, _ in places})
    # mknote takes 64 chunks.
    size = 1 << 19 if mib <= 32 else 1 << 20
    text = [f"chunks {(mib << 20) // size} {size}",
            "header format=1 machine=62 page_shift=12 kind=1 partition_id=1 ticks_khz=2000000 "
            "wall_ns=1700000000000000000 ticks=1 cpus_online=1",
            "capture reason=1 ticks=2000001", "partition partition_id=1 kind=1 source=1"]
    text += [f"partition partition_id={one} parent_id=1 kind=3 source=2" for one in ids]
    for number, registers in sets:
        # Drawn once a partition: drawing costs more than all that is measured.
        drawn = {one: elements(draw, registers) for one in ids}
        for identity, vp in places:
            if not number:
                text.append(f"vp partition_id={identity} vp_index={vp} cpu=0xffffffff vtls=1")
            text.append(f"registers partition_id={identity} vp_index={vp} set={number}")
            text.append(drawn[identity])
    return "\n".join([*text, "finish", ""])


def elf(notes: bytes) -> bytes:
    """An ELF core that is nothing but notes."""
    head = bytes.fromhex("7f454c46020101") + bytes(9)

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little")

    head += number(4, 2) + number(62, 2) + number(1, 4) + number(0, 8) + number(64, 8)
    head += number(0, 8) + number(0, 4) + number(64, 2) + number(56, 2) + number(1, 2) + bytes(6)
    head += number(4, 4) + number(0, 4) + number(120, 8) + bytes(16)
    return head + number(len(notes), 8) * 2 + number(4, 8) + notes


def segment(vps: int, mib: int) -> bytes:
    """The notes of a capture with room for so many MiB."""
    return subprocess.run([built("tests", "tools", "mknote")], check=True,
                          input=description(vps, mib).encode(),
                          stdout=subprocess.PIPE).stdout


def hvdump_elf(folder: Path, name: str, vps: int, mib: int) -> Path:
    """hvdump.elf as hvdump-collect makes it of a capture with room for so many MiB."""
    notes = segment(vps, mib)
    folder.mkdir(parents=True, exist_ok=True)
    core = folder / f"{name}.core"
    core.write_bytes(elf(notes))
    subprocess.run([built("collector", "hvdump-collect"), "--vmcore", core, "--output", folder,
                    "--name", name, "--no-vmcore", "--no-report"], check=False,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    core.unlink()
    made = folder / name / "hvdump.elf"
    if not made.exists():
        raise OSError(f"hvdump-collect made no {made}")
    return made
