# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests' memory is the guests' secret: it is in a vmcore only if somebody asks for it.

mshvctl fills the memory of its guests with a pattern. On Linux 7 makedumpfile's filter cannot keep
it out without losing pages of the kernel: the collector does, by hvdump_vmcore.ko.
"""

import json
import re
import struct

import pytest

from . import programs
from .conftest import run_once, tidy
from .kdump_pages import pages
from .test_slab import walk

PATTERN = b"hvdump guest mem" * 256
MIB = 4
# VP 0 has run in its memory, and so some of it is the guest's; the rest is only the program's yet.
OPTIONS = ("kernel=7", "parts=", f"life=mshv:dhp:0m.1:{MIB}")


def patterned(run) -> int:
    """Pages of the dump that are nothing but the pattern."""
    return sum(data == PATTERN for _, data in pages(run.out / "vmcore"))


def manifest(run) -> dict:
    """What the collector says."""
    return json.loads((run.out / "manifest.json").read_text())


@pytest.fixture(scope="module", name="kept_out")
def fixture_kept_out():
    """Nothing is configured."""
    run = run_once("guest-memory-default", "root-panic", *OPTIONS, "guard=yes")
    yield run
    tidy(run)


def test_by_default_it_is_not_in_the_dump(kept_out, record_property):
    """No page of it; and the manifest says how many there are."""
    said = manifest(kept_out)["guest_memory"]
    record_property("result", f"{said['pages']} pages in {said['ranges']} ranges, "
                              f"{patterned(kept_out)} in the dump")
    assert said["state"] == "excluded"
    assert said["pages"] == MIB * 256
    assert patterned(kept_out) == 0


def test_and_nothing_of_the_kernel_is_lost(kept_out, record_property):
    """Each slab object is there, walked with drgn, and so says the collector's own check."""
    found = walk(kept_out, "vmcore")
    record_property("result", f"{found['objects']} objects of {found['caches']} caches")
    assert found["objects"] > 10000
    assert found["unreadable"] == 0, found["lost"]
    check = manifest(kept_out)["check"]
    assert check["header"] and check["lost"] == 0
    assert check["tasks"] > 20 and check["modules"] == 2 and check["caches"] > 50


@pytest.mark.slow
def test_with_the_option_it_is(record_property):
    """guest-memory = yes: all of it."""
    run = run_once("guest-memory-kept", "root-panic", *OPTIONS, "conf=guest-memory = yes")
    record_property("result", f"{patterned(run)} pages in the dump")
    assert manifest(run)["guest_memory"]["state"] == "kept"
    assert patterned(run) == MIB * 256
    check_pages(run)
    check_translation(run)
    check_code(run)
    tidy(run)


LARGE = 0x80000000
NO_ACCESS = 0x10000
RIP, RSP = 0x1000, 0x2000


def mapped(run) -> dict:
    """{GFN: the root's PFN} of what the guest was given, by minihv's log."""
    pfns, found = [], {}
    for kind, listed, gfn, first, end, flags in re.findall(
            r"^(gpa-pages|map-gpa) part=0x\w+ (?:pfns=(\S+)|gfn=(0x\w+) reps=(\d+)-(\d+) "
            r"flags=(0x\w+))", run.debug_log(), re.MULTILINE):
        if kind == "gpa-pages":
            for one in listed.split(","):
                pfn, count = one.split("+")
                pfns += range(int(pfn, 16), int(pfn, 16) + int(count))
        elif not int(flags, 16) & NO_ACCESS:
            each = 512 if int(flags, 16) & LARGE else 1
            for i in range(int(first), int(end)):
                pfn = pfns.pop(0)
                found.update((int(gfn, 16) + i * each + k, pfn + k) for k in range(each))
    return found


def check_pages(run) -> None:
    """pages says whose they are, by the driver's region: those that minihv was given for it. So
    does page, of one, with its place in the guest."""
    listed = [one for one in programs.hvdump_json("pages", run.out / "vmcore")["pages"]
              if one["kind"] == "guest-region"]
    assert {int(one["partition"], 16) for one in listed} == {2}
    assert {(one["state"], one["evidence"]) for one in listed} == {("file", "mshv_mem_region")}
    pfns = [pfn for one in listed for pfn in range(one["pfn"], one["pfn"] + one["pages"])]
    assert sorted(pfns) == sorted(mapped(run).values()) and len(pfns) >= 512
    for gfn, pfn in sorted(mapped(run).items())[::101]:
        page = programs.hvdump_json("page", run.out / "vmcore", str(pfn))["page"]
        use, = page["uses"]
        assert (use["kind"], int(use["partition"], 16), int(use["gpa"], 16)) == \
            ("guest-region", 2, gfn * 4096)
        assert bytes.fromhex(page["sources"][0]["bytes"]) == PATTERN


def check_translation(run) -> None:
    """A GPA's place in the system is the page that minihv was given for it."""
    there = mapped(run)
    words = [f"{gfn * 4096 + 0x123:#x}" for gfn in sorted(there)[::37]]
    shown = programs.hvdump_json("translate", run.out / "vmcore", "-p", "0x2", "--vp", "0", *words,
                                 f"{2 * MIB << 20:#x}")["translations"]["addresses"]
    *inside, outside = shown
    assert [int(one["spa"], 16) for one in inside] == \
        [there[int(word, 16) // 4096] * 4096 + 0x123 for word in words]
    assert {one["bytes"][:26] for one in inside} == {(PATTERN * 2)[3:16].hex()}
    assert outside["spa"] is None


def check_code(run) -> None:
    """What the VP was about to run, and its stack: the pattern, in words of 16 bits."""
    vtl, *_ = programs.hvdump_json("regs", run.out / "vmcore", "-p", "0x2", "--vp", "0",
                                   "--code")["partitions"][0]["vps"][0]["vtls"]
    code, stack = vtl["code"], vtl["stack"]
    assert (int(code["pc"], 16), int(stack["sp"], 16)) == (RIP, RSP)
    assert bytes.fromhex(code["bytes"]) == PATTERN[(RIP - code["before"]) % 16:][:48]
    assert [int(word, 16) for word in stack["words"]] == list(struct.unpack_from("<8H", PATTERN))


@pytest.mark.slow
@pytest.mark.parametrize("level", ["", "level=31"])
def test_without_the_module_it_is_said(level, record_property):
    """Nothing else keeps it out. makedumpfile's own filter, if it is asked, does not: its bit for
    user pages leaves most of it in, and loses pages of the kernel, which the check finds."""
    run = run_once(f"guest-memory-no-module{level}", "root-panic", *OPTIONS, *filter(None, [level]))
    said = manifest(run)
    record_property("result", f"{patterned(run)} pages in the dump, said; "
                              f"{said['check']['lost']} objects lost, said")
    assert run.lines("COLLECTED") == ["4"]
    if level:
        assert said["guest_memory"]["state"] == "filtered"
        assert said["check"]["lost"] > 0
    else:
        assert said["guest_memory"]["state"] == "unprotected"
        assert "hvdump_vmcore.ko is not loaded" in said["guest_memory"]["why"]
        assert any("guests' memory may be" in line for line in said["messages"])
        assert said["check"]["lost"] == 0
    tidy(run)
