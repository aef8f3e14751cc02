# SPDX-License-Identifier: GPL-2.0-or-later
"""The other kernels that hvdump is meant for; with REQUIRE= in CI none may be missing.

On 6.1 everything else is tested. Here the main promises, on each other kernel: the capture is
complete and true, in the small file and in the vmcore; the vmcore is at the level that loses
nothing; without a hypervisor the module stays out of the way.
"""

import json
import re

import pytest

from . import kernels, programs, state_check, views
from .conftest import NOKASLR, PARTS, run_once, tidy
from .test_registers import RULE, found, made, wrong_registers

SERIES = ["6.12", "7", pytest.param("newest", marks=pytest.mark.slow)]
FILES = ["hvdump.elf", "vmcore"]


@pytest.fixture(scope="module", name="root", params=SERIES)
def fixture_root(request):
    """A root partition of this series panics."""
    run = run_once(f"kernel-{request.param}", "root-panic", f"kernel={request.param}", PARTS)
    yield run
    tidy(run)


def test_the_capture_is_complete(root, record_property):
    """The note says so itself, and hvdump finds no damage; it is of this kernel."""
    document = programs.hvdump_json("info", root.out / "hvdump.elf")
    capture = document["capture"]
    assert capture["complete"] is True
    assert document["damages"] == 0
    assert f"VM-READY {capture['kernel']}" in root.console
    assert (capture["reason"], capture["cpu"]) == ("linux-panic", root.options.cpu)
    record_property("result", f"{capture['records']} records")


@pytest.mark.parametrize("name", FILES)
def test_every_partition_and_register_is_right(root, name, record_property):
    """As minihv made them; both kinds of partition."""
    said = found(programs.hvdump_json("vps", root.out / name))
    assert sorted(said.pop(1)) == list(range(root.options.cpus))
    assert said == made(root)
    right = 0
    for entry in RULE.parse_spec(root.options.parts):
        wrong, count = wrong_registers(root, name, entry)
        assert not wrong, f"partition {entry[0]:#x}: {wrong[:5]}"
        right += count
    record_property("result", f"{right} registers right")


def test_every_state_is_right(root, record_property):
    """Local APIC, timers and SynIC of each VP, run times of each processor, as hvdump shows them."""
    record_property("result", f"{state_check.check_states(root)} states")


def test_the_vmcore_has_the_right_level(root):
    """makedumpfile was told the level that loses nothing on this kernel."""
    manifest = json.loads((root.out / "manifest.json").read_text(encoding="utf-8"))
    knows_slabs = root.options.kernel == "6.12" and kernels.makedumpfile_version() >= [1, 7, 7]
    assert manifest["dump_level"] == (31 if knows_slabs else 23)
    assert manifest["check"]["tasks"] > 10 and manifest["check"]["lost"] == 0


def test_the_kernel_does_not_complain(root):
    """The kernel's log has nothing of ours but that we are there, and no warning."""
    log = (root.out / "vmcore-dmesg.txt").read_text(errors="replace")
    said = [line.split("] ", 1)[1] for line in log.splitlines() if "hvdump:" in line]
    assert [line for line in said if "taints" not in line and "signature" not in line] == \
        ["hvdump: armed, 2 chunks"]
    assert not re.search(r"WARNING:|BUG:|Call Trace", log.partition("sysrq: Trigger a crash")[0])


def test_the_log_in_the_vmcore_is_that_of_the_console(root, record_property):
    """Line by line, whatever the kernel's ring buffer looks like."""
    record_property("result", f"{views.check_log(root)} lines")


def test_without_the_driver_its_absence_is_said(root):
    """6.12 has none, and on 7 nobody loaded it; what else Linux knows is shown."""
    views.check_no_driver(root)


@pytest.mark.parametrize("series", SERIES)
def test_without_a_hypervisor_the_dump_is_as_ever(series):
    """The module refuses to load, and the crash kernel boots all the same."""
    run = run_once(f"nohv-{series}", "nohv-panic", NOKASLR, f"kernel={series}", "dump=none")
    assert "No such device" in "".join(run.lines("MODULE"))
    assert run.lines("CRASHED")
    tidy(run)


WAYS = ["trigger=nmi", "trigger=null", "trigger=irq", "load=syscall", "load=arm", "cpus=4",
        "cpus=1"]


@pytest.mark.slow
@pytest.mark.parametrize("series", ["6.12", "7"])
@pytest.mark.parametrize("way", WAYS)
def test_other_ways_to_die_and_to_be_armed(series, way, record_property):
    """The capture is complete and finds the partitions, as on 6.1, where there are more ways."""
    record_property("result", way)
    run = run_once(f"kernel-{series}-{way.replace('=', '-')}", "root-panic", f"kernel={series}",
                   way, "dump=none")
    document = programs.hvdump_json("vps", run.out / "hvdump.elf")
    assert document["capture"]["complete"] is True
    said = found(document)
    assert sorted(said.pop(1)) == list(range(run.options.cpus))
    assert said == made(run)
    tidy(run)
