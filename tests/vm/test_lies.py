# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of lies: whatever the hypervisor answers, no dump is lost, and the note is true.

Each row tells minihv to answer some calls wrongly from the crash on. What must then be missing is
written here, from the lie; what was answered is taken from minihv's own log; and whatever the lie
was not about must be there, with the values that tests/minihv/registers.py computes.
"""

import re
from dataclasses import dataclass, field

import pytest

from . import programs
from .conftest import run_once, tidy
from .paths import BUILD, built_program
from .test_registers import AT_LEAST, RULE, made, number

PROPERTY, CHILD, REGISTERS = 0x44, 0x47, 0x50
BALANCE, STATE, RUN_TIME = 0x4A, 0xE3, 0x04
# Calls of a capture, and the records that hold their answers.
HOLDS = {PROPERTY: "properties", REGISTERS: "registers", CHILD: None, BALANCE: "balance",
         STATE: "state", RUN_TIME: "run-times"}
NO_SUCH_LP = 0x41
NOT_BELIEVED = 0
NO_SUCH_VP = 0xE
ROOT = 1
SELF = (1 << 64) - 1
RIP, CR3 = 0x20010, 0x40002
ESSENTIAL = {RIP, CR3, 0x20004, 0x20011}         # and RSP, RFLAGS: where a VP was
PARTS = "0x102:pattern:2:2;0x103:scenario:4;0x10a:pattern:2:1:0.5"
# On an emulated machine that others use too, a moment may be long.
SLACK_MS = 1500


@dataclass
class Lie:
    """A row: what minihv is told, and what follows from it."""
    hv: str
    fails: list = field(default_factory=list)    # (call, status, partition, VP or None)
    drops: list = field(default_factory=list)    # (records, why)
    lied: set = field(default_factory=set)       # partitions, or (partition, VP)s: any value
    unread: set = field(default_factory=set)     # the same: no value at all
    properties: set = field(default_factory=set)  # partitions that were lied about
    no_properties: set = field(default_factory=set)
    phantoms: bool = False                       # partitions that do not exist are listed
    budget_ms: int = 30000
    slowest_ms: int = 0
    silent: bool = False                         # nothing fails, so nothing need be said
    essentials_only: bool = False                # time or room for no more than these


MADE = {0x102, 0x103, 0x10a}

# A handful that covers all kinds; several lies about different partitions go into one run.
QUICK = [
    Lie("vanish:any@0x102;unreadable:0x50@0x103.1;error:0x44@0x10a:0x6",
        fails=[(CHILD, 0xD, ROOT, None), (REGISTERS, 0xD, 0x102, 0), (REGISTERS, 0x15, 0x103, 1)],
        unread={0x102, (0x103, 1)}, no_properties={0x102, 0x10a}),
    Lie("reps:0x50@0x102:+1;reps:0x50@0x103.2:0;reps:0x50@0x10a.5:0xfff",
        fails=[(REGISTERS, NOT_BELIEVED, *vp) for vp in ((0x102, 0), (0x103, 2), (0x10a, 5))],
        unread={0x102, (0x103, 2), (0x10a, 5)}),
    Lie("cycle:0x47:back;garbage:0x44@0x103;partial:0x50@0x10a.0:3:0x15;garbage:0x50@0x103.0",
        fails=[(CHILD, NOT_BELIEVED, ROOT, None), (REGISTERS, 0x15, 0x10a, 0)],
        lied={(0x10a, 0), (0x103, 0)}, properties={0x103}),
    Lie("garbage:0x47", drops=[("partition", "table")], phantoms=True,
        lied=MADE, properties=MADE),
    Lie("slow:0x50:300", drops=[("vp", "time"), ("properties", "time")], budget_ms=2000,
        slowest_ms=300, unread=MADE, no_properties=MADE | {ROOT}),
]

SLOW = [
    Lie("error:0x47:0x6", fails=[(CHILD, 0x6, ROOT, None)], unread=MADE, no_properties=MADE),
    Lie("error:0x47:0x2", fails=[(CHILD, 0x2, ROOT, None)], unread=MADE, no_properties=MADE),
    Lie("cycle:0x47:same", fails=[(CHILD, NOT_BELIEVED, ROOT, None)],
        unread={0x103, 0x10a}, no_properties={0x103, 0x10a}),
    Lie("cycle:0x47:up", fails=[(CHILD, NOT_BELIEVED, ident, None) for ident in MADE]),
    Lie("cycle:0x47:endless", drops=[("partition", "table")], phantoms=True,
        fails=[(CHILD, 0xD, 0x10b, None), (REGISTERS, 0xD, 0x10b, 0),
               (PROPERTY, 0xD, 0x10b, None)]),
    Lie("slow:0x47:600", drops=[("partition", "time")], budget_ms=2000, slowest_ms=600,
        lied=MADE, unread=MADE | {ROOT}, no_properties=MADE | {ROOT}),
    Lie("reps:0x47:1", silent=True),
    Lie("reps:0x47:0xfff", silent=True),
    Lie("error:0x44:0x9", no_properties=MADE | {ROOT}, silent=True),
    Lie("error:0x44:0x2", fails=[(PROPERTY, 0x2, ident, None) for ident in MADE | {ROOT}],
        no_properties=MADE | {ROOT}),
    Lie("garbage:0x44", properties=MADE | {ROOT}, silent=True),
    Lie("slow:0x44:200", drops=[("properties", "time")], budget_ms=6000, slowest_ms=200,
        no_properties={0x103, 0x10a}, properties={0x102, ROOT}),
    Lie("reps:0x44:7", silent=True),
    Lie("vanish:any@0x103:1", fails=[(CHILD, 0xD, 0x103, None), (REGISTERS, 0xD, 0x103, 0)],
        unread={0x103}, no_properties={0x103}),
    Lie("vanish:any@0x103:6", fails=[(PROPERTY, 0xD, 0x103, None)],
        lied={0x103}, no_properties={0x103}),
    Lie("vanish:0x44@0x102", fails=[(PROPERTY, 0xD, 0x102, None)], no_properties={0x102}),
    Lie("error:0x50:0x5", fails=[(REGISTERS, 0x5, ident, None) for ident in MADE],
        unread=MADE | {ROOT}),
    Lie("error:0x50:0x6", fails=[(REGISTERS, 0x6, ident, None) for ident in MADE],
        unread=MADE | {ROOT}),
    Lie("error:0x50:0x2", fails=[(REGISTERS, 0x2, ident, 0) for ident in MADE | {ROOT}],
        unread=MADE | {ROOT}),
    Lie("error:0x50:0xffff", fails=[(REGISTERS, 0xFFFF, ident, None) for ident in MADE],
        unread=MADE | {ROOT}),
    Lie("error:0x50@0x102:0xe", unread={0x102}, silent=True),
    Lie("unreadable:0x50@1.0:0x15", fails=[(REGISTERS, 0x15, ROOT, 0)], unread={ROOT}),
    Lie("reps:0x50:0", fails=[(REGISTERS, NOT_BELIEVED, ident, 0) for ident in MADE | {ROOT}],
        unread=MADE | {ROOT}),
    Lie("reps:0x50:+1", fails=[(REGISTERS, NOT_BELIEVED, ident, 0) for ident in MADE | {ROOT}],
        unread=MADE | {ROOT}),
    Lie("reps:0x50:0xfff", fails=[(REGISTERS, NOT_BELIEVED, ident, 0) for ident in MADE | {ROOT}],
        unread=MADE | {ROOT}),
    Lie("partial:0x50:20", lied=MADE | {ROOT}, silent=True),
    Lie("partial:0x50@0x102:0:0x15", fails=[(REGISTERS, 0x15, 0x102, 0)], unread={0x102}),
    Lie("garbage:0x50@0x102", drops=[("vp", "space"), ("registers", "space")], lied={0x102},
        properties=MADE | {ROOT}, essentials_only=True),
    Lie("slow:0x50@0x102:200", drops=[("vp", "time")], lied={0x102},
        properties=MADE | {ROOT}, essentials_only=True, budget_ms=3000, slowest_ms=200),
    Lie("garbage:0x50", drops=[("registers", "space"), ("properties", "space")],
        lied=MADE | {ROOT}, properties=MADE | {ROOT}),
]

TABLE = [*QUICK, *(pytest.param(lie, marks=pytest.mark.slow) for lie in SLOW)]


# ------------------------------------------------------------------ what was answered

CALL_LINE = re.compile(r"hvcall cpu=\d+ code=(\S+) name=\S+ part=(\S+) vp=(\S+) vtl=\S+ "
                       r"reps=(\d+)-(\d+) done=(\d+) status=(\S+)")


def answers(run) -> list:
    """What minihv's log says that the capture was told: (call, partition, VP, status, odd)."""
    text = (run.out / "debugcon.log").read_text()
    assert "lies-begin" in text, "minihv never began to lie"
    found = []
    for words in CALL_LINE.findall(text[text.index("lies-begin"):]):
        call, status = int(words[0], 16), int(words[6], 16)
        if call not in HOLDS:
            continue
        first, count, done = (int(word) for word in words[3:6])
        odd = call == REGISTERS and not status and not first < done <= count
        partition = SELF if words[1] == "-" else int(words[1], 16)
        found.append((call, ROOT if partition == SELF else partition,
                      None if words[2] == "-" else int(words[2]), status, odd))
    return found


