# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture costs, beside the hypercalls that it makes."""

import json
import subprocess
from statistics import median

from vm.options import parse
from vm.paths import BUILD, built_program
from vm.scenario import play

from .figures import Broken, figure, host_khz, parsed, ratio, remark

SETTINGS = {"sizes": [1, 16, 64, 256, 1024, 4096], "rounds": 9}

VPS_A_PARTITION = 64
# All registers of a VP and VTL take 9 KiB.
KB_A_VP = 16
# Machines with that many VPs have room for their notes, and for reading them.
MANY = 1024


def partitions(vps: int) -> str:
    """parts= with so many VPs."""
    spec, identity = [], 0x102
    while vps > 0:
        spec.append(f"{identity:#x}:pattern:{min(vps, VPS_A_PARTITION)}")
        identity += 1
        vps -= VPS_A_PARTITION
    return ";".join(spec)


def words(vps: int, rounds: int) -> list:
    """The machine: one CPU, so that nothing else runs; minihv's log of each call left out."""
    big = ["mem=2G", "crashkernel=512M"] if vps >= MANY else []
    return [f"parts={partitions(vps)}", "cpus=1", f"life=barecalls:{rounds}", "hvargs=log=1",
            f"args=budget_ms=600000 size_kb={2048 + KB_A_VP * vps} max_vps=8192",
            "dump=none", "append=nowatchdog", "timeout=3600", *big]


def captured(path) -> dict:
    """What the note of the crash says of itself."""
    done = subprocess.run([built_program("analyzer", "hvdump"), "--json", "info", path],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["capture"]


def measure(vps: int, rounds: int, khz: int) -> None:
    """One machine: captures and their bare hypercalls in turn, then the crash."""
    machine = play("root-panic", parse(words(vps, rounds)), BUILD / "bench" / "capture")
    all_of = [parsed(line) for line in machine.lines("BARE") if line.startswith("ours=")]
    note = captured(machine.out / "hvdump.elf")
    if len(all_of) != rounds or not all(one["whole"] for one in all_of):
        raise Broken(f"capture of {vps} VPs: not all rounds were whole captures")
    if not note["complete"] or note["calls"] != all_of[0]["calls"]:
        raise Broken(f"capture of {vps} VPs: the crash's has {note['calls']} hypercalls, "
                     f"the rounds have {all_of[0]['calls']}")
    ratios = sorted(one["ours"] / one["bare"] for one in all_of)
    ratio(f"capture.vs_bare.{vps}", median(ratios))
    remark(f"capture.vs_bare.{vps}: {rounds} rounds, "
           f"from {ratios[0]:.2f} to {ratios[-1]:.2f}")
    figure(f"capture.ms.{vps}", median(one["ours"] for one in all_of) / khz, "ms")
    # The guest may have taken its clock for a faster or slower one.
    figure(f"capture.crash_ms.{vps}", note["duration_ns"] * all_of[0]["khz"] / khz / 1e6, "ms")
    figure(f"capture.calls.{vps}", note["calls"], "calls")
    figure(f"capture.bytes.{vps}", all_of[0]["bytes"], "bytes")


def run(settings: dict) -> None:
    """All sizes, the smallest first."""
    khz = host_khz()
    for vps in settings["sizes"]:
        measure(vps, settings["rounds"], khz)
