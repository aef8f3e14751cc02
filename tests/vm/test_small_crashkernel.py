# SPDX-License-Identifier: GPL-2.0-or-later
"""A note of 16 MiB, all but full, is saved with the vmcore in a crash kernel of 192 MiB.

hvdump-collect's own peak, and that of the largest program that it runs, are below what
hvdump-collect(8) states ("Memory"); nothing is killed, and nothing is missing.
"""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from bench.figures import stopwatch

from . import dumps, records
from .conftest import run_once, tidy
from .test_registers import RULE

CHILD, VPS = 0x102, 1165
ROOM = 16 << 20
ESSENTIAL, REST = 0, 1
FILES = {"hvdump.elf", "report.txt", "report.json", "vmcore-dmesg.txt", "vmcore"}
MANUAL = Path(__file__).resolve().parents[2] / "doc" / "man" / "hvdump-collect.8"


@pytest.fixture(name="run", scope="module", params=[
    ("6.1", "file"), *(pytest.param(pair, marks=pytest.mark.slow)
                       for pair in (("6.1", "syscall"), ("6.12", "file"), ("7", "file")))],
    ids="-".join)
def fixture_run(request):
    """A machine with so many VPs that dies: time is no limit."""
    kernel, load = request.param
    stopwatch()
    run = run_once(f"small-{kernel}-{load}", "root-panic", f"kernel={kernel}", f"load={load}",
                   f"parts={CHILD:#x}:pattern:{VPS}", "mem=2G", "crashkernel=192M", "cpus=1",
                   "measure=yes", "hvargs=log=1", "append=nowatchdog", "timeout=1800",
                   f"args=size_kb={ROOM >> 10} budget_ms=600000 max_vps=8192")
    yield run
    tidy(run)


@pytest.fixture(name="found", scope="module")
def fixture_found(run):
    """The records of its note."""
    return records.read(run)


def stated() -> tuple:
    """The manual's bounds for a note of 16 MiB, in KiB: the collector's own, and of what it runs."""
    text = " ".join(MANUAL.read_text().split())
    own = re.search(r"16 MiB that a note may have, some (\d+) MiB\)", text)
    report = re.search(r"the report takes some (\d+) MiB then", text)
    return int(own[1]) << 10, int(report[1]) << 10


def test_the_room_is_used_up(run):
    """The notes are hardly less than the 16 MiB, and the crash kernel has no more than 192."""
    log = (run.extra / "crash-dmesg").read_text()
    assert int(re.search(r"Memory: \d+K/(\d+)K available", log)[1]) <= 193 << 10
    assert ROOM * 0.97 < sum(len(raw) for raw in notes_of(run)) < ROOM


def notes_of(run) -> list:
    """hvdump's notes in the small file."""
    return [note.raw for note in dumps.of_ours(dumps.elf_notes(run.out / "hvdump.elf"))]


def test_all_records_are_there(found):
    """Both sets of registers of each VP, once; nothing was dropped."""
    (_, dropped), = found.ends
    assert not dropped
    have = Counter((key[1], which) for key, which, _ in found.registers if key[0] == CHILD)
    assert have == {(vp, which): 1 for vp in range(VPS) for which in (ESSENTIAL, REST)}


def test_each_value_is_right(run, found):
    """In each hundredth record of a child."""
    right = 0
    for (ident, vp, vtl), _, values in found.registers[::100]:
        if ident != CHILD:
            continue
        for code, (status, _, value) in values.items():
            want = RULE.expected(run.options.seed, ident, "pattern", vp, vtl, code, 1)
            assert (None if status else value) == want, (vp, vtl, hex(code))
            right += not status
    assert right > 500


def test_everything_is_saved(run):
    """Each file whole; the vmcore has the notes where the road puts them there."""
    said = json.loads((run.out / "manifest.json").read_text())
    assert said["exit"] == 0
    assert {one["name"] for one in said["files"] if one["state"] == "complete"} >= FILES
    in_vmcore = [note.raw for note in dumps.of_ours(dumps.kdump_notes(run.out / "vmcore"))]
    saved = notes_of(run)
    assert in_vmcore == ([] if run.options.load == "syscall" else saved[:len(in_vmcore)])
    assert run.options.load == "syscall" or len(in_vmcore) > 4 * VPS


def test_nothing_was_killed(run):
    """The crash kernel had memory for all of it."""
    log = (run.extra / "crash-dmesg").read_text()
    assert not re.search("oom|out of memory|allocation failure|killed process", log, re.IGNORECASE)


def test_memory_is_as_the_manual_states(run, record_property):
    """The peak of the collector, and the largest of its children's."""
    [line] = run.lines("MEASURED")
    peak = {key: int(value) for key, value in (word.split("=") for word in line.split())}
    own, largest = stated()
    assert ROOM >> 10 < peak["own_kb"] <= own
    assert ROOM >> 10 < peak["all_kb"] <= largest
    record_property("result", f"{peak['own_kb']} KiB, its children {peak['all_kb']} KiB at most")
