# SPDX-License-Identifier: GPL-2.0-or-later
"""Partitions that a program made through /dev/mshv, on mainline's driver, are in the note.

What is right: what mshvctl said it asked for, minihv's log, and the rule by which minihv fills the
rest of its partitions. The note is never its own reference.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from minihv import ledger

from . import dumps, programs
from .conftest import run_once, tidy
from .test_registers import RULE, number

PARTITIONS = "0.1.5:4;0;3.200:2"
# VPs made before the module was there are looked for, up to a gap of vp_misses= (64).
MADE_BEFORE = "0.1.5:4;0;3.60:2"
ROOT = 1


@dataclass
class Made:
    """A partition as mshvctl made it."""
    vps: dict = field(default_factory=lambda: defaultdict(dict))
    properties: dict = field(default_factory=dict)
    told: dict = field(default_factory=dict)
    memory: int = 0


def said_by_program(run) -> dict:
    """VM-MADE lines: {partition id: Made}."""
    made = {}
    for line in run.lines("MADE"):
        kind, *words = line.split()
        values = [int(word, 0) for word in words]
        if kind == "partition":
            made[values[0]] = Made()
        elif kind == "vp":
            assert made[values[0]].vps[values[1]] == {}
        elif kind == "register":
            made[values[0]].vps[values[1]][values[2]] = values[3]
        elif kind in ("property", "told"):
            place = made[values[0]].properties if kind == "property" else made[values[0]].told
            place[values[1]] = values[2]
        elif kind == "memory":
            made[values[0]].memory += values[2]
        elif kind == "end":
            assert values == [len(made), sum(len(one.vps) for one in made.values())]
    return made


@pytest.fixture(scope="module", name="run", params=[
    f"dhp:{PARTITIONS}", pytest.param(f"hdp:{PARTITIONS}", marks=pytest.mark.slow),
    f"dph:{MADE_BEFORE}"], ids=lambda text: text[:3])
def fixture_run(request):
    """A root partition with the driver panics; in the order of `life=mshv`: driver, hvdump.ko,
    partitions. minihv made one partition, too: the driver does not know it."""
    run = run_once(f"mshv-{request.param[:3]}", "root-panic", "kernel=7",
                   "parts=0x90:pattern:2", f"life=mshv:{request.param}", "dump=none")
    yield run
    tidy(run)


@pytest.fixture(name="made")
def fixture_made(run):
    """What the program says it made."""
    return said_by_program(run)


def test_the_program_and_minihv_agree(run, made):
    """The references themselves: two that know nothing of each other."""
    known = ledger.Ledger(run.debug_log().splitlines()).partitions
    assert len(made) == PARTITIONS.count(";") + 1
    assert {ident: {vp: {**regs} for vp, regs in one.vps.items()}
            for ident, one in made.items()} == \
           {ident: one.vps for ident, one in known.items()}
    for ident, one in made.items():
        assert known[ident].properties == one.properties
        both = one.properties.keys() & one.told.keys()
        assert both and all(one.properties[code] == one.told[code] for code in both)


def test_each_partition_is_in_the_note_with_its_vps(run, made):
    """Ids, parents, counts and indexes; and those that minihv made beside them."""
    document = programs.hvdump_json("vps", run.out / "hvdump.elf")
    assert document["capture"]["complete"] is True
    found = {number(one["id"]): one for one in document["partitions"]}
    assert sorted(found) == sorted([ROOT, 0x90, *made])
    for ident, one in made.items():
        assert number(found[ident]["parent"]) == ROOT
        assert found[ident]["vp_count"] == len(one.vps)
        assert sorted(vp["index"] for vp in found[ident]["vps"]) == sorted(one.vps)


def test_the_module_said_before_what_it_would_need(run, made):
    """The VPs that it knew of, and no less than they took; where it saw them being made."""
    told = dict(line.split(": ", 1) for line in run.lines("STATUS"))
    if not told:
        pytest.skip("the partitions were made before hvdump.ko was loaded")
    assert int(told["room_vps"]) == run.options.cpus + sum(len(one.vps) for one in made.values())
    taken = sum(len(note.desc) for note in dumps.elf_notes(run.out / "hvdump.elf")
                if note.owner == b"HVDUMP")
    assert taken < int(told["room_needed_kb"]) << 10 < 4 * taken
    assert told["room"] == "all"


def test_each_property_is_right(run, made):
    """What was set, what the driver read back, and by the rule all others."""
    document = programs.hvdump_json("partitions", run.out / "hvdump.elf")
    for one in document["partitions"]:
        ident = number(one["id"])
        if ident not in made:
            continue
        values = {number(entry["code"]): entry["value"] and number(entry["value"])
                  for entry in one["properties"].values()}
        assert values.items() >= made[ident].properties.items()
        assert values.items() >= made[ident].told.items()
        assert values == {code: RULE.property_value(run.options.seed, ident, "created", code,
                                                    sets=made[ident].properties)
                          for code in values}


def registers(run, ident: int, vp: int) -> dict:
    """{code: value} of the note."""
    document = programs.hvdump_json("regs", run.out / "hvdump.elf", "-p", f"{ident:#x}",
                                    "--vp", str(vp), "--all")
    (vtl,) = document["partitions"][0]["vps"][0]["vtls"]
    return {number(one["code"]): one["value"] and number(one["value"])
            for one in vtl["registers"].values()}


def test_each_register_is_right(run, made, record_property):
    """What was set is as it was set; the rest is as minihv begins a VP."""
    right = 0
    for ident, one in made.items():
        for vp, sets in one.vps.items():
            found = registers(run, ident, vp)
            assert found.items() >= sets.items(), f"partition {ident:#x} VP {vp}"
            assert found == {code: RULE.expected(run.options.seed, ident, "created", vp, 0, code,
                                                 sets=sets) for code in found}
            right += len(found)
    record_property("result", f"{right} registers right")
    assert right > 100


def test_the_state_pages_that_the_driver_shows_are_right(run, made):
    """Through mmap on the VP's descriptor: the reference for those in the dump."""
    for ident, one in made.items():
        for vp, sets in one.vps.items():
            name = run.extra / "state" / f"{ident:#x}.{vp}"
            assert name.with_name(f"{name.name}.registers").read_bytes() == \
                RULE.register_page(run.options.seed, ident, vp, sets)
            assert name.with_name(f"{name.name}.intercept").read_bytes() == \
                RULE.intercept_page(ident, vp)


@pytest.mark.slow
def test_what_was_taken_away_is_not_in_the_note():
    """The program ends before the crash: the driver takes its partitions away."""
    run = run_once("mshv-gone", "root-panic", "kernel=7", "parts=0x90:pattern:2",
                   "life=mshv:hdp:-x;0.1:2;4", "dump=none")
    made = said_by_program(run)
    assert len(made) == 2
    found = programs.hvdump_json("vps", run.out / "hvdump.elf")["partitions"]
    assert sorted(number(one["id"]) for one in found) == [ROOT, 0x90]
    tidy(run)