# ------------------------------------------------------------------ what the note says

class Said:
    """What hvdump says of one run's hvdump.elf."""

    def __init__(self, run) -> None:
        self.path = run.out / "hvdump.elf"
        self.status, self.report = self._report()
        self.capture = self.report["capture"]
        self.partitions = {number(one["id"]): one for one in self.report["partitions"]}
        self.failures = {(number(one["code"]), number(one["status_code"]),
                          number(one["partition"]), one["vp"])
                         for one in self.capture["failures"]}
        self.drops = {(one["type"], one["why"]) for one in self.capture["dropped"]}

    def _report(self) -> tuple:
        for status in (0, 4):
            try:
                return status, programs.hvdump_json("report", self.path, status=status)
            except AssertionError as problem:
                last = problem
        raise last

    def vps(self, partition: int) -> dict:
        """{VP: {VTL...}} of a partition."""
        known = self.partitions.get(partition, {"vps": []})
        return {vp["index"]: {vtl["vtl"] for vtl in vp["vtls"]} for vp in known["vps"]}

    def registers(self, partition: int, vp: int, vtl: int) -> dict:
        """{code: value}, those that could not be read included, as None."""
        document = programs.hvdump_json("regs", self.path, "-p", f"{partition:#x}", "--vp", str(vp),
                                        "-l", str(vtl), "--all", status=self.status)
        found = document["partitions"][0]["vps"][0]["vtls"][0]["registers"].values()
        return {number(one["code"]): None if one["value"] is None else number(one["value"])
                for one in found}

    def properties(self, partition: int) -> dict:
        """{code: value} of a partition."""
        known = self.partitions.get(partition, {"properties": {}})
        return {number(one["code"]): None if one["value"] is None else number(one["value"])
                for one in known["properties"].values()}

    def summary(self) -> str:
        """What it says is missing, in the report's own words."""
        words = [piece["what"] for one in self.report["findings"]
                 if one["id"] in ("capture-incomplete", "failed-calls")
                 for piece in one["evidence"]]
        unread = sum(one["value"] is None for partition in self.partitions.values()
                     for one in partition["properties"].values())
        words += [f"{unread} properties have a status"] if unread else []
        return "; ".join(words) or "nothing is missing"


