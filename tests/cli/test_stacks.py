# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump stacks, on a real vmcore that lies beside the repository.

It is of a 7.2 root partition that died of sysrq-c; its README says what is true of it. Without it
these tests are skipped; tests/vm/test_stacks.py makes vmcores of its own, and compares them with
what drgn finds.
"""

import random
import re
import sys

import pytest

from analyzer import HVDUMP_SAN, TOP, described, hvdump, valid, write
from cores import elf

sys.path.insert(0, str(TOP / "tests"))
from vm import stacks_check  # noqa: E402  pylint: disable=wrong-import-position

REAL = TOP.parent / "shared/data/vmcore-7.2-root-linuxpanic.kdump"
needs_real = pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not there")

# What sysrq-c means, from the system call on.
DEATH = ["entry_SYSCALL_64", "do_syscall_64", "ksys_write", "vfs_write", "proc_reg_write",
         "write_sysrq_trigger", "__handle_sysrq", "sysrq_handle_crash", "panic", "vpanic",
         "crash_smp_send_stop", "hv_crash_stop_other_cpus", "crash_nmi_callback"]


def stacks(*args, status=0):
    done = hvdump("stacks", "--json", *args)
    assert done.returncode == status, done.stderr
    return {cpu["cpu"]: cpu for cpu in valid("stacks", done.stdout)["cpus"]}


def names(cpu):
    return [frame["symbol"] for frame in cpu["frames"]]


@needs_real
def test_cpu_that_panicked():
    """README: __crash_kexec, hv_crash_handle; and behind them all that led there."""
    cpu = stacks(REAL)[0]
    assert cpu["crashing"] and cpu["online"] and cpu["complete"] and cpu["why"] is None
    assert (cpu["pid"], cpu["comm"]) == (1, "init")
    found = names(cpu)
    assert found[:2] == ["__crash_kexec", "hv_crash_handle"]
    assert found[-1] is None and cpu["frames"][-1]["user"]
    assert found[2:-1][::-1][1:] == DEATH[1:]
    assert found[-2].startswith(DEATH[0])
    hows = {frame["symbol"]: frame["how"] for frame in cpu["frames"]}
    assert hows["__crash_kexec"] == "registers"
    assert hows["hv_crash_handle"] == "scan"
    assert hows["crash_nmi_callback"] == "hv-crash-context"
    assert hows["vpanic"] == "orc"
    assert hows[None] == "exception"
    assert cpu["frames"][-1]["registers"]["cs"] == "0x0033"


@needs_real
def test_cpu_that_was_idle():
    """README: CPU 1 idle in pv_native_safe_halt."""
    cpu = stacks(REAL)[1]
    assert not cpu["crashing"] and cpu["complete"]
    assert (cpu["pid"], cpu["comm"]) == (0, "swapper/1")
    assert names(cpu)[0] == "pv_native_safe_halt"
    assert "do_idle" in names(cpu) and "start_secondary" in names(cpu)
    assert {frame["how"] for frame in cpu["frames"]} == {"registers", "orc"}


@needs_real
def test_as_the_kernel_printed_it():
    """The trace in the dump's own log, frame by frame and offset by offset."""
    log = hvdump("log", REAL).stdout
    trace = stacks_check.printed(log, "sysrq triggered crash")
    frames = stacks_check.frames_of(stacks(REAL)[0])
    assert len(stacks_check.check_printed(frames, trace)) >= 8


@needs_real
def test_text():
    """A headline a CPU, a line a frame; --cpu takes one."""
    text = hvdump("stacks", REAL).stdout
    heads = [line for line in text.splitlines() if line.startswith("CPU")]
    assert re.fullmatch(r"CPU 0  PID 1  init  crashed  in __crash_kexec\+0x\w+/0x\w+", heads[0])
    assert re.fullmatch(r"CPU 1  PID 0  swapper/1  in pv_native_safe_halt\+0x\w+/0x\w+", heads[1])
    assert re.search(r"^ #1 +\[[0-9a-f]{16}\] hv_crash_handle\+0x\w+/0x\w+ \(scan\)$", text, re.M)
    assert re.search(r"^      --- exception ---\n #\d+ +\[\w+\] 0x\w+ \(user space\)\n"
                     r"      RIP 0033:\w{16} RSP 002b:\w{16} RFLAGS \w{8}$", text, re.M)
    only = hvdump("stacks", REAL, "--cpu", "1").stdout
    assert only == text[text.index("CPU 1"):]


@needs_real
def test_report():
    """The report has the CPU that crashed; it still says that there is no hypervisor state."""
    text = hvdump("stacks", REAL, "--cpu", "0").stdout
    done = hvdump("report", REAL)
    assert done.returncode == 3
    _, section = done.stdout.split("\nWhere Linux crashed: CPU 0, PID 1, init\n")
    lines = section.splitlines()
    assert lines[-1] == "  all CPUs, and registers: hvdump stacks"
    assert [line.strip() for line in lines[:-1]] == re.findall(
        r"^ #\d+ +\[\w+\] (.*?)(?: \((?:scan|hv-crash-context)\))?$", text, re.M)
    cpus = valid("report", hvdump("report", "--json", REAL).stdout)["cpus"]
    assert cpus == [stacks(REAL)[0]]


def test_report_without_memory(tmp_path):
    path = write(tmp_path / "hvdump.elf", elf(described("pages")))
    assert valid("report", hvdump("report", "--json", path).stdout)["cpus"] is None
    assert "Where Linux crashed" not in hvdump("report", path).stdout


@needs_real
@pytest.mark.parametrize("cpu, status, says", [
    ("2", 1, "no CPU 2"), ("x", 2, "expected a CPU number"), ("-1", 2, "expected a CPU number")])
def test_no_such_cpu(cpu, status, says):
    done = hvdump("stacks", REAL, "--cpu", cpu)
    assert (done.returncode, done.stdout) == (status, "")
    assert says in done.stderr


@needs_real
@pytest.mark.parametrize("seed", range(6))
def test_damaged(tmp_path, seed):
    """Cut, or with bytes changed: what can be shown is shown, and nothing else happens."""
    draw = random.Random(seed)
    data = bytearray(REAL.read_bytes())
    if seed % 2:
        del data[draw.randrange(len(data)):]
    else:
        for _ in range(2000):
            data[draw.randrange(8192, len(data))] = draw.randrange(256)
    path = write(tmp_path / "vmcore", data)
    done = hvdump("stacks", path, "--json", program=HVDUMP_SAN, leaks=False)
    assert done.returncode in (0, 1, 4), done.stderr
    assert done.stderr or not done.returncode
    if done.returncode != 1:
        valid("stacks", done.stdout)


def test_without_memory(tmp_path):
    """Notes alone hold no kernel: said, and that is all."""
    path = write(tmp_path / "hvdump.elf", elf(described("pages")))
    done = hvdump("stacks", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("hvdump: ") and "VMCOREINFO" in done.stderr


def test_other_commands_take_no_cpu(tmp_path):
    path = write(tmp_path / "hvdump.elf", elf(described("pages")))
    done = hvdump("regs", path, "--cpu", "1")
    assert done.returncode == 2
    assert "regs: takes no --cpu" in done.stderr
