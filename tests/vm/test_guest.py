# SPDX-License-Identifier: GPL-2.0-or-later
"""A plain guest captures itself: the hypervisor's identity and the VP that crashed, with the crash
MSRs that Linux has written; and it asks for nothing that it may not know.

What is right comes from minihv's log: each hypercall, and what Linux wrote to the crash MSRs.
"""

import re

import pytest

from . import programs
from .conftest import run_once, tidy
from .test_registers import number

SELF = 0xffffffffffffffff
CRASH_P0 = 0x210
# Registers, not a message: then Linux writes the MSRs before the crash kernel's hook runs.
REGISTERS_TOLD = "append=sysctl.kernel.hyperv_record_panic_msg=0"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", name="run", params=["7", "6.1", "6.12"])
def fixture_run(request):
    """A guest dies of a NULL pointer; minihv has other partitions, which it must not learn of."""
    words = ["hvargs=crashmsr=1", REGISTERS_TOLD] if request.param == "7" else []
    run = run_once(f"guest-{request.param}", "guest-panic", f"kernel={request.param}",
                   "trigger=null", "dump=none", *words)
    yield run
    tidy(run)


def calls(run) -> list:
    """All hypercalls of the crashed kernel's capture: (CPU, name, partition, VP, status)."""
    found = re.findall(r"^hvcall cpu=(\d+) .*name=(\S+) part=(\S+) vp=(\S+) .*status=(0x\w+)",
                       run.debug_log(), re.MULTILINE)
    return [(int(cpu), name, part, vp, int(status, 16)) for cpu, name, part, vp, status in found]


def test_it_knows_what_it_is(run):
    """Kind guest, of an unknown number; the hypervisor's identity is complete."""
    assert "partition_kind: guest" in run.console
    document = programs.hvdump_json("partitions", run.out / "hvdump.elf")
    assert document["capture"]["complete"] is True
    (own,) = document["partitions"]
    assert (own["kind"], number(own["id"])) == ("guest", SELF)
    said = programs.hvdump_json("info", run.out / "hvdump.elf")["hypervisor"]
    assert said["vendor"] == "Microsoft Hv"


def test_it_asks_for_its_own_vp_alone(run, record_property):
    """And is refused nothing."""
    made = calls(run)
    assert {(cpu, name, part, vp) for cpu, name, part, vp, _ in made} == \
        {(run.options.cpu, "GetVpRegisters", f"{SELF:#x}", str(run.options.cpu))}
    assert 6 not in {status for *_, status in made}
    record_property("result", f"{len(made)} hypercalls")


def own_registers(run) -> dict:
    """{code: value} of the VP that crashed."""
    document = programs.hvdump_json("regs", run.out / "hvdump.elf", "-p", "self", "--vp",
                                    str(run.options.cpu), "--all")
    (vtl,) = document["partitions"][0]["vps"][0]["vtls"]
    return {number(one["code"]): one["value"] and number(one["value"])
            for one in vtl["registers"].values()}


def test_the_vp_that_crashed_is_there(run):
    """Its index, and where it was: in the module, which asks."""
    document = programs.hvdump_json("vps", run.out / "hvdump.elf")
    (vp,) = document["partitions"][0]["vps"]
    assert vp["index"] == run.options.cpu == document["capture"]["cpu"]
    start, size = re.search(r"^VM-CODE (0x\w+) hvdump (\d+)", run.console, re.MULTILINE).groups()
    assert int(start, 16) <= own_registers(run)[0x20010] < int(start, 16) + int(size)


def test_the_crash_msrs_are_as_linux_wrote_them(run):
    """P0 to P4, by the notifier of the oops; only the run of 7 has these MSRs."""
    registers = own_registers(run)
    codes = range(CRASH_P0, CRASH_P0 + 5)
    if run.options.kernel != "7":
        assert [registers[code] for code in codes] == [None] * 5
        return
    first = re.search(r"^guest-crash .* p0=(\S+) p1=(\S+) p2=(\S+) p3=(\S+) p4=(\S+) ",
                      run.debug_log(), re.MULTILINE)
    wrote = [int(value, 16) for value in first.groups()]
    assert [registers[code] for code in codes] == wrote
    # P1 is the guest's OS id, P2 where it died.
    assert wrote[1] == registers[0x90002] and any(wrote[2:])
