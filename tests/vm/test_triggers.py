# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of triggers: however the kernel dies, there is one capture, complete and true.

Each row is a trigger (triggers.py), crash_kexec_post_notifiers off or on, and a number of CPUs. It
is played with the module and without: the crash kernel must boot in both or in neither. What is
right is taken from the log of the kernel that died, from minihv's log, and from the rule in
tests/minihv/registers.py; never from the note.
"""

import re
import time
from dataclasses import dataclass

import pytest

from . import dumps, programs
from .conftest import run_once, tidy
from .paths import BUILD
from .scenario import GuestError
from .test_registers import RULE, found, made, number, wrong_registers
from .triggers import NOT_TO_BE_HAD, TRIGGERS

PARTS = "0x102:pattern:2:2;0x103:scenario:4"
ROOT, RIP = 1, 0x20010
CAPTURE_RECORD = 0x48560003
NOTIFIERS = {"off": "append=quiet", "on": "append=quiet crash_kexec_post_notifiers",
             "crashmsr": "hvargs=crashmsr=1"}
BEFORE_A_CALL = bytes([0xa5]) * 4096
CALLS_FIRST = 20
DOUBLE_FAULTS = ("double", "overflow")
# Each question about another processor waits for that one's turn on a machine with few.
PATIENT = ("args=budget_ms=300000", "timeout=900")
WHY_NO_WATCHDOG = "NMI watchdog: Perf NMI watchdog permanently disabled"


@dataclass(frozen=True)
class Row:
    """A row of the table."""
    trigger: str
    notifiers: str
    cpus: int

    @property
    def cpu(self) -> int:
        """The first CPU and others take turns."""
        return {(2, "off"): 1, (4, "on"): 3, (2, "crashmsr"): 1}.get((self.cpus, self.notifiers), 0)

    def __str__(self) -> str:
        return f"{self.trigger}-{self.notifiers}-{self.cpus}"


# A few: a panic of each kind of road.
QUICK = {Row("overflow", "on", 1), Row("both", "on", 4), Row("hypercall", "off", 2),
         Row("null-irq", "crashmsr", 2)}

ROWS = [Row(trigger, notifiers, cpus) for cpus in (2, 4, 1) for notifiers in ("off", "on")
        for trigger, one in TRIGGERS.items() if cpus >= one.least_cpus and not one.loses]
ROWS += [Row(trigger, "crashmsr", 2) for trigger in ("sysrq", "null-irq", "nmi", "both")]
TABLE = [row if row in QUICK else pytest.param(row, marks=pytest.mark.slow) for row in ROWS]


# ------------------------------------------------------------------ how it died

def death(run) -> str:
    """The log of the kernel that died, from what the trigger makes it print."""
    log = (run.out / "vmcore-dmesg.txt").read_text(errors="replace")
    match = re.search(TRIGGERS[run.options.trigger].says, log)
    assert match, f"it did not die of {run.options.trigger}: {log[-2000:]}"
    return log[match.start():]


def cpu_that_died(run) -> int:
    """Where it died, by its own log, which must be where it was to die."""
    cpu = int(re.search(r"CPU: (\d+) (?:UID: \d+ )?PID:", death(run))[1])
    trigger = TRIGGERS[run.options.trigger]
    if trigger.cpu != "any":
        assert cpu == (run.options.cpu if trigger.cpu == "own" else 0)
    return cpu


def check_calls(run) -> None:
    """The other CPUs did make hypercalls before the capture: minihv's log."""
    log = (run.out / "debugcon.log").read_text()
    before = log[:log.index("code=0x0047")]
    for cpu in set(range(run.options.cpus)) - {run.options.cpu}:
        assert len(re.findall(rf"hvcall cpu={cpu} code=0x0050", before)) >= CALLS_FIRST


