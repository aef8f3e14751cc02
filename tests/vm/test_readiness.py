# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdumpctl status and test on hosts in which something is wrong.

guest/life-readiness.sh plants one mistake after the other in a running host, as root partition of
minihv, and cures each as hvdumpctl says. What must be found is what was planted.
"""

from dataclasses import dataclass

import pytest

from . import kernels, programs
from .conftest import run_once, tidy

PARTS = "parts=0x102:pattern:2"
FAIL, WARN = "fail", "warn"
STEPS = ["ready", "capture", "read", "notes", "answers", "time", "host", "vps", "collect"]


@dataclass
class Planted:
    """A mistake: the checks that must not be ok, with their verdict and their words for the cure."""
    bad: dict
    # What of a live capture fails beside the first line.
    capture: str = ""


MISTAKES = {
    "image": Planted({"crash-kernel": (FAIL, "kdump-config load"),
                      "attached": (FAIL, "hvdumpctl arm")}),
    "module": Planted({"module": (FAIL, "modprobe hvdump")}, capture="capture"),
    "late": Planted({"attached": (FAIL, "hvdumpctl arm")}),
    "collector": Planted({"collector": (FAIL, "install it")}, capture="collect"),
    "collectorlib": Planted({"collector": (FAIL, "exit status 127; install it again")},
                            capture="collect"),
    "makedumpfile": Planted({"makedumpfile": (FAIL, "install it")}),
    "makedumpfilelib": Planted({"makedumpfile": (FAIL, "exit status 127; install it again")}),
    "config": Planted({"config": (FAIL, "mend /etc/hvdump.conf")}),
    "file": Planted({"target": (FAIL, "Not a directory; make it, or set output")}),
    "dangling": Planted({"target": (FAIL, "No such file or directory; make it, or set output")}),
    "readonly": Planted({"target": (FAIL, "mount it for writing")}),
    "full": Planted({"target": (FAIL, "256 KiB are free")}),
    # From here on a warning is one where a crash would be captured all the same: as small files
    # without a vmcore;
    "little": Planted({"target": (WARN, "24 MiB are free")}),
    # whole, since this kernel leaves the hypervisor where it is (on 7: see NEWER);
    "notifiers": Planted({"notifiers": (WARN, "write Y to")}),
    # in the vmcore alone, whose notes makedumpfile copies; by the other road there are none;
    "service": Planted({"integration": (WARN, "hvdumpctl install")}),
    "road": Planted({"integration": (FAIL, "hvdumpctl install")}),
    # with less memory to do it in; but not when the notes alone take more than there is.
    "big": Planted({"room": (WARN, "raise crashkernel=")}),
    "huge": Planted({"room": (FAIL, "or load hvdump.ko with a smaller size_kb")}),
    "reserved": Planted({"reserved": (FAIL, "boot with crashkernel="),
                         "crash-kernel": (FAIL, "kdump-config load"),
                         "attached": (FAIL, "hvdumpctl arm")}),
    # Planted where "reserved" was.
    "lockdown": Planted({"module": (FAIL, "modprobe hvdump"),
                         "reserved": (FAIL, "boot with crashkernel="),
                         "crash-kernel": (FAIL, "kdump-config load"),
                         "lockdown": (WARN, "sign hvdump.ko and the crash kernel")},
                        capture="capture"),
}
# What is otherwise on Linux 7, whose hv_crash hangs without the setting, and which has guests: their
# memory would be in the dump.
NEWER = {
    **MISTAKES,
    "notifiers": Planted({"notifiers": (FAIL, "write Y to")}),
    "guests": Planted({"guests": (WARN, "dkms install hvdump")}),
}
NEWER.pop("lockdown")
FINAL = ("reserved", "lockdown")


@pytest.fixture(name="run", scope="module", params=[
    "6.1", *(pytest.param(name, marks=pytest.mark.slow) for name in ("6.12", "7"))])
def fixture_run(request):
    """One host after all of them."""
    run = run_once(f"readiness-{request.param}", "root-panic", f"kernel={request.param}", PARTS,
                   "life=readiness", "dump=boot", "timeout=900",
                   "args=budget_ms=30000 live_pause_ms=50")
    yield run
    tidy(run)


def planted(run) -> dict:
    """The mistakes of this kernel's run."""
    return NEWER if run.options.kernel == "7" else MISTAKES


