# SPDX-License-Identifier: GPL-2.0-or-later
"""The hypervisor crashes while it is asked, at twenty random moments: what had been written is a
valid prefix, the second call's chunk stands behind it, and the report says what happened.

What is right: minihv's log (which calls were answered before, which one never was) and the rules
by which it fills partitions. The format is read by its description alone.
"""

import json
import random
import re
import secrets
import struct
from dataclasses import dataclass, field

import pytest

from minihv import ledger

from . import dumps, programs, records
from .conftest import run_once, tidy
from .records import CRASHED, ELSEWHERE, ENDED, GONE, NESTED, NOBODY, NO_VP
from .test_mshv import said_by_program
from .test_references import expected_pages, found_pages
from .test_registers import RULE, number

CHUNK, CHUNK_END = 0x48560000, 0x48560001
CAPTURE_ROLE, STAGE_ROLE = 0, 1
ROOT = 1
GET_VP_REGISTERS, CALLS = 0x50, (0x44, 0x47, 0x50)
# A capture of these partitions makes 590 calls; the first 80 tell what is essential.
LAST_CALLS = (80, 560)
LONGEST_US = 20000
DRIVER_TOO = "life=mshv:hdp:0.1:2;3"


@dataclass
class Chunk:
    """A chunk as it came home."""
    role: int
    nonce: int
    notes: list = field(default_factory=list)

    def kinds(self) -> list:
        """Types, the chunk's own record left out."""
        return [one.kind for one in self.notes[1:]]


def chunks(run) -> list:
    """All, in their order; the common header of each record is checked on the way."""
    found = []
    for one in dumps.of_ours(dumps.elf_notes(run.out / "hvdump.elf")):
        version, flags, length, _ = struct.unpack_from("<HHIQ", one.desc)
        assert (version, flags, length) == (1, 0, len(one.desc))
        if one.kind == CHUNK:
            nonce, _, _, role = struct.unpack_from("<QIII", one.desc, 16)
            found.append(Chunk(role, nonce))
        found[-1].notes.append(one)
    assert len({one.nonce for one in found}) == 1
    return found


def times(chunk: Chunk) -> list:
    """When each record was written."""
    return [struct.unpack_from("<Q", one.desc, 8)[0] for one in chunk.notes]


def check_chunks(run, ended: bool) -> None:
    """A prefix: in the order of the format, and closed only where something follows."""
    first, *more, last = chunks(run)
    assert first.role == CAPTURE_ROLE and last.role == STAGE_ROLE
    assert {one.role for one in more} <= {CAPTURE_ROLE}
    kinds = first.kinds()
    assert kinds[:2] == [0x48560002, records.CAPTURE] and len(kinds) > 2
    capture = [first, *more]
    written = [time for one in capture for time in times(one)]
    assert written == sorted(written)
    assert sum(one.kinds().count(CHUNK_END) for one in capture) == len(more) + ended
    assert (records.END in capture[-1].kinds()) == ended
    assert last.kinds()[0] == records.STAGE
    assert CHUNK_END not in last.kinds()


def answered(log: str) -> list:
    """(partition, VP, VTL) whose essential registers minihv told before it crashed; children."""
    after = log[log.index("code=0x0047"):]
    found = []
    for part, vp, vtl, reps in re.findall(
            r"^hvcall \S+ code=0x0050 \S+ part=(0x\w+) vp=(\d+) vtl=(\d+) reps=0-(\d+) .* "
            r"status=0x0000$", after[:after.index("\ncrash ")], re.MULTILINE):
        key = int(part, 16), int(vp), int(vtl)
        if int(reps) > 1 and key[0] < 2**32 and key not in found:
            found.append(key)
    return found


def captured(run) -> list:
    """The same of the note."""
    found = []
    for one in dumps.of_ours(dumps.elf_notes(run.out / "hvdump.elf")):
        if one.kind == records.REGISTERS:
            ident, vp, vtl, kind = struct.unpack_from("<QIHH", one.desc, 16)
            if ident != ROOT and kind == 0:
                found.append((ident, vp, vtl))
    return found


def check_prefix(run) -> int:
    """Whatever was answered is there, but for the last answer at most; and each value is right."""
    told, found = answered(run.debug_log()), captured(run)
    assert found in (told, told[:-1])
    filled = {ident: (kind, vtls) for ident, kind, _, vtls in RULE.parse_spec(run.options.parts)}
    made = said_by_program(run)
    right = 0
    for ident, vp, vtl in found:
        kind, vtls = filled.get(ident, ("created", 1))
        sets = made[ident].vps[vp] if ident in made else None
        document = programs.hvdump_json("regs", run.out / "hvdump.elf", "-p", f"{ident:#x}",
                                        "--vp", str(vp), "-l", str(vtl), "--all", status=4)
        for one in document["partitions"][0]["vps"][0]["vtls"][0]["registers"].values():
            value = None if one["value"] is None else number(one["value"])
            assert value == RULE.expected(run.options.seed, ident, kind, vp, vtl,
                                          number(one["code"]), vtls, sets=sets), (ident, vp, one)
            right += 1
    assert right >= 20 * len(found)
    return right


