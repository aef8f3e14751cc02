# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel with KASAN and lockdep has nothing to report: hvdump.ko is loaded and unloaded,
attached and detached, takes live captures while partitions come and go, and that of the crash.
Nor has its crash kernel, which is the same one, about hvdump_vmcore.ko.

What they say is read in their logs: the console has only the gravest of it. That such a kernel
does report is shown by mistakes that are made on purpose.
"""

import re

import pytest

from . import programs
from .conftest import run_once, tidy
from .test_l1vh import guarded_pages, listed_pages, touched_pages
from .test_registers import found, made

pytestmark = pytest.mark.slow

KERNEL = ["kernel=sanitized", "mem=3G", "crashkernel=768M", "timeout=3000", "dump=none",
          "args=budget_ms=300000 live_pause_ms=50"]
PARTS = "parts=0x102:pattern:4:2;0x103:scenario:2"
LIVES = ["cycles:8", "live:5:churn"]

# What KASAN, lockdep, RCU, the scheduler, lists and stacks say; and when lockdep gives up.
REPORT = re.compile(
    r"BUG: (?!.*sysrq).*|WARNING: .*|.*possible (?:circular|recursive) locking.*|"
    r".*suspicious RCU usage.*|.*inconsistent lock state.*|.*corruption.*|UBSAN.*|"
    r".*turning off the locking.*|INFO: (?:rcu|task|trying|possible).*|"
    r".*scheduling while atomic.*|DEBUG_LOCKS_\w+.*|unchecked MSR.*|general protection.*|stack segment.*")
STAMP = re.compile(r"^\[ *\d+\.\d+\](?:\[ *[CT]\d+\])? ")

# The first report of KASAN's switches lockdep off, and its own next ones unless told otherwise.
PLANTED = {
    "lockorder": r"WARNING: possible circular locking dependency detected",
    "outofbounds": r"BUG: KASAN: slab-out-of-bounds in (?:out_of_bounds|plant)",
    "afterfree": r"BUG: KASAN: slab-use-after-free in (?:after_free|plant)",
    "sleep": r"BUG: sleeping function called from invalid context",
}


def reports(log: str) -> list:
    """Lines of the kernel's log that report a mistake."""
    lines = (STAMP.sub("", line.strip()) for line in log.split("\n"))
    return [line for line in lines if REPORT.fullmatch(line)]


def log_of(run) -> str:
    """All that the kernel that died has said, from its first line to its last."""
    log = (run.out / "vmcore-dmesg.txt").read_text(encoding="utf-8", errors="replace")
    assert "Linux version" in log.partition("\n")[0] and "sysrq triggered crash" in log
    return log


def log_of_crash_kernel(run) -> str:
    """What its crash kernel has said."""
    log = (run.extra / "crash-dmesg").read_text(encoding="utf-8", errors="replace")
    assert "Linux version" in log.partition("\n")[0]
    return log


def check_clean(run) -> None:
    """Both kernels are such ones, kept looking to their end, and report nothing."""
    for log in (log_of(run), log_of_crash_kernel(run)):
        assert re.search(r"Linux version \S+-sanitized-", log)
        assert "KernelAddressSanitizer initialized" in log
        assert "Lock dependency validator: Copyright" in log
        assert reports(log) == []
    assert reports(run.console) == []


@pytest.fixture(name="run", scope="module", params=LIVES)
def fixture_run(request):
    """Loads, captures, crashes."""
    run = run_once(f"sanitized-{request.param.replace(':', '-')}", "root-panic", *KERNEL, PARTS,
                   f"life={request.param}")
    yield run
    tidy(run)


def test_the_kernel_reports_nothing(run, record_property):
    """From its boot to its end, and that of the crash kernel."""
    check_clean(run)
    record_property("result", f"{run.options.life}, {len(log_of(run).splitlines())} lines")


def test_the_crash_is_captured(run):
    """All of it: what was watched is what hvdump.ko does elsewhere."""
    document = programs.hvdump_json("vps", run.out / "hvdump.elf")
    assert document["capture"]["complete"] is True
    said = found(document)
    assert sorted(said.pop(1)) == list(range(run.options.cpus))
    assert {ident: said[ident] for ident in made(run)} == made(run)


def test_guarded_pages_are_kept_off(record_property):
    """The crash kernel's module is loaded, tries pages that are guarded, and is unloaded."""
    run = run_once("sanitized-l1vh", "l1vh-panic", *KERNEL, "parts=0x90:pattern:2",
                   "life=mshv:dhp:0.1:4")
    assert "hvdump_vmcore: trying pages before they are read" in log_of_crash_kernel(run)
    check_clean(run)
    guarded = guarded_pages(run)
    assert set(listed_pages(run)) == set(touched_pages(run)) == guarded
    record_property("result", f"{len(guarded)} pages guarded")
    tidy(run)


def test_mistakes_are_reported():
    """Each of those that are made on purpose."""
    run = run_once("sanitized-planted", "root-panic", *KERNEL, "append=kasan_multi_shot",
                   f"life=planted:{'.'.join(PLANTED)}")
    parts = re.split(r"planted: (\w+)", log_of(run))
    said = dict(zip(parts[1::2], parts[2::2]))
    for mistake, report in PLANTED.items():
        first, *_ = reports(said[mistake]) or ["nothing"]
        assert re.match(report, first), f"{mistake}: {first}"
    assert reports(parts[0]) == reports(said["none"]) == []
    tidy(run)