def check_death(run, row: Row) -> None:
    """The row is what it says."""
    # The kernel names the stacks that it unwinds: of a double fault, those from before it.
    in_nmi = "<NMI>" in death(run)
    assert in_nmi == (TRIGGERS[row.trigger].nmi and row.trigger not in DOUBLE_FAULTS)
    assert run.lines("NOTIFIERS") == ["N" if row.notifiers == "off" else "Y"]
    if row.trigger == "hang":
        log = (run.out / "vmcore-dmesg.txt").read_text(errors="replace")
        assert WHY_NO_WATCHDOG in log, "then the table's last lines are wrong"
    if row.trigger == "hypercall":
        check_calls(run)
    if row.trigger == "half-call":
        assert run.memory == [BEFORE_A_CALL], "the call's arguments were written over"


# ---------------------------------------------------------------- what is said of it

def check_capture(run, row: Row, cpu: int) -> dict:
    """One capture, complete, that knows where and how."""
    notes = dumps.of_ours(dumps.elf_notes(run.out / "hvdump.elf"))
    assert [note.kind for note in notes].count(CAPTURE_RECORD) == 1
    capture = programs.hvdump_json("info", run.out / "hvdump.elf")["capture"]
    assert capture["complete"] is True and not capture["dropped"] and not capture["failures"]
    assert (capture["reason"], capture["cpu"]) == ("linux-panic", cpu)
    flags = {"protected-calls", "cpus-stopped"}
    flags |= {"in-nmi"} if TRIGGERS[row.trigger].nmi else set()
    flags |= {"post-notifiers"} if row.notifiers != "off" else set()
    assert set(capture["flags"].split()) == flags
    # The report's first finding is how it died, in the kernel's own words.
    first = programs.hvdump_json("report", run.out / "hvdump.elf")["findings"][0]
    assert first["id"] == "linux-panic" and re.search(TRIGGERS[row.trigger].says, first["text"])
    return capture


def check_partitions(run) -> int:
    """The VPs of all partitions are there; all registers of the children are right."""
    said = found(programs.hvdump_json("vps", run.out / "hvdump.elf"))
    assert sorted(said.pop(ROOT)) == list(range(run.options.cpus))
    assert said == made(run)
    count = 0
    for entry in RULE.parse_spec(run.options.parts):
        wrong, right = wrong_registers(run, "hvdump.elf", entry)
        assert not wrong, f"partition {entry[0]:#x}: {right} right, wrong: {wrong[:5]}"
        count += right
    return count


def code_of(run) -> tuple:
    """Where the code is, by the kernel itself: its own as a range, and the module's."""
    places = {words[1]: (int(words[0], 16), int((words + ["0"])[2]))
              for words in (line.split() for line in run.lines("CODE"))}
    start, size = places["hvdump"]
    return range(places["_stext"][0], places["_etext"][0]), range(start, start + size)


def check_root(run, cpu: int) -> None:
    """The CPU that died was in the module, which asked; the others were stopped in the kernel."""
    kernel, module = code_of(run)
    for vp in range(run.options.cpus):
        document = programs.hvdump_json("regs", run.out / "hvdump.elf", "-p", "self", "--vp",
                                        str(vp), "--all")
        registers = document["partitions"][0]["vps"][0]["vtls"][0]["registers"].values()
        rip, = [number(one["value"]) for one in registers if number(one["code"]) == RIP]
        assert rip in (module if vp == cpu else kernel), f"VP {vp} was at {rip:#x}"


# ---------------------------------------------------------------------- the table

def play(row: Row, *words: str):
    """A run of a row; None when no crash kernel came."""
    try:
        return run_once(f"trigger-{row}-{words[0]}", "root-panic", *words,
                        f"trigger={row.trigger}", f"cpus={row.cpus}", f"cpu={row.cpu}",
                        NOTIFIERS[row.notifiers], *PATIENT)
    except GuestError as problem:
        print(problem)
        return None


