# SPDX-License-Identifier: GPL-2.0-or-later
"""A note of an arm64 host, by hvdump.ko's own encoder: names and values are arm64's.

No hvdump.ko is built there yet: what is shown is that encoder and readers hold nothing of x86-64.
"""

import json

from analyzer import hvdump, mknote, valid

EM_AARCH64 = 183
# Names and codes from the TLFS: general registers from 0x20000, special ones behind them.
VALUES = {"X0": (0x20000, 2**64 - 1), "LR": (0x2001E, 0xFFFF800080012345),
          "PC": (0x20022, 0xFFFF800080010000), "PSTATE": (0x20023, 0x600000C5),
          "0xdead0001": (0xDEAD0001, 7)}
DESCRIPTION = f"""
chunks 1 65536
header format=1 machine={EM_AARCH64} page_shift=12 kind=1 chunks=1 partition_id=1 vendor=Microsoft%Hv
capture reason=1 flags=0x4
partition partition_id=0x102 parent_id=1 kind=3 source=2
registers partition_id=0x102 vp_index=5
""" + "".join(f"+ code={code:#x} low={value:#x}\n" for code, value in VALUES.values()) + "finish\n"


def test_registers_have_arm64_names(tmp_path):
    file = tmp_path / "note"
    file.write_bytes(mknote(DESCRIPTION))
    done = hvdump("regs", "--json", "--all", file)
    assert done.returncode == 0, done.stderr
    partition, = [p for p in valid("regs", done.stdout)["partitions"] if p["vps"]]
    vp, = partition["vps"]
    assert (int(partition["id"], 16), vp["index"]) == (0x102, 5)
    said = vp["vtls"][0]["registers"]
    assert {name: (int(r["code"], 16), int(r["value"], 16)) for name, r in said.items()} == VALUES


def test_the_same_codes_are_others_on_x86_64(tmp_path):
    """The machine of the header decides, and nothing else."""
    file = tmp_path / "note"
    file.write_bytes(mknote(DESCRIPTION.replace(f"machine={EM_AARCH64}", "machine=62")))
    done = hvdump("regs", "--json", "--all", file)
    assert '"PC"' not in done.stdout and '"RAX"' in done.stdout
    assert json.loads(done.stdout)["partitions"]
