# SPDX-License-Identifier: GPL-2.0-or-later
"""What is captured of VPs, partitions and processors besides registers and properties.

What is right comes from the rule in tests/minihv/registers.py and from minihv's log.
"""

from collections import Counter

from minihv.ledger import Ledger

from . import programs, records, state_check
from .conftest import run_once, tidy
from .test_registers import RULE


def expected(run) -> dict:
    """Each state of each VTL of each child's VP."""
    return {(ident, vp, vtl, kind): RULE.vp_state(run.options.seed, ident, vp, vtl, kind)
            for ident, sort, vps, vtls in RULE.parse_spec(run.options.parts)
            for vp in vps for vtl in RULE.vtls(sort, vp, vtls) for kind in state_check.KINDS}


def test_local_apic_timers_and_synic_of_each_vp(panic):
    """Byte by byte; zeros at a blob's end are left out of the note and come back."""
    states = records.read(panic).states
    want = expected(panic)
    assert states.keys() == want.keys() and len(want) >= 4 * 10
    assert {len(data) for data in want.values()} == {200, 4096}
    wrong = [key for key, data in want.items() if states[key] != data]
    assert not wrong


def test_hvdump_shows_each_of_them(panic, record_property):
    """The same decoded, field by field."""
    record_property("result", f"{state_check.check_states(panic)} states")


def test_run_times_of_each_logical_processor(panic):
    """One a CPU, as the root added them; the time in the hypervisor by the rule."""
    times = records.read(panic).run_times
    assert sorted(times) == list(range(panic.options.cpus))
    for lp, (since_start, busy, hypervisor) in times.items():
        assert 0 < busy <= since_start
        assert hypervisor == RULE.hypervisor_time(panic.options.seed, lp)


def test_memory_balance_of_each_partition():
    """Of partitions made through /dev/mshv: what the driver deposited, by minihv's log."""
    run = run_once("balance", "root-panic", "kernel=7", "dump=notes",
                   "life=mshv:hdp:0.1.5:4;0;3.200:2")
    balances = records.read(run).balances
    made = Counter(Ledger(run.debug_log().splitlines()).deposited().values())
    made.pop(1, None)
    assert len(made) == 3
    assert {ident: sum(balances[ident]) for ident in made} == made
    assert all(used for _, used in (balances[ident] for ident in made))
    said = programs.hvdump_json("state", run.out / "hvdump.elf")["balances"]
    assert {int(one["partition"], 16): (int(one["first"], 16), int(one["second"], 16))
            for one in said} == balances
    tidy(run)
