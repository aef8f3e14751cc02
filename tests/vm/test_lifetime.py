# SPDX-License-Identifier: GPL-2.0-or-later
"""What a host goes through between boot and crash: hvdump.ko gets along with it.

Loaded too late, CPUs that come and go, a reboot, a normal kexec, another module at the same hook.
"""

import re

import pytest

from . import dumps, programs
from .conftest import run_once, tidy
from .qemu import OF_TIME

PARTS = "parts=0x102:pattern:2"
NOTES = ["attached: yes", "road: notes"]


def life(name: str, *words):
    """One run of guest/life-*.sh; only the small file is of interest."""
    run = run_once(name, "root-panic", PARTS, "dump=none", "timeout=900", *words)
    tidy(run)
    return run


def captured(run) -> dict:
    """What hvdump says of a run whose capture must be whole."""
    document = programs.hvdump_json("regs", "--all", run.out / "hvdump.elf")
    capture = document["capture"]
    assert capture["complete"] is True
    assert capture["reason"] == "linux-panic"
    assert capture["cpu"] == run.options.cpu
    return document


def status(run, mark: str) -> dict:
    """The module's status, as a scenario told it under a mark."""
    return dict(line.split(": ", 1) for line in run.lines(f"{mark}:"))


# Before the crash kernel, after it


def test_a_late_module_says_so_and_arm_cures_it():
    """The crash image knows nothing of a module that comes later; hvdumpctl arm loads it again."""
    run = life("late-arm", "life=late:arm")
    late = status(run, "late")
    assert (late["attached"], late["crash_kernel"]) == ("no", "loaded")
    said = [line for line in run.lines("LATE") if line.split()[1] == "attached"]
    assert len(said) == 1
    assert said[0].startswith("fail") and said[0].endswith("hvdumpctl arm")
    assert status(run, "status")["attached"] == "yes"
    captured(run)


@pytest.mark.slow
def test_a_late_module_harms_nothing():
    """Not attached, and nobody cared: the dump is as it would have been, without our notes."""
    run = run_once("late", "root-panic", "life=late", "head=20")
    assert status(run, "status")["attached"] == "no"
    head = (run.extra / "vmcore-head").read_bytes()
    assert dumps.segments(head)
    found = dumps.kdump_notes(run.out / "vmcore")
    assert len(found) == run.options.cpus + 1
    assert not dumps.of_ours(found)
    tidy(run)


# CPUs that come and go


def symbol_at(run, address: int) -> str:
    """The kernel's function at an address, from /proc/kallsyms of that boot."""
    best = (0, "")
    for line in (run.extra / "kallsyms").read_text().splitlines():
        value, _, name = line.split()[:3]
        if best[0] < int(value, 16) <= address:
            best = (int(value, 16), name)
    return best[1]


def where(run, document: dict, cpu: int) -> str:
    """The function in which the root's VP of a CPU was."""
    [root] = [one for one in document["partitions"] if one["kind"] == "root"]
    [vp] = [one for one in root["vps"] if one["cpu"] == cpu]
    assert vp["recorded"] is True
    return symbol_at(run, int(vp["vtls"][0]["pc"], 16))


@pytest.mark.parametrize("cpus, gone, cpu", [
    pytest.param(2, 1, 0), pytest.param(4, 2, 3, marks=pytest.mark.slow)])
def test_a_cpu_that_went_offline_is_recorded_where_it_rests(cpus, gone, cpu):
    """Its VP exists and is asked like the others: it stands where Linux parks a dead CPU."""
    run = life(f"offline-{cpus}", f"life=offline:{gone}", f"cpus={cpus}", f"cpu={cpu}",
               "append=nokaslr irqaffinity=0")
    online = [n for n in range(cpus) if n != gone]
    assert run.lines("ONLINE") == [",".join(spans(online))]
    assert status(run, "offline")["attached"] == "yes"
    document = captured(run)
    assert document["capture"]["cpus_online"] == cpus
    assert re.search("play_dead|mwait|hlt", where(run, document, gone))
    for other in online:
        assert "play_dead" not in where(run, document, other)


def spans(numbers: list) -> list:
    """Numbers as Linux writes lists of CPUs: 0-1,3."""
    groups = []
    for number in numbers:
        if groups and groups[-1][-1] == number - 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    return [f"{group[0]}-{group[-1]}" if len(group) > 1 else str(group[0]) for group in groups]


