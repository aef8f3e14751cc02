# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux or the hypervisor dies, on either CPU, with hvdump.ko and partitions of /dev/mshv:
hvdump.elf alone holds the crash area, the state pages and the statistics pages as RAM has them,
and says who died first.

What is right: the machine's memory as QEMU shows it while the crash kernel waits, minihv's log of
what it lent, and the rules of its pages.
"""

import struct

import pytest

from minihv import ledger

from . import dumps, hypervisor_check, programs, records, shown_pages
from . import test_hvcrash as hvcrash
from .conftest import run_once
from .scenario import PAGE
from .test_mshv import said_by_program
from .test_references import expected_pages, found_pages
from .test_registers import RULE

COMMON = ("kernel=7", "dump=elf", "stop=memory", "life=mshv:hdp:0.1.5:4;0;3.200:2")
IMAGE_BASE = 8
PANIC, CRASH = "root-panic", "root-hvcrash"
RUNS = 10
DEAD = {PANIC: ("linux-panic", "linux", 1), CRASH: ("hypervisor-crash", "hypervisor", 2)}


def each_death():
    """Scenario, cpus, cpu, number: each ten times; the first of two kinds is quick."""
    for number in range(RUNS):
        for cpus in (2, 4):
            for scenario, cpu in ((PANIC, 0), (PANIC, 1), (CRASH, 0), (CRASH, 1)):
                quick = (scenario, cpus, cpu) in ((PANIC, 2, 1), (CRASH, 2, 0)) and number == 0
                yield pytest.param(scenario, cpus, cpu, number,
                                   marks=[] if quick else [pytest.mark.slow])


def page_of(run, pfn: int) -> bytes:
    """A page of hvdump.elf."""
    return dumps.memory(run.out / "hvdump.elf", pfn * PAGE, PAGE)


def rule_of(run, key: tuple, sets: dict) -> bytes:
    """What minihv fills a page with that it lends. (The message is of the VP's creation.)"""
    kind, ident, index, detail = key
    if kind == records.REGISTER_PAGE:
        return RULE.register_page(run.options.seed, ident, index, sets)
    if kind == records.INTERCEPT:
        return RULE.intercept_page(ident, index)
    owner = 0 if ident == records.NOBODY else ident
    return RULE.stats_page(run.options.seed, detail & 0xFFFFFF, detail >> 24, owner, index,
                           run.options.cpus)


def check_lent(run) -> int:
    """State and statistics pages: all, where they were, as RAM has them and as they were made."""
    expected = expected_pages(ledger.Ledger(run.debug_log().splitlines()))
    assert found_pages(records.read(run)) == expected
    assert {kind for kind, *_ in expected} == \
        {records.STATISTICS, records.REGISTER_PAGE, records.INTERCEPT}
    assert run.lent.keys() == set(expected.values())
    made = said_by_program(run)
    for key, pfn in expected.items():
        _, ident, vp, _ = key
        sets = made[ident].vps.get(vp) if ident in made else None
        assert page_of(run, pfn) == run.lent[pfn], key
        assert page_of(run, pfn) == rule_of(run, key, sets), key
    return len(expected)


def area_pages(run) -> list:
    """Numbers of the crash area's pages, in the order of their references."""
    found = []
    for one in dumps.of_ours(dumps.elf_notes(run.out / "hvdump.elf")):
        if one.kind != records.PAGES:
            continue
        for at in records.elements(one.desc, *struct.unpack_from("<II", one.desc, 16)):
            _, pfn, _, kind = struct.unpack_from("<QQII", one.desc, at)
            found += [pfn] if kind == records.CRASH_AREA else []
    return found


def check_area(run, crashed: bool) -> int:
    """Each page of the crash area, as RAM has it."""
    known = hvcrash.facts(run)
    base = int(known["image"]["at"], 0)
    machine = (run.out / "hypervisor.mem").read_bytes()
    pfns = area_pages(run)
    for pfn in pfns:
        at = pfn * PAGE - base
        assert page_of(run, pfn) == machine[at:at + PAGE]
    first = page_of(run, pfns[0])
    image, = struct.unpack_from("<Q", first, IMAGE_BASE)
    assert image == int(known["image"]["base"], 0)
    if crashed:
        start = int(known["crash-area"]["at"], 0) // PAGE
        assert pfns == list(range(start, start + int(known["crash-area"]["pages"])))
    return len(pfns)


def check_told(run, reason: str, first: str) -> None:
    """Who died first; and where each page is."""
    found = programs.hvdump_json("info", run.out / "hvdump.elf",
                                 status=0 if first == "linux" else 4)
    capture = found["capture"]
    assert (capture["reason"], capture["died_first"]) == (reason, first)
    assert capture["devirtualised"] is True
    assert capture["hypervisor_crashed_later"] is False
    # hv_crash.c has its last say on CPU 0, whichever was told first.
    assert capture["cpu"] == (run.options.cpu if first == "linux" else 0)
    assert found["memory"]["pages"] == found["memory"]["note"] + found["memory"]["file"]


def check_driver(run, crashed: bool) -> None:
    """Linux's own view, out of the vmcore alone: what the program made, where minihv lent pages."""
    made = said_by_program(run)
    driver = programs.hvdump_json("driver", run.out / "vmcore")["driver"]
    found = {int(one["id"], 16): one for one in driver["partitions"]}
    assert found.keys() == made.keys()
    lent = expected_pages(ledger.Ledger(run.debug_log().splitlines()))
    for ident, one in found.items():
        assert one["initialized"] is True
        assert one["vp_count"] == len(made[ident].vps)
        assert [vp["index"] for vp in one["vps"]] == sorted(made[ident].vps)
        assert sum(region["pages"] for region in one["regions"]) * PAGE == made[ident].memory
        assert all(region["start_gfn"] == 0 for region in one["regions"])
        for vp in one["vps"]:
            assert vp["register_pfn"] == lent[records.REGISTER_PAGE, ident, vp["index"], 0]
            assert vp["intercept_pfn"] == lent[records.INTERCEPT, ident, vp["index"], 0]
    assert driver["hv_crash"]["hv_has_crashed"] is crashed
    assert driver["hv_crash"]["hv_cda_valid"] is crashed
    assert len(driver["synic"]) == len(driver["hypercall_pages"]) == run.options.cpus
    assert driver["hypercall_pages"][0]["call"] == "DISABLE_HYP_EX"


def check_views(run, crashed: bool) -> None:
    """Nothing differs; but what a dead hypervisor could not be asked for is missing."""
    checks = programs.hvdump_json("check", run.out, status=4 if crashed else 0)["checks"]
    differing = {one["id"] for one in checks if one["state"] == "differs"}
    assert differing == ({"records"} if crashed else set())
    made = {one["id"] for one in checks if one["state"] == "ok"}
    assert made >= {"checksums", "objects", "pages", "identity", "death", "partitions",
                    "vp-objects", "state-pages", "regions"}
    assert crashed or made >= {"records", "vps", "registers", "balance"}


@pytest.mark.parametrize("scenario, cpus, cpu, number", each_death())
def test_what_died_and_what_it_shared(scenario, cpus, cpu, number, record_property):
    """Reason, crash area, state pages and statistics pages, whoever dies and wherever."""
    run = run_once(f"died-{scenario}-{cpus}-{cpu}-{number}", scenario, *COMMON, f"cpus={cpus}",
                   f"cpu={cpu}")
    reason, first, code = DEAD[scenario]
    assert records.read(run).captures[0][0] == code
    check_told(run, reason, first)
    lent, area = check_lent(run), check_area(run, crashed=scenario == CRASH)
    hvcrash.check(run, crashed=scenario == CRASH)
    check_driver(run, crashed=scenario == CRASH)
    check_views(run, crashed=scenario == CRASH)
    shown_pages.check(run, said_by_program(run), status=4 if scenario == CRASH else 0)
    hypervisor_check.check(run, hvcrash.facts(run), crashed=scenario == CRASH)
    record_property("result", f"{lent} pages lent and {area} of the crash area equal to RAM")
