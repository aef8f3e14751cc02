# SPDX-License-Identifier: GPL-2.0-or-later
"""The report names the true cause first, in every scenario of the test world.

The expected column is written from the scenario: what was done to the machine says what must be
found. (test_triggers.py looks at the ways in which Linux dies.) Signatures: equal crashes have one,
others have others. diff: what was changed between two live captures, and nothing else.
"""

import pytest

from . import programs
from .conftest import PARTS, run_once, tidy
from .paths import BUILD
from .test_registers import number
from .test_who_died import COMMON

SYSRQ = "sysrq triggered crash"
# A live capture of the host that has such a guest, and then a panic of that host.
GUEST = ("kernel=7", "dump=elf")
PANIC, CRASH = "linux-panic", "hypervisor-crash"

slow = pytest.mark.slow


def died(scenario, cpu):
    """A run of test_who_died.py."""
    return f"died-{scenario}-2-{cpu}-0", scenario, *COMMON, "cpus=2", f"cpu={cpu}"


def guest(name, fate):
    """A run in which a VP of a partition meets a fate of mshvctl's."""
    return f"guest-{name}", "root-panic", *GUEST, f"life=diff:0{fate}:4"


# What is done; the run; the file; the ids that come first; words of the last one of them.
SCENARIOS = {
    "Linux panics": (died("root-panic", 1), "hvdump.elf", [PANIC], SYSRQ),
    "the hypervisor crashes": (died("root-hvcrash", 0), "hvdump.elf", [CRASH], "bug check 0x"),
    "Linux panics; a guest is stuck on an intercept": (
        guest("stuck", "r"), "", [PANIC, "vp-on-intercept"], "stopped on an intercept"),
    "Linux panics; a guest has a triple fault": (
        guest("triple", "t"), "", [PANIC, "vp-gave-up"], "a triple fault"),
    "Linux panics; a Linux guest has oopsed": (
        guest("linux", "l"), "", [PANIC, "guest-crashed"], "Linux 6.1 oopsed, code 0x2, RIP "
        "0xffffffff8104c0b2"),
    "a Linux guest has oopsed, the host lives": (
        guest("linux", "l"), "extra/diff/before", ["guest-crashed"], "Linux 6.1 oopsed"),
    "a Windows guest has stopped, the host lives": (
        guest("windows", "w"), "extra/diff/before", ["guest-crashed"],
        "bug check 0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL"),
    "the hypervisor has no memory": (
        ("no-memory", "root-panic", PARTS, "dump=notes", "hv=error:GetVpRegisters@0x102.1:0xb"),
        "hvdump.elf", [PANIC, "hypervisor-out-of-memory"], "not enough memory"),
    "a healthy host, looked at": (
        guest("healthy", ""), "extra/diff/before", ["live-capture"], "Nothing died"),
}
NEEDS_A_RUN_OF_ITS_OWN = {name for name, (run, *_) in SCENARIOS.items()
                          if not run[0].startswith("died")}
# Two views that differ on purpose: minihv's own partitions are none of the driver's.
OF_THE_TEST_WORLD = {"partitions-differ"}


def report(run, file: str) -> dict:
    """Of one of a run's files, or of its folder; damage is for other tests."""
    text = programs.hvdump("--json", "-q", "report", run.out / file, status=None)
    return programs.parsed(text)


def leading(findings: list, count: int) -> list:
    """The first ones, without what the test world itself is the cause of."""
    return [one for one in findings if one["id"] not in OF_THE_TEST_WORLD][:count]


@pytest.fixture(scope="module", name="table")
def fixture_table():
    """Scenario, expected, found; kept beside the runs."""
    rows = []
    yield rows
    text = "".join(f"{name:<48} {', '.join(expected):<36} {', '.join(found)}\n"
                   for name, expected, found in rows)
    (BUILD / "vm/tests/findings.txt").write_text(text)
    print(text)


@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[slow] if name in NEEDS_A_RUN_OF_ITS_OWN else [])
    for name in SCENARIOS])