@pytest.fixture(scope="module", name="table")
def fixture_table(request):
    """The rows that were looked at; shown at the end, and kept beside the runs."""
    rows, start = [], time.monotonic()
    yield rows
    lines = ["the table of triggers:",
             "  trigger      notifiers CPUs died-on  with the module"
             "                                        without"]
    lines += [f"  {row.trigger:<12} {row.notifiers:<9} {row.cpus:<4} {cpu!s:<8} {said:<54} {other}"
              for row, cpu, said, other in rows]
    lines += [f"  {name}: not to be had: {why}" for name, why in NOT_TO_BE_HAD.items()]
    lines += [f"  {name}: not with one CPU" for name, one in TRIGGERS.items() if one.least_cpus > 1]
    lines += [f"  {len(rows)} rows right in {time.monotonic() - start:.0f} s"]
    text = "\n".join(lines)
    (BUILD / "vm" / "tests" / "triggers.txt").write_text(text + "\n")
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{text}")


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_one_capture_complete_and_true(row, table):
    """One row of the table."""
    without = play(row, "module=no", "dump=boot")
    run = play(row, "module=yes", "dump=notes", f"parts={PARTS}")
    assert (run is None) == (without is None), "the crash kernel boots in one of the two alone"
    # Both, that is: no trigger is known to lose the dump on this kernel.
    assert run and without
    cpu = cpu_that_died(run)
    check_death(run, row)
    capture = check_capture(run, row, cpu)
    count = check_partitions(run)
    check_root(run, cpu)
    table.append((row, cpu, f"complete, {count} registers right, {capture['duration_ns'] / 1e9:.1f}"
                  f" s{', in NMI' if TRIGGERS[row.trigger].nmi else ''}", "boots"))
    tidy(run)
    tidy(without)


# ------------------------------------------------------ without ftrace or kprobes

OTHER = Row("null", "off", 2)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["ftrace", "kprobes"])
def test_once_attached_no_probe_is_needed(what):
    """ftrace or kprobes are switched off when the crash kernel is loaded: all is captured."""
    run = run_once(f"tracing-{what}-attached", "root-panic", f"life=tracing:{what}:attached",
                   "trigger=null", "dump=notes", "cpu=1", f"parts={PARTS}", NOTIFIERS["off"],
                   *PATIENT)
    assert re.fullmatch(r"\S+ 0", run.lines("OFF")[0])
    assert "attached: yes" in run.lines("after:")
    check_capture(run, OTHER, cpu_that_died(run))
    assert check_partitions(run) > 1000
    check_root(run, 1)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["ftrace", "kprobes"])
def test_without_probes_it_is_told_that_nothing_would_be_captured(what):
    """Switched off before: kexec -s loads as ever, the notes are not in it, and both are told."""
    run = run_once(f"tracing-{what}", "root-panic", f"life=tracing:{what}", "trigger=null",
                   "dump=notes", NOTIFIERS["off"], *PATIENT)
    assert re.fullmatch(r"\S+ 0", run.lines("OFF")[0])
    assert {"attached: no", "road: none"} <= set(run.lines("status:"))
    attached, = [line for line in run.lines("HOST") if line.split()[1] == "attached"]
    assert attached.startswith("fail") and "hvdumpctl arm" in attached
    assert run.lines("CRASHED") and not (run.out / "hvdump.elf").exists()


@pytest.mark.slow
def test_without_probes_arm_takes_the_other_road():
    """The cure that status names: all is captured, and the image lets go of the module again."""
    run = run_once("tracing-arm", "root-panic", "life=tracing:ftrace", "load=arm", "trigger=null",
                   "dump=notes", "cpu=1", f"parts={PARTS}", NOTIFIERS["off"],
                   *PATIENT)
    assert "road: command-line" in run.lines("status:")
    # root-init.sh gives up when the module cannot be removed after hvdumpctl disarm.
    assert "road: none" in run.lines("disarmed:")
    check_capture(run, OTHER, cpu_that_died(run))
    assert check_partitions(run) > 1000
