# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that the hypervisor shares with the root: copied where the crash itself changes it, and
otherwise referenced; partitions and VPs by the driver's life cycle; who stood where when it ended.

What is right: minihv's log, what mshvctl said that it made, a pattern that the breaker left.
"""

import re

import pytest

from minihv import ledger

from . import programs, records
from .conftest import run_once, tidy
from .records import (
    BY_DRIVER, COPIED, CRASHED, CREATED, DRIVER, ELSEWHERE, ENDED, ENUMERATION, GONE, NESTED,
    NOBODY, NOT_FOUND, NO_VP, OVERWRITTEN, PARTLY, TRACKED, WHY_HYPERVISOR)
from .test_mshv import said_by_program

ROOT, ALONE = 1, 0x90
PARTITIONS = "0.1.5:4;0;3.200:2"
BEFORE_A_CALL = bytes([0xA5]) * 4096
# By HV_VP_STATE_PAGE_...: the kinds of the note.
STATE_KINDS = {0: records.REGISTER_PAGE, 1: records.INTERCEPT, 2: records.GHCB}
OF_HYPERVISOR = 1


# ------------------------------------------------------- the kernel's argument pages

@pytest.mark.parametrize("kernel, cpu", [
    ("6.1", 1), pytest.param("7", 0, marks=pytest.mark.slow),
    pytest.param("7", 1, marks=pytest.mark.slow)])
def test_argument_pages_are_copied(kernel, cpu):
    """A hypercall's arguments, on their way when the kernel died, are in the note as they were."""
    run = run_once(f"arguments-{kernel}-{cpu}", "root-panic", f"kernel={kernel}", f"cpu={cpu}",
                   "trigger=half-call", "dump=notes")
    log = (run.out / "console.log").read_text(errors="replace")
    address = int(re.search(r"breaker: argument page at (0x\w+)", log)[1], 0)
    found = records.read(run)
    pfn, flags, data = found.memory[records.INPUT, ROOT, cpu]
    assert (pfn, flags, data) == (address >> 12, 0, BEFORE_A_CALL)
    # Before anything else is asked or sent; all CPUs' are there.
    assert found.order.index(records.MEMORY) < found.order.index(records.PARTITION)
    assert len(found.memory) == 2 * run.options.cpus
    # And they are referenced; hv_crash.c is going to use CPU 0's.
    for (kind, _, index), (where, _, _) in found.memory.items():
        used = kernel == "7" and (kind, index) == (records.INPUT, 0)
        assert found.pages[kind, ROOT, index, 0] == \
            (where, COPIED | OVERWRITTEN if used else COPIED)
    shown = programs.hvdump_json("page", run.out / "hvdump.elf", f"{address:#x}")["page"]
    assert [(use["kind"], use["partition"], use["cpu"]) for use in shown["uses"]] == \
        [("hypercall-input", f"{ROOT:#018x}", cpu)]
    assert shown["sources"][0]["source"] == "note"
    assert bytes.fromhex(shown["sources"][0]["bytes"]) == BEFORE_A_CALL
    tidy(run)


# ------------------------------------------------------------- pages of the root itself

MSRS = {0x40000073: records.VP_ASSIST, 0x40000083: records.SIM, 0x40000082: records.SIEF,
        0x40000085: records.SIRB, 0x40000001: records.HYPERCALL, 0x40000021: records.REFERENCE_TSC}
OF_PARTITION = (records.HYPERCALL, records.REFERENCE_TSC)


def logged_msrs(log: str) -> dict:
    """{(kind, root VP): page number} as they were last, by minihv's log."""
    found = {}
    before = log.partition("GetNextChildPartition")[0]
    for cpu, code, value in re.findall(
            r"^msr cpu=(\d+) (?:read|write) (0x\w+) value=(0x\w+) ok$", before, re.MULTILINE):
        kind = MSRS.get(int(code, 0))
        if kind:
            place = kind, NO_VP if kind in OF_PARTITION else int(cpu)
            found[place] = int(value, 0) >> 12 if int(value, 0) & 1 else None
    return {place: pfn for place, pfn in found.items() if pfn}


