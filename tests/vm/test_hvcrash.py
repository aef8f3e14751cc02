# SPDX-License-Identifier: GPL-2.0-or-later
"""Whoever dies, Linux or the hypervisor, without hvdump.ko: mainline's hv_crash.c takes the
hypervisor out of the way, the crash kernel boots on the bare machine, and the dump holds the
hypervisor's memory. (With it: test_who_died.py.)

What is right comes from minihv's log, from the rule of its landmark, and from the machine's
memory as QEMU shows it while the crash kernel waits.
"""

import re
import struct

import pytest

from minihv import landmark

from . import dumps
from .conftest import run_once, tidy
from .options import Impossible, parse
from .paths import BUILD
from .scenario import GuestError, play

COMMON = ("kernel=7", "module=no", "dump=elf", "stop=memory")
ENABLED = "both linux and hypervisor kdump support enabled"
FLAG_VALID = 1


def facts(run) -> dict:
    """minihv's log: {first word: {key: value}} of lines that come once, and the lines."""
    found = {}
    for line in run.debug_log().splitlines():
        word, *rest = line.split() or [""]
        found.setdefault(word, dict(pair.partition("=")[::2] for pair in rest))
    return found


def logged_area(run) -> bytes:
    """The crash area as minihv filled it in, out of its log."""
    lines = re.findall(r"^crash-area-bytes offset=(0x\w+) (\w+)$", run.debug_log(), re.MULTILINE)
    data = b"".join(bytes.fromhex(text) for _, text in lines)
    assert [int(offset, 0) for offset, _ in lines] == list(range(0, len(data), 64))
    return data


def check_devirtualised(run) -> None:
    """hv_crash.c was on, made its last call once, and no hypervisor was left."""
    log = run.debug_log()
    cpus = run.options.cpus
    calls = re.findall(r"^devirtualised cpu=(\d+) .* stopped=(\d+) of=(\d+)$", log, re.MULTILINE)
    assert calls == [("0", str(cpus - 1), str(cpus - 1))]
    before, _, after = run.console.partition("VM-READY ")
    assert ENABLED in before
    assert "Hypervisor detected: Microsoft Hyper-V" in before
    assert "Hypervisor detected" not in after
    assert "VM-CRASHED 7." in after
    # Behind that call minihv was never asked for anything.
    assert log.rstrip().rpartition("\n")[2].startswith("devirtualised ")


def check_memory(run) -> None:
    """minihv's bytes are at their addresses in the dump."""
    known = facts(run)
    mark = int(known["landmark"]["at"], 0), int(known["landmark"]["size"], 0)
    vmcore = run.out / "vmcore"
    assert dumps.memory(vmcore, *mark) == landmark.content(run.options.seed, mark[1])

    start = int(known["image"]["at"], 0)
    machine = (run.out / "hypervisor.mem").read_bytes()
    assert len(machine) > int(known["image"]["size"], 0)
    assert dumps.memory(vmcore, start, len(machine)) == machine

    image = dumps.memory(vmcore, start, 4096)
    assert image[:2] == b"MZ"
    header, = struct.unpack_from("<L", image, 0x3C)
    assert image[header:header + 4] == b"PE\0\0"


def check_area(run, crashed: bool) -> None:
    """The crash area says what minihv logged, or that nothing happened to it."""
    known = facts(run)
    if not crashed:
        assert "crash" not in known
        return
    area = dumps.memory(run.out / "vmcore", int(known["crash-area"]["at"], 0),
                        int(known["crash-area"]["pages"]) * 4096)
    logged = logged_area(run)
    assert len(logged) == int(known["crash-area"]["size"])
    assert area[:len(logged)] == logged
    assert struct.unpack_from("<L", area, 4) == (FLAG_VALID,)
    # The fault as the log has it: BugCheckData of the current version of the area.
    fault = [int(known["crash"][key], 0) for key in ("vector", "error", "rip", "cr2", "rsp")]
    assert list(struct.unpack_from("<5Q", area, 0xB8)) == fault
    assert known["crash"]["cpu"] == str(run.options.cpu)
    assert "crash-refused" not in known


def check(run, crashed: bool) -> None:
    """All that must hold after either death."""
    check_devirtualised(run)
    check_memory(run)
    check_area(run, crashed)
    tidy(run)


def machines(*quick):
    """cpus, cpu; all but QUICK are slow."""
    for machine in ((2, 0), (2, 1), (4, 0), (4, 1)):
        yield pytest.param(*machine, marks=[] if machine in quick else [pytest.mark.slow])


@pytest.mark.parametrize("cpus, cpu", machines((2, 0), (4, 1)))
def test_linux_panics(cpus, cpu):
    """The root panics; hv_crash.c suspends everything, and devirtualises on CPU 0."""
    run = run_once(f"hv-panic-{cpus}-{cpu}", "root-panic", *COMMON, f"cpus={cpus}", f"cpu={cpu}")
    assert re.findall(r"^partition-event cpu=0 event=2 action=(\d)$", run.debug_log(),
                      re.MULTILINE) == ["4", "1"]
    check(run, crashed=False)


@pytest.mark.parametrize("cpus, cpu", machines((2, 1), (4, 0)))
def test_the_hypervisor_crashes(cpus, cpu):
    """minihv faults on a CPU; the NMIs reach the root's VPs, and they leave it."""
    run = run_once(f"hv-crash-{cpus}-{cpu}", "root-hvcrash", *COMMON, f"cpus={cpus}", f"cpu={cpu}")
    check(run, crashed=True)


@pytest.mark.slow
def test_suspending_early_loses_the_dump():
    """SUSPEND_ALL_VPS from CPU 1, before hv_crash.c has them all in its NMI handler, stops CPU 0
    too, and nobody else may devirtualise: this is why hvdump.ko never sends it."""
    words = ["kernel=7", "module=no", "cpus=2", "cpu=1", "dump=none"]
    # The control: the same panic on the same CPU without it.
    check_devirtualised(run_once("hv-not-suspended", "root-panic", *words, "trigger=bug"))
    options = parse([*words, "trigger=suspend", "timeout=120"])
    out = BUILD / "vm" / "tests" / "hv-suspended"
    try:
        with pytest.raises(GuestError, match="VM-DONE"):
            play("root-panic", options, out)
    except Impossible as problem:
        pytest.skip(str(problem))
    console = (out / "console.log").read_text(errors="replace")
    log = (out / "debugcon.log").read_text(errors="replace")
    assert "breaker: all VPs suspended, status 0x0" in console
    assert re.search(r"^vp-suspend vp=0$", log, re.MULTILINE)
    assert not re.search(r"^devirtualised", log, re.MULTILINE)
    assert "VM-CRASHED" not in console