def test_the_true_cause_comes_first(name, table, record_property):
    """Ids in their order, and the words of the one that the scenario is about."""
    words, file, expected, said = SCENARIOS[name]
    run = run_once(*words)
    found = leading(report(run, file)["findings"], len(expected))
    table.append((name, expected, [one["id"] for one in found]))
    assert [one["id"] for one in found] == expected
    assert said in found[-1]["text"]
    assert found[-1]["evidence"]
    record_property("result", ", ".join(expected))
    tidy(run)


@slow
def test_nothing_above_info_on_a_healthy_host():
    """A live capture with partitions, VPs, registers, and nothing wrong."""
    run = run_once(*guest("healthy", ""))
    findings = report(run, "extra/diff/before")["findings"]
    wrong = [one for one in findings
             if one["severity"] != "info" and one["id"] not in OF_THE_TEST_WORLD]
    assert not wrong


@slow
def test_what_the_root_had_done_about_an_intercept():
    """The driver's object of the VP stands beside the message that stopped it."""
    run = run_once(*guest("stuck", "r"))
    found = {one["id"]: one for one in report(run, "")["findings"]}
    said = [one["what"] for one in found["vp-on-intercept"]["evidence"]]
    assert any("UNMAPPED_GPA" in what and "the driver: " in what for what in said), said


# --- signatures

def signature(run, file: str = "") -> tuple:
    """Its number and its words."""
    found = report(run, file)["signature"]
    return found["id"], tuple(found["words"])


@slow
def test_equal_crashes_have_one_signature_and_others_have_others():
    """Twice each: other seeds, another CPU, another place of the kernel; four kinds."""
    common = ("dump=elf", "kernel=7")
    kinds = {
        "panic": ("root-panic", "trigger=sysrq"),
        "null": ("root-panic", "trigger=null"),
        "hypervisor": ("root-hvcrash",),
        "guest": ("root-panic", "trigger=sysrq", "life=diff:0w:4"),
    }
    found = {}
    for kind, (scenario, *words) in kinds.items():
        for cpu in (0, 1):
            run = run_once(f"signature-{kind}-{cpu}", scenario, *words, *common, f"cpu={cpu}")
            found.setdefault(kind, set()).add(signature(run))
            tidy(run)
    assert all(len(both) == 1 for both in found.values()), found
    assert len(set.union(*found.values())) == len(kinds)


# --- diff

@pytest.fixture(scope="module", name="changed")
def fixture_changed():
    """Three live captures: registers and properties are changed between the first two."""
    run = run_once("diff", "root-panic", "kernel=7", "dump=notes", "life=diff:0.1.5:4;0")
    yield run
    tidy(run)


def said_to_be_changed(run) -> dict:
    """VM-CHANGED lines: {(kind, partition, VP, code): value}; the last one counts."""
    made = {}
    for line in run.lines("CHANGED"):
        kind, *words = line.split()
        values = [int(word, 0) for word in words]
        if kind == "register":
            made[kind, *values[:3]] = values[3]
        elif kind == "property":
            made[kind, values[0], None, values[1]] = values[2]
    return made


def differences(run, one: str, other: str) -> list:
    """What diff says, but for what moves by itself."""
    folder = run.out / "extra" / "diff"
    found = programs.hvdump_json("diff", folder / one, folder / other)["diff"]
    return [entry for entry in found["differences"] if not entry["volatile"]]


def codes() -> dict:
    """Names of registers and properties: {(kind, name): code}."""
    return {(kind, row["name"]): number(row["code"])
            for kind, table in (("register", "registers"), ("property", "properties"))
            for row in programs.hvdump_json("abi", table)["abi"]
            if row.get("arch") != "arm64"}


@slow
def test_diff_shows_exactly_what_was_changed(changed, record_property):
    """By mshvctl's own lines, which tell each value that it set through /dev/mshv."""
    wanted, code = said_to_be_changed(changed), codes()
    assert len(wanted) >= 10
    found = {(one["kind"], number(one["partition"]), one["vp"], code[one["kind"], one["name"]]):
             number(one["b"]) for one in differences(changed, "before", "after")}
    assert found == wanted
    assert not differences(changed, "after", "again")
    record_property("result", f"{len(found)} changes, {len(wanted)} found")
