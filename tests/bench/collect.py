# SPDX-License-Identifier: GPL-2.0-or-later
"""What collecting costs in the crash kernel, beside makedumpfile alone."""

from statistics import median

from vm.options import parse
from vm.paths import BUILD
from vm.scenario import play

from . import guests
from .figures import Broken, figure, parsed, ratio, remark, stopwatch

SETTINGS = {"rounds": 3, "mib": 32, "level": 17, "guests": [64, 1088]}

# What the guest needs beside the random numbers.
ROOM_MIB = 960


def words(settings: dict) -> list:
    """A machine that has so many MiB of random numbers in files, which levels 1 and 17 keep.

    Its memory is no larger than need be: makedumpfile looks at every page, by emulation.
    """
    return [f"timed={settings['rounds']}", f"level={settings['level']}",
            f"life=fill:{settings['mib']}", f"mem={settings['mib'] + ROOM_MIB}M", "timeout=7200"]


def run(settings: dict) -> None:
    """Both parts; of either alone: rounds=0, guests=0."""
    if settings["rounds"]:
        in_turns(settings)
    if any(settings["guests"]):
        guests.run(settings["guests"])


def in_turns(settings: dict) -> None:
    """One machine; in its crash kernel makedumpfile and hvdump-collect take turns."""
    stopwatch()
    machine = play("root-panic", parse(words(settings)), BUILD / "bench" / "collect")
    plain = [parsed(line) for line in machine.lines("PLAIN")]
    ours = [parsed(line) for line in machine.lines("OURS")]
    if not len(plain) == len(ours) == settings["rounds"] or \
            any(one["status"] for one in plain + ours):
        raise Broken("collect: not all rounds ended well: see "
                     f"{machine.out / 'console.log'}")
    seconds = median(one["ns"] for one in plain) / 1e9
    remark(f"collect: {ours[0]['bytes']} bytes of vmcore; makedumpfile alone takes {seconds:.1f} s")
    ratio("collect.safe_share", median(one["safe_ms"] * 1e6 / one["ns"] for one in ours))
    figure("collect.safe_ms", median(one["safe_ms"] for one in ours), "ms")
    ratio("collect.vs_makedumpfile", median(
        mine["ns"] / theirs["ns"] for mine, theirs in zip(ours, plain)))
    figure("collect.whole_ms", median(one["ns"] for one in ours) / 1e6, "ms")
    figure("collect.peak_kb", max(one["own_kb"] for one in ours), "KiB")
    figure("collect.children_peak_kb", max(one["all_kb"] for one in ours), "KiB")
    figure("collect.makedumpfile_peak_kb", max(one["all_kb"] for one in plain), "KiB")