def said(run, name: str, command: str) -> dict:
    """{check: (verdict, text)} of a command with a mistake."""
    found = {}
    for line in run.lines("SAID"):
        mistake, asked, *rest = line.split(None, 4)
        if (mistake, asked) == (name, command):
            verdict, check, text = rest
            found[check] = verdict, text
    return found


def status_of(run, name: str, command: str) -> int:
    """How a command ended."""
    [code] = [line.split()[2] for line in run.lines("EXIT")
              if line.split()[:2] == [name, command]]
    return int(code)


def bad(found: dict) -> dict:
    """{check: verdict} of those that are not ok."""
    return {check: verdict for check, (verdict, _) in found.items() if verdict != "ok"}


def always(run) -> dict:
    """What is wrong with each of these hosts: an older makedumpfile than newer kernels want."""
    version = kernels.makedumpfile_version()
    return {"makedumpfile": WARN} if run.options.kernel != "6.1" and version < [1, 7, 7] else {}


def check_captured(found: dict, ready: str, failed: str = "") -> None:
    """A live capture's lines, the first of which is READY; up to the one that failed."""
    assert list(found) == STEPS[:STEPS.index(failed) + 1] if failed else STEPS
    assert bad(found) == {**({"ready": FAIL} if ready else {}), **({failed: FAIL} if failed else {})}
    if ready:
        assert found["ready"][1] == f"{ready}; hvdumpctl status says what to do"


def test_a_good_host_is_good(run):
    """Before the first mistake, and after the last that can be cured."""
    assert bad(said(run, "good", "status")) == always(run)
    for name in ("good", "again"):
        check_captured(said(run, name, "test"), "")
        assert status_of(run, name, "test") == 0
    assert status_of(run, "good", "status") == 0


def test_each_mistake_was_planted(run):
    """Ten are asked for."""
    names = {line.split()[0] for line in run.lines("EXIT")}
    assert {name for name in names if ":" not in name} == {"good", "again", *planted(run)}
    failing = [one for one in planted(run).values()
               if any(verdict == FAIL for verdict, _ in one.bad.values())]
    assert len(failing) >= 10


def test_status_names_it_and_its_cure(run, record_property):
    """That check and no other, and an exit status that tells whether it loses the crash."""
    for name, one in planted(run).items():
        found = said(run, name, "status")
        want = {check: verdict for check, (verdict, _) in one.bad.items()}
        assert bad(found) == {**always(run), **want}, name
        for check, (_, cure) in one.bad.items():
            assert cure in found[check][1], name
        assert status_of(run, name, "status") == (FAIL in want.values()), name
    record_property("result", f"{len(planted(run))} mistakes found")


def test_its_cure_cures(run):
    """What status says is done, and it says that all is well."""
    for name in planted(run):
        if name not in FINAL:
            assert bad(said(run, f"{name}:cured", "status")) == always(run), name
            assert status_of(run, f"{name}:cured", "status") == 0, name


def test_a_live_capture_fails_where_a_crash_would_be_lost(run):
    """Even if the capture itself works; each line behind the first is ok then."""
    for name, one in planted(run).items():
        fails = [check for check in said(run, name, "status")
                 if one.bad.get(check, ("ok",))[0] == FAIL]
        check_captured(said(run, name, "test"), ", ".join(fails), one.capture)
        assert status_of(run, name, "test") == bool(fails), name


@pytest.mark.slow
@pytest.mark.parametrize("append, verdict, notifiers", [("", WARN, WARN), ("no5lvl", "ok", "ok")])
def test_five_level_paging(append, verdict, notifiers):
    """hv_crash does without it; Linux's own crash is captured with it, and without the notifiers."""
    run = run_once(f"readiness-la57-{append}", "root-panic", "kernel=7", "la57=yes", "dump=none",
                   PARTS, f"append={append}")
    assert ("crash dump not yet supported on 5level PTs" in run.console) == (verdict == WARN)
    found = {line.split()[1]: line for line in run.lines("HOST")}
    assert found["hv-crash"].split()[0] == verdict
    assert found["hv-crash"].endswith("boot with no5lvl") == (verdict == WARN)
    assert found["notifiers"].split()[0] == notifiers
    assert run.lines("NOTIFIERS") == ["N" if notifiers == WARN else "Y"]
    assert run.lines("COLLECTED") == ["0"]
    assert programs.hvdump_json("info", run.out / "hvdump.elf")["capture"]["complete"] is True
    tidy(run)
