# SPDX-License-Identifier: GPL-2.0-or-later
"""Live captures: as true as those at a crash, harmless to the host, and no obstacle to a crash.

What is right: minihv's log, the rule of its registers, the kernel's own accounts before and after.
"""

import re

import pytest

from . import programs, records
from .conftest import run_once, tidy
from .qemu import OF_TIME
from .test_give_back import NOISE, pages_not_accounted
from .test_registers import RULE, found, made, wrong_registers

PARTS = "parts=0x102:pattern:8:2;0x103:scenario:4"
# 50 ms between two of them; emulation takes its time for each.
ARGS = "args=budget_ms=300000 live_pause_ms=50"
CHILDREN = 0x47
REFUSED = {"empty": "No data available", "zero": "Invalid argument",
           "early": "Resource temporarily unavailable", "stale": "Stale file handle"}
HARMLESS = (r"init \(1\): drop_caches: 3", *OF_TIME)
# A partition or VP that goes away between two calls, by the names of HV_STATUS.
GONE = {"INVALID_PARTITION_ID", "INVALID_PARTITION_STATE", "INVALID_VP_INDEX", "INVALID_VP_STATE"}


@pytest.fixture(name="run", scope="module", params=[
    "live:3", pytest.param("live:200:churn", marks=pytest.mark.slow)])
def fixture_run(request):
    """A few, and two hundred while partitions come and go."""
    kernel = "kernel=7" if "churn" in request.param else "kernel=6.1"
    run = run_once(request.param.replace(":", "-"), "root-panic", f"life={request.param}", kernel,
                   PARTS, ARGS, "dump=notes", "timeout=3000")
    yield run
    tidy(run)


def churns(run) -> bool:
    """Whether partitions came and went."""
    return run.options.life.endswith(":churn")


def captures(run) -> list:
    """The numbers of the captures that were kept."""
    count = int(run.options.life.split(":")[1])
    return list(range(count + 2))


def told(run, command: str, number: int, *options) -> dict:
    """What hvdump says of one of them."""
    return programs.hvdump_json(command, run.out / "extra" / "live" / str(number), *options)


def test_each_is_live_whole_and_of_its_own_time(run):
    """Reason, end, nothing dropped; one after the other."""
    times = []
    for number in captures(run):
        capture = told(run, "info", number)["capture"]
        assert capture["reason"] == "live" and capture["died_first"] == "nobody"
        assert capture["complete"] is True and not capture["dropped"]
        times.append(capture["time"])
    assert times == sorted(set(times))


def test_each_has_what_minihv_holds(run):
    """VPs and registers of the partitions that stay are right in the first and in the last."""
    for number in (captures(run)[0], captures(run)[-1]):
        vps = found(told(run, "vps", number))
        assert sorted(vps.pop(1)) == list(range(run.options.cpus))
        assert {ident: vps[ident] for ident in made(run)} == made(run)
        for entry in RULE.parse_spec(run.options.parts):
            wrong, right = wrong_registers(run, f"extra/live/{number}", entry)
            assert right > 100 and not wrong, wrong[:5]


def test_each_is_consistent_in_itself(run):
    """Partitions that came and went are there with all that they had, or were refused as gone."""
    known = {1, *made(run)}
    if churns(run):
        made_ones = (run.extra / "live" / "partitions").read_text().split()
        assert len(made_ones) >= 20
        known |= {int(text, 0) for text in made_ones}
    seen = set()
    for number in captures(run):
        document = told(run, "report", number)
        assert set(found(document)) <= known
        seen |= set(found(document))
        refused = {one["status"] for one in document["capture"]["failures"]}
        assert refused <= (GONE if churns(run) else set())
    if churns(run):
        assert len(seen) > len(made(run)) + 1, "no capture saw one that came and went"


def test_what_must_be_refused_is(run):
    """Nothing to read yet, a wrong word, too soon, a reader of a capture that is no more."""
    said = dict(line.split(" ", 1) for line in run.lines("REFUSED"))
    assert said == REFUSED


def test_hvdumpctl_test_agrees_with_the_host(run):
    """Taken, read twice, and compared with the host."""
    lines = [line.split(None, 2) for line in run.lines("TEST")]
    assert [line[1] for line in lines] == \
        ["ready", "capture", "read", "notes", "answers", "time", "host", "vps", "collect"]
    assert {line[0] for line in lines} == {"ok"}, lines
    kept = (run.extra / "live" / "test").read_bytes()
    assert f"{len(kept)} bytes" in lines[2][2]


def test_the_kernel_says_nothing_of_it(run):
    """Its log while they are taken."""
    text = (run.extra / "live" / "dmesg").read_text(errors="replace").replace("\r", "")
    said = [re.sub(r"^<\d+>\[ *[\d.]+\] ", "", line) for line in text.split("\n") if line]
    wrong = [line for line in said if not any(re.fullmatch(one, line) for one in HARMLESS)
             and not re.match(r"mshv|misc mshv", line)]
    assert not wrong


def test_nothing_leaks(run):
    """vmalloc areas of the module's, and pages that nobody accounts for: between two captures."""
    folder = run.extra / "live"
    areas = [int((folder / f"areas.{name}").read_text()) for name in ("before", "after")]
    assert areas[0] == areas[1] > 0
    before, after = (pages_not_accounted((folder / f"zoneinfo.{name}").read_text())
                     for name in ("before", "after"))
    assert after - before <= NOISE


def rounds(run) -> list:
    """How many of its hypercalls each capture made, by minihv's log: one after the other."""
    counts, last = [], None
    for match in re.finditer(r"^hvcall cpu=\d+ code=0x00(44|47|50) ", run.debug_log(), re.M):
        code = int(match[1], 16)
        if code == CHILDREN and last != CHILDREN:
            counts.append(0)
        if counts:
            counts[-1] += 1
        last = code
    return counts


def test_a_crash_meanwhile_is_captured_whole(run):
    """A live capture was cut off by the crash, whose own capture lacks nothing."""
    *_, live, crash = rounds(run)
    assert 0 < live < crash, "the crash came between two live captures"
    capture = programs.hvdump_json("info", run.out / "hvdump.elf")["capture"]
    assert capture["reason"] == "linux-panic" and capture["complete"] is True
    assert len(records.read(run).captures) == 1
    for entry in RULE.parse_spec(run.options.parts):
        wrong, right = wrong_registers(run, "hvdump.elf", entry)
        assert right > 100 and not wrong, wrong[:5]
