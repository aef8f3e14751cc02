# SPDX-License-Identifier: GPL-2.0-or-later
"""What it costs to keep guests' memory out of a vmcore, by GiB of it; and what to keep it would."""

import json

from vm.options import parse
from vm.paths import BUILD
from vm.scenario import play

from .figures import Broken, figure, remark

# What the machine needs beside the guest.
ROOM_MIB = 1280


def manifest(mib: int, *more: str) -> dict:
    """A root of Linux 7 with a guest of so many MiB, all written by its program, dies."""
    machine = play("root-panic", parse(
        ["kernel=7", "parts=", "guard=yes", f"life=mshv:dhp:0m.1:{mib}", f"mem={mib + ROOM_MIB}M",
         "timeout=3600", *more]), BUILD / "bench" / "guests")
    if machine.lines("COLLECTED") != ["0"]:
        raise Broken(f"guests: the collector did not end well: see {machine.out / 'console.log'}")
    return json.loads((machine.out / "manifest.json").read_text())


def times(found: dict) -> tuple:
    """(milliseconds to look the pages up and hand them over, of makedumpfile)"""
    ms = {file["name"]: file["ms"] for file in found["files"]}
    before = max(ms[name] for name in ms if name != "vmcore")
    found_at = found["guest_memory"]["ms"] or before
    return found_at - before, ms["vmcore"] - found_at


def run(sizes: list) -> None:
    """A small guest and a large one: their difference is the memory's, not the machine's."""
    small, large = sizes
    hidden = [manifest(mib) for mib in sizes]
    kept = [manifest(mib, "conf=guest-memory = yes") for mib in sizes]
    for mib, found in zip(sizes, hidden):
        if found["guest_memory"]["pages"] != mib * 256:
            raise Broken(f"guests: {mib} MiB are not {found['guest_memory']['pages']} pages")
    gib = (large - small) / 1024
    bytes_kept = [file["size"] for found in kept for file in found["files"]
                  if file["name"] == "vmcore"]
    remark(f"guests: kept, {gib:.2f} GiB of a guest make the vmcore larger by "
           f"{bytes_kept[1] - bytes_kept[0]} bytes")
    figure("collect.guests_find_ms_per_gib",
           (times(hidden[1])[0] - times(hidden[0])[0]) / gib, "ms")
    figure("collect.guests_hidden_ms_per_gib",
           (times(hidden[1])[1] - times(hidden[0])[1]) / gib, "ms")
    figure("collect.guests_kept_ms_per_gib", (times(kept[1])[1] - times(kept[0])[1]) / gib, "ms")