def own_pages(found) -> dict:
    """The same of the note."""
    return {(kind, vp): pfn for (kind, ident, vp, _), (pfn, _) in found.pages.items()
            if kind in MSRS.values() and ident == ROOT}


@pytest.mark.parametrize("kernel", ["6.1", pytest.param("7", marks=pytest.mark.slow)])
def test_references_are_what_the_msrs_said(kernel):
    """Each page of the root that minihv knows, and no other."""
    life = ["life=mshv:hdp:0"] if kernel == "7" else []
    run = run_once(f"msrs-{kernel}", "root-panic", f"kernel={kernel}", "hvargs=log=3",
                   "dump=notes", *life)
    found = records.read(run)
    logged = logged_msrs(run.debug_log())
    assert own_pages(found) == logged
    kinds = {kind for kind, _ in logged}
    assert {records.VP_ASSIST, records.HYPERCALL} <= kinds
    # The driver enables the SynIC.
    assert (records.SIM in kinds) == (kernel == "7")
    tidy(run)


# ------------------------------------------------------------------- what the driver made

def expected_pages(known: ledger.Ledger) -> dict:
    """{(kind, partition, VP, detail): page number} by minihv's log."""
    pages = {}
    for ident, one in known.partitions.items():
        for (vp, kind), pfn in one.state_pages.items():
            pages[STATE_KINDS[kind], ident, vp, 0] = pfn
    for (kind, area, ident, index), pfn in known.stats.items():
        owner = ident if kind > 2 else NOBODY
        pages[records.STATISTICS, owner, index, kind | area << 24] = pfn
    return pages


def found_pages(found) -> dict:
    """The same of the note; none of them may be guarded."""
    made = {key: value for key, value in found.pages.items() if key[0] >= records.STATISTICS}
    assert {flags for _, flags in made.values()} <= {0}
    return {key: pfn for key, (pfn, _) in made.items()}


def check_made(found, made: dict, alive: bool) -> None:
    """Partitions and VPs of the program: told by the driver, and by the hypervisor if it lives."""
    seen = 1 << BY_DRIVER | (1 << ENUMERATION if alive else 0)
    for ident, one in made.items():
        parent, _, source, by = found.partitions[ident]
        assert (parent, source, by) == (ROOT, ENUMERATION if alive else BY_DRIVER, seen)
        flags = {vp: found.vps[ident, vp] & (CREATED | NOT_FOUND) for vp in one.vps}
        assert set(flags.values()) == {CREATED if alive else CREATED | NOT_FOUND}
    assert {key for key in found.vps if key[0] in made} == \
        {(ident, vp) for ident, one in made.items() for vp in one.vps}


def test_the_drivers_life_cycle_is_in_the_note():
    """Partitions, VPs and pages of the driver; and one partition that it did not make. The
    second call of the hook comes when the hypervisor is gone."""
    run = run_once("life-cycle", "root-panic", "kernel=7", f"parts={ALONE:#x}:pattern:2",
                   f"life=mshv:hdp:{PARTITIONS}", "dump=notes")
    found = records.read(run)
    made = said_by_program(run)
    assert len(made) == 3
    check_made(found, made, alive=True)
    assert found.partitions[ALONE][2:] == (ENUMERATION, 1 << ENUMERATION)
    assert found.vps[ALONE, 0] & CREATED == 0
    assert sorted(found.partitions) == sorted([ROOT, ALONE, *made])
    assert found_pages(found) == expected_pages(ledger.Ledger(run.debug_log().splitlines()))
    (_, flags, _, _, hypervisor), = found.captures
    assert flags & (DRIVER | TRACKED | PARTLY | CRASHED) == DRIVER | TRACKED
    assert hypervisor == records.ALIVE
    (_, cpu, call, hypervisor, flags, first, *_), = found.stages
    assert (cpu, call, hypervisor, first) == (0, 2, GONE, ENDED)
    assert not flags & CRASHED
    tidy(run)