def asked_for(lie: Lie) -> set:
    """The registers that this capture must have of each VP, as far as minihv has them."""
    rows = programs.hvdump_json("abi", "registers")["abi"]
    sets = ("essential",) if lie.essentials_only else ("essential", "rest")
    wanted = {number(row["code"]) for row in rows
              if row["arch"] == "x86-64" and row["capture"] in sets}
    assert ESSENTIAL <= wanted and (lie.essentials_only or AT_LEAST <= wanted)
    return wanted & set(RULE.codes())


# ------------------------------------------------------------------ comparing

def check_failures(lie: Lie, said: Said, told: list) -> None:
    """What failed is recorded, and nothing else is."""
    for call, status, partition, vp in lie.fails:
        assert any((call, status, partition) == one[:3] and vp in (None, one[3])
                   for one in said.failures), \
            f"no record of call {call:#x} about {partition:#x}, VP {vp}: {status:#x}"
    for drop in lie.drops:
        assert drop in said.drops
    happened = {(call, status, partition, vp) for call, partition, vp, status, _ in told}
    # In what was made up by minihv nothing else is true than that it was told.
    for call, status, partition, vp in said.failures:
        assert (call, status, partition, vp) in happened, \
            f"call {call:#x} about {partition:#x}, VP {vp} did not answer {status:#x}"