def check_stage(run, place: tuple) -> int:
    """What the second call says; returns where it found the first."""
    found = records.read(run)
    (reason, _, cpu, _, hypervisor), = found.captures
    assert (reason, cpu, hypervisor) == (1, run.options.cpu, records.ALIVE)
    (_, where, call, hypervisor, flags, first, written, _, _, pending), = found.stages
    assert (where, call, hypervisor) == (0, 2, GONE) and flags & CRASHED
    # What counts is its own CPU; a crash that another CPU is slow to begin may come too late.
    middle = NESTED if run.options.cpu == 0 else ELSEWHERE
    if place[0] == run.options.cpu:
        assert (first, pending) == (middle, place[1])
    else:
        assert first in (middle, ENDED) and pending in (0, *CALLS)
    assert len(found.ends) == (first == ENDED)
    before = found.order[:found.order.index(records.STAGE) - 1]
    assert written == sum(1 for kind in before[before.index(records.CAPTURE):]
                          if kind not in (CHUNK, CHUNK_END))
    # References stand in one of the two chunks, wherever it stopped.
    assert (records.CRASH_AREA, NOBODY, NO_VP, 0) in found.pages
    assert found_pages(found) == expected_pages(ledger.Ledger(run.debug_log().splitlines()))
    return first


def check_report(run, first: int) -> None:
    """Text and JSON, as the collector left them."""
    text = (run.out / "report.txt").read_text()
    when = "after" if first == ENDED else "during"
    assert text.startswith(f"Linux panicked on CPU {run.options.cpu}, ")
    assert "\nThen the hypervisor crashed, too.\n" in text
    assert re.search(rf"^  fatal    The hypervisor crashed {when} the capture[:.]", text, re.M)
    assert ("CUT OFF" in text) == (first != ENDED)
    capture = json.loads((run.out / "report.json").read_text())["capture"]
    assert (capture["died_first"], capture["hypervisor_crashed_later"],
            capture["devirtualised"]) == ("linux", True, True)
    (stage,) = capture["stages"]
    assert stage["first"] == {ENDED: "ended", NESTED: "interrupted", ELSEWHERE: "unfinished"}[first]
    assert run.lines("COLLECTED") == ["0"]


def twenty_times():
    """Linux panics on CPU 0 or 1, the hypervisor crashes there or elsewhere; two are quick."""
    for turn in range(20):
        marks = [] if turn in (0, 3) else [pytest.mark.slow]
        yield pytest.param(turn, marks=marks)


@pytest.mark.parametrize("turn", twenty_times())
def test_a_crash_at_a_random_moment(turn, record_property):
    """Which call, and how long after it, follows from the seed."""
    seed = secrets.randbits(64)
    draw = random.Random(seed)
    cpu = turn & 1
    cpus = 4 if turn % 5 == 4 else 2
    crashing = cpu if turn & 2 == 0 else draw.choice([one for one in range(cpus) if one != cpu])
    count, delay = draw.randint(1, draw.choice(LAST_CALLS)), draw.randint(0, LONGEST_US)
    driver = [DRIVER_TOO] if turn % 3 == 0 else []
    run = run_once(f"moment-{turn}", "root-panic", "kernel=7", f"cpus={cpus}", f"cpu={cpu}",
                   f"seed={seed:#x}", f"hvargs=hvcrash={crashing}:any:{count}:{delay}",
                   "dump=none", *driver)
    # A run that was kept is of another draw.
    crashing, _, count, delay = run.options.hvargs.removeprefix("hvcrash=").split(":")
    log = run.debug_log()
    asked, code = re.search(r"^crash-at-call \S+ caller=(\d+) code=(0x\w+) ", log,
                            re.MULTILINE).groups()
    assert asked == str(cpu) and f"\ncrash cpu={crashing} " in log
    assert "crash-refused" not in log
    first = check_stage(run, (int(crashing), int(code, 16)))
    check_chunks(run, first == ENDED)
    right = check_prefix(run)
    check_report(run, first)
    record_property("result", f"call {count}+{delay} us on CPU {cpu}, crash on {crashing}: "
                              f"{right} registers right")
    tidy(run)