@pytest.mark.slow
def test_a_driver_that_was_there_before():
    """What it made before hvdump.ko was loaded is known by enumeration alone, and that is said."""
    run = run_once("life-before", "root-panic", "kernel=7", "life=mshv:dph:0;3.200", "dump=notes")
    found = records.read(run)
    made = said_by_program(run)
    assert len(made) == 2
    for ident in made:
        assert found.partitions[ident][2:] == (ENUMERATION, 1 << ENUMERATION)
    (_, flags, *_), = found.captures
    assert flags & (DRIVER | TRACKED | PARTLY) == DRIVER | TRACKED | PARTLY
    tidy(run)


@pytest.mark.slow
def test_what_the_driver_took_away_is_forgotten():
    """The program ended: no partition, VP or page of it is in the note."""
    run = run_once("life-gone", "root-panic", "kernel=7", "life=mshv:hdp:-x;0.1:2;4",
                   "parts=", "dump=notes")
    found = records.read(run)
    assert len(said_by_program(run)) == 2
    assert list(found.partitions) == [ROOT]
    assert found_pages(found) == expected_pages(ledger.Ledger(run.debug_log().splitlines()))
    assert {ident for _, ident, _, _ in found.pages} <= {ROOT, NOBODY}
    tidy(run)


# ------------------------------------------------------------- when the hypervisor dies

@pytest.mark.parametrize("cpu", [1, pytest.param(0, marks=pytest.mark.slow)])
def test_after_a_hypervisor_crash_nothing_is_asked(cpu):
    """Memory alone: its own VPs, the driver's partitions and VPs, and all pages."""
    run = run_once(f"hypervisor-died-{cpu}", "root-hvcrash", "kernel=7", f"cpu={cpu}",
                   f"parts={ALONE:#x}:pattern:2", f"life=mshv:hdp:{PARTITIONS}", "dump=notes")
    found = records.read(run)
    made = said_by_program(run)
    (reason, flags, where, _, hypervisor), = found.captures
    assert (reason, where, hypervisor) == (2, 0, GONE)
    assert flags & (DRIVER | TRACKED | CRASHED) == DRIVER | TRACKED | CRASHED
    check_made(found, made, alive=False)
    assert sorted(found.partitions) == sorted([ROOT, *made])
    assert found_pages(found) == expected_pages(ledger.Ledger(run.debug_log().splitlines()))
    (calls, dropped), = found.ends
    assert calls == 0
    assert {why for _, why in dropped} == {WHY_HYPERVISOR}
    assert {kind for kind, _ in dropped} >= {records.PARTITION, records.VP, records.REGISTERS}
    # CPU 0's argument page is no longer what it was, and the note says so.
    assert found.memory[records.INPUT, ROOT, 0][1] == OVERWRITTEN
    assert found.memory[records.INPUT, ROOT, 1][1] == 0
    assert "crash-refused" not in run.debug_log()
    tidy(run)


@pytest.mark.parametrize("cpu, call, count, first", [
    (1, 0x47, 1, ELSEWHERE),
    pytest.param(0, 0x50, 3, NESTED, marks=pytest.mark.slow),
    pytest.param(1, 0x50, 40, ELSEWHERE, marks=pytest.mark.slow),
    pytest.param(0, 0x44, 9, NESTED, marks=pytest.mark.slow)])
def test_a_hypervisor_crash_in_the_middle_of_a_capture(cpu, call, count, first):
    """The first chunk ends where it was; the second says where, and has what was not reached."""
    run = run_once(f"middle-{cpu}-{call:#x}-{count}", "root-panic", "kernel=7", f"cpu={cpu}",
                   f"hvargs=hvcrash={cpu}:{call:#x}:{count}", "dump=notes")
    found = records.read(run)
    assert len(found.captures) == 1 and found.captures[0][0] == 1
    assert not found.ends
    (_, where, number, hypervisor, flags, stood, written, _, _, pending), = found.stages
    assert (where, number, hypervisor, stood, pending) == (0, 2, GONE, first, call)
    assert flags & CRASHED
    # Without the second chunk's own first record.
    before = found.order[:found.order.index(records.STAGE) - 1]
    assert written == len(before) - before.index(records.CAPTURE)
    # The references are in one of them.
    assert (records.PAGES in before) == (call == 0x44)
    assert (records.CRASH_AREA, NOBODY, NO_VP, 0) in found.pages
    assert len(found.memory) == 2 * run.options.cpus
    tidy(run)