def check_nothing_untold(said: Said, told: list) -> None:
    """Each answer in minihv's log that was no success is in the note, or counted as missing."""
    counted = {kind for kind, _ in said.drops}
    for call, partition, vp, status, odd in set(told):
        if "failure" in counted or HOLDS[call] in counted:
            continue
        if (not status and not odd) or (call, status, partition, vp) in said.failures:
            continue
        if (call, status) in ((REGISTERS, NO_SUCH_VP), (RUN_TIME, NO_SUCH_LP)):
            continue
        if call == REGISTERS:
            assert any(None in said.registers(partition, vp, vtl).values()
                       for vtl in said.vps(partition).get(vp, ())), \
                f"not in the note: {partition:#x}, VP {vp}: {status:#x}"
        else:
            assert call == PROPERTY and None in said.properties(partition).values(), \
                f"not in the note: call {call:#x}, {partition:#x}: {status:#x}"


def check_partition(lie: Lie, run, said: Said, entry: tuple, codes: set) -> tuple:
    """All that was not lied about is there and right: (VTLs, registers) checked."""
    ident, kind, vps, vtl_count = entry
    seen = said.vps(ident)
    lied = {vp for vp in vps if {ident, (ident, vp)} & (lie.lied | lie.unread)}
    if not lied:
        assert sorted(seen) == vps, f"VPs of {ident:#x}"
    vtls = right = 0
    for vp in (vp for vp in vps if vp not in lied):
        assert seen.get(vp) == set(RULE.vtls(kind, vp, vtl_count)), f"{ident:#x}, VP {vp}"
        for vtl in seen[vp]:
            values = said.registers(ident, vp, vtl)
            assert codes <= set(values), f"{ident:#x}, VP {vp}, VTL {vtl}"
            for code, value in values.items():
                if value is None and lie.essentials_only and code not in codes:
                    continue             # not asked any more
                want = RULE.expected(run.options.seed, ident, kind, vp, vtl, code, vtl_count)
                assert value == want, f"{ident:#x}, VP {vp}, VTL {vtl}, register {code:#x}"
            vtls, right = vtls + 1, right + len(values)
    return vtls, right


def check_unread(lie: Lie, said: Said) -> None:
    """Of what could not be read no value is claimed."""
    for target in lie.unread:
        partition, only = target if isinstance(target, tuple) else (target, None)
        for vp, vtls in said.vps(partition).items():
            for vtl in vtls if only in (None, vp) and target not in lie.lied else ():
                values = set(said.registers(partition, vp, vtl).values())
                assert values <= {None}, f"{partition:#x}, VP {vp}, VTL {vtl}"
    for ident in lie.no_properties:
        assert set(said.properties(ident).values()) <= {None}, f"properties of {ident:#x}"


def check_root(lie: Lie, run, said: Said) -> None:
    """The root itself, whose values no rule gives, but where it was is known."""
    assert ROOT in said.partitions
    assert sorted(said.vps(ROOT)) == list(range(run.options.cpus))
    if ROOT in lie.unread | lie.lied:
        return
    values = said.registers(ROOT, run.options.cpu, 0)
    assert values[RIP] >> 48 == 0xFFFF and values[CR3]


