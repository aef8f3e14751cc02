# SPDX-License-Identifier: GPL-2.0-or-later
"""`hvdump page` and `hvdump messages` on the pages that minihv lent the root, against its rules."""

import json
from functools import lru_cache

from minihv import ledger, shown

from . import programs, records
from .test_references import expected_pages
from .test_registers import RULE, number


@lru_cache(maxsize=None)
def counter_names(kind: int) -> dict:
    """{index: name} of an object's counters."""
    rows = json.loads(programs.hvdump("abi", "-j", "counters"))["abi"]
    codes = {number(row["code"]): row["name"] for row in rows if row["arch"] in ("any", "x86-64")}
    return {code & 0xFFF: name for code, name in codes.items() if code >> 12 == kind}


def content(run, pfn: int, status: int):
    """What is shown of a page."""
    return programs.hvdump_json("page", run.out / "hvdump.elf", hex(pfn << 12),
                                status=status)["page"]["content"]


def check_page(run, key: tuple, part: list, sets) -> None:
    """One page that was lent."""
    kind, ident, index, detail = key
    seed = run.options.seed
    if kind == records.REGISTER_PAGE:
        shown.check_register_page(part, RULE, seed, ident, index, sets)
    elif kind == records.INTERCEPT:
        shown.check_intercept_page(part, RULE, ident, index)
    else:
        owner = 0 if ident == records.NOBODY else ident
        where = seed, detail & 0xFFFFFF, detail >> 24, owner, index, run.options.cpus
        shown.check_statistics(part, RULE, counter_names(detail & 0xFFFFFF), where)


def check_own(run, status: int) -> int:
    """The root's pages: the hypercall page has AMD's instruction; minihv left the rest empty."""
    found = records.read(run).pages
    kinds = {key: content(run, pfn, status) for key, (pfn, _) in found.items()
             if key[0] <= records.REFERENCE_TSC}
    for (kind, *_), parts in kinds.items():
        if kind == records.HYPERCALL:
            assert parts[0]["fields"]["instruction"] == "vmmcall; ret (AMD)"
        elif kind == records.VP_ASSIST:
            assert parts[0]["fields"]["apic_assist"] == {"no_eoi_required": False}
            assert number(parts[0]["fields"]["current_nested_vmcs"]) == 0
        elif kind in (records.SIM, records.SIEF, records.SIRB):
            assert parts == [], kind
    return len(kinds)


def check_messages(run, expected: dict, status: int) -> None:
    """Those of the intercept pages; and of the SIM pages that the hypervisor gave when asked."""
    found = programs.hvdump_json("messages", run.out / "hvdump.elf", status=status)["messages"]
    intercepts = [one for one in found if one["source"] == "intercept"]
    assert [(int(m["partition"], 16), m["vp"], m["pfn"]) for m in intercepts] == sorted(
        (ident, vp, pfn) for (kind, ident, vp, _), pfn in expected.items()
        if kind == records.INTERCEPT)
    for one in intercepts:
        shown.check_intercept_page([one], RULE, int(one["partition"], 16), one["vp"])
    asked = {(int(m["partition"], 16), m["vp"], m["vtl"]): m
             for m in found if m["source"] == "sim-state"}
    states = {key[:3] for key in records.read(run).states if key[3] == RULE.SIM}
    assert asked.keys() == states and len(asked) + len(intercepts) == len(found)
    for (ident, vp, vtl), one in asked.items():
        page = RULE.vp_state(run.options.seed, ident, vp, vtl, RULE.SIM)
        assert one["sint"] == vp % 16
        slot = page[256 * one["sint"]:][:256]
        assert (number(one["type"]), one["size"], number(one["sender"])) == (
            int.from_bytes(slot[:4], "little"), slot[4], int.from_bytes(slot[8:16], "little"))


def check(run, made: dict, status: int) -> int:
    """All of them; made: what the program says that it set. Returns their number."""
    expected = expected_pages(ledger.Ledger(run.debug_log().splitlines()))
    for key, pfn in expected.items():
        _, ident, vp, _ = key
        sets = made[ident].vps.get(vp) if ident in made else None
        check_page(run, key, content(run, pfn, status), sets)
    check_messages(run, expected, status)
    return len(expected) + check_own(run, status)
