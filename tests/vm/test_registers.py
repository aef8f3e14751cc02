# SPDX-License-Identifier: GPL-2.0-or-later
"""Every register of every partition that minihv made is in every kind of dump, with its value.

What is right comes from the rule by which minihv fills its partitions, computed a second time
in tests/minihv/registers.py, from the seed that was drawn for this run.
"""

import importlib.util
import re

import pytest

from . import programs
from .paths import TREE

FILES = ["hvdump.elf", "vmcore", "extra/vmcore.elf"]
# RAX to R15, RIP, RFLAGS; CR0, CR3, CR4; EFER: TLFS, "Virtual Processor Registers".
AT_LEAST = {*range(0x20000, 0x20012), 0x40000, 0x40002, 0x40003, 0x80001}


def load_rule():
    """tests/minihv/registers.py, which is not part of this package."""
    path = TREE / "tests" / "minihv" / "registers.py"
    spec = importlib.util.spec_from_file_location("minihv_registers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RULE = load_rule()


def number(value) -> int:
    """A number of hvdump's JSON, which writes wide ones as hexadecimal text."""
    return int(value, 0) if isinstance(value, str) else value


def made(run) -> dict:
    """What minihv was told to make: {partition: {VP: [VTL...]}}."""
    return {ident: {vp: RULE.vtls(kind, vp, vtls) for vp in vps}
            for ident, kind, vps, vtls in RULE.parse_spec(run.options.parts)}


def found(document: dict) -> dict:
    """The same of what hvdump says."""
    return {number(partition["id"]): {vp["index"]: [vtl["vtl"] for vtl in vp["vtls"]]
                                      for vp in partition["vps"]}
            for partition in document["partitions"]}


@pytest.mark.parametrize("name", FILES)
def test_every_partition_vp_and_vtl_is_found(panic, name):
    """The partitions that minihv made, and the root itself with a VP a CPU."""
    said = found(programs.hvdump_json("vps", panic.out / name))
    root = said.pop(1)
    assert sorted(root) == list(range(panic.options.cpus))
    assert said == made(panic)


def wrong_registers(run, name: str, entry: tuple) -> tuple:
    """Look at every register of one partition: (what is wrong, how many were right)."""
    ident, kind, vps, vtl_count = entry
    wrong, right = [], 0
    for vp in vps:
        for vtl in RULE.vtls(kind, vp, vtl_count):
            document = programs.hvdump_json("regs", run.out / name, "-p", f"{ident:#x}", "--vp",
                                            str(vp), "-l", str(vtl), "--all")
            registers = document["partitions"][0]["vps"][0]["vtls"][0]["registers"]
            codes = {number(one["code"]) for one in registers.values()}
            if not AT_LEAST <= codes:
                wrong.append((vp, vtl, "missing", AT_LEAST - codes))
            for label, one in registers.items():
                want = RULE.expected(run.options.seed, ident, kind, vp, vtl,
                                     number(one["code"]), vtl_count)
                value = None if one["value"] is None else number(one["value"])
                if value == want:
                    right += 1
                else:
                    wrong.append((vp, vtl, label, one, want))
    return wrong, right


@pytest.mark.parametrize("name", FILES)
def test_every_register_has_the_value_that_the_rule_gives(panic, name):
    """Each register that hvdump prints; where minihv answered with an error, no value."""
    for entry in RULE.parse_spec(panic.options.parts):
        wrong, right = wrong_registers(panic, name, entry)
        assert not wrong, f"partition {entry[0]:#x}: {right} right, wrong: {wrong[:5]}"
        assert right > 100


def test_another_seed_gives_other_values(panic):
    """The rule depends on the seed, so that stale values cannot pass."""
    for ident, kind, vps, vtls in RULE.parse_spec(panic.options.parts):
        if kind == "pattern":
            values = [RULE.expected(seed, ident, kind, vps[0], 0, 0x20010, vtls)
                      for seed in (panic.options.seed, panic.options.seed ^ 1)]
            assert values[0] != values[1]


def test_the_capture_says_how_the_host_died(panic):
    """Reason, CPU and kernel in the small file are those of this run."""
    capture = programs.hvdump_json("info", panic.out / "hvdump.elf")["capture"]
    assert capture["reason"] == "linux-panic"
    assert capture["cpu"] == panic.options.cpu
    assert f"VM-READY {capture['kernel']}" in panic.console
    assert capture["complete"] is True


@pytest.mark.parametrize("name", FILES)
def test_code_of_the_vp_that_died_is_a_hypercall(panic, name):
    """The module's own, by which it asked: vmcall or vmmcall, and ret. Behind a call, its return
    address is on top of the stack. Without memory there is neither."""
    words = "-p", "self", "--vp", str(panic.options.cpu), "--code"
    document = programs.hvdump_json("regs", *words, panic.out / name)
    (vtl,) = document["partitions"][0]["vps"][0]["vtls"]
    code, stack = vtl["code"], vtl["stack"]
    assert (code["pc"], stack["sp"]) == (vtl["pc"], vtl["sp"])
    if name == "hvdump.elf":
        assert code["bytes"] is None and code["why"] and stack["words"] == []
        return
    there = bytes.fromhex(code["bytes"])[code["before"]:]
    assert there[:3] in (b"\x0f\x01\xc1", b"\x0f\x01\xd9")
    start, size = re.search(r"^VM-CODE (0x\w+) hvdump (\d+)", panic.console,
                            re.MULTILINE).groups()
    assert any(int(start, 0) <= int(word, 0) < int(start, 0) + int(size)
               for word in stack["words"])