@pytest.mark.slow
@pytest.mark.parametrize("cpus, gone, cpu", [(2, 1, 1), (4, 2, 0)])
def test_a_cpu_that_came_back_is_as_any_other(cpus, gone, cpu):
    """Offline and online again; once it is the CPU that crashes."""
    run = life(f"onoff-{cpus}", f"life=offline:{gone}:back", f"cpus={cpus}", f"cpu={cpu}",
               "append=nokaslr irqaffinity=0")
    assert run.lines("ONLINE") == [f"0-{cpus - 1}"]
    document = captured(run)
    for one in range(cpus):
        assert "play_dead" not in where(run, document, one)


# A reboot, a normal kexec


def last_words(run) -> list:
    """What the kernel and init say on the way down, without times. After it the machine ended."""
    text = run.console[run.console.rindex("VM-READY"):]
    lines = [re.sub(r"^\[ *[\d.]+\] ", "", line).strip() for line in text.splitlines()[1:]]
    return [line for line in lines if line and not re.fullmatch("|".join(OF_TIME), line)]


@pytest.mark.parametrize("way, last", [
    ("force", "reboot: machine restart"),
    pytest.param("orderly", "reboot: machine restart", marks=pytest.mark.slow),
    pytest.param("off", "reboot: Power down", marks=pytest.mark.slow)])
def test_the_host_goes_down_as_without_the_module(way, last):
    """Loaded and attached, or never there: the same words, and the same end."""
    words = []
    for module in ("yes", "no"):
        run = life(f"reboot-{way}-{module}", f"life=reboot:{way}", f"module={module}", "cpu=0",
                   "append=nokaslr")
        assert run.lines("attached:") == (["yes"] if module == "yes" else [])
        words.append(last_words(run))
    assert words[0] == words[1]
    assert words[0][-1] == last


@pytest.mark.parametrize("how", ["kexec", pytest.param("kexec:file", marks=pytest.mark.slow)])
def test_a_normal_kexec_leaves_a_host_that_can_be_armed_again(how):
    """The next kernel boots, loads the module, and its crash is captured: its own, not the old."""
    run = life(how.replace(":", "-"), f"life={how}")
    assert [line for line in NOTES if line not in run.lines("first:")] == []
    [first] = run.lines("KEXEC")
    assert len(run.lines("READY")) == 1
    assert [line.split()[0] for line in run.lines("MODULE")] == ["0", "0"]
    boot_id = captured(run)["capture"]["boot_id"]
    assert len(boot_id) == len(first) and boot_id != first


# Another module at the same hook


@pytest.fixture(name="wrapped", scope="module")
def fixture_wrapped():
    """Another module puts its function around ours, and the kernel dies with both."""
    return life("wrapped", "life=wrapped")


def hooks(run) -> list:
    """What witness.ko found in the hook, one time after the other."""
    return [line.split(": ", 1)[1].split()[0] for line in run.lines("HOOK")]


def test_the_module_stays_when_somebody_wrapped_the_hook(wrapped):
    """Even without a crash image rmmod is refused, and status says why."""
    assert hooks(wrapped) == ["hvd_crash_stop_other_cpus", "witness_crash_stop_other_cpus"]
    assert status(wrapped, "unloaded")["attached"] == "no"
    assert "wrapped" in status(wrapped, "unloaded")["unload"]
    assert "can't unload" in wrapped.lines("RMMOD")[0]
    assert not wrapped.lines("COMPLAINT")


def test_both_hooks_run_at_the_crash(wrapped):
    """The other's, then ours: the kernel's log has its word, the note is whole."""
    assert status(wrapped, "again")["attached"] == "yes"
    captured(wrapped)
    assert "witness: passed on" in (wrapped.out / "vmcore-dmesg.txt").read_text()


@pytest.mark.slow
def test_a_wrapper_that_nobody_saw_delays_the_unload():
    """rmmod waits, with the hook alive, until it is ours again; all works afterwards."""
    run = life("wrapped-unseen", "life=wrapped:unseen")
    assert hooks(run) == ["hvd_crash_stop_other_cpus", "witness_crash_stop_other_cpus",
                          "kdump_nmi_shootdown_cpus"]
    assert " Unloading " in run.lines("WAITING")[0]
    assert not run.lines("COMPLAINT")
    assert status(run, "again")["attached"] == "yes"
    captured(run)


@pytest.mark.slow
def test_a_crash_while_the_unload_waits_is_dumped():
    """The crash image does not know the chunks any more; the dump is as without the module."""
    run = run_once("wrapped-waiting", "root-panic", "life=wrapped:waiting")
    found = dumps.kdump_notes(run.out / "vmcore")
    assert len(found) == run.options.cpus + 1
    assert not dumps.of_ours(found)
    tidy(run)