def check_properties(lie: Lie, run, said: Said) -> int:
    """The properties of those that were not lied about."""
    right = 0
    for ident, kind, vps, _ in RULE.parse_spec(run.options.parts):
        if ident in lie.properties | lie.no_properties:
            continue
        values = said.properties(ident)
        assert len(values) > 10, f"properties of {ident:#x}"
        for code, value in values.items():
            assert value == RULE.property_value(run.options.seed, ident, kind, code, len(vps)), \
                f"property {code:#x} of {ident:#x}"
        right += len(values)
    return right


def check_dump(lie: Lie, run, said: Said) -> None:
    """The crash kernel ran, the collector finished, the capture kept to its time."""
    assert run.lines("CRASHED") and run.lines("COLLECTED")[0] in ("0", "4")
    assert (run.out / "report.txt").exists()
    assert said.report["damages"] == 0
    assert said.capture["reason"] == "linux-panic"
    assert said.capture["cpu"] == run.options.cpu
    assert said.status == (4 if said.drops else 0)
    assert said.capture["complete"] is not bool(said.drops)
    took = said.capture["duration_ns"] / 1e6
    assert took <= lie.budget_ms + lie.slowest_ms + SLACK_MS
    if ("vp", "time") in lie.drops:
        assert took >= lie.budget_ms


def check_report(lie: Lie, run, said: Said) -> None:
    """The report for people says that something is missing, when something is."""
    findings = {one["id"] for one in said.report["findings"]}
    assert bool(lie.drops) <= ("capture-incomplete" in findings)
    assert bool(lie.fails) <= ("failed-calls" in findings)
    text = (run.out / "report.txt").read_text()
    assert bool(lie.drops) <= ("INCOMPLETE" in text)
    if any(status == NOT_BELIEVED for _, status, _, _ in lie.fails):
        assert "cannot be true" in text
    assert lie.silent or re.search("missing|not captured", text)


def look(lie: Lie, run) -> tuple:
    """All checks: (what the note says is missing, what was found right)."""
    said, told, codes = Said(run), answers(run), asked_for(lie)
    check_dump(lie, run, said)
    check_failures(lie, said, told)
    check_nothing_untold(said, told)
    if not lie.phantoms:
        assert set(said.partitions) <= {ROOT, *made(run)}
    vtls = right = 0
    for entry in RULE.parse_spec(run.options.parts):
        more = check_partition(lie, run, said, entry, codes)
        vtls, right = vtls + more[0], right + more[1]
    check_unread(lie, said)
    check_root(lie, run, said)
    properties = check_properties(lie, run, said)
    check_report(lie, run, said)
    return said.summary(), (f"{vtls} VTLs, {right} registers, {properties} properties, "
                            f"{said.capture['duration_ns'] / 1e9:.1f} s")


@pytest.fixture(scope="module", name="table")
def fixture_table(request):
    """The rows that were looked at; shown at the end, and kept beside the runs."""
    rows = []
    yield rows
    lines = ["the table of lies:"]
    for lie, note, checked in rows:
        lines += [f"  {lie}", f"      the note: {note}", f"      right: {checked}"]
    text = "\n".join(lines)
    (BUILD / "vm" / "tests" / "lies.txt").write_text(text + "\n")
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{text}")


@pytest.mark.parametrize("lie", TABLE, ids=lambda lie: lie.hv)
def test_no_dump_is_lost_and_the_note_is_true(lie, table):
    """One row of the table."""
    assert built_program("analyzer", "hvdump").exists()
    name = "lie-" + re.sub(r"[^\w.+-]+", "-", lie.hv)
    run = run_once(name, "root-panic", "dump=none", "cpus=1", f"parts={PARTS}", f"hv={lie.hv}",
                   f"args=budget_ms={lie.budget_ms}")
    table.append((lie.hv, *look(lie, run)))
    tidy(run)
