# SPDX-License-Identifier: GPL-2.0-or-later
"""What 16 MiB of notes hold of 4096 VPs with two VTLs each (doc/note-format.md, "Room").

What was written is read by tests/vm/records.py alone; what the values are to be says the rule in
tests/minihv/registers.py.
"""

from collections import Counter

import pytest

from . import records
from .conftest import run_once, tidy
from .test_registers import RULE

PARTS = "parts=0x102:pattern:2048:2;0x103:pattern:2048:2"
ROOM = 16 << 20
ESSENTIAL, REST = 0, 1
SPACE = 1
CHILDREN = [(ident, vp, vtl) for ident in (0x102, 0x103) for vp in range(2048) for vtl in (0, 1)]

pytestmark = pytest.mark.slow


@pytest.fixture(name="run", scope="module")
def fixture_run():
    """A machine that dies with all of them; time is no limit, room is."""
    run = run_once("scale-vtls", "root-panic", PARTS, "mem=2G", "crashkernel=512M", "cpus=1",
                   "dump=notes", "hvargs=log=1", "append=nowatchdog", "timeout=3600",
                   f"args=size_kb={ROOM >> 10} budget_ms=600000 max_vps=8192")
    yield run
    tidy(run)


@pytest.fixture(name="found", scope="module")
def fixture_found(run):
    """The records of its note."""
    return records.read(run)


def test_essential_registers_of_all_are_there(found):
    """Of each VTL of each VP, once."""
    have = Counter(key for key, which, _ in found.registers if which == ESSENTIAL)
    assert {key: have[key] for key in CHILDREN} == dict.fromkeys(CHILDREN, 1)
    assert {(ident, vp) for ident, vp, _ in CHILDREN} <= found.vps.keys()


def test_the_others_are_there_in_order_until_the_room_is_used_up(found):
    """The children's, one partition after the other; and not before all essential ones."""
    order = [which for _, which, _ in found.registers]
    assert order == sorted(order)
    have = [key for key, which, _ in found.registers if which == REST]
    assert have == CHILDREN[:len(have)] and 0 < len(have) < len(CHILDREN)


def test_each_value_is_right(run, found):
    """In each hundredth record of a child."""
    right = 0
    for (ident, vp, vtl), _, values in found.registers[::100]:
        if ident not in (0x102, 0x103):
            continue
        for code, (status, _, value) in values.items():
            want = RULE.expected(run.options.seed, ident, "pattern", vp, vtl, code, 2)
            assert (None if status else value) == want, (ident, vp, vtl, hex(code))
            right += not status
    assert right > 1000


def test_the_loss_is_recorded(found, run, record_property):
    """Each set that is not there is counted; nothing else is missing of what comes before."""
    (_, dropped), = found.ends
    have = sum(which == REST for _, which, _ in found.registers)
    own = sum(ident not in (0x102, 0x103) for ident, _ in found.vps)
    assert dropped[records.REGISTERS, SPACE] == len(CHILDREN) + own - have
    assert {why for _, why in dropped} == {SPACE}
    size = (run.out / "hvdump.elf").stat().st_size
    assert size > ROOM * 0.95
    record_property("result", f"{len(CHILDREN)} essential, {have} other sets in {ROOM >> 20} MiB")
